/**
 * The cleaner's passes over a log (Cleaner.doClean): the dirty part into the offset map, then every segment below the
 * end through the filter, group by group. Where batches come from and where they go, the caller knows.
 *
 * Where the map gets full, Kafka cleans in rounds. Here each round but the last only notes which records it found
 * superseded, and the log is written once: the same records stay.
 */
import { type CleanerRules, CURRENT_CLEANER, cleanerRules } from '../../../shared/plan/cleaner-version';
import type { Bytes, Milliseconds, Offset, TimestampMs } from '../../../shared/units';
import { CONTROL_BIT, type RecordBatchHeader } from '../format/record-batch';
import { RecordCursor } from '../format/record-cursor';
import type { AbortedTransaction } from '../format/transaction-index';
import {
  BatchCleaner,
  type CleanedBatch,
  type CleaningCounts,
  corrupt,
  currentPayload,
  type LastBatchOfProducer,
  markerTypeOf,
  noCounts,
} from './clean-batch';
import { CleanedTransactions } from './cleaned-transactions';
import { groupSegments, type SizedSegment } from './group-segments';
import { hashKey, type KeyHash } from './key-hash';
import { type KeyPlace, OFFSET_MAP_SLOT_BYTES, OffsetMap } from './offset-map';
import { RecordBits } from './record-bits';
import type { CleaningObserver } from './supersessions';

export interface SourceSegment extends SizedSegment {
  readonly modifiedAtMs: TimestampMs;
}

/** Sees a batch; its bytes stay valid during the call only. @returns false to read no further in this segment */
export type BatchVisit = (header: RecordBatchHeader, bytes: Uint8Array) => boolean;

/**
 * Reads the batches of a segment in order.
 * @param checksCrc Where it is false, the same bytes are read and checked later, before the result counts.
 */
export type ReadSegment<S> = (segment: S, visit: BatchVisit, checksCrc: boolean) => Promise<void>;

/** What is to be cleaned, and by which settings. Everything a plan and a run must agree on. */
export interface CleaningTask {
  readonly firstDirtyOffset: Offset;
  /** Exclusive; base of a segment. */
  readonly endOffset: Offset;
  readonly highWatermark: Offset;
  readonly nowMs: TimestampMs;
  readonly deleteRetentionMs: Milliseconds;
  readonly segmentBytes: Bytes;
  readonly segmentIndexBytes: Bytes;
  /** log.cleaner.dedupe.buffer.size */
  readonly dedupeBufferBytes: Bytes;
  readonly producers: ReadonlyMap<number, LastBatchOfProducer>;
  readonly aborted: readonly AbortedTransaction[];
  /** Those of the present version where none are named. */
  readonly rules?: CleanerRules;
}

/** Gets what is left. Calls for one group end before those for the next begin. */
export interface CleaningSink<S> {
  readonly needsBytes: boolean;
  readonly observer?: CleaningObserver | undefined;
  startGroup?(group: readonly S[]): Promise<void>;
  batch?(header: RecordBatchHeader, cleaned: CleanedBatch): void;
  endGroup?(group: readonly S[]): Promise<void>;
}

export interface CleanedSegment {
  readonly baseOffset: Offset;
  readonly counts: CleaningCounts;
  /** When the tombstones and markers that stay may go: the earliest and the latest; null where there are none. */
  readonly deleteHorizonMinMs: TimestampMs | null;
  readonly deleteHorizonMaxMs: TimestampMs | null;
}

export interface CleaningResult {
  /** As the segments are afterwards: base offsets of the sources of each. */
  readonly groups: readonly (readonly Offset[])[];
  /** By source segment. */
  readonly segments: readonly CleanedSegment[];
  /** Keys in the offset map, summed over rounds. */
  readonly uniqueKeyCount: number;
  readonly roundCount: number;
}

/**
 * @param segments All of the log, ascending, the active one included.
 * @throws AppError CORRUPT where a batch cannot be read
 */
