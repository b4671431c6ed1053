/**
 * From facts, the settings being tried and the last analysis to what the screen shows: eligibility and its reasons, each
 * segment before and after, sums, the core's colours and sections. Pure.
 */
import type { CompactionFacts, CompactionSource, CompactionWish } from '../../../shared/compaction';
import type { CoreSection } from '../../../shared/core/core-layout';
import { type CleanerVersion, CURRENT_CLEANER } from '../../../shared/plan/cleaner-version';
import { cleanupPolicyText } from '../../../shared/plan/cleanup-policy';
import {
  type CompactionLimits,
  type Eligibility,
  planEligibility,
} from '../../../shared/plan/compaction-eligibility';
import { SETTINGS, settingDouble, settingNumber } from '../../../shared/plan/topic-settings';
import { type Explanation, whyCleanableEnds, whyCompacted } from '../../../shared/plan/why-compacted';
import type { Colouring, Tone } from '../../core/core-tones';
import type { MadeAnalysis } from '../../store/compaction-slice';
import { countText, durationText, sizeText, timeText } from '../../text/quantities';
import { previewSources } from './compaction-preview';

const TEXTS = { size: sizeText, time: timeText, duration: durationText, count: countText };
const SAVINGS_STEPS = 5;
const PERCENT = 100;
/** Log rolled by a size of which no setting tells. */
const SEGMENT_BYTES_DEFAULT = 1024 ** 3;

/** clean: the cleaner was here before. cleanable: dirty, and below the cleanable end. rest: above it. */
export type Part = 'clean' | 'cleanable' | 'rest';

export interface SourceRow {
  readonly baseOffset: number;
  readonly sizeInBytes: number;
  readonly part: Part;
  /** null before an analysis, and where damage has ended it. */
  readonly after: CompactionSource | null;
}

/**
 * How much of the analysis still holds: `current` whole; `previewed` where a lag moves the cleanable end back, so that
 * the figures are derived from it; else the log or a setting changed since, and they are those of another plan.
 */
export type AnalysisState = 'none' | 'current' | 'previewed' | 'other-settings' | 'other-log';

export interface Totals {
  readonly recordsBefore: number;
  readonly recordsAfter: number;
  readonly bytesBefore: number;
  readonly bytesAfter: number;
  readonly bytesAfterIsExact: boolean;
}

export interface CompactionView {
  readonly limits: CompactionLimits;
  readonly deleteRetentionMs: number;
  readonly kafkaVersion: CleanerVersion;
  readonly eligibility: Eligibility;
  readonly explanations: readonly Explanation[];
  /** Why the cleaner goes no further; null where the explanations say it, or where nothing is cleaned. */
  readonly end: Explanation | null;
  readonly rows: readonly SourceRow[];
  /** The log before and after, as the rows have it; null before an analysis, and where damage has ended it. */
  readonly totals: Totals | null;
  readonly analysisState: AnalysisState;
  /** Bytes that an analysis reads. */
  readonly analysisBytes: number;
}

const RATIO = 'min.cleanable.dirty.ratio';

export function compactionLimits(facts: CompactionFacts, wish: CompactionWish): CompactionLimits {
  const number = (name: keyof CompactionFacts['settings'], other: number) =>
    settingNumber(facts.settings[name]) ?? other;
  const { maxCompactionLagMs: max } = wish;
  const never = Number.POSITIVE_INFINITY;
  return {
    compacts: facts.policy.compacts,
    minCleanableDirtyRatio:
      wish.minCleanableDirtyRatio ?? settingDouble(facts.settings[RATIO]) ?? Number(SETTINGS[RATIO].initial),
    minCompactionLagMs: wish.minCompactionLagMs ?? number('min.compaction.lag.ms', 0),
    maxCompactionLagMs: max === null ? number('max.compaction.lag.ms', never) : max < 0 ? never : max,
  };
}

