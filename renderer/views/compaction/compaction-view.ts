/**
 * From facts, the settings being tried and the last analysis to what the screen shows: eligibility and its reasons, each
 * segment before and after, sums, the core's colours and sections. Pure.
 */
import type { CompactionFacts, CompactionSource, CompactionWish } from '../../../shared/compaction';
import type { CoreSection } from '../../../shared/core/core-layout';
import { type CleanerVersion, CURRENT_CLEANER } from '../../../shared/plan/cleaner-version';
import {
  type CleanupPolicy,
  cleanupPolicyText,
  parseCleanupPolicy,
} from '../../../shared/plan/cleanup-policy';
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
import { KnownSources, type Part, type SourceTable } from './source-rows';

const TEXTS = { size: sizeText, time: timeText, duration: durationText, count: countText };
const SAVINGS_STEPS = 5;
const PERCENT = 100;
/** Log rolled by a size of which no setting tells. */
const SEGMENT_BYTES_DEFAULT = 1024 ** 3;

/**
 * How much of the analysis still holds: `current` whole; `previewed` where a lag moves the cleanable end back, so that
 * the figures are derived from it; else the log or a setting changed since, and they are those of another plan.
 */
export type AnalysisState = 'none' | 'current' | 'previewed' | 'other-settings' | 'other-log';

export interface CompactionView {
  readonly limits: CompactionLimits;
  readonly deleteRetentionMs: number;
  readonly kafkaVersion: CleanerVersion;
  readonly eligibility: Eligibility;
  readonly explanations: readonly Explanation[];
  /** Why the cleaner goes no further; null where the explanations say it, or where nothing is cleaned. */
  readonly end: Explanation | null;
  /** The segments before and after. */
  readonly table: SourceTable;
  readonly analysisState: AnalysisState;
  /** Bytes that an analysis reads; 0 where there is nothing to clean, so that it would find nothing. */
  readonly analysisBytes: number;
}

const RATIO = 'min.cleanable.dirty.ratio';

/** The one that is tried at once; whether it may be applied, the facts say when they were asked for anew. */
function policyOf({ policy }: CompactionFacts, { cleanupPolicy }: CompactionWish): CleanupPolicy {
  return (cleanupPolicy === null ? null : parseCleanupPolicy(cleanupPolicy)) ?? policy;
}

export function compactionLimits(facts: CompactionFacts, wish: CompactionWish): CompactionLimits {
  const number = (name: keyof CompactionFacts['settings'], other: number) =>
    settingNumber(facts.settings[name]) ?? other;
  const { maxCompactionLagMs: max } = wish;
  const never = Number.POSITIVE_INFINITY;
  return {
    compacts: policyOf(facts, wish).compacts,
    minCleanableDirtyRatio:
      wish.minCleanableDirtyRatio ?? settingDouble(facts.settings[RATIO]) ?? Number(SETTINGS[RATIO].initial),
    minCompactionLagMs: wish.minCompactionLagMs ?? number('min.compaction.lag.ms', 0),
    maxCompactionLagMs: max === null ? number('max.compaction.lag.ms', never) : max < 0 ? never : max,
  };
}

/** @param known Of the facts and the analysis: for whoever asks for many views of them. */
export function compactionView(
  facts: CompactionFacts,
  wish: CompactionWish,
  analysis: MadeAnalysis | null,
  nowMs: number,
  known = new KnownSources(facts.state, whatIsKnown(analysis)),
): CompactionView {
  const { state, settings } = facts;
  const policy = policyOf(facts, wish);
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
  const now = { eligibility, deleteRetentionMs, kafkaVersion, compacts: limits.compacts };
  const analysisState = analysis === null ? 'none' : stateOf(facts, analysis, known, now);
  const matrix = analysis?.findings?.matrix ?? null;
  const table = known.tableAt(eligibility, analysisState === 'previewed' ? matrix : null);
  return {
    ...{ limits, deleteRetentionMs, kafkaVersion, eligibility, explanations, table },
    end: isSaid || eligibility.cleanableBytes === 0 ? null : end,
    analysisState,
    analysisBytes:
      eligibility.cleanableBytes === 0 ? 0 : bytesOf(table, 'cleanable') * 2 + bytesOf(table, 'clean'),
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

function bytesOf({ parts }: SourceTable, wanted: Part): number {
  return parts.find(({ part }) => part === wanted)?.sizeInBytes ?? 0;
}

function stateOf(
  { state }: CompactionFacts,
  { plan, findings }: MadeAnalysis,
  { sizeInBytes }: KnownSources,
  now: Pick<CompactionView, 'eligibility' | 'deleteRetentionMs' | 'kafkaVersion'> & {
    readonly compacts: boolean;
  },
): AnalysisState {
  const isSameLog =
    plan.logEndOffset === state.logEndOffset &&
    plan.bytesBefore === sizeInBytes &&
    plan.sources.length === state.segments.length;
  if (!isSameLog) return 'other-log';
  const { firstDirtyOffset, cleanableEndOffset } = now.eligibility;
  const isSamePlan =
    plan.firstDirtyOffset === firstDirtyOffset &&
    plan.cleanupPolicy.includes('compact') === now.compacts &&
    plan.kafkaVersion === now.kafkaVersion &&
    settingNumber(plan.settings['delete.retention.ms']) === now.deleteRetentionMs;
  if (!isSamePlan) return 'other-settings';
  if (plan.cleanableEndOffset === cleanableEndOffset) return 'current';
  const isKnown = cleanableEndOffset < plan.cleanableEndOffset && (findings?.matrix ?? null) !== null;
  return isKnown ? 'previewed' : 'other-settings';
}

/** Light to strong by the share that goes; what is not cleaned, or not analysed, is grey. */
export function savingsColouring(table: SourceTable): Colouring {
  const isAnalysed = table.totals !== null;
  return {
    tones: isAnalysed ? ANALYSED_TONES : [NOT_ANALYSED],
    toneOf: table.stepsFreed(SAVINGS_STEPS),
  };
}

/** While nothing but the segments themselves is known. */
export function unknownColouring(segmentCount: number): Colouring {
  return { tones: [NOT_ANALYSED], toneOf: new Uint8Array(segmentCount) };
}

const NOT_CLEANED: Tone = { label: 'not cleaned', fill: 'var(--damage-none)', pattern: 'plain' };
const NOT_ANALYSED: Tone = { label: 'not analysed', fill: 'var(--damage-none)', pattern: 'dotted' };
const ANALYSED_TONES: readonly Tone[] = [
  NOT_CLEANED,
  ...Array.from({ length: SAVINGS_STEPS }, (_, step): Tone => {
    const strength = Math.round((step / (SAVINGS_STEPS - 1)) * PERCENT);
    return {
      label: step === 0 ? '0 %' : step === SAVINGS_STEPS - 1 ? '100 % freed' : '',
      fill: `color-mix(in oklch, var(--savings-1) ${strength}%, var(--savings-0))`,
      pattern: 'plain',
    };
  }),
];

const PART_LABELS: Readonly<Record<Part, string>> = {
  clean: 'clean',
  cleanable: 'dirty, cleanable',
  rest: 'not cleanable',
};

/** The parts as stretches of the core, each named with its size. */
export function coreSections({ parts }: SourceTable): CoreSection[] {
  return parts.map(({ part, first, last, sizeInBytes }) => ({
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
