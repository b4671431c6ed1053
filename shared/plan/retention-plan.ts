/**
 * Which segments retention deletes now, and why each other one stays (UnifiedLog.deleteOldSegments).
 *
 * Three walks in Kafka's order: log start offset, size, time (since KAFKA-12177). Each goes from the oldest segment on
 * and stops at the first that fails (UnifiedLog.deletableSegments). Pure: now is a parameter, and the same function
 * serves the slider, the command line and the run.
 */
import type { Bytes, Milliseconds, Offset, TimestampMs } from '../units';
import type { CleanupPolicy } from './cleanup-policy';

/** -1 is Kafka's "no limit". */
export interface RetentionPolicy extends CleanupPolicy {
  /** retention.ms */
  readonly retentionMs: Milliseconds;
  /** retention.bytes, of .log files */
  readonly retentionBytes: Bytes;
}

/** Where the time that retention compares is from (LogSegment.largestTimestamp). */
export type LargestTimestampSource = 'batch-headers' | 'time-index' | 'modification-time';

export interface SegmentFacts {
  readonly baseOffset: Offset;
  /** Of the .log file. */
  readonly sizeInBytes: Bytes;
  readonly largestTimestampMs: TimestampMs;
  readonly largestTimestampSource: LargestTimestampSource;
}

export interface LogState {
  readonly logStartOffset: Offset;
  /** Exclusive. */
  readonly logEndOffset: Offset;
  /** Nothing at or above it is deleted. The log end offset where there is one replica. */
  readonly highWatermark: Offset;
}

export const DELETION_REASONS = ['log-start-offset', 'size', 'time'] as const;
export type DeletionReason = (typeof DELETION_REASONS)[number];

export interface SegmentDeletion {
  readonly baseOffset: Offset;
  /** Exclusive: base of the next segment, or the log end offset. */
  readonly endOffset: Offset;
  readonly sizeInBytes: Bytes;
  readonly reason: DeletionReason;
  readonly largestTimestampMs: TimestampMs;
  readonly largestTimestampSource: LargestTimestampSource;
}

/**
 * Why a segment stays, the nearest reason first:
 * - `policy`: cleanup.policy has no delete, so only the log start offset counts
 * - `no-limit`: neither retention.ms nor retention.bytes is set
 * - `high-watermark`: records up to its end are not replicated yet
 * - `active-empty`: the last segment, without a record
 * - `future-timestamp`: its largest timestamp lies ahead of now
 * - `time-not-reached`: retention.ms is not over for it
 * - `size-not-reached`: no time limit, and without it the log would fall below retention.bytes
 * - `behind-kept`: it could go, but an older segment stays
 */
export const KEEP_REASONS = [
  'policy',
  'no-limit',
  'high-watermark',
  'active-empty',
  'future-timestamp',
  'time-not-reached',
  'size-not-reached',
  'behind-kept',
] as const;
export type KeepReason = (typeof KEEP_REASONS)[number];

/** What the entries of `RetentionFates.reasons` mean. */
export const FATE_REASONS = [...DELETION_REASONS, ...KEEP_REASONS] as const;
const CODES = new Map<DeletionReason | KeepReason, number>(
  FATE_REASONS.map((reason, code) => [reason, code]),
);

export interface SegmentKeep {
  readonly baseOffset: Offset;
  readonly sizeInBytes: Bytes;
  readonly reason: KeepReason;
  /** First ms at which time retention takes it, all older ones gone by then; null where time never does. */
  readonly dueAtMs: TimestampMs | null;
  readonly largestTimestampMs: TimestampMs;
  readonly largestTimestampSource: LargestTimestampSource;
}

interface RetentionOutcome {
  readonly freedBytes: Bytes;
  readonly logStartOffsetAfter: Offset;
  /** Every segment goes: a new, empty one is rolled at the log end offset first (UnifiedLog.deleteSegments). */
  readonly rollsActiveSegment: boolean;
}

