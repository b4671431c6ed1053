/** Why a segment stays, or goes, in one sentence with its numbers. Pure; the words for sizes and times are the caller's. */
import type { Bytes, Milliseconds, TimestampMs } from '../units';
import type { RetentionPolicy, SegmentDeletion, SegmentKeep } from './retention-plan';

export interface QuantityTexts {
  readonly size: (bytes: Bytes) => string;
  readonly time: (ms: TimestampMs) => string;
  readonly duration: (ms: Milliseconds) => string;
}

export interface KeptSurroundings {
  readonly policy: RetentionPolicy;
  readonly nowMs: TimestampMs;
  /** Of the log as it is after the plan. */
  readonly keptBytes: Bytes;
  readonly highWatermark: number;
}

export function whyKept(segment: SegmentKeep, around: KeptSurroundings, text: QuantityTexts): string {
  const { policy, nowMs } = around;
  const { largestTimestampMs, dueAtMs, sizeInBytes } = segment;
  switch (segment.reason) {
    case 'policy':
      return 'cleanup.policy has no delete: only the log start offset removes segments.';
    case 'no-limit':
      return 'Neither retention.ms nor retention.bytes is set.';
    case 'high-watermark':
      return `Records up to its end are not replicated yet: the high watermark is ${around.highWatermark}.`;
    case 'active-empty':
      return 'It is the active segment, and empty.';
    case 'future-timestamp':
      return `Its largest timestamp is ${text.duration(largestTimestampMs - nowMs)} in the future: ${text.time(largestTimestampMs)}.`;
    case 'time-not-reached':
      return dueAtMs === null
        ? `Its newest record is ${text.duration(nowMs - largestTimestampMs)} old, retention.ms is ${text.duration(policy.retentionMs)}.`
        : `Its newest record is ${text.duration(nowMs - largestTimestampMs)} old; it goes in ${text.duration(dueAtMs - nowMs)}.`;
    case 'size-not-reached':
      return `Without its ${text.size(sizeInBytes)} the log would fall below retention.bytes: ${text.size(around.keptBytes)} are left, the limit is ${text.size(policy.retentionBytes)}.`;
    case 'behind-kept':
      return dueAtMs === null
        ? 'It could go, but an older segment stays, and only a prefix is deleted.'
        : `It could go, but an older segment stays until ${text.time(dueAtMs)}.`;
  }
}

export function whyDeleted(
  { reason, largestTimestampMs }: SegmentDeletion,
  { policy, nowMs }: Pick<KeptSurroundings, 'policy' | 'nowMs'>,
  text: QuantityTexts,
): string {
  if (reason === 'log-start-offset') return 'All of it lies below the log start offset.';
  if (reason === 'size')
    return `The log stays at or above retention.bytes ${text.size(policy.retentionBytes)} without it.`;
  const age = text.duration(nowMs - largestTimestampMs);
  return `Its newest record is ${age} old, more than retention.ms ${text.duration(policy.retentionMs)}.`;
}
