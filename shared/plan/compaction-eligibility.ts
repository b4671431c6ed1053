/**
 * Which part of a log the cleaner may clean, whether it does, and why not (LogCleanerManager.cleanableOffsets,
 * grabFilthiestCompactedLog, LogToClean).
 *
 * Pure: now is a parameter, and the same function serves the sliders, the command line and the run. From sizes and
 * timestamps alone; what cleaning would free is the analysis' business.
 */

import type { Bytes, Milliseconds, Offset, TimestampMs } from '../units';
import { countBelow } from './count-below';

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
  const closedCount = Math.max(0, segments.length - 1);
  const dirtyFrom = firstDirtyIndex(segments, dirty.firstDirtyOffset);
  const end = firstUncleanable(state, { from: dirtyFrom, to: closedCount }, limits, nowMs);
  const firstUncleanableOffset = Math.max(dirty.firstDirtyOffset, end.offset);
  const cleanableEndOffset = roundedDown(segments, firstUncleanableOffset);
  const cleanBytes = sizeOf(segments, 0, indexFrom(segments, dirty.firstDirtyOffset));
  const firstCleanable = indexOfHolder(segments, Math.min(dirty.firstDirtyOffset, cleanableEndOffset));
  const cleanableBytes =
    dirty.firstDirtyOffset >= cleanableEndOffset
      ? 0
      : sizeOf(segments, Math.max(0, firstCleanable), indexFrom(segments, cleanableEndOffset));
  const total = cleanBytes + cleanableBytes;
  const dirtyRatio = total === 0 ? 0 : cleanableBytes / total;
  const oldest = oldestDirtyTimestamp(segments, dirty.firstDirtyOffset);
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
  dirtyClosed: { readonly from: number; readonly to: number },
  { minCompactionLagMs }: CompactionLimits,
  nowMs: TimestampMs,
): { readonly offset: Offset; readonly reason: UncleanableReason } {
  const isYoung = (index: number) => segments[index]!.largestTimestampMs > nowMs - minCompactionLagMs;
  let oldCount = dirtyClosed.from;
  while (oldCount < dirtyClosed.to && !(minCompactionLagMs > 0 && isYoung(oldCount))) oldCount++;
  const ends: { offset: Offset; reason: UncleanableReason }[] = [
    { offset: segments.at(-1)?.baseOffset ?? logEndOffset, reason: 'active-segment' },
    { offset: highWatermark, reason: 'high-watermark' },
  ];
  if (firstOpenTransactionOffset !== null)
    ends.push({ offset: firstOpenTransactionOffset, reason: 'open-transaction' });
  if (oldCount < dirtyClosed.to)
    ends.push({ offset: segments[oldCount]!.baseOffset, reason: 'min-compaction-lag' });
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
  return indexFrom(segments, offset + 1) - 1;
}

/** How many segments begin below the offset. */
function indexFrom(segments: readonly CompactionSegment[], offset: Offset): number {
  return countBelow(segments.length, (index) => segments[index]!.baseOffset, offset);
}

function roundedDown(segments: readonly CompactionSegment[], offset: Offset): Offset {
  return segments[indexOfHolder(segments, offset)]?.baseOffset ?? offset;
}

/** @param to Exclusive. */
function sizeOf(segments: readonly CompactionSegment[], from: number, to: number): Bytes {
  let sum = 0;
  for (let index = from; index < to; index++) sum += segments[index]!.sizeInBytes;
  return sum;
}

/** Of the closed segments, the one that holds the offset or, where all begin above it, the first. */
function firstDirtyIndex(segments: readonly CompactionSegment[], firstDirtyOffset: Offset): number {
  return Math.max(0, Math.min(indexOfHolder(segments, firstDirtyOffset), segments.length - 2));
}

/** Smallest positive one of the first batches of the dirty closed segments; 0 where there is none. */
export function oldestDirtyTimestamp(
  segments: readonly CompactionSegment[],
  firstDirtyOffset: Offset,
): TimestampMs {
  let oldestMs = 0;
  for (let index = firstDirtyIndex(segments, firstDirtyOffset); index < segments.length - 1; index++) {
    const ms = segments[index]!.firstBatchMaxTimestampMs;
    if (ms > 0 && (oldestMs === 0 || ms < oldestMs)) oldestMs = ms;
  }
  return oldestMs;
}
