/**
 * Checks what a compaction leaves of each batch against the batch that it read: every record that is left is identical
 * to its original, and every one that is missing may be missing.
 *
 * By means of its own: keys are told apart by a hash under a secret, not by that of the cleaner's map, so that two keys
 * that the map took for one are noticed. Where not all of the keys fit the memory, it sees one part of them and says which
 * are left. Where the batches come from, its callers know.
 */
import { randomBytes } from 'node:crypto';
import { AppError } from '../../../shared/errors';
import type { Bytes, Offset, TimestampMs } from '../../../shared/units';
import { CONTROL_BIT, type RecordBatchHeader, TIMESTAMP_TYPE_BIT } from '../format/record-batch';
import type { RecordColumns } from '../format/record-columns';
import { RecordCursor } from '../format/record-cursor';
import { BatchRecords, currentPayload, markerTypeOf, type Payload } from '../rules/batch-records';
import type { CleaningTask } from '../rules/clean-log';
import { CleanedTransactions } from '../rules/cleaned-transactions';
import type { KeyHash } from '../rules/key-hash';
import { OFFSET_MAP_SLOT_BYTES, OffsetMap } from '../rules/offset-map';
import { secretHash } from '../rules/secret-hash';
import { type LogBatch, parsePiece } from './log-batch';

const SECRET_BYTES = 8;
const SPARE_SLOTS = 1.5;
/** Whatever the cleaner's map has: little would mean many passes over the log, and much is not worth it. */
const MEMORY_BYTES_MAX: Bytes = 128 * 1024 * 1024;

/** Those keys whose hash leaves this remainder. */
export interface KeyPart {
  readonly remainder: number;
  /** A power of two. */
  readonly divisor: number;
}

const ALL_KEYS: KeyPart = { remainder: 0, divisor: 1 };

/** How the keys of a log are told apart, and in how much memory. */
export interface KeyMemory {
  readonly hash: KeyHash;
  readonly memoryBytes: Bytes;
}

/** @param firstOffset Of the first segment that is cleaned. */
export function keyMemory({ endOffset }: CleaningTask, firstOffset: Offset): KeyMemory {
  const secret = randomBytes(SECRET_BYTES);
  const bytesNeeded = Math.ceil((endOffset - firstOffset) * SPARE_SLOTS + 2) * OFFSET_MAP_SLOT_BYTES;
  return {
    hash: secretHash([secret.readInt32LE(0), secret.readInt32LE(4)]),
    memoryBytes: Math.min(bytesNeeded, MEMORY_BYTES_MAX),
  };
}

export interface CheckOptions {
  /** Default: all keys. */
  readonly part?: KeyPart | undefined;
  /** Where the batches may have been opened already. */
  readonly records?: BatchRecords | undefined;
}

export class CleanedCheck {
  readonly #transactions: CleanedTransactions;
  readonly #missing: MissingRecords;
  readonly #records: BatchRecords;

  constructor(
    { aborted }: CleaningTask,
    memory: KeyMemory,
    { part = ALL_KEYS, records = new BatchRecords() }: CheckOptions = {},
  ) {
    this.#transactions = new CleanedTransactions(aborted);
    this.#missing = new MissingRecords(memory, part);
    this.#records = records;
  }

  /** Keys that there was no memory for: each part is to be checked from the first batch on. */
  get partsLeft(): readonly KeyPart[] {
    return this.#missing.partsLeft;
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
    this.#compare(source, isCopy, rest === null ? null : new Left(rest), missing);
  }

  /** @param isCopy Then there is no `left`, though all records are. */
  #compare(source: LogBatch, isCopy: boolean, left: Left | null, missing: MissingRecords | null): void {
    const payload = this.#records.open(source.header, source.bytes);
    const { baseOffset } = payload.header;
    const records = this.#records.columns;
    while (this.#records.next() > 0) {
      missing?.lookAhead(records);
      for (let index = 0; index < records.count; index++) {
        const offset = baseOffset + records.offsetDelta[index]!;
        const isThere = isCopy || left?.offset === offset;
        if (isThere) left?.take(payload, records, index);
        missing?.see(records, index, offset, isThere);
      }
    }
    const more = left?.offset ?? null;
    if (more !== null) throw wrong(more, 'a record is left that was not there');
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

/** The records that are left, one by one. */
class Left {
  #isOver: boolean;
  readonly #payload: Payload;
  readonly #cursor: RecordCursor;

