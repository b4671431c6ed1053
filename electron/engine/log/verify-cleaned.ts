/**
 * Checks what a compaction wrote against what it read, before the old segments go: every record that is left is
 * identical to its original, and every one that is missing may be missing.
 *
 * By means of its own: keys are told apart by SHA-256, not by the hash of the cleaner's map, so that two keys that the
 * map took for one are noticed. Works through the keys in parts where they do not fit the memory.
 */
import { createHash } from 'node:crypto';
import { AppError } from '../../../shared/errors';
import type { Bytes, Offset } from '../../../shared/units';
import {
  CONTROL_BIT,
  type RecordBatchHeader,
  TIMESTAMP_TYPE_BIT,
  TRANSACTIONAL_BIT,
} from '../format/record-batch';
import { RecordCursor } from '../format/record-cursor';
import { currentPayload, markerTypeOf } from '../rules/clean-batch';
import type { CleaningTask } from '../rules/clean-log';
import { CleanedTransactions } from '../rules/cleaned-transactions';
import type { HashLanes } from '../rules/key-hash';
import { OFFSET_MAP_SLOT_BYTES, OffsetMap } from '../rules/offset-map';
import type { LogBatch } from './log-batch';

export interface CleanedPair {
  /** Each call reads from the start. */
  readonly sources: () => AsyncIterable<LogBatch>;
  readonly cleaned: () => AsyncIterable<LogBatch>;
  readonly task: CleaningTask;
}

const SPARE_SLOTS = 1.5;

/** @throws AppError CORRUPT, naming the offset */
export async function verifyCleaned(pair: CleanedPair): Promise<void> {
  const { task } = pair;
  const offsetCount = task.endOffset - task.firstDirtyOffset;
  const bytesNeeded: Bytes = Math.ceil(offsetCount * SPARE_SLOTS + 2) * OFFSET_MAP_SLOT_BYTES;
  const partCount = Math.ceil(bytesNeeded / task.dedupeBufferBytes);
  for (let part = 0; part < partCount; part++) {
    const memory = Math.min(bytesNeeded, task.dedupeBufferBytes);
    const latest = new LatestOffsets(memory, part, partCount);
    for await (const batch of pair.sources()) latest.read(batch, task);
    await compare(pair, latest, part === 0);
  }
}

async function compare(
  { sources, cleaned, task }: CleanedPair,
  latest: LatestOffsets,
  comparesBytes: boolean,
): Promise<void> {
  const transactions = new CleanedTransactions(task.aborted);
  const written = cleaned()[Symbol.asyncIterator]();
  let next = await written.next();
  for await (const source of sources()) {
    const isAborted = followTransactions(source, transactions);
    const isPair = !next.done && next.value.header.lastOffset <= source.header.lastOffset;
    const left = isPair ? (next.value as LogBatch) : null;
    if (isPair) next = await written.next();
    if (left !== null && Buffer.compare(left.bytes, source.bytes) === 0) continue;
    compareBatch(source, left, { latest, isAborted, comparesBytes, task });
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

interface Comparison {
  readonly latest: LatestOffsets;
  readonly isAborted: boolean;
  readonly comparesBytes: boolean;
  readonly task: CleaningTask;
}

function compareBatch(source: LogBatch, left: LogBatch | null, how: Comparison): void {
  const old = new Records(source);
  const rest = left === null ? null : new Records(left);
  if (left !== null && how.comparesBytes) compareHeaders(source.header, left.header);
  let isLeft = rest?.next() ?? false;
  while (old.next()) {
    if (isLeft && rest!.offset === old.offset) {
      if (how.comparesBytes && !isSame(old, rest!)) throw wrong(old.offset, 'the record is not what it was');
      isLeft = rest!.next();
    } else requireMissable(source, old, how);
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

function requireMissable(source: LogBatch, record: Records, { latest, isAborted, task }: Comparison): void {
  const { cursor, offset } = record;
  if ((source.header.attributes & CONTROL_BIT) !== 0 || isAborted || cursor.keyFrom < 0) return;
  if (!latest.has(cursor)) return; // another part's
  if (offset < latest.offsetOf(cursor) || (!cursor.hasValue && offset < task.endOffset)) return;
  throw wrong(offset, 'the last record of its key is missing');
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

/** Latest offset in the dirty part of each key of one part. */
class LatestOffsets {
  readonly #map: OffsetMap;
  readonly #part: number;
  readonly #partCount: number;
  readonly #aborted = new Map<CleaningTask, CleanedTransactions>();

  constructor(memoryBytes: Bytes, part: number, partCount: number) {
    this.#map = new OffsetMap(memoryBytes, sha256Lanes);
    this.#part = part;
    this.#partCount = partCount;
  }

  read(batch: LogBatch, task: CleaningTask): void {
    const transactions = this.#aborted.get(task) ?? new CleanedTransactions(task.aborted);
    this.#aborted.set(task, transactions);
    const isAborted = followTransactions(batch, transactions);
    const isTransactional = (batch.header.attributes & TRANSACTIONAL_BIT) !== 0;
    const isControl = (batch.header.attributes & CONTROL_BIT) !== 0;
    if (isControl || (isTransactional && isAborted) || batch.header.lastOffset < task.firstDirtyOffset)
      return;
    const records = new Records(batch);
    while (records.next()) {
      const { cursor, offset } = records;
      if (cursor.keyFrom < 0 || offset < task.firstDirtyOffset || !this.has(cursor)) continue;
      this.#map.put(cursor.bytes, cursor.keyFrom, cursor.keyTo, offset);
    }
  }

  has({ bytes, keyFrom, keyTo }: RecordCursor): boolean {
    if (this.#partCount === 1) return true;
    const lanes = new Int32Array(4);
    sha256Lanes(bytes, keyFrom, keyTo, lanes);
    return (lanes[3]! >>> 0) % this.#partCount === this.#part;
  }

  offsetOf({ bytes, keyFrom, keyTo }: RecordCursor): Offset {
    return this.#map.get(bytes, keyFrom, keyTo);
  }
}

function sha256Lanes(bytes: Uint8Array, from: number, to: number, lanes: HashLanes): void {
  const digest = createHash('sha256').update(bytes.subarray(from, to)).digest();
  for (let lane = 0; lane < lanes.length; lane++) lanes[lane] = digest.readInt32LE(lane * 4);
}

function wrong(offset: Offset, what: string): AppError {
  return new AppError(
    'CORRUPT',
    `The compaction would lose something at offset ${offset}: ${what}. Nothing was changed.`,
    { offset },
  );
}