export interface RetentionPlan extends RetentionOutcome {
  /** A prefix of the log, ascending. */
  readonly deletions: readonly SegmentDeletion[];
  readonly kept: readonly SegmentKeep[];
}

/** The same plan in columns with an entry a segment: as objects, those of a long log would not be made within a frame. */
export interface RetentionFates extends RetentionOutcome {
  /** So many of the oldest segments go. */
  readonly deletedCount: number;
  /** Each an index into FATE_REASONS. */
  readonly reasons: Uint8Array;
  /** As `SegmentKeep.dueAtMs`; NaN where time never takes the segment, and for those that go. */
  readonly dueAtMs: Float64Array;
}

/** @param segments Ascending; the last is the active one. */
export function planRetention(
  segments: readonly SegmentFacts[],
  policy: RetentionPolicy,
  state: LogState,
  nowMs: TimestampMs,
): RetentionPlan {
  const fates = retentionFates(segments, policy, state, nowMs);
  const { deletedCount, freedBytes, logStartOffsetAfter, rollsActiveSegment } = fates;
  const deletions: SegmentDeletion[] = [];
  const kept: SegmentKeep[] = [];
  for (let index = 0; index < deletedCount; index++)
    deletions.push(deletionAt(segments, fates, state, index));
  for (let index = deletedCount; index < segments.length; index++) kept.push(keepAt(segments, fates, index));
  return { deletions, kept, freedBytes, logStartOffsetAfter, rollsActiveSegment };
}

/** @param segments As for `planRetention`. */
export function retentionFates(
  segments: readonly SegmentFacts[],
  policy: RetentionPolicy,
  state: LogState,
  nowMs: TimestampMs,
): RetentionFates {
  const walk = new RetentionWalk(segments, state);
  walk.take(
    'log-start-offset',
    (_segment, endOffset, isLast) => !isLast && endOffset <= state.logStartOffset,
  );
  if (policy.deletes) {
    takeBySize(walk, policy.retentionBytes);
    const { retentionMs } = policy;
    if (retentionMs >= 0)
      walk.take('time', ({ largestTimestampMs }) => nowMs - largestTimestampMs > retentionMs);
  }
  const { reasons, deletedCount, freedBytes } = walk;
  const rollsActiveSegment = deletedCount > 0 && deletedCount === segments.length;
  const firstBase = rollsActiveSegment ? state.logEndOffset : segments[deletedCount]?.baseOffset;
  return {
    ...{ deletedCount, reasons, freedBytes, rollsActiveSegment },
    dueAtMs: keep(segments, walk, policy, nowMs),
    logStartOffsetAfter:
      deletedCount === 0 ? state.logStartOffset : Math.max(state.logStartOffset, firstBase ?? 0),
  };
}

/** @param index Below `deletedCount`. */
export function deletionAt(
  segments: readonly SegmentFacts[],
  fates: RetentionFates,
  state: LogState,
  index: number,
): SegmentDeletion {
  const { baseOffset, sizeInBytes, largestTimestampMs, largestTimestampSource } = segments[index]!;
  return {
    baseOffset,
    endOffset: endOffsetOf(segments, state, index),
    sizeInBytes,
    reason: FATE_REASONS[fates.reasons[index]!] as DeletionReason,
    largestTimestampMs,
    largestTimestampSource,
  };
}

/** @param index Of one that stays: from `deletedCount` on. */
export function keepAt(segments: readonly SegmentFacts[], fates: RetentionFates, index: number): SegmentKeep {
  const { baseOffset, sizeInBytes, largestTimestampMs, largestTimestampSource } = segments[index]!;
  const dueAtMs = fates.dueAtMs[index]!;
  return {
    baseOffset,
    sizeInBytes,
    reason: FATE_REASONS[fates.reasons[index]!] as KeepReason,
    dueAtMs: Number.isNaN(dueAtMs) ? null : dueAtMs,
    largestTimestampMs,
    largestTimestampSource,
  };
}