export function compactionView(
  facts: CompactionFacts,
  wish: CompactionWish,
  analysis: MadeAnalysis | null,
  nowMs: number,
): CompactionView {
  const { state, settings, policy } = facts;
  const limits = compactionLimits(facts, wish);
  const eligibility = planEligibility(state, limits, nowMs);
  const roll = {
    segmentBytes: settingNumber(settings['segment.bytes']) ?? SEGMENT_BYTES_DEFAULT,
    segmentMs: settingNumber(settings['segment.ms']) ?? Number.POSITIVE_INFINITY,
  };
  const around = { state, limits, policyText: cleanupPolicyText(policy), roll, eligibility, nowMs };
  const explanations = whyCompacted(around, TEXTS);
  const end = whyCleanableEnds(around, TEXTS);
  const isSaid = explanations.some(({ reason }) => reason === end.reason);
  const deleteRetentionMs = wish.deleteRetentionMs ?? settingNumber(settings['delete.retention.ms']) ?? 0;
  const kafkaVersion = wish.kafkaVersion ?? CURRENT_CLEANER;
  const analysisState =
    analysis === null ? 'none' : stateOf(facts, analysis, { eligibility, deleteRetentionMs, kafkaVersion });
  const matrix = analysis?.findings?.matrix ?? null;
  const analysed = whatIsKnown(analysis);
  const shown =
    analysisState === 'previewed' && matrix !== null
      ? previewSources(analysed, matrix, eligibility.cleanableEndOffset)
      : analysed;
  const sources = new Map(shown.map((source) => [source.baseOffset, source]));
  const rows = state.segments.map(({ baseOffset, sizeInBytes }, index): SourceRow => {
    const endOffset = state.segments[index + 1]?.baseOffset ?? state.logEndOffset;
    return {
      ...{ baseOffset, sizeInBytes },
      part: partOf(baseOffset, endOffset, eligibility),
      after: sources.get(baseOffset) ?? null,
    };
  });
  return {
    ...{ limits, deleteRetentionMs, kafkaVersion, eligibility, explanations, rows },
    end: isSaid || eligibility.cleanableBytes === 0 ? null : end,
    analysisState,
    totals: analysed.length === 0 ? null : totalsOf(shown),
    analysisBytes: bytesOf(rows, 'cleanable') * 2 + bytesOf(rows, 'clean'),
  };
}

/** Whether damage has ended it. */
export function isDamaged({ plan }: MadeAnalysis): boolean {
  return plan.reasons.includes('damaged');
}

/** By segment; of an analysis that damage has ended, nothing counts. */
export function whatIsKnown(analysis: MadeAnalysis | null): readonly CompactionSource[] {
  return analysis === null || isDamaged(analysis) ? [] : analysis.plan.sources;
}

/** A segment with the first dirty offset in its middle is read as dirty. */
function partOf(baseOffset: number, endOffset: number, eligibility: Eligibility): Part {
  if (baseOffset >= eligibility.cleanableEndOffset) return 'rest';
  return endOffset > eligibility.firstDirtyOffset ? 'cleanable' : 'clean';
}

function bytesOf(rows: readonly SourceRow[], wanted: Part): number {
  return rows.reduce((sum, { part, sizeInBytes }) => (part === wanted ? sum + sizeInBytes : sum), 0);
}

function stateOf(
  { state, policy }: CompactionFacts,
  { plan, findings }: MadeAnalysis,
  now: Pick<CompactionView, 'eligibility' | 'deleteRetentionMs' | 'kafkaVersion'>,
): AnalysisState {
  const sizeInBytes = state.segments.reduce((sum, segment) => sum + segment.sizeInBytes, 0);
  const isSameLog =
    plan.logEndOffset === state.logEndOffset &&
    plan.bytesBefore === sizeInBytes &&
    plan.sources.length === state.segments.length;
  if (!isSameLog) return 'other-log';
  const { firstDirtyOffset, cleanableEndOffset } = now.eligibility;
  const isSamePlan =
    plan.firstDirtyOffset === firstDirtyOffset &&
    plan.cleanupPolicy.includes('compact') === policy.compacts &&
    plan.kafkaVersion === now.kafkaVersion &&
    settingNumber(plan.settings['delete.retention.ms']) === now.deleteRetentionMs;
  if (!isSamePlan) return 'other-settings';
  if (plan.cleanableEndOffset === cleanableEndOffset) return 'current';
  const isKnown = cleanableEndOffset < plan.cleanableEndOffset && (findings?.matrix ?? null) !== null;
  return isKnown ? 'previewed' : 'other-settings';
}

