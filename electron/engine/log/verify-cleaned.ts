/**
 * Checks what a compaction wrote against what it read, before the old segments go: every record that is left is
 * identical to its original, and every one that is missing may be missing.
 *
 * By means of its own: keys are told apart by a hash under a secret, not by that of the cleaner's map, so that two keys
 * that the map took for one are noticed. Works through the keys in parts where they do not fit the memory.
 */
import { randomBytes } from 'node:crypto';
import { AppError } from '../../../shared/errors';
import type { Bytes, Offset } from '../../../shared/units';
import { CONTROL_BIT, type RecordBatchHeader, TIMESTAMP_TYPE_BIT } from '../format/record-batch';
import { RecordCursor } from '../format/record-cursor';
import { currentPayload, markerTypeOf } from '../rules/clean-batch';
import type { CleaningTask } from '../rules/clean-log';
import { CleanedTransactions } from '../rules/cleaned-transactions';
import type { KeyHash } from '../rules/key-hash';
import { OFFSET_MAP_SLOT_BYTES, OffsetMap } from '../rules/offset-map';
import { secretHash } from '../rules/secret-hash';
import type { LogBatch } from './log-batch';
import type { WorkSlices } from './work-slices';

export interface CleanedPair {
  /** Each call reads from the start; CRCs are not checked. A batch is gone with the next piece, here as in `cleaned`. */
  readonly sources: () => AsyncIterable<readonly LogBatch[]>;
  /** Of the first source segment. */
  readonly firstOffset: Offset;
  readonly cleaned: () => AsyncIterable<LogBatch>;
  readonly task: CleaningTask;
  readonly slices: WorkSlices;
}

const SECRET_BYTES = 8;
const SPARE_SLOTS = 1.5;
/** Below it, one part of the keys could fill the map by chance. */
const MEMORY_BYTES_MIN: Bytes = 1024 * 1024;

/** @throws AppError CORRUPT, naming the offset */
export async function verifyCleaned(pair: CleanedPair): Promise<void> {
  const { task } = pair;
  const offsetCount = task.endOffset - pair.firstOffset;
  const bytesNeeded: Bytes = Math.ceil(offsetCount * SPARE_SLOTS + 2) * OFFSET_MAP_SLOT_BYTES;
  const memory = Math.max(task.dedupeBufferBytes, MEMORY_BYTES_MIN);
  const partCount = Math.ceil(bytesNeeded / memory);
  const secret = randomBytes(SECRET_BYTES);
  const hash = secretHash([secret.readInt32LE(0), secret.readInt32LE(4)]);
  for (let part = 0; part < partCount; part++) {
    const missing = new MissingRecords(Math.min(bytesNeeded, memory), hash, { part, partCount });
    await compare(pair, missing);
    const { offset } = missing;
    if (offset !== null) throw wrong(offset, 'the last record of its key is missing');
  }
}

async function compare(
  { sources, cleaned, task, slices }: CleanedPair,
  missing: MissingRecords,
): Promise<void> {
  const transactions = new CleanedTransactions(task.aborted);
  const written = cleaned()[Symbol.asyncIterator]();
  let next = await written.next();
  for await (const pieces of sources()) {
    for (const source of pieces) {
      const isAborted = followTransactions(source, transactions);
      const isPair = !next.done && next.value.header.lastOffset <= source.header.lastOffset;
      compareBatch(source, isPair ? (next.value as LogBatch) : null, isAborted ? null : missing);
      if (isPair) next = await written.next();
      if (slices.isOver) await slices.rest();
    }
  }
  if (!next.done)
    throw wrong((next.value as LogBatch).header.baseOffset, 'a batch is left that was not there');
}

/** @returns whether the batch belongs to an aborted transaction */
function followTransactions({ header, bytes }: LogBatch, transactions: CleanedTransactions): boolean {
  if ((header.attributes & CONTROL_BIT) === 0) return transactions.onDataBatch(header);
  transactions.onControlBatch(header, markerTypeOf(header, bytes));
  return false;
}

