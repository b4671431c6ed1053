/**
 * Whether an open log is due for compaction, and what the cleaner is to do: facts from the store and from small reads,
 * decisions from shared/plan and rules, the same as for a log on disk. Reads only.
 */
import { type Eligibility, planEligibility } from '../../../shared/plan/compaction-eligibility';
import type { Offset, TimestampMs } from '../../../shared/units';
import type { FileSystem } from '../file-system';
import {
  LOG_SUFFIX,
  OFFSET_INDEX_SUFFIX,
  TIME_INDEX_SUFFIX,
  TRANSACTION_INDEX_SUFFIX,
} from '../format/file-names';
import { NO_TIMESTAMP } from '../format/record-batch';
import { type AbortedTransaction, readTransactionIndex } from '../format/transaction-index';
import type { CleaningTask, SourceSegment } from '../rules/clean-log';
import { cleaningTaskOf } from '../rules/cleaning-task';
import { readWhole } from './atomic-file';
import { readPiece } from './log-batch';
import type { LogStore } from './log-store';
import type { Segment } from './segment';
import { withSegmentFile } from './segment-files';
import { compactsByPolicy } from './settings';

const HEADER_PIECE_SIZE = 1024;
const SMALL_FILE_MAX = 64 * 1024 * 1024;

export interface LogCompactionPlan {
  readonly eligibility: Eligibility;
  /** null where the log is not eligible. */
  readonly task: CleaningTask | null;
  /** All of the log, as the cleaner sees it. */
  readonly segments: readonly SourceSegment[];
  /** Those that would be replaced. */
  readonly sources: readonly Segment[];
}

export interface PlanOptions {
  /** cleaner-offset-checkpoint */
  readonly checkpoint: Offset | null;
  /** min.cleanable.dirty.ratio */
  readonly ratio: number;
  readonly nowMs: TimestampMs;
}

export async function planLogCompaction(
  fs: FileSystem,
  store: LogStore,
  { checkpoint, ratio, nowMs }: PlanOptions,
): Promise<LogCompactionPlan> {
  const { settings, logStartOffset, logEndOffset, producers } = store;
  const all = store.segments;
  const segments: (SourceSegment & {
    largestTimestampMs: TimestampMs;
    firstBatchMaxTimestampMs: TimestampMs;
  })[] = [];
  for (const segment of all) segments.push(await factsOf(fs, store, segment));
  const facts = {
    segments,
    logStartOffset,
    logEndOffset,
    highWatermark: logEndOffset,
    firstOpenTransactionOffset: producers.firstOpenTransactionOffset(),
    cleanerCheckpoint: checkpoint,
  };
  const limits = {
    compacts: compactsByPolicy(settings),
    minCleanableDirtyRatio: ratio,
    minCompactionLagMs: settings.minCompactionLagMs,
    maxCompactionLagMs: settings.maxCompactionLagMs,
  };
  const eligibility = planEligibility(facts, limits, nowMs);
  if (!eligibility.isEligible || eligibility.cleanableBytes === 0)
    return { eligibility, task: null, segments, sources: [] };
  const aborted = await abortedTransactions(fs, all);
  const task = cleaningTaskOf(
    { highWatermark: logEndOffset, producers, aborted },
    eligibility,
    settings,
    nowMs,
  );
  return {
    eligibility,
    task,
    segments,
    sources: all.filter(({ baseOffset }) => baseOffset < task.endOffset),
  };
}

async function factsOf(fs: FileSystem, store: LogStore, segment: Segment) {
  const { baseOffset, sizeInBytes } = segment;
  const sizeOf = async (suffix: typeof OFFSET_INDEX_SUFFIX | typeof TIME_INDEX_SUFFIX) =>
    (await fs.status(segment.pathOf(suffix)))?.sizeInBytes ?? 0;
  const modifiedAtMs = (await fs.status(segment.pathOf(LOG_SUFFIX)))?.modifiedAtMs ?? NO_TIMESTAMP;
  const fromIndex = await store.largestTimestampOf(segment);
  return {
    baseOffset,
    sizeInBytes,
    modifiedAtMs,
    offsetIndexSizeInBytes: await sizeOf(OFFSET_INDEX_SUFFIX),
    timeIndexSizeInBytes: await sizeOf(TIME_INDEX_SUFFIX),
    largestTimestampMs: fromIndex === NO_TIMESTAMP ? modifiedAtMs : fromIndex,
    firstBatchMaxTimestampMs: await firstBatchMaxTimestamp(store, segment),
  };
}

async function firstBatchMaxTimestamp(store: LogStore, segment: Segment): Promise<TimestampMs> {
  if (segment.firstBatchMaxTimestampMs === null) {
    const end: number = segment.sizeInBytes;
    if (end === 0) return NO_TIMESTAMP;
    const { batches } = await withSegmentFile(store.files, segment, LOG_SUFFIX, (file) =>
      readPiece(file, 0, end, HEADER_PIECE_SIZE),
    );
    segment.firstBatchMaxTimestampMs = batches[0]?.header.maxTimestampMs ?? NO_TIMESTAMP;
  }
  return segment.firstBatchMaxTimestampMs;
}

async function abortedTransactions(
  fs: FileSystem,
  segments: readonly Segment[],
): Promise<AbortedTransaction[]> {
  const aborted: AbortedTransaction[] = [];
  for (const segment of segments) {
    const bytes = await readWhole(fs, segment.pathOf(TRANSACTION_INDEX_SUFFIX), SMALL_FILE_MAX);
    if (bytes !== null) aborted.push(...(readTransactionIndex(bytes) ?? []));
  }
  return aborted;
}