export async function cleanLog<S extends SourceSegment>(
  segments: readonly S[],
  task: CleaningTask,
  read: ReadSegment<S>,
  sink: CleaningSink<S>,
  hash: KeyHash = hashKey,
): Promise<CleaningResult> {
  const { endOffset, firstDirtyOffset } = task;
  const cleaned = segments.filter(({ baseOffset }) => baseOffset < endOffset);
  const map = new OffsetMap(mapBytes(cleaned, task), hash);
  const earlierRounds = new RecordBits();
  let uniqueKeyCount = 0;
  let roundCount = 0;
  for (let from = firstDirtyOffset; ; from = map.latestOffset + 1) {
    map.clear();
    const isWhole = await fillMap(cleaned, { ...task, firstDirtyOffset: from }, read, map);
    uniqueKeyCount += map.size;
    roundCount++;
    if (isWhole) break;
    await noteSuperseded(cleaned, task, read, map, earlierRounds);
  }
  if (roundCount === 1) sink.observer?.start(map);
  const pass = new CleaningPass(cleaned, task, map, earlierRounds, sink);
  const groups = groupSegments(cleaned, task);
  for (const group of groups) {
    await sink.startGroup?.(group);
    for (const segment of group) await pass.clean(segment, read);
    await sink.endGroup?.(group);
  }
  return {
    groups: groups.map((group) => group.map(({ baseOffset }) => baseOffset)),
    segments: pass.results,
    uniqueKeyCount,
    roundCount,
  };
}

/** Of slots to keys, so that a map for a small log is small and yet never full. */
const SPARE_SLOTS = 1.2;

/** The cleaner's buffer, or as much of it as the offsets could fill. */
function mapBytes(segments: readonly SourceSegment[], task: CleaningTask): Bytes {
  const offsetCount = task.endOffset - Math.min(task.firstDirtyOffset, segments[0]?.baseOffset ?? 0);
  return Math.min(task.dedupeBufferBytes, (Math.ceil(offsetCount * SPARE_SLOTS) + 2) * OFFSET_MAP_SLOT_BYTES);
}

/** Cleaner.buildOffsetMap. @returns false where the map got full before the end */
async function fillMap<S extends SourceSegment>(
  segments: readonly S[],
  task: CleaningTask,
  read: ReadSegment<S>,
  map: OffsetMap,
): Promise<boolean> {
  const { firstDirtyOffset } = task;
  // The markers of earlier ones are not read, and would not end them (TransactionIndex.collectAbortedTxns).
  const aborted = task.aborted.filter(({ lastOffset }) => lastOffset >= firstDirtyOffset);
  const transactions = new CleanedTransactions(aborted);
  for (const [index, segment] of segments.entries()) {
    const nextBaseOffset = segments[index + 1]?.baseOffset ?? task.endOffset;
    if (nextBaseOffset <= firstDirtyOffset) continue;
    let isFull = false;
    const visit: BatchVisit = (header, bytes) => {
      const records = keyedRecords(header, bytes, transactions, map);
      for (let record = records?.next(); record !== undefined && record !== null; record = records!.next()) {
        if (record.keyFrom < 0 || record.offset < firstDirtyOffset) continue;
        if (map.isFull) {
          isFull = true;
          return false;
        }
        map.put(record, record.index, record.offset);
      }
      if (header.lastOffset >= firstDirtyOffset)
        map.latestOffset = Math.max(map.latestOffset, header.lastOffset);
      return true;
    };
    await read(segment, visit, false);
    if (isFull) return false;
    map.latestOffset = Math.max(map.latestOffset, nextBaseOffset - 1);
  }
  return true;
}

/** Numbers the records as `BatchCleaner` does: those of control batches are not counted. */
async function noteSuperseded<S extends SourceSegment>(
  segments: readonly S[],
  task: CleaningTask,
  read: ReadSegment<S>,
  map: OffsetMap,
  noted: RecordBits,
): Promise<void> {
  const transactions = new CleanedTransactions(task.aborted);
  let number = 0;
  for (const segment of segments) {
    const visit: BatchVisit = (header, bytes) => {
      const records = keyedRecords(header, bytes, transactions, map);
      if (records === null) {
        if ((header.attributes & CONTROL_BIT) === 0) number += header.recordsCount;
        return true;
      }
      for (let record = records.next(); record !== null; record = records.next()) {
        const isRead = record.offset <= map.latestOffset && record.keyFrom >= 0;
        if (isRead && record.offset < map.get(record, record.index)) noted.add(number);
        number++;
      }
      return true;
    };
    await read(segment, visit, false);
  }
}

interface KeyedRecord extends KeyPlace {
  readonly offset: Offset;
  /** In its batch. */
  readonly index: number;
}