function totalsOf(sources: readonly CompactionSource[]): Totals {
  const sum = (name: 'recordsBefore' | 'recordsAfter' | 'bytesBefore' | 'bytesAfter') =>
    sources.reduce((total, source) => total + source[name], 0);
  return {
    recordsBefore: sum('recordsBefore'),
    recordsAfter: sum('recordsAfter'),
    bytesBefore: sum('bytesBefore'),
    bytesAfter: sum('bytesAfter'),
    bytesAfterIsExact: sources.every(({ bytesAfterIsExact }) => bytesAfterIsExact),
  };
}

/** Of the bytes before, those that go; 0 where there are none. May be below 0: a horizon lengthens its batch. */
export function savedShare({ bytesBefore, bytesAfter }: { bytesBefore: number; bytesAfter: number }): number {
  return bytesBefore === 0 ? 0 : (bytesBefore - bytesAfter) / bytesBefore;
}

/** Light to strong by the share that goes; what is not cleaned, or not analysed, is grey. */
export function savingsColouring(rows: readonly SourceRow[]): Colouring {
  const steps = Array.from({ length: SAVINGS_STEPS }, (_, step) => step);
  const isAnalysed = rows.some(({ after }) => after !== null);
  const label = (step: number) => (step === 0 ? '0 %' : step === SAVINGS_STEPS - 1 ? '100 % freed' : '');
  const tones: Tone[] = [
    {
      label: isAnalysed ? 'not cleaned' : 'not analysed',
      fill: 'var(--damage-none)',
      pattern: isAnalysed ? 'plain' : 'dotted',
    },
    ...steps.map((step): Tone => {
      const strength = Math.round((step / (SAVINGS_STEPS - 1)) * PERCENT);
      return {
        label: isAnalysed ? label(step) : '',
        fill: `color-mix(in oklch, var(--savings-1) ${strength}%, var(--savings-0))`,
        pattern: 'plain',
      };
    }),
  ];
  const toneOf = Uint8Array.from(rows, ({ after }) =>
    after === null || !after.isCleaned
      ? 0
      : 1 + Math.max(0, Math.min(SAVINGS_STEPS - 1, Math.floor(savedShare(after) * SAVINGS_STEPS))),
  );
  return { tones: isAnalysed ? tones : tones.slice(0, 1), toneOf };
}

const PART_LABELS: Readonly<Record<Part, string>> = {
  clean: 'clean',
  cleanable: 'dirty, cleanable',
  rest: 'not cleanable',
};

/** The parts as stretches of the core, each named with its size. */
export function coreSections(rows: readonly SourceRow[]): CoreSection[] {
  const sections: { part: Part; first: number; last: number; sizeInBytes: number }[] = [];
  rows.forEach(({ part, sizeInBytes }, index) => {
    const open = sections.at(-1);
    if (open === undefined || open.part !== part)
      sections.push({ part, first: index, last: index, sizeInBytes });
    else {
      open.last = index;
      open.sizeInBytes += sizeInBytes;
    }
  });
  return sections.map(({ part, first, last, sizeInBytes }) => ({
    ...{ first, last },
    label: `${PART_LABELS[part]} ${sizeText(sizeInBytes)}`,
  }));
}

export type CleaningSums = Readonly<
  Record<
    | 'supersededCount'
    | 'nullKeyCount'
    | 'abortedCount'
    | 'tombstonesKeptCount'
    | 'tombstonesDroppedCount'
    | 'controlRecordsCount'
    | 'emptyBatchesKeptCount',
    number
  >
>;

export function cleaningSums({ plan: { segments } }: MadeAnalysis): CleaningSums {
  const sum = (name: keyof CleaningSums) => segments.reduce((total, segment) => total + segment[name], 0);
  return {
    supersededCount: sum('supersededCount'),
    nullKeyCount: sum('nullKeyCount'),
    abortedCount: sum('abortedCount'),
    tombstonesKeptCount: sum('tombstonesKeptCount'),
    tombstonesDroppedCount: sum('tombstonesDroppedCount'),
    controlRecordsCount: sum('controlRecordsCount'),
    emptyBatchesKeptCount: sum('emptyBatchesKeptCount'),
  };
}
