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
import { RecordColumns } from '../format/record-columns';
import { RecordCursor } from '../format/record-cursor';
import type { AbortedTransaction } from '../format/transaction-index';
import { type BatchRecords, corrupt, currentPayload, markerTypeOf, type Payload } from './batch-records';
import {
  BatchCleaner,
  type CleanedBatch,
  type CleaningCounts,
  type LastBatchOfProducer,
  noCounts,
} from './clean-batch';
import { CleanedTransactions } from './cleaned-transactions';
import { groupSegments, type SizedSegment } from './group-segments';
import { hashKey, type KeyHash } from './key-hash';
import { OFFSET_MAP_SLOT_BYTES, OffsetMap } from './offset-map';
import { RecordBits } from './record-bits';
import { SupersededMarks } from './superseded-marks';
import type { CleaningObserver } from './supersessions';

export interface SourceSegment extends SizedSegment {
  readonly modifiedAtMs: TimestampMs;
}

/**
 * Sees a batch, of which the CRC need not be checked yet; its bytes stay valid during the call, and longer only where
 * the sink keeps them (`CleaningSink.batch`). @returns false to read no further in this segment
 */
export type BatchVisit = (header: RecordBatchHeader, bytes: Uint8Array) => boolean;

/**
 * Reads the batches of a segment in order.
 * @param checksCrc Where it is true, the CRC of each batch is checked before the result counts: before or after its
 * visit, and of a batch that is copied at the latest by its copy, when its group ends. Where it is false, the same bytes
 * are read and checked later.
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
  /** Where those of each batch are found that is cleaned, for whoever looks at them as well. */
  readonly records?: BatchRecords | undefined;
  startGroup?(group: readonly S[]): Promise<void>;
  /**
   * A batch that is copied comes in the bytes that `read` gave to the visit: where the sink keeps them beyond the call,
   * `read` leaves them as they are until the sink is done with them. The bytes of all others are the sink's own.
   */
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
  const { observer } = sink;
  let marks: SupersededMarks;
  let uniqueKeyCount = 0;
  let roundCount = 0;
  for (let from = firstDirtyOffset; ; from = map.latestOffset + 1) {
    map.clear();
    marks = new SupersededMarks(from, endOffset);
    const isWhole = await fillMap(cleaned, { ...task, firstDirtyOffset: from }, read, { map, marks });
    uniqueKeyCount += map.size;
    roundCount++;
    observer?.startRound(map, from);
    if (isWhole) break;
    await noteSuperseded(cleaned, task, read, { map, noted: earlierRounds, observer });
    observer?.endRound();
  }
  const pass = new CleaningPass(cleaned, task, { map, marks, earlierRounds }, sink);
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

interface Filled {
  readonly map: OffsetMap;
  readonly marks: SupersededMarks;
}