/** Steps over the records of a batch; null for control batches and aborted ones. */
class KeyedRecords implements KeyedRecord {
  offset: Offset = 0;
  index = -1;
  keyFrom = -1;
  keyTo = -1;
  readonly bytes: Uint8Array;
  readonly #header: RecordBatchHeader;
  readonly #cursor: RecordCursor;

  constructor(header: RecordBatchHeader, payload: Uint8Array, from: number) {
    this.#header = header;
    this.bytes = payload;
    this.#cursor = new RecordCursor(payload, from, payload.length);
  }

  next(): KeyedRecord | null {
    const cursor = this.#cursor;
    if (!cursor.next()) {
      if (cursor.hasFailed) throw corrupt(this.#header, 'a record cannot be read');
      return null;
    }
    this.offset = this.#header.baseOffset + cursor.offsetDelta;
    this.index++;
    this.keyFrom = cursor.keyFrom;
    this.keyTo = cursor.keyTo;
    return this;
  }
}

function keyedRecords(
  header: RecordBatchHeader,
  bytes: Uint8Array,
  transactions: CleanedTransactions,
  map: OffsetMap,
): KeyedRecords | null {
  if ((header.attributes & CONTROL_BIT) !== 0) {
    transactions.onControlBatch(header, markerTypeOf(header, bytes));
    return null;
  }
  if (header.magic >= 2 && transactions.onDataBatch(header)) return null;
  const payload = currentPayload(header, bytes);
  if (header.magic < 2) transactions.onDataBatch(payload.header);
  map.lookAhead(new RecordCursor(payload.bytes, payload.from, payload.bytes.length));
  return new KeyedRecords(payload.header, payload.bytes, payload.from);
}

/** The batch that ends there, exclusive, stays, if need be empty. */
function keptEnd(
  { batchThatStays }: CleanerRules,
  { endOffset, highWatermark }: CleaningTask,
): Offset | null {
  if (batchThatStays === 'none') return null;
  return batchThatStays === 'cleanable-end' ? endOffset : highWatermark;
}

class CleaningPass<S extends SourceSegment> {
  readonly results: CleanedSegment[] = [];
  readonly #cleaner: BatchCleaner;
  readonly #sink: CleaningSink<S>;
  /** Tombstones of old message formats in segments modified later are still held. */
  readonly #legacyHorizonMs: TimestampMs;

  constructor(
    segments: readonly S[],
    task: CleaningTask,
    map: OffsetMap,
    earlierRounds: RecordBits,
    sink: CleaningSink<S>,
  ) {
    const lastClean = segments.findLast(({ baseOffset }) => baseOffset < task.firstDirtyOffset);
    this.#legacyHorizonMs = lastClean === undefined ? 0 : lastClean.modifiedAtMs - task.deleteRetentionMs;
    this.#sink = sink;
    const transactions = new CleanedTransactions(task.aborted);
    const { needsBytes, observer = null } = sink;
    const rules = task.rules ?? cleanerRules(CURRENT_CLEANER);
    const keptEndOffset = keptEnd(rules, task);
    const terms = { ...task, map, transactions, earlierRounds, needsBytes, observer, rules, keptEndOffset };
    this.#cleaner = new BatchCleaner(terms);
  }

  async clean(segment: S, read: ReadSegment<S>): Promise<void> {
    const counts = noCounts();
    const retainsLegacyTombstones = segment.modifiedAtMs > this.#legacyHorizonMs;
    let [min, max] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    const { observer } = this.#sink;
    observer?.startSegment();
    const visit: BatchVisit = (header, bytes) => {
      const tombstonesBefore = counts.tombstonesKeptCount;
      const cleaned = this.#cleaner.clean(header, bytes, counts, retainsLegacyTombstones);
      if (cleaned === null) return true;
      if (cleaned.deleteHorizonMs !== null) {
        min = Math.min(min, cleaned.deleteHorizonMs);
        max = Math.max(max, cleaned.deleteHorizonMs);
      }
      observer?.batch(header, cleaned, counts.tombstonesKeptCount - tombstonesBefore);
      this.#sink.batch?.(header, cleaned);
      return true;
    };
    await read(segment, visit, true);
    const hasHorizon = min <= max;
    this.results.push({
      baseOffset: segment.baseOffset,
      counts,
      deleteHorizonMinMs: hasHorizon ? min : null,
      deleteHorizonMaxMs: hasHorizon ? max : null,
    });
  }
}
