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

export type DeletionReason = 'log-start-offset' | 'size' | 'time';

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
export type KeepReason =
  | 'policy'
  | 'no-limit'
  | 'high-watermark'
  | 'active-empty'
  | 'future-timestamp'
  | 'time-not-reached'
  | 'size-not-reached'
  | 'behind-kept';

export interface SegmentKeep {
  readonly baseOffset: Offset;
  readonly sizeInBytes: Bytes;
  readonly reason: KeepReason;
  /** First ms at which time retention takes it, all older ones gone by then; null where time never does. */
  readonly dueAtMs: TimestampMs | null;
  readonly largestTimestampMs: TimestampMs;
  readonly largestTimestampSource: LargestTimestampSource;
}

export interface RetentionPlan {
  /** A prefix of the log, ascending. */
  readonly deletions: readonly SegmentDeletion[];
  readonly kept: readonly SegmentKeep[];
  readonly freedBytes: Bytes;
  readonly logStartOffsetAfter: Offset;
  /** Every segment goes: a new, empty one is rolled at the log end offset first (UnifiedLog.deleteSegments). */
  readonly rollsActiveSegment: boolean;
}

/** @param segments Ascending; the last is the active one. */
export function planRetention(
  segments: readonly SegmentFacts[],
  policy: RetentionPolicy,
  state: LogState,
  nowMs: TimestampMs,
): RetentionPlan {
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
  const { deletions } = walk;
  const rest = segments.slice(deletions.length);
  const isEverything = rest.length === 0 && deletions.length > 0;
  const firstBase = isEverything ? state.logEndOffset : rest[0]?.baseOffset;
  return {
    deletions,
    kept: keptSegments(rest, walk, policy, nowMs),
    freedBytes: deletions.reduce((sum, { sizeInBytes }) => sum + sizeInBytes, 0),
    logStartOffsetAfter:
      deletions.length === 0 ? state.logStartOffset : Math.max(state.logStartOffset, firstBase ?? 0),
    rollsActiveSegment: isEverything,
  };
}

type Predicate = (segment: SegmentFacts, endOffset: Offset, isLast: boolean) => boolean;

class RetentionWalk {
  readonly deletions: SegmentDeletion[] = [];
  readonly #segments: readonly SegmentFacts[];
  readonly #state: LogState;

  constructor(segments: readonly SegmentFacts[], state: LogState) {
    this.#segments = segments;
    this.#state = state;
  }

  /** Sizes of the segments that are left. */
  get sizeInBytes(): Bytes {
    return this.#segments.slice(this.deletions.length).reduce((sum, { sizeInBytes }) => sum + sizeInBytes, 0);
  }

  /** Takes segments from the oldest that is left, up to the first that fails. */
  take(reason: DeletionReason, shouldDelete: Predicate): void {
    for (;;) {
      const index = this.deletions.length;
      const segment = this.#segments[index];
      if (segment === undefined || this.obstacle(index) !== null) return;
      const endOffset = this.endOffset(index);
      if (!shouldDelete(segment, endOffset, index === this.#segments.length - 1)) return;
      const { baseOffset, sizeInBytes, largestTimestampMs, largestTimestampSource } = segment;
      // Field by field, here and below: a spread takes several times as long, and a slider plans as it moves.
      this.deletions.push({
        baseOffset,
        endOffset,
        sizeInBytes,
        reason,
        largestTimestampMs,
        largestTimestampSource,
      });
    }
  }

  endOffset(index: number): Offset {
    return this.#segments[index + 1]?.baseOffset ?? this.#state.logEndOffset;
  }

  /** What keeps a segment whatever the policy says. */
  obstacle(index: number): 'high-watermark' | 'active-empty' | null {
    const isLast = index === this.#segments.length - 1;
    if (isLast && this.#segments[index]!.sizeInBytes === 0) return 'active-empty';
    return this.#state.highWatermark < this.endOffset(index) ? 'high-watermark' : null;
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

function keptSegments(
  rest: readonly SegmentFacts[],
  walk: RetentionWalk,
  policy: RetentionPolicy,
  nowMs: TimestampMs,
): SegmentKeep[] {
  const first = walk.deletions.length;
  const hasTimeLimit = policy.deletes && policy.retentionMs >= 0;
  let dueAtMs: TimestampMs = Number.NEGATIVE_INFINITY;
  let isBlocked = false;
  return rest.map((segment, index) => {
    const obstacle = walk.obstacle(first + index);
    isBlocked ||= obstacle !== null;
    dueAtMs = Math.max(dueAtMs, segment.largestTimestampMs + policy.retentionMs + 1);
    return {
      baseOffset: segment.baseOffset,
      sizeInBytes: segment.sizeInBytes,
      reason: obstacle ?? keepReason(segment, policy, nowMs),
      dueAtMs: hasTimeLimit && !isBlocked ? dueAtMs : null,
      largestTimestampMs: segment.largestTimestampMs,
      largestTimestampSource: segment.largestTimestampSource,
    };
  });
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
