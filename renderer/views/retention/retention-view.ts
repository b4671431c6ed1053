/**
 * From facts and the policy being tried to what the screen shows: the plan, each segment's fate, totals, growth, and how
 * two policies differ. Pure.
 */
import {
  type Departure,
  type Departures,
  departureAt,
  departures,
  meanSegmentBytes,
  type ProjectedSize,
  projectGrowth,
  type SteadyState,
  steadyState,
} from '../../../shared/plan/growth-projection';
import { DAY_MS, HOUR_MS, type IngestRate, type IngestRates } from '../../../shared/plan/ingest-rate';
import {
  deletionAt,
  endOffsetOf,
  FATE_REASONS,
  keepAt,
  type LargestTimestampSource,
  type RetentionFates,
  type RetentionPolicy,
  retentionFates,
  type SegmentFacts,
} from '../../../shared/plan/retention-plan';
import { settingNumber } from '../../../shared/plan/topic-settings';
import { type FutureRecord, type KeptSurroundings, whyDeleted, whyKept } from '../../../shared/plan/why-kept';
import type { RetentionFacts, RetentionWish } from '../../../shared/retention';
import type { Colouring } from '../../core/core-tones';
import { countText, durationText, sizeText, timeText } from '../../text/quantities';

const POINT_COUNT = 120;
/** A segment that goes within a day counts as due soon. */
const SOON_MS = DAY_MS;
const TEXTS = { size: sizeText, time: timeText, duration: durationText, count: countText };

export type Fate = 'kept' | 'soon' | 'going';

/** In the order of the colouring's tones. */
const FATES: readonly Fate[] = ['kept', 'soon', 'going'];
const TONE_OF_FATE = { kept: 0, soon: 1, going: 2 } as const;

export interface RetentionView {
  readonly policy: RetentionPolicy;
  readonly plan: RetentionFates;
  /** In the order of the log. */
  readonly fates: readonly SegmentFate[];
  /** Of each segment, as in `fateColouring`. */
  readonly tones: Uint8Array;
  readonly keptBytes: number;
  readonly keptCount: number;
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
  const plan = retentionFates(segments, policy, facts, nowMs);
  const keptBytes = facts.sizeInBytes - plan.freedBytes;
  const leaving = departures(segments, plan, policy, { rate, nowMs });
  const around = {
    ...{ policy, nowMs, keptBytes, log: facts },
    segmentMs: settingNumber(settings['segment.ms']) ?? Number.POSITIVE_INFINITY,
    futureRecordOf: (baseOffset: number) => futureRecords.get(baseOffset) ?? null,
  };
  const source: FateSource = { segments, plan, leaving, around };
  return {
    ...{ policy, plan, keptBytes, rate },
    ...ratedSegments(source),
    keptCount: segments.length - plan.deletedCount,
    next: departureAt(leaving, plan.deletedCount),
    steady: steadyState(policy, rate, meanSegmentBytes(segments)),
  };
}

function ratedSegments(source: FateSource): Pick<RetentionView, 'fates' | 'tones'> {
  const count = source.segments.length;
  const fates: SegmentFate[] = [];
  const tones = new Uint8Array(count);
  for (let index = 0; index < count; index++) {
    fates.push(new SegmentFate(source, index));
    tones[index] = toneAt(source, index);
  }
  return { fates, tones };
}

const REASON_TITLES: Readonly<Record<(typeof FATE_REASONS)[number], string>> = {
  'log-start-offset': 'below log start',
  size: 'over retention.bytes',
  time: 'over retention.ms',
  policy: 'cleanup.policy',
  'no-limit': 'no limit set',
  'high-watermark': 'high watermark',
  'active-empty': 'active, empty',
  'future-timestamp': 'of the future',
  'time-not-reached': 'not old enough',
  'size-not-reached': 'log small enough',
  'behind-kept': 'older one stays',
};

interface FateSource {
  readonly segments: readonly SegmentFacts[];
  readonly plan: RetentionFates;
  readonly leaving: Departures;
  readonly around: KeptSurroundings;
}

/** One row, which reads the columns of the plan when it is looked at: a slider makes thousands of rows with each step. */
export class SegmentFate {
  /** In the log. */
  readonly index: number;
  readonly #source: FateSource;

  constructor(source: FateSource, index: number) {
    this.index = index;
    this.#source = source;
  }

  get baseOffset(): number {
    return this.#segment.baseOffset;
  }

  get sizeInBytes(): number {
    return this.#segment.sizeInBytes;
  }

  get largestTimestampMs(): number {
    return this.#segment.largestTimestampMs;
  }

  get largestTimestampSource(): LargestTimestampSource {
    return this.#segment.largestTimestampSource;
  }

  get fate(): Fate {
    return FATES[toneAt(this.#source, this.index)]!;
  }

  /** When it goes by time or by size; now for those that go. */
  get goesAtMs(): number | null {
    const { plan, leaving, around } = this.#source;
    return this.index < plan.deletedCount ? around.nowMs : (departureAt(leaving, this.index)?.atMs ?? null);
  }

  /** By size, at the rate seen. */
  get isEstimate(): boolean {
    return this.#source.leaving.isBySize[this.index] === 1;
  }

  /** In two or three words. */
  get reason(): string {
    return REASON_TITLES[FATE_REASONS[this.#source.plan.reasons[this.index]!]!];
  }

  /** The reason in full, with its numbers. */
  get why(): string {
    const { segments, plan, around } = this.#source;
    const { index } = this;
    if (index < plan.deletedCount)
      return whyDeleted(deletionAt(segments, plan, around.log, index), around, TEXTS);
    const place = {
      endOffset: endOffsetOf(segments, around.log, index),
      isActive: index === segments.length - 1,
    };
    return whyKept(keepAt(segments, plan, index), place, around, TEXTS);
  }

  get #segment(): SegmentFacts {
    return this.#source.segments[this.index]!;
  }
}

/** A date by size is an estimate, and no warning. */
function toneAt({ plan, leaving, around }: FateSource, index: number): number {
  if (index < plan.deletedCount) return TONE_OF_FATE.going;
  const isSoon = leaving.isBySize[index] === 0 && leaving.atMs[index]! <= around.nowMs + SOON_MS;
  return isSoon ? TONE_OF_FATE.soon : TONE_OF_FATE.kept;
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
export function differenceOf(
  { segments, logEndOffset }: Pick<RetentionFacts, 'segments' | 'logEndOffset'>,
  a: RetentionFates,
  b: RetentionFates,
): PolicyDifference {
  const from = Math.min(a.deletedCount, b.deletedCount);
  const to = Math.max(a.deletedCount, b.deletedCount);
  return {
    segmentCount: to - from,
    sizeInBytes: Math.abs(a.freedBytes - b.freedBytes),
    offsets:
      from === to
        ? null
        : { from: segments[from]!.baseOffset, to: endOffsetOf(segments, { logEndOffset }, to - 1) },
  };
}

/** Kept, due within a day, going now: three colours that differ in pattern as well. */
export function fateColouring({ tones }: Pick<RetentionView, 'tones'>): Colouring {
  return {
    tones: [
      { label: 'kept', fill: 'var(--fate-kept)', pattern: 'plain' },
      { label: 'within a day', fill: 'var(--fate-due)', pattern: 'dotted' },
      { label: 'goes now', fill: 'var(--fate-going)', pattern: 'hatched' },
    ],
    toneOf: tones,
  };
}
