/**
 * From facts and the policy being tried to what the screen shows: the plan, each segment's fate, totals, growth. Pure.
 */
import {
  type IngestRate,
  ingestRate,
  type ProjectedSize,
  projectGrowth,
} from '../../../shared/plan/growth-projection';
import {
  type LargestTimestampSource,
  planRetention,
  type RetentionPlan,
  type RetentionPolicy,
} from '../../../shared/plan/retention-plan';
import { settingNumber } from '../../../shared/plan/topic-settings';
import { whyDeleted, whyKept } from '../../../shared/plan/why-kept';
import type { RetentionFacts, RetentionWish } from '../../../shared/retention';
import type { Colouring } from '../../core/core-tones';
import { durationText, sizeText, timeText } from '../../text/quantities';

const DAY_MS = 86_400_000;
const POINT_COUNT = 160;
/** A segment that goes within a day counts as due soon. */
const SOON_MS = DAY_MS;
const TEXTS = { size: sizeText, time: timeText, duration: durationText };

export type Fate = 'kept' | 'soon' | 'going';

export interface SegmentFate {
  readonly baseOffset: number;
  readonly sizeInBytes: number;
  readonly largestTimestampMs: number;
  readonly largestTimestampSource: LargestTimestampSource;
  readonly fate: Fate;
  readonly dueAtMs: number | null;
  readonly reason: string;
  readonly why: string;
}

export interface RetentionView {
  readonly policy: RetentionPolicy;
  readonly plan: RetentionPlan;
  readonly fates: readonly SegmentFate[];
  readonly keptBytes: number;
  readonly nextDueAtMs: number | null;
  readonly rate: IngestRate | null;
}

export function retentionPolicy(facts: RetentionFacts, given: RetentionWish): RetentionPolicy {
  return {
    ...facts.policy,
    retentionMs: given.retentionMs ?? settingNumber(facts.settings['retention.ms']) ?? -1,
    retentionBytes: given.retentionBytes ?? settingNumber(facts.settings['retention.bytes']) ?? -1,
  };
}

export function retentionView(facts: RetentionFacts, policy: RetentionPolicy, nowMs: number): RetentionView {
  const { segments, highWatermark } = facts;
  const plan = planRetention(segments, policy, facts, nowMs);
  const keptBytes = facts.sizeInBytes - plan.freedBytes;
  const around = { policy, nowMs, keptBytes, highWatermark };
  const fates: SegmentFate[] = [
    ...plan.deletions.map((deletion) => ({
      ...deletion,
      ...{ fate: 'going' as const, dueAtMs: nowMs, why: whyDeleted(deletion, around, TEXTS) },
    })),
    ...plan.kept.map((segment) => ({
      ...segment,
      fate:
        segment.dueAtMs !== null && segment.dueAtMs <= nowMs + SOON_MS
          ? ('soon' as const)
          : ('kept' as const),
      why: whyKept(segment, around, TEXTS),
    })),
  ];
  const nextDueAtMs = plan.kept[0]?.dueAtMs ?? null;
  return { policy, plan, fates, keptBytes, nextDueAtMs, rate: ingestRate(segments, nowMs) };
}

export function growthOf(
  { segments }: RetentionFacts,
  { policy, rate }: RetentionView,
  nowMs: number,
): ProjectedSize[] {
  const limitMs =
    policy.retentionMs > 0 && Number.isFinite(policy.retentionMs) ? policy.retentionMs : 7 * DAY_MS;
  // Far enough to see the steady state come.
  const horizonMs = Math.max(limitMs * 1.5, rate?.spanMs ?? 0);
  return projectGrowth(segments, policy, rate, { nowMs, horizonMs, pointCount: POINT_COUNT });
}

/** Kept, due within a day, going now: three colours that differ in pattern as well. */
export function fateColouring(fates: readonly SegmentFate[]): Colouring {
  const order: readonly Fate[] = ['kept', 'soon', 'going'];
  return {
    tones: [
      { label: 'kept', fill: 'var(--fate-kept)', pattern: 'plain' },
      { label: 'within a day', fill: 'var(--fate-due)', pattern: 'dotted' },
      { label: 'goes now', fill: 'var(--fate-going)', pattern: 'hatched' },
    ],
    toneOf: Uint8Array.from(fates, ({ fate }) => order.indexOf(fate)),
  };
}
