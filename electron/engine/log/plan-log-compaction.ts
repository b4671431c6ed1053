/**
 * Whether an open log is due for compaction, and what the cleaner is to do: facts from the store and from small reads,
 * decisions from shared/plan and rules, the same as for a log on disk. Reads only.
 */
import {
  type CompactionSegment,
  type Eligibility,
  planEligibility,
} from '../../../shared/plan/compaction-eligibility';
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
  /** All of the log that is not below its start, as the cleaner sees it. */
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

/** From what is in memory, as long as the log is not due; then from small reads, too. */
export async function planLogCompaction(
  fs: FileSystem,
  store: LogStore,
  { checkpoint, ratio, nowMs }: PlanOptions,
): Promise<LogCompactionPlan> {
  const { settings, logStartOffset, logEndOffset, producers } = store;
  // What lies below the log start is to be deleted, and may be half so.
  const all = store.segments.filter(
    ({ nextOffset }, index, { length }) => nextOffset > logStartOffset || index === length - 1,
  );
  const firstOpenTransactionOffset = producers.firstOpenTransactionOffset();
  const segments: CompactionSegment[] = [];
  for (const segment of all) segments.push(await ageOf(fs, store, segment));
  const facts = {
    segments,
    logStartOffset,
    logEndOffset,
    highWatermark: logEndOffset,
    firstOpenTransactionOffset,
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
    return { eligibility, task: null, segments: [], sources: [] };
  const aborted = await abortedTransactions(fs, all);
  const known = { highWatermark: logEndOffset, producers, aborted };
  const task = cleaningTaskOf(known, eligibility, settings, nowMs);
  const sources = all.filter(({ baseOffset }) => baseOffset < task.endOffset);
  const sized: SourceSegment[] = [];
  for (const segment of all) sized.push(await sizesOf(fs, segment));
  return { eligibility, task, segments: sized, sources };
}

async function ageOf(fs: FileSystem, store: LogStore, segment: Segment): Promise<CompactionSegment> {
  const { baseOffset, sizeInBytes } = segment;
  const fromIndex = await store.largestTimestampOf(segment);
  return {
    baseOffset,
    sizeInBytes,
    largestTimestampMs: fromIndex === NO_TIMESTAMP ? await modifiedAtMs(fs, segment) : fromIndex,
    firstBatchMaxTimestampMs: await firstBatchMaxTimestamp(store, segment),
  };
}

async function modifiedAtMs(fs: FileSystem, segment: Segment): Promise<TimestampMs> {
  return (await fs.status(segment.pathOf(LOG_SUFFIX)))?.modifiedAtMs ?? NO_TIMESTAMP;
}

async function sizesOf(fs: FileSystem, segment: Segment): Promise<SourceSegment> {
  const { baseOffset, sizeInBytes } = segment;
  const sizeOf = async (suffix: typeof OFFSET_INDEX_SUFFIX | typeof TIME_INDEX_SUFFIX) =>
    (await fs.status(segment.pathOf(suffix)))?.sizeInBytes ?? 0;
  return {
    baseOffset,
    sizeInBytes,
    modifiedAtMs: await modifiedAtMs(fs, segment),
    offsetIndexSizeInBytes: await sizeOf(OFFSET_INDEX_SUFFIX),
    timeIndexSizeInBytes: await sizeOf(TIME_INDEX_SUFFIX),
  };
}

/** Asked for by max.compaction.lag.ms alone. */
async function firstBatchMaxTimestamp(store: LogStore, segment: Segment): Promise<TimestampMs> {
  const end: number = segment.sizeInBytes;
  if (end === 0 || store.settings.maxCompactionLagMs === Number.MAX_SAFE_INTEGER) return NO_TIMESTAMP;
  if (segment.firstBatchMaxTimestampMs === null) {
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
    if (bytes === null) continue;
    for (const transaction of readTransactionIndex(bytes) ?? []) aborted.push(transaction);
  }
  return aborted;
}
