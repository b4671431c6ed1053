/**
 * Which part of a log the cleaner may clean, whether it does, and why not (LogCleanerManager.cleanableOffsets,
 * grabFilthiestCompactedLog, LogToClean).
 *
 * Pure: now is a parameter, and the same function serves the sliders, the command line and the run. From sizes and
 * timestamps alone; what cleaning would free is the analysis' business.
 */
import type { Bytes, Milliseconds, Offset, TimestampMs } from '../units';

export interface CompactionSegment {
  readonly baseOffset: Offset;
  /** Of the .log file. */
  readonly sizeInBytes: Bytes;
  /** LogSegment.largestTimestamp */
  readonly largestTimestampMs: TimestampMs;
  /** Of the first batch; -1 where there is none. */
  readonly firstBatchMaxTimestampMs: TimestampMs;
}

export interface CompactionState {
  /**
   * Ascending; the last is the active one. Of a log on disk also those below the log start, as long as retention has left
   * them: the cleaner counts and cleans them (LogToClean, Cleaner.doClean).
   */
  readonly segments: readonly CompactionSegment[];
  readonly logStartOffset: Offset;
  /** Exclusive. */
  readonly logEndOffset: Offset;
  readonly highWatermark: Offset;
  /** First offset of the oldest open transaction; null where none is open. */
  readonly firstOpenTransactionOffset: Offset | null;
  /** cleaner-offset-checkpoint; null where it says nothing of the log. */
  readonly cleanerCheckpoint: Offset | null;
}

export interface CompactionLimits {
  /** cleanup.policy contains compact. */
  readonly compacts: boolean;
  /** min.cleanable.dirty.ratio: the ratio must be above it. */
  readonly minCleanableDirtyRatio: number;
  /** min.compaction.lag.ms */
  readonly minCompactionLagMs: Milliseconds;
  /** max.compaction.lag.ms; infinity for never. */
  readonly maxCompactionLagMs: Milliseconds;
}

/**
 * Why the cleaner does, or does not, take the log:
 * - `policy`: cleanup.policy has no compact
 * - `empty`: there is no byte to clean
 * - `active-segment`: everything dirty is in the active segment, which is never cleaned
 * - `min-compaction-lag`: min.compaction.lag.ms is not over for the first dirty segment
 * - `open-transaction`, `high-watermark`: an open transaction or missing replicas hold the first dirty segment
 * - `dirty-ratio`: not above min.cleanable.dirty.ratio
 * - `dirty-ratio-exceeded`, `max-compaction-lag-exceeded`: eligible, and by which of the two
 */
export type EligibilityReason =
  | 'policy'
  | 'empty'
  | 'active-segment'
  | 'min-compaction-lag'
  | 'open-transaction'
  | 'high-watermark'
  | 'dirty-ratio'
  | 'dirty-ratio-exceeded'
  | 'max-compaction-lag-exceeded';

export type UncleanableReason =
  | 'active-segment'
  | 'min-compaction-lag'
  | 'open-transaction'
  | 'high-watermark';

export interface Eligibility {
  readonly isEligible: boolean;
  readonly reasons: readonly EligibilityReason[];
  readonly firstDirtyOffset: Offset;
  readonly firstDirtyOffsetSource: 'checkpoint' | 'log-start-offset';
  readonly firstUncleanableOffset: Offset;
  /** What ends the cleanable part. */
  readonly uncleanableReason: UncleanableReason;
  /** firstUncleanableOffset, rounded down to the base offset of a segment; exclusive. */
  readonly cleanableEndOffset: Offset;
  readonly cleanBytes: Bytes;
  readonly cleanableBytes: Bytes;
  /** cleanable / (clean + cleanable); 0 where both are 0. */
  readonly dirtyRatio: number;
}