/** Exclusive: base of the next segment, or the log end offset. */
export function endOffsetOf(
  segments: readonly SegmentFacts[],
  { logEndOffset }: Pick<LogState, 'logEndOffset'>,
  index: number,
): Offset {
  return segments[index + 1]?.baseOffset ?? logEndOffset;
}

type Predicate = (segment: SegmentFacts, endOffset: Offset, isLast: boolean) => boolean;

class RetentionWalk {
  readonly reasons: Uint8Array;
  deletedCount = 0;
  freedBytes: Bytes = 0;
  /** Sizes of the segments that are left. */
  sizeInBytes: Bytes;
  readonly #segments: readonly SegmentFacts[];
  readonly #state: LogState;

  constructor(segments: readonly SegmentFacts[], state: LogState) {
    this.#segments = segments;
    this.#state = state;
    this.reasons = new Uint8Array(segments.length);
    this.sizeInBytes = segments.reduce((sum, { sizeInBytes }) => sum + sizeInBytes, 0);
  }

  /** Takes segments from the oldest that is left, up to the first that fails. */
  take(reason: DeletionReason, shouldDelete: Predicate): void {
    const code = CODES.get(reason)!;
    for (;;) {
      const index = this.deletedCount;
      const segment = this.#segments[index];
      if (segment === undefined || this.obstacle(index) !== null) return;
      const endOffset = endOffsetOf(this.#segments, this.#state, index);
      if (!shouldDelete(segment, endOffset, index === this.#segments.length - 1)) return;
      this.reasons[index] = code;
      this.freedBytes += segment.sizeInBytes;
      this.sizeInBytes -= segment.sizeInBytes;
      this.deletedCount++;
    }
  }

  /** What keeps a segment whatever the policy says. */
  obstacle(index: number): 'high-watermark' | 'active-empty' | null {
    const isLast = index === this.#segments.length - 1;
    if (isLast && this.#segments[index]!.sizeInBytes === 0) return 'active-empty';
    const endOffset = endOffsetOf(this.#segments, this.#state, index);
    return this.#state.highWatermark < endOffset ? 'high-watermark' : null;
  }
}

/** Never below the limit, so that the log keeps up to one segment more (UnifiedLog.deleteRetentionSizeBreachedSegments). */
function takeBySize(walk: RetentionWalk, retentionBytes: Bytes): void {
  if (retentionBytes < 0) return;
  let excess = walk.sizeInBytes - retentionBytes;
  walk.take('size', ({ sizeInBytes }) => {
    if (excess - sizeInBytes < 0) return false;
    excess -= sizeInBytes;
    return true;
  });
}

/** Gives those that are left their reasons. @returns when time takes each */
function keep(
  segments: readonly SegmentFacts[],
  walk: RetentionWalk,
  policy: RetentionPolicy,
  nowMs: TimestampMs,
): Float64Array {
  const due = new Float64Array(segments.length).fill(Number.NaN);
  const hasTimeLimit = policy.deletes && policy.retentionMs >= 0;
  let dueAtMs: TimestampMs = Number.NEGATIVE_INFINITY;
  let isBlocked = false;
  for (let index = walk.deletedCount; index < segments.length; index++) {
    const segment = segments[index]!;
    const obstacle = walk.obstacle(index);
    isBlocked ||= obstacle !== null;
    dueAtMs = Math.max(dueAtMs, segment.largestTimestampMs + policy.retentionMs + 1);
    walk.reasons[index] = CODES.get(obstacle ?? keepReason(segment, policy, nowMs))!;
    if (hasTimeLimit && !isBlocked) due[index] = dueAtMs;
  }
  return due;
}

function keepReason(
  { largestTimestampMs }: SegmentFacts,
  policy: RetentionPolicy,
  nowMs: TimestampMs,
): KeepReason {
  if (!policy.deletes) return 'policy';
  if (policy.retentionMs < 0) return policy.retentionBytes < 0 ? 'no-limit' : 'size-not-reached';
  if (largestTimestampMs > nowMs) return 'future-timestamp';
  return nowMs - largestTimestampMs > policy.retentionMs ? 'behind-kept' : 'time-not-reached';
}
