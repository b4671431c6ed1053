/**
 * Checks what a compaction leaves of each batch against the batch that it read: every record that is left is identical
 * to its original, and every one that is missing may be missing.
 *
 * By means of its own: keys are told apart by a hash under a secret, not by that of the cleaner's map, so that two keys
 * that the map took for one are noticed. Sees one part of the keys where all of them do not fit the memory. Where the
 * batches come from, its callers know.
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
import { type LogBatch, parsePiece } from './log-batch';

const SECRET_BYTES = 8;
const SPARE_SLOTS = 1.5;
/** Below it, one part of the keys could fill the map by chance. */
const MEMORY_BYTES_MIN: Bytes = 1024 * 1024;

/** How the keys of a log are divided, so that those of one part fit the memory. */
export class KeyParts {
  readonly count: number;
  readonly memoryBytes: Bytes;
  readonly hash: KeyHash;

  /** @param firstOffset Of the first segment that is cleaned. */
  constructor({ endOffset, dedupeBufferBytes }: CleaningTask, firstOffset: Offset) {
    const bytesNeeded = Math.ceil((endOffset - firstOffset) * SPARE_SLOTS + 2) * OFFSET_MAP_SLOT_BYTES;
    const memoryBytesMax = Math.max(dedupeBufferBytes, MEMORY_BYTES_MIN);
    this.count = Math.ceil(bytesNeeded / memoryBytesMax);
    this.memoryBytes = Math.min(bytesNeeded, memoryBytesMax);
    const secret = randomBytes(SECRET_BYTES);
    this.hash = secretHash([secret.readInt32LE(0), secret.readInt32LE(4)]);
  }
}

export class CleanedCheck {
  readonly #transactions: CleanedTransactions;
  readonly #missing: MissingRecords;

  /** @param part From 0 to `parts.count`, exclusive. */
  constructor({ aborted }: CleaningTask, parts: KeyParts, part: number) {
    this.#transactions = new CleanedTransactions(aborted);
    this.#missing = new MissingRecords(parts, part);
  }

  /**
   * Every batch of the sources, in order.
   * @param left What is left of it, exactly its bytes; null for nothing.
   * @throws AppError CORRUPT, naming the offset
   */
  see(source: LogBatch, left: Uint8Array | null): void {
    const isAborted = this.#followTransactions(source);
    const isCopy = left !== null && (left === source.bytes || Buffer.compare(left, source.bytes) === 0);
    const isControl = (source.header.attributes & CONTROL_BIT) !== 0;
    // The records of an aborted transaction mean nothing.
    const missing = isControl || isAborted ? null : this.#missing;
    if (isCopy && missing === null) return;
    const rest = left === null || isCopy ? null : onlyBatch(source, left);
    if (rest !== null) compareHeaders(source.header, rest.header);
    compareRecords(new Records(source), isCopy, rest === null ? null : new Records(rest), missing);
  }

  /** After the last batch. @throws AppError CORRUPT where a key has lost its last record */
  end(): void {
    const { offset } = this.#missing;
    if (offset !== null) throw wrong(offset, 'the last record of its key is missing');
  }

  /** @returns whether the batch belongs to an aborted transaction */
  #followTransactions({ header, bytes }: LogBatch): boolean {
    if ((header.attributes & CONTROL_BIT) === 0) return this.#transactions.onDataBatch(header);
    this.#transactions.onControlBatch(header, markerTypeOf(header, bytes));
    return false;
  }
}

/** A batch that was made anew, its CRC checked. */
function onlyBatch({ header }: LogBatch, left: Uint8Array): LogBatch {
  const { batches, flaw } = parsePiece(left, 0, left.length);
  const [batch] = batches;
  if (batch?.bytes.length === left.length) return batch;
  throw wrong(header.baseOffset, flaw?.reason ?? 'the batch is not whole');
}

/** @param isCopy Then there is no `rest`, though all of `old` is left. */
function compareRecords(
  old: Records,
  isCopy: boolean,
  rest: Records | null,
  missing: MissingRecords | null,
): void {
  missing?.lookAhead(old);
  let isLeft = rest?.next() ?? false;
  for (let index = 0; old.next(); index++) {
    const isThere = isCopy || (isLeft && rest!.offset === old.offset);
    if (isThere && !isCopy) {
      if (!isSame(old, rest!)) throw wrong(old.offset, 'the record is not what it was');
      isLeft = rest!.next();
    }
    missing?.see(old, index, isThere);
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
  readonly #from: number;

  constructor({ header, bytes }: LogBatch) {
    const payload = currentPayload(header, bytes);
    this.#header = payload.header;
    this.#from = payload.from;
    this.cursor = this.anotherCursor(payload.bytes);
  }

  /** Before the first record. */
  anotherCursor(bytes = this.cursor.bytes): RecordCursor {
    return new RecordCursor(bytes, this.#from, bytes.length);
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
  readonly #parts: KeyParts;
  readonly #part: number;
  readonly #lanes = new Int32Array(4);

  constructor(parts: KeyParts, part: number) {
    this.#map = new OffsetMap(parts.memoryBytes, parts.hash);
    this.#parts = parts;
    this.#part = part;
  }

  /** One of those that nothing follows; null where there is none. */
  get offset(): Offset | null {
    const found = this.#map.find((value) => value % 2 === 1);
    return found === null ? null : (found - 1) / 2;
  }

  /** Before the first `see` of a batch. */
  lookAhead(records: Records): void {
    this.#map.lookAhead(records.anotherCursor());
  }

  /** @param index In its batch. */
  see({ cursor, offset }: Records, index: number, isThere: boolean): void {
    if (cursor.keyFrom < 0 || !this.#isOfPart(cursor)) return;
    // A tombstone that is left out has done its work.
    const isMissing = !isThere && cursor.hasValue;
    this.#map.exchange(cursor, index, 2 * offset + (isMissing ? 1 : 0));
  }

  #isOfPart({ bytes, keyFrom, keyTo }: RecordCursor): boolean {
    const { count, hash } = this.#parts;
    if (count === 1) return true;
    hash(bytes, keyFrom, keyTo, this.#lanes);
    return (this.#lanes[3]! >>> 0) % count === this.#part;
  }
}

export function wrong(offset: Offset, what: string): AppError {
  return new AppError(
    'CORRUPT',
    `The compaction would lose something at offset ${offset}: ${what}. Nothing was changed.`,
    { offset },
  );
}
