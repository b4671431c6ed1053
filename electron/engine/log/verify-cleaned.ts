/**
 * Checks what a compaction wrote against what it read, before the old segments go: every record that is left is
 * identical to its original, and every one that is missing may be missing.
 *
 * By means of its own: keys are told apart by SHA-1, not by the hash of the cleaner's map, so that two keys that the
 * map took for one are noticed. Works through the keys in parts where they do not fit the memory.
 */
import { hash } from 'node:crypto';
import { AppError } from '../../../shared/errors';
import type { Bytes, Offset } from '../../../shared/units';
import { CONTROL_BIT, type RecordBatchHeader, TIMESTAMP_TYPE_BIT } from '../format/record-batch';
import { RecordCursor } from '../format/record-cursor';
import { currentPayload, markerTypeOf } from '../rules/clean-batch';
import type { CleaningTask } from '../rules/clean-log';
import { CleanedTransactions } from '../rules/cleaned-transactions';
import type { HashLanes } from '../rules/key-hash';
import { OFFSET_MAP_SLOT_BYTES, OffsetMap } from '../rules/offset-map';
import type { LogBatch } from './log-batch';

export interface CleanedPair {
  /** Each call reads from the start. */
  readonly sources: () => AsyncIterable<readonly LogBatch[]>;
  /** Of the first source segment. */
  readonly firstOffset: Offset;
  readonly cleaned: () => AsyncIterable<LogBatch>;
  readonly task: CleaningTask;
}

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
  for (let part = 0; part < partCount; part++) {
    const missing = new MissingRecords(Math.min(bytesNeeded, memory), part, partCount);
    await compare(pair, missing);
    if (missing.firstOffset !== null)
      throw wrong(missing.firstOffset, 'the last record of its key is missing');
  }
}

async function compare({ sources, cleaned, task }: CleanedPair, missing: MissingRecords): Promise<void> {
  const transactions = new CleanedTransactions(task.aborted);
  const written = cleaned()[Symbol.asyncIterator]();
  let next = await written.next();
  for await (const pieces of sources()) {
    for (const source of pieces) {
      const isAborted = followTransactions(source, transactions);
      const isPair = !next.done && next.value.header.lastOffset <= source.header.lastOffset;
      const left = isPair ? (next.value as LogBatch) : null;
      if (isPair) next = await written.next();
      compareBatch(source, left, isAborted ? null : missing);
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
  readonly #part: number;
  readonly #partCount: number;
  readonly #offsets = new Set<Offset>();

  constructor(memoryBytes: Bytes, part: number, partCount: number) {
    this.#map = new OffsetMap(memoryBytes, digestLanes);
    this.#part = part;
    this.#partCount = partCount;
  }

  /** Of those that nothing follows; null where there is none. */
  get firstOffset(): Offset | null {
    const [first] = this.#offsets;
    return first ?? null;
  }

  see({ cursor, offset }: Records, isThere: boolean): void {
    const { bytes, keyFrom, keyTo, hasValue } = cursor;
    if (keyFrom < 0 || !this.#isOfPart(cursor)) return;
    // A tombstone that is left out has done its work.
    const isMissing = !isThere && hasValue;
    const before = this.#map.exchange(bytes, keyFrom, keyTo, 2 * offset + (isMissing ? 1 : 0));
    if (before >= 0 && before % 2 === 1) this.#offsets.delete((before - 1) / 2);
    if (isMissing) this.#offsets.add(offset);
  }

  #isOfPart({ bytes, keyFrom, keyTo }: RecordCursor): boolean {
    if (this.#partCount === 1) return true;
    const lanes = new Int32Array(4);
    digestLanes(bytes, keyFrom, keyTo, lanes);
    return (lanes[3]! >>> 0) % this.#partCount === this.#part;
  }
}

function digestLanes(bytes: Uint8Array, from: number, to: number, lanes: HashLanes): void {
  const digest = hash('sha1', bytes.subarray(from, to), 'buffer');
  for (let lane = 0; lane < lanes.length; lane++) lanes[lane] = digest.readInt32LE(lane * 4);
}

function wrong(offset: Offset, what: string): AppError {
  return new AppError(
    'CORRUPT',
    `The compaction would lose something at offset ${offset}: ${what}. Nothing was changed.`,
    { offset },
  );
}
