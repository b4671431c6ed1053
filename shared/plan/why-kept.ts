/**
 * Why a segment stays, or goes, with its numbers: the rule that holds it, then what makes the date what it is. Pure; the
 * words for sizes and times are the caller's.
 */
import type { Bytes, Milliseconds, Offset, TimestampMs } from '../units';
import type { LogState, RetentionPolicy, SegmentDeletion, SegmentFacts, SegmentKeep } from './retention-plan';

export interface QuantityTexts {
  readonly size: (bytes: Bytes) => string;
  readonly time: (ms: TimestampMs) => string;
  readonly duration: (ms: Milliseconds) => string;
}

export interface RetentionTexts extends QuantityTexts {
  readonly count: (count: number) => string;
}

export interface KeptSurroundings {
  readonly policy: RetentionPolicy;
  readonly nowMs: TimestampMs;
  /** Of the log as it is after the plan. */
  readonly keptBytes: Bytes;
  readonly log: LogState;
  /** segment.ms; infinite for never. */
  readonly segmentMs: Milliseconds;
  /** The record with the largest timestamp, where that is of the future and was looked up. */
  readonly futureRecordOf: (baseOffset: Offset) => FutureRecord | null;
}

export interface FutureRecord {
  readonly offset: Offset;
  readonly batchBaseOffset: Offset;
}

/** The oldest are enough: it is they that keep the rest. */
const FUTURE_SEGMENTS_MAX = 5;

/**
 * The oldest segments whose largest timestamp is of the future: those whose record of that time is worth looking for. A
 * segment whose time is that of its file has none.
 */
export function futureSegments<Segment extends SegmentFacts>(
  segments: readonly Segment[],
  nowMs: TimestampMs,
): readonly Segment[] {
  const ahead = segments.filter(
    (segment) => segment.largestTimestampMs > nowMs && segment.largestTimestampSource !== 'modification-time',
  );
  return ahead.slice(0, FUTURE_SEGMENTS_MAX);
}

/** Of the segment among those that stay. */
export interface KeptPlace {
  /** Exclusive. */
  readonly endOffset: Offset;
  readonly isActive: boolean;
}

export function whyKept(
  segment: SegmentKeep,
  place: KeptPlace,
  around: KeptSurroundings,
  text: RetentionTexts,
): string {
  return [ruleOf(segment, place, around, text), ...notesOn(segment, place, around, text)].join(' ');
}

function ruleOf(
  segment: SegmentKeep,
  { endOffset }: KeptPlace,
  around: KeptSurroundings,
  text: RetentionTexts,
): string {
  const { policy, nowMs, log, keptBytes } = around;
  const { largestTimestampMs, dueAtMs, sizeInBytes, baseOffset } = segment;
  switch (segment.reason) {
    case 'policy':
      return policy.compacts
        ? 'cleanup.policy is compact: only the log start offset removes segments, and compaction their records.'
        : 'cleanup.policy has no delete: only the log start offset removes segments.';
    case 'no-limit':
      return 'Neither retention.ms nor retention.bytes is set.';
    case 'high-watermark':
      return `It ends at ${text.count(endOffset)}, and only what lies below the high watermark ${text.count(log.highWatermark)} may go: the rest is not replicated yet.`;
    case 'active-empty':
      return 'It is the active segment, and empty.';
    case 'future-timestamp': {
      const found = around.futureRecordOf(baseOffset);
      const where =
        found === null
          ? ''
          : ` It is that of record ${text.count(found.offset)} in the batch at ${text.count(found.batchBaseOffset)}.`;
      return `Its largest timestamp is ${text.duration(largestTimestampMs - nowMs)} in the future: ${text.time(largestTimestampMs)}.${where}`;
    }
    case 'time-not-reached':
      return dueAtMs === null
        ? `Its newest record is ${text.duration(nowMs - largestTimestampMs)} old, retention.ms is ${text.duration(policy.retentionMs)}.`
        : `Its newest record is ${text.duration(nowMs - largestTimestampMs)} old; it goes in ${text.duration(dueAtMs - nowMs)}.`;
    case 'size-not-reached': {
      const limit = text.size(policy.retentionBytes);
      const underBytes = policy.retentionBytes - (keptBytes - sizeInBytes);
      // A small one behind a large one: it is the large one that is missing.
      return underBytes > 0
        ? `Without its ${text.size(sizeInBytes)} the log would be ${text.size(underBytes)} under retention.bytes ${limit}: ${text.size(keptBytes)} are left, and up to a segment more than the limit stays.`
        : `It waits for the older ones, without which the log would be under retention.bytes ${limit}: ${text.size(keptBytes)} are left.`;
    }
    case 'behind-kept':
      return dueAtMs === null
        ? 'It could go, but an older segment stays, and only a prefix is deleted.'
        : `It could go, but an older segment stays until ${text.time(dueAtMs)}.`;
  }
}

/** What else the reader should know: parts of it are gone already, where its time is from, how long it stays active. */
function notesOn(
  { baseOffset, largestTimestampSource, reason }: SegmentKeep,
  { endOffset, isActive }: KeptPlace,
  { policy, log, segmentMs }: KeptSurroundings,
  text: RetentionTexts,
): string[] {
  const notes: string[] = [];
  const { logStartOffset } = log;
  const isByTime = policy.deletes && policy.retentionMs >= 0;
  if (baseOffset < logStartOffset && logStartOffset < endOffset)
    notes.push(
      `${text.count(logStartOffset - baseOffset)} of its ${text.count(endOffset - baseOffset)} offsets lie below the log start offset ${text.count(logStartOffset)}; files go whole.`,
    );
  if (isByTime && reason !== 'active-empty' && largestTimestampSource === 'modification-time')
    notes.push('Its time index has no entry, so that the modification time of its file counts.');
  if (!isByTime || !isActive || reason === 'active-empty') return notes;
  notes.push(
    'It is the active segment: every append makes it younger, and only a roll makes it old; an idle log never rolls by time.',
  );
  if (segmentMs > policy.retentionMs)
    notes.push(
      `segment.ms ${Number.isFinite(segmentMs) ? text.duration(segmentMs) : 'without end'} is longer than retention.ms ${text.duration(policy.retentionMs)}, so that records may stay for both together.`,
    );
  return notes;
}

export function whyDeleted(
  { reason, largestTimestampMs, endOffset, sizeInBytes }: SegmentDeletion,
  { policy, nowMs, log }: Pick<KeptSurroundings, 'policy' | 'nowMs' | 'log'>,
  text: RetentionTexts,
): string {
  if (reason === 'log-start-offset')
    return `It ends at ${text.count(endOffset)}, all of it below the log start offset ${text.count(log.logStartOffset)}.`;
  if (reason === 'size')
    return `The log stays at or above retention.bytes ${text.size(policy.retentionBytes)} without its ${text.size(sizeInBytes)}.`;
  const age = text.duration(nowMs - largestTimestampMs);
  return `Its newest record is ${age} old, more than retention.ms ${text.duration(policy.retentionMs)}.`;
}
