/**
 * From facts and the policy being tried to what the screen shows: the plan, each segment's fate, totals, growth, and how
 * two policies differ. Pure.
 */
import {
  type Departure,
  departures,
  meanSegmentBytes,
  type ProjectedSize,
  projectGrowth,
  type SteadyState,
  steadyState,
} from '../../../shared/plan/growth-projection';
import { DAY_MS, HOUR_MS, type IngestRate, type IngestRates } from '../../../shared/plan/ingest-rate';
import {
  type LargestTimestampSource,
  planRetention,
  type RetentionPlan,
  type RetentionPolicy,
  type SegmentDeletion,
  type SegmentKeep,
} from '../../../shared/plan/retention-plan';
import { settingNumber } from '../../../shared/plan/topic-settings';
import { type FutureRecord, whyDeleted, whyKept } from '../../../shared/plan/why-kept';
import type { RetentionFacts, RetentionWish } from '../../../shared/retention';
import type { Colouring } from '../../core/core-tones';
import { countText, durationText, sizeText, timeText } from '../../text/quantities';

const POINT_COUNT = 120;
/** A segment that goes within a day counts as due soon. */
const SOON_MS = DAY_MS;
const TEXTS = { size: sizeText, time: timeText, duration: durationText, count: countText };

export type Fate = 'kept' | 'soon' | 'going';

/** In the order of the colouring's tones. */
const TONE_OF_FATE: Readonly<Record<Fate, number>> = { kept: 0, soon: 1, going: 2 };

export interface SegmentFate {
  readonly baseOffset: number;
  readonly sizeInBytes: number;
  readonly largestTimestampMs: number;
  readonly largestTimestampSource: LargestTimestampSource;
  readonly fate: Fate;
  /** When it goes by time or by size; now for those that go. */
  readonly goesAtMs: number | null;
  /** By size, at the rate seen. */
  readonly isEstimate: boolean;
  readonly reason: string;
  /** In the log. */
  readonly index: number;
}

export interface RetentionView {
  readonly policy: RetentionPolicy;
  readonly plan: RetentionPlan;
  readonly fates: readonly SegmentFate[];
  /** Its reason in words; made when a row is looked at, for a slider makes thousands of rows anew with each step. */
  readonly whyOf: (fate: SegmentFate) => string;
  readonly keptBytes: number;
  readonly next: Departure | null;
  readonly rate: IngestRate | null;
  readonly steady: SteadyState | null;
}

export interface ViewSituation {
  readonly nowMs: number;
  /** Of the projection. */
  readonly rate: IngestRate | null;
  readonly futureRecords: ReadonlyMap<number, FutureRecord>;
}

export type RateName = keyof IngestRates;
export const RATE_NAMES = ['overall', 'lastDay', 'lastHour', 'weekly'] as const;

/** How far the projection looks ahead; null: far enough to see the steady state come. */
export const HORIZONS: readonly (number | null)[] = [
  null,
  ...[6 * HOUR_MS, DAY_MS, 7 * DAY_MS, 30 * DAY_MS, 365 * DAY_MS],
];

export function retentionPolicy(facts: RetentionFacts, given: RetentionWish): RetentionPolicy {
  return {
    ...facts.policy,
    retentionMs: given.retentionMs ?? settingNumber(facts.settings['retention.ms']) ?? -1,
    retentionBytes: given.retentionBytes ?? settingNumber(facts.settings['retention.bytes']) ?? -1,
  };
}