export function planEligibility(
  state: CompactionState,
  limits: CompactionLimits,
  nowMs: TimestampMs,
): Eligibility {
  const { segments } = state;
  const dirty = firstDirty(state);
  const closed = segments.slice(0, -1);
  const dirtyClosed = closed.slice(Math.max(0, indexOfHolder(closed, dirty.firstDirtyOffset)));
  const end = firstUncleanable(state, dirtyClosed, limits, nowMs);
  const firstUncleanableOffset = Math.max(dirty.firstDirtyOffset, end.offset);
  const cleanableEndOffset = roundedDown(segments, firstUncleanableOffset);
  const cleanBytes = sizeOf(segments.filter(({ baseOffset }) => baseOffset < dirty.firstDirtyOffset));
  const firstCleanable = indexOfHolder(segments, Math.min(dirty.firstDirtyOffset, cleanableEndOffset));
  const cleanableBytes =
    dirty.firstDirtyOffset >= cleanableEndOffset
      ? 0
      : sizeOf(
          segments.filter(
            ({ baseOffset }, index) => index >= firstCleanable && baseOffset < cleanableEndOffset,
          ),
        );
  const total = cleanBytes + cleanableBytes;
  const dirtyRatio = total === 0 ? 0 : cleanableBytes / total;
  const oldest = oldestTimestamp(dirtyClosed);
  const isOverdue = cleanableBytes > 0 && oldest > 0 && oldest < nowMs - limits.maxCompactionLagMs;
  const isAboveRatio = dirtyRatio > limits.minCleanableDirtyRatio;
  const reasons = reasonsOf({ limits, total, cleanableBytes, isOverdue, isAboveRatio, end: end.reason });
  return {
    ...dirty,
    isEligible: limits.compacts && total > 0 && (isAboveRatio || isOverdue),
    reasons,
    firstUncleanableOffset,
    uncleanableReason: end.reason,
    cleanableEndOffset,
    cleanBytes,
    cleanableBytes,
    dirtyRatio,
  };
}

/** A checkpoint outside the log is not believed (LogCleanerManager.cleanableOffsets). */
function firstDirty({ logStartOffset, logEndOffset, cleanerCheckpoint }: CompactionState) {
  if (cleanerCheckpoint === null || cleanerCheckpoint < logStartOffset || cleanerCheckpoint > logEndOffset)
    return { firstDirtyOffset: logStartOffset, firstDirtyOffsetSource: 'log-start-offset' } as const;
  return { firstDirtyOffset: cleanerCheckpoint, firstDirtyOffsetSource: 'checkpoint' } as const;
}

function firstUncleanable(
  { segments, logEndOffset, highWatermark, firstOpenTransactionOffset }: CompactionState,
  dirtyClosed: readonly CompactionSegment[],
  { minCompactionLagMs }: CompactionLimits,
  nowMs: TimestampMs,
): { readonly offset: Offset; readonly reason: UncleanableReason } {
  const young =
    minCompactionLagMs > 0
      ? dirtyClosed.find(({ largestTimestampMs }) => largestTimestampMs > nowMs - minCompactionLagMs)
      : undefined;
  const ends: { offset: Offset; reason: UncleanableReason }[] = [
    { offset: segments.at(-1)?.baseOffset ?? logEndOffset, reason: 'active-segment' },
    { offset: highWatermark, reason: 'high-watermark' },
  ];
  if (firstOpenTransactionOffset !== null)
    ends.push({ offset: firstOpenTransactionOffset, reason: 'open-transaction' });
  if (young !== undefined) ends.push({ offset: young.baseOffset, reason: 'min-compaction-lag' });
  return ends.reduce((lowest, end) => (end.offset < lowest.offset ? end : lowest));
}

interface Findings {
  readonly limits: CompactionLimits;
  readonly total: Bytes;
  readonly cleanableBytes: Bytes;
  readonly isOverdue: boolean;
  readonly isAboveRatio: boolean;
  readonly end: UncleanableReason;
}

function reasonsOf(findings: Findings): EligibilityReason[] {
  const { limits, total, cleanableBytes, isOverdue, isAboveRatio, end } = findings;
  const reasons: EligibilityReason[] = limits.compacts ? [] : ['policy'];
  if (total === 0 && end === 'active-segment') reasons.push('empty');
  else if (cleanableBytes === 0) reasons.push(end);
  else if (isAboveRatio || isOverdue) {
    if (isAboveRatio) reasons.push('dirty-ratio-exceeded');
    if (isOverdue) reasons.push('max-compaction-lag-exceeded');
  } else reasons.push('dirty-ratio');
  return reasons;
}

/** Index of the segment that holds the offset, or -1 where all begin above it. */
function indexOfHolder(segments: readonly CompactionSegment[], offset: Offset): number {
  return segments.findLastIndex(({ baseOffset }) => baseOffset <= offset);
}

function roundedDown(segments: readonly CompactionSegment[], offset: Offset): Offset {
  return segments[indexOfHolder(segments, offset)]?.baseOffset ?? offset;
}

function sizeOf(segments: readonly CompactionSegment[]): Bytes {
  return segments.reduce((sum, { sizeInBytes }) => sum + sizeInBytes, 0);
}

/** Smallest positive one of the first batches; 0 where there is none. */
function oldestTimestamp(segments: readonly CompactionSegment[]): TimestampMs {
  let oldestMs = 0;
  for (const { firstBatchMaxTimestampMs: ms } of segments)
    if (ms > 0 && (oldestMs === 0 || ms < oldestMs)) oldestMs = ms;
  return oldestMs;
}
