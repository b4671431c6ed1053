/**
 * Why the cleaner takes a log or leaves it, what ends the part that it cleans, and what would change that: in sentences
 * with their numbers. Pure; the words for sizes and times are the caller's.
 */
import type { Bytes, Milliseconds, Offset, TimestampMs } from '../units';
import {
  type CompactionLimits,
  type CompactionState,
  type Eligibility,
  type EligibilityReason,
  oldestDirtyTimestamp,
  type UncleanableReason,
} from './compaction-eligibility';
import { dirtyRatioText } from './share-text';
import type { QuantityTexts } from './why-kept';

export interface CompactionTexts extends QuantityTexts {
  /** Of offsets. */
  readonly count: (offset: Offset) => string;
}

export interface Explanation {
  readonly reason: EligibilityReason | UncleanableReason;
  readonly what: string;
  /** What would change it; null where nothing needs to change. */
  readonly change: string | null;
}

export interface RollLimits {
  /** segment.bytes */
  readonly segmentBytes: Bytes;
  /** segment.ms */
  readonly segmentMs: Milliseconds;
}

export interface CompactionSurroundings {
  readonly state: CompactionState;
  readonly limits: CompactionLimits;
  /** Of the cleanup.policy in force, in Kafka's words. */
  readonly policyText: string;
  readonly roll: RollLimits;
  readonly eligibility: Eligibility;
  readonly nowMs: TimestampMs;
}

/** One for each reason of the eligibility, in their order. */
export function whyCompacted(around: CompactionSurroundings, text: CompactionTexts): Explanation[] {
  return around.eligibility.reasons.map((reason) => ({ reason, ...explained(reason, around, text) }));
}

/** What ends the part that the cleaner may clean: for a log of which some is cleanable. */
export function whyCleanableEnds(around: CompactionSurroundings, text: CompactionTexts): Explanation {
  const reason = around.eligibility.uncleanableReason;
  return { reason, ...explained(reason, around, text) };
}

function explained(
  reason: EligibilityReason,
  around: CompactionSurroundings,
  text: CompactionTexts,
): Omit<Explanation, 'reason'> {
  const { state, limits, eligibility } = around;
  const limit = limits.minCleanableDirtyRatio;
  const ratio = dirtyRatioText(eligibility.dirtyRatio, limit);
  switch (reason) {
    case 'policy':
      return {
        what: `cleanup.policy is ${around.policyText || 'empty'}: the cleaner takes only logs whose policy has compact.`,
        change: 'Set cleanup.policy to compact, or to compact,delete.',
      };
    case 'empty':
      // Nothing but an active segment counts as empty for the cleaner.
      return (state.segments.at(-1)?.sizeInBytes ?? 0) > 0
        ? activeSegment(around, text)
        : { what: 'There is no byte to clean.', change: null };
    case 'active-segment':
      return activeSegment(around, text);
    case 'min-compaction-lag':
      return compactionLag(around, text);
    case 'open-transaction':
      return {
        what: `A transaction is open since offset ${text.count(state.firstOpenTransactionOffset ?? 0)}; nothing from its segment on (base offset ${text.count(eligibility.cleanableEndOffset)}) is cleaned.`,
        change:
          'Its producer commits or aborts it, or the broker does after transaction.timeout.ms; kafka-transactions.sh --abort ends one that hangs.',
      };
    case 'high-watermark':
      return {
        what: `Only records below the high watermark ${text.count(state.highWatermark)} are on all in-sync replicas; nothing from its segment on (base offset ${text.count(eligibility.cleanableEndOffset)}) is cleaned.`,
        change: 'Bring the replicas back into sync.',
      };
    case 'dirty-ratio':
      return dirtyRatio(around, text);
    case 'dirty-ratio-exceeded':
      return {
        what: `The dirty ratio is ${ratio}, above min.cleanable.dirty.ratio ${limit}: ${shareText(around, text)}.`,
        change: null,
      };
    case 'max-compaction-lag-exceeded':
      return {
        what: `A dirty record is older than max.compaction.lag.ms ${text.duration(limits.maxCompactionLagMs)}: the ratio does not matter.`,
        change: null,
      };
  }
}