/** @param missing null where the batch is one of an aborted transaction, whose records mean nothing */
function compareBatch(source: LogBatch, left: LogBatch | null, missing: MissingRecords | null): void {
  const isCopy = left !== null && Buffer.compare(left.bytes, source.bytes) === 0;
  if (left !== null && !isCopy && !left.hasSoundCrc)
    throw wrong(left.header.baseOffset, 'the CRC does not match');
  const counts = (source.header.attributes & CONTROL_BIT) === 0 ? missing : null;
  if (isCopy && counts === null) return;
  const old = new Records(source);
  const rest = left === null || isCopy ? null : new Records(left);
  if (rest !== null) compareHeaders(source.header, left!.header);
  let isLeft = rest?.next() ?? false;
  while (old.next()) {
    const isThere = isCopy || (isLeft && rest!.offset === old.offset);
    if (isThere && !isCopy) {
      if (!isSame(old, rest!)) throw wrong(old.offset, 'the record is not what it was');
      isLeft = rest!.next();
    }
    counts?.see(old, isThere);
  }
  if (isLeft) throw wrong(rest!.offset, 'a record is left that was not there');
}

function compareHeaders(old: RecordBatchHeader, left: RecordBatchHeader): void {
  if (old.magic < 2) return;
  const isKept =
    old.baseOffset === left.baseOffset &&
    old.lastOffset === left.lastOffset &&
    old.producerId === left.producerId &&
    old.producerEpoch === left.producerEpoch &&
    old.baseSequence === left.baseSequence &&
    old.partitionLeaderEpoch === left.partitionLeaderEpoch;
  if (!isKept) throw wrong(old.baseOffset, 'offsets, producer or leader epoch of the batch changed');
}

function isSame(old: Records, left: Records): boolean {
  if (old.timestampMs !== left.timestampMs) return false;
  const content = ({ cursor }: Records) => cursor.bytes.subarray(cursor.contentFrom, cursor.end);
  return Buffer.compare(content(old), content(left)) === 0;
}

class Records {
  readonly cursor: RecordCursor;
  readonly #header: RecordBatchHeader;

  constructor({ header, bytes }: LogBatch) {
    const payload = currentPayload(header, bytes);
    this.#header = payload.header;
    this.cursor = new RecordCursor(payload.bytes, payload.from, payload.bytes.length);
  }

  get offset(): Offset {
    return this.#header.baseOffset + this.cursor.offsetDelta;
  }

  get timestampMs(): number {
    const isLogAppendTime = (this.#header.attributes & TIMESTAMP_TYPE_BIT) !== 0;
    return isLogAppendTime
      ? this.#header.maxTimestampMs
      : this.#header.baseTimestampMs + this.cursor.timestampDelta;
  }

  next(): boolean {
    return this.cursor.next();
  }
}

/** Records of one part of the keys that were left out and have not been followed by a later one of their key yet. */
class MissingRecords {
  /** By key: twice the latest offset, plus one where that record was left out. */
  readonly #map: OffsetMap;
  readonly #hash: KeyHash;
  readonly #part: number;
  readonly #partCount: number;
  readonly #lanes = new Int32Array(4);

  constructor(
    memoryBytes: Bytes,
    hash: KeyHash,
    { part, partCount }: { readonly part: number; readonly partCount: number },
  ) {
    this.#map = new OffsetMap(memoryBytes, hash);
    this.#hash = hash;
    this.#part = part;
    this.#partCount = partCount;
  }

  /** One of those that nothing follows; null where there is none. */
  get offset(): Offset | null {
    const found = this.#map.find((value) => value % 2 === 1);
    return found === null ? null : (found - 1) / 2;
  }

  see({ cursor, offset }: Records, isThere: boolean): void {
    const { bytes, keyFrom, keyTo, hasValue } = cursor;
    if (keyFrom < 0 || !this.#isOfPart(cursor)) return;
    // A tombstone that is left out has done its work.
    const isMissing = !isThere && hasValue;
    this.#map.exchange(bytes, keyFrom, keyTo, 2 * offset + (isMissing ? 1 : 0));
  }

  #isOfPart({ bytes, keyFrom, keyTo }: RecordCursor): boolean {
    if (this.#partCount === 1) return true;
    this.#hash(bytes, keyFrom, keyTo, this.#lanes);
    return (this.#lanes[3]! >>> 0) % this.#partCount === this.#part;
  }
}

function wrong(offset: Offset, what: string): AppError {
  return new AppError(
    'CORRUPT',
    `The compaction would lose something at offset ${offset}: ${what}. Nothing was changed.`,
    { offset },
  );
}