/** Cleaner.buildOffsetMap. @returns false where the map got full before the end */
async function fillMap<S extends SourceSegment>(
  segments: readonly S[],
  task: CleaningTask,
  read: ReadSegment<S>,
  filled: Filled,
): Promise<boolean> {
  const { firstDirtyOffset } = task;
  const { map } = filled;
  // The markers of earlier ones are not read, and would not end them (TransactionIndex.collectAbortedTxns).
  const aborted = task.aborted.filter(({ lastOffset }) => lastOffset >= firstDirtyOffset);
  const transactions = new CleanedTransactions(aborted);
  const records = new RecordColumns();
  for (const [index, segment] of segments.entries()) {
    const nextBaseOffset = segments[index + 1]?.baseOffset ?? task.endOffset;
    if (nextBaseOffset <= firstDirtyOffset) continue;
    let isFull = false;
    const visit: BatchVisit = (header, bytes) => {
      const payload = keyedPayload(header, bytes, transactions);
      if (payload !== null && !putKeys(payload, records, firstDirtyOffset, filled)) {
        isFull = true;
        return false;
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

/** @returns false where the map is full before the last of them */
function putKeys(
  { header, bytes, from }: Payload,
  records: RecordColumns,
  firstDirtyOffset: Offset,
  { map, marks }: Filled,
): boolean {
  const cursor = new RecordCursor(bytes, from, bytes.length);
  while (records.read(cursor) > 0) {
    map.lookAhead(records);
    for (let index = 0; index < records.count; index++) {
      const offset = header.baseOffset + records.offsetDelta[index]!;
      if (records.keyFrom[index]! < 0 || offset < firstDirtyOffset) continue;
      if (map.isFull) return false;
      const before = map.put(index, offset);
      if (before >= 0) marks.add(before);
    }
  }
  requireRead(header, cursor);
  return true;
}

interface Noting {
  readonly map: OffsetMap;
  /** Gets the numbers of what is superseded. */
  readonly noted: RecordBits;
  readonly observer: CleaningObserver | undefined;
}

/** Numbers the records as `BatchCleaner` does: those of control batches are not counted. */
async function noteSuperseded<S extends SourceSegment>(
  segments: readonly S[],
  task: CleaningTask,
  read: ReadSegment<S>,
  { map, noted, observer }: Noting,
): Promise<void> {
  const transactions = new CleanedTransactions(task.aborted);
  const records = new RecordColumns();
  let number = 0;
  const note = ({ header, bytes, from }: Payload) => {
    const cursor = new RecordCursor(bytes, from, bytes.length);
    while (records.read(cursor) > 0) {
      map.lookAhead(records);
      for (let index = 0; index < records.count; index++, number++) {
        const offset = header.baseOffset + records.offsetDelta[index]!;
        if (offset > map.latestOffset || records.keyFrom[index]! < 0) continue;
        const isSuperseded = offset < map.get(index) || noted.has(number);
        observer?.record(records, index, offset, isSuperseded);
        if (isSuperseded) noted.add(number);
      }
    }
    requireRead(header, cursor);
  };
  for (const segment of segments) {
    observer?.startSegment();
    const visit: BatchVisit = (header, bytes) => {
      const payload = keyedPayload(header, bytes, transactions);
      if (payload !== null) note(payload);
      else if ((header.attributes & CONTROL_BIT) === 0) number += header.recordsCount;
      return true;
    };
    await read(segment, visit, false);
  }
}

/** The records of a data batch; null for control batches and aborted ones. */
function keyedPayload(
  header: RecordBatchHeader,
  bytes: Uint8Array,
  transactions: CleanedTransactions,
): Payload | null {
  if ((header.attributes & CONTROL_BIT) !== 0) {
    transactions.onControlBatch(header, markerTypeOf(header, bytes));
    return null;
  }
  if (header.magic >= 2 && transactions.onDataBatch(header)) return null;
  const payload = currentPayload(header, bytes);
  if (header.magic < 2) transactions.onDataBatch(payload.header);
  return payload;
}

function requireRead(header: RecordBatchHeader, { hasFailed }: RecordCursor): void {
  if (hasFailed) throw corrupt(header, 'a record cannot be read');
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
    known: Filled & { readonly earlierRounds: RecordBits },
    sink: CleaningSink<S>,
  ) {
    const lastClean = segments.findLast(({ baseOffset }) => baseOffset < task.firstDirtyOffset);
    this.#legacyHorizonMs = lastClean === undefined ? 0 : lastClean.modifiedAtMs - task.deleteRetentionMs;
    this.#sink = sink;
    const transactions = new CleanedTransactions(task.aborted);
    const { needsBytes, observer = null } = sink;
    const rules = task.rules ?? cleanerRules(CURRENT_CLEANER);
    const keptEndOffset = keptEnd(rules, task);
    const terms = { ...task, ...known, transactions, needsBytes, observer, rules, keptEndOffset };
    this.#cleaner = new BatchCleaner(terms, sink.records);
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