function shareText({ eligibility }: CompactionSurroundings, text: CompactionTexts): string {
  const { cleanBytes, cleanableBytes } = eligibility;
  return `${text.size(cleanableBytes)} to clean beside ${text.size(cleanBytes)} that are clean`;
}

function dirtyRatio(around: CompactionSurroundings, text: CompactionTexts): Omit<Explanation, 'reason'> {
  const { eligibility, limits, nowMs } = around;
  const { cleanBytes, cleanableBytes } = eligibility;
  const limit = limits.minCleanableDirtyRatio;
  const ratio = dirtyRatioText(eligibility.dirtyRatio, limit);
  const what = `The dirty ratio ${ratio} is not above min.cleanable.dirty.ratio ${limit}: ${shareText(around, text)}.`;
  const changes = [`Set min.cleanable.dirty.ratio below ${ratio}`];
  // No ratio is above 1; a log without a clean part has 1 already.
  if (limit < 1)
    changes.push(
      `or wait for ${text.size(Math.max(1, (cleanBytes * limit) / (1 - limit) - cleanableBytes))} more in closed segments`,
    );
  const dueAtMs = maxLagDueAtMs(around);
  if (dueAtMs !== null)
    changes.push(`or for max.compaction.lag.ms, which is over in ${text.duration(dueAtMs - nowMs)}`);
  return { what, change: `${changes.join(', ')}.` };
}

/** When max.compaction.lag.ms takes the log whatever the ratio; null where it never does. */
function maxLagDueAtMs({ state, limits, eligibility }: CompactionSurroundings): TimestampMs | null {
  const oldestMs = oldestDirtyTimestamp(state.segments, eligibility.firstDirtyOffset);
  const dueAtMs = oldestMs + limits.maxCompactionLagMs;
  return oldestMs > 0 && Number.isFinite(dueAtMs) ? dueAtMs : null;
}

function activeSegment(around: CompactionSurroundings, text: CompactionTexts): Omit<Explanation, 'reason'> {
  const { state, roll, limits } = around;
  const active = state.segments.at(-1);
  // A compacted log rolls by max.compaction.lag.ms, too (LogConfig.maxSegmentMs).
  const rollMs = Math.min(roll.segmentMs, limits.maxCompactionLagMs);
  const time = Number.isFinite(rollMs)
    ? `, or when a record comes ${text.duration(rollMs)} after its first`
    : '';
  return {
    what: `From offset ${text.count(active?.baseOffset ?? state.logEndOffset)} on there is the active segment (${text.size(active?.sizeInBytes ?? 0)}), which is never cleaned.`,
    change: `It is closed when it reaches segment.bytes ${text.size(roll.segmentBytes)}${time}.`,
  };
}

function compactionLag(around: CompactionSurroundings, text: CompactionTexts): Omit<Explanation, 'reason'> {
  const { state, limits, eligibility, nowMs } = around;
  const young = state.segments.find(({ baseOffset }) => baseOffset === eligibility.cleanableEndOffset);
  const newestMs = young?.largestTimestampMs ?? nowMs;
  const leftMs = newestMs + limits.minCompactionLagMs - nowMs;
  const age = newestMs > nowMs ? 'is from the future' : `is ${text.duration(nowMs - newestMs)} old`;
  return {
    what: `The newest record of the segment at ${text.count(eligibility.cleanableEndOffset)} ${age}: min.compaction.lag.ms ${text.duration(limits.minCompactionLagMs)} is not over, so that nothing from there on is cleaned.`,
    change: `Wait ${text.duration(leftMs)}${newestMs > nowMs ? '' : `, or set min.compaction.lag.ms to ${text.duration(nowMs - newestMs)} or less`}.`,
  };
}