  constructor({ header, bytes }: LogBatch) {
    this.#payload = currentPayload(header, bytes);
    this.#cursor = cursorOver(this.#payload);
    this.#isOver = !this.#cursor.next();
  }

  /** null behind the last one. */
  get offset(): Offset | null {
    return this.#isOver ? null : this.#payload.header.baseOffset + this.#cursor.offsetDelta;
  }

  /** Takes the next one, which has this original. @throws AppError CORRUPT where it is not identical */
  take(original: Payload, records: RecordColumns, index: number): void {
    const { timestampDelta, contentFrom, end } = this.#cursor;
    const isSame =
      timestampOf(original, records.timestampDelta[index]!) === timestampOf(this.#payload, timestampDelta) &&
      Buffer.compare(
        records.bytes.subarray(records.contentFrom[index], records.end[index]),
        this.#cursor.bytes.subarray(contentFrom, end),
      ) === 0;
    if (!isSame) throw wrong(this.offset!, 'the record is not what it was');
    this.#isOver = !this.#cursor.next();
  }
}

function cursorOver({ bytes, from }: Payload): RecordCursor {
  return new RecordCursor(bytes, from, bytes.length);
}

function timestampOf({ header }: Payload, timestampDelta: number): TimestampMs {
  const isLogAppendTime = (header.attributes & TIMESTAMP_TYPE_BIT) !== 0;
  return isLogAppendTime ? header.maxTimestampMs : header.baseTimestampMs + timestampDelta;
}

/** Records of one part of the keys that were left out and have not been followed by a later one of their key yet. */
class MissingRecords {
  readonly partsLeft: KeyPart[] = [];
  /** By key: twice the latest offset, plus one where that record was left out. */
  readonly #map: OffsetMap;
  #part: KeyPart;
  #count = 0;

  constructor({ memoryBytes, hash }: KeyMemory, part: KeyPart) {
    this.#map = new OffsetMap(memoryBytes, hash);
    this.#part = part;
  }

  /** One of those that nothing follows; null where there is none. */
  get offset(): Offset | null {
    if (this.#count === 0) return null;
    const found = this.#map.find(isOfMissing);
    return found === null ? null : (found - 1) / 2;
  }

  lookAhead(records: RecordColumns): void {
    this.#map.lookAhead(records);
  }

  /** Of the records that were looked ahead over, in order. */
  see(records: RecordColumns, index: number, offset: Offset, isThere: boolean): void {
    if (records.keyFrom[index]! < 0) return;
    // A tombstone that is left out has done its work.
    const isMissing = !isThere && records.hasValue[index] !== 0;
    if (isMissing) while (this.#map.isFull) this.#divide();
    const { divisor, remainder } = this.#part;
    if (divisor > 1 && this.#map.spareHashWord(index) % divisor !== remainder) return;
    // Of keys that were never missing nothing needs to be known.
    if (!isMissing && this.#map.get(index) < 0) return;
    const before = this.#map.exchange(index, 2 * offset + (isMissing ? 1 : 0));
    if (before >= 0 && isOfMissing(before)) this.#count--;
    if (isMissing) this.#count++;
  }

  /** Half of the keys are forgotten, and left for later. */
  #divide(): void {
    const { remainder } = this.#part;
    const divisor = this.#part.divisor * 2;
    this.partsLeft.push({ divisor, remainder: remainder + this.#part.divisor });
    this.#part = { divisor, remainder };
    this.#count = 0;
    this.#map.keep((word, value) => {
      const isKept = word % divisor === remainder;
      if (isKept && isOfMissing(value)) this.#count++;
      return isKept;
    });
  }
}

function isOfMissing(value: number): boolean {
  return value % 2 === 1;
}

export function wrong(offset: Offset, what: string): AppError {
  return new AppError(
    'CORRUPT',
    `The compaction would lose something at offset ${offset}: ${what}. Nothing was changed.`,
    { offset },
  );
}