export function retentionView(
  facts: RetentionFacts,
  policy: RetentionPolicy,
  { nowMs, rate, futureRecords }: ViewSituation,
): RetentionView {
  const { segments, settings } = facts;
  const plan = planRetention(segments, policy, facts, nowMs);
  const keptBytes = facts.sizeInBytes - plan.freedBytes;
  const around = {
    ...{ policy, nowMs, keptBytes, log: facts },
    segmentMs: settingNumber(settings['segment.ms']) ?? Number.POSITIVE_INFINITY,
    futureRecordOf: (baseOffset: number) => futureRecords.get(baseOffset) ?? null,
  };
  const leaving = departures(plan.kept, policy, rate, nowMs);
  const goneCount = plan.deletions.length;
  const whyOf = ({ index }: SegmentFate): string => {
    if (index < goneCount) return whyDeleted(plan.deletions[index]!, around, TEXTS);
    const endOffset = segments[index + 1]?.baseOffset ?? facts.logEndOffset;
    const place = { endOffset, isActive: index === segments.length - 1 };
    return whyKept(plan.kept[index - goneCount]!, place, around, TEXTS);
  };
  const going = plan.deletions.map((deletion, index): SegmentFate => {
    const fate = fateOf(deletion, index);
    fate.fate = 'going';
    fate.goesAtMs = nowMs;
    return fate;
  });
  const staying = plan.kept.map((segment, index): SegmentFate => {
    const leaves = leaving[index] ?? null;
    const fate = fateOf(segment, goneCount + index);
    if (leaves === null) return fate;
    fate.goesAtMs = leaves.atMs;
    fate.isEstimate = leaves.reason === 'size';
    // A date by size is an estimate, and no warning.
    if (leaves.reason === 'time' && leaves.atMs <= nowMs + SOON_MS) fate.fate = 'soon';
    return fate;
  });
  return {
    ...{ policy, plan, keptBytes, rate, fates: [...going, ...staying], whyOf, next: leaving[0] ?? null },
    steady: steadyState(policy, rate, meanSegmentBytes(segments)),
  };
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

/** One that is kept without a date. Field by field: a spread takes several times as long. */
function fateOf(segment: SegmentDeletion | SegmentKeep, index: number): Mutable<SegmentFate> {
  return {
    baseOffset: segment.baseOffset,
    sizeInBytes: segment.sizeInBytes,
    largestTimestampMs: segment.largestTimestampMs,
    largestTimestampSource: segment.largestTimestampSource,
    fate: 'kept',
    goesAtMs: null,
    isEstimate: false,
    reason: segment.reason,
    index,
  };
}

/** The horizon for null: one and a half times what the log holds in the long run. */
export function horizonOf(
  { policy, rate }: Pick<RetentionView, 'policy' | 'rate'>,
  chosenMs: number | null,
): number {
  if (chosenMs !== null) return chosenMs;
  const { retentionMs } = policy;
  const limitMs = retentionMs > 0 && Number.isFinite(retentionMs) ? retentionMs : 7 * DAY_MS;
  return Math.max(limitMs * 1.5, rate?.spanMs ?? 0);
}

export function growthOf(
  { segments }: RetentionFacts,
  { policy, rate }: Pick<RetentionView, 'policy' | 'rate'>,
  { nowMs, horizonMs }: { readonly nowMs: number; readonly horizonMs: number },
): ProjectedSize[] {
  return projectGrowth(segments, policy, rate, { nowMs, horizonMs, pointCount: POINT_COUNT });
}

export interface PolicyDifference {
  /** Segments that go under the one and stay under the other. */
  readonly segmentCount: number;
  readonly sizeInBytes: number;
  /** Their offsets, the end exclusive; null where the policies delete the same. */
  readonly offsets: { readonly from: number; readonly to: number } | null;
}

/** Both plans delete a prefix, so that the difference is a range. */
export function differenceOf(a: RetentionPlan, b: RetentionPlan): PolicyDifference {
  const [fewer, more] = a.deletions.length <= b.deletions.length ? [a, b] : [b, a];
  const only = more.deletions.slice(fewer.deletions.length);
  const [first] = only;
  return {
    segmentCount: only.length,
    sizeInBytes: only.reduce((sum, { sizeInBytes }) => sum + sizeInBytes, 0),
    offsets: first === undefined ? null : { from: first.baseOffset, to: only.at(-1)!.endOffset },
  };
}

/** Kept, due within a day, going now: three colours that differ in pattern as well. */
export function fateColouring(fates: readonly SegmentFate[]): Colouring {
  return {
    tones: [
      { label: 'kept', fill: 'var(--fate-kept)', pattern: 'plain' },
      { label: 'within a day', fill: 'var(--fate-due)', pattern: 'dotted' },
      { label: 'goes now', fill: 'var(--fate-going)', pattern: 'hatched' },
    ],
    toneOf: tonesOf(fates),
  };
}

function tonesOf(fates: readonly SegmentFate[]): Uint8Array {
  const tones = new Uint8Array(fates.length);
  for (let index = 0; index < fates.length; index++) tones[index] = TONE_OF_FATE[fates[index]!.fate];
  return tones;
}
