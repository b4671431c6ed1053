/**
 * A compaction plan for one log: eligibility, analysis, the segments before and after. What the command line prints,
 * the window draws and the run applies. Reads only; decides nothing about locks or whether it may be applied.
 */
import { AppError } from '../../../shared/errors';
import {
  type CompactionLimits,
  type Eligibility,
  type EligibilityReason,
  planEligibility,
} from '../../../shared/plan/compaction-eligibility';
import type { Bytes, TimestampMs } from '../../../shared/units';
import type { ReadingFileSystem } from '../file-system';
import type { CleaningResult, CleaningTask } from '../rules/clean-log';
import { type CleaningSettings, cleaningTaskOf } from '../rules/cleaning-task';
import { type SupersessionFindings, Supersessions } from '../rules/supersessions';
import { type AnalysisOptions, analyseCompaction } from './analyse-compaction';
import type { CompactionFacts } from './compaction-facts';
import { type LogAfter, logAfter } from './compaction-segments';

export interface CompactionPlan extends Omit<Eligibility, 'reasons' | 'isEligible'>, LogAfter {
  readonly eligible: boolean;
  readonly reasons: (EligibilityReason | 'damaged')[];
  readonly logStartOffset: number;
  readonly logEndOffset: number;
  readonly recordsBefore: number;
  readonly recordsAfter: number;
  readonly bytesBefore: Bytes;
  readonly bytesAfter: Bytes;
  readonly bytesAfterIsExact: boolean;
  readonly uniqueKeyCount: number;
  readonly roundCount: number;
  /** Whether compressed batches were compressed anew for their sizes. */
  readonly isRecompressed: boolean;
}

export interface PlannedCompaction {
  readonly plan: CompactionPlan;
  /** What a run does; null where there is nothing to clean, or where damage forbids it. */
  readonly task: CleaningTask | null;
  /** What was found damaged; null where nothing was. */
  readonly damage: string | null;
  /** null where nothing was cleaned. */
  readonly findings: SupersessionFindings | null;
}

/**
 * @param limits Of the policy in force. A log whose policy has no compact is not read.
 * @throws AppError where a file cannot be read; the signal's reason when aborted
 */
export async function planCompaction(
  fs: ReadingFileSystem,
  facts: CompactionFacts,
  limits: CompactionLimits,
  settings: CleaningSettings,
  nowMs: TimestampMs,
  options: AnalysisOptions = {},
): Promise<PlannedCompaction> {
  const eligibility = planEligibility(facts, limits, nowMs);
  const isWorthwhile = limits.compacts && eligibility.cleanableBytes > 0;
  const task = isWorthwhile ? cleaningTaskOf(facts, eligibility, settings, nowMs) : null;
  const bases = facts.segments.map(({ baseOffset }) => baseOffset);
  const observer =
    task === null ? undefined : new Supersessions(bases.filter((base) => base < task.endOffset));
  const analysed = task === null ? null : await resultOrDamage(fs, facts, task, options, observer);
  const damage = typeof analysed === 'string' ? analysed : null;
  const result = typeof analysed === 'string' ? null : analysed;
  const repeatCount = (segment: number) => observer?.repeatCount(segment) ?? 0;
  const { segments, sources } = await logAfter(fs, facts.segments, result, repeatCount, options.signal);
  const { isEligible, reasons, ...rest } = eligibility;
  const sum = (name: 'recordsBefore' | 'recordsAfter' | 'bytesBefore' | 'bytesAfter') =>
    segments.reduce((total, segment) => total + segment[name], 0);
  const plan: CompactionPlan = {
    ...rest,
    eligible: isEligible && damage === null,
    reasons: damage === null ? [...reasons] : [...reasons, 'damaged'],
    logStartOffset: facts.logStartOffset,
    logEndOffset: facts.logEndOffset,
    recordsBefore: sum('recordsBefore'),
    recordsAfter: sum('recordsAfter'),
    bytesBefore: sum('bytesBefore'),
    bytesAfter: sum('bytesAfter'),
    bytesAfterIsExact: segments.every(({ bytesAfterIsExact }) => bytesAfterIsExact),
    uniqueKeyCount: result?.uniqueKeyCount ?? 0,
    roundCount: result?.roundCount ?? 0,
    isRecompressed: options.recompresses ?? false,
    segments,
    sources,
  };
  const findings = result === null ? null : (observer?.findings() ?? null);
  return { plan, task: damage === null ? task : null, damage, findings };
}

/** The result, or what is damaged: the cleaner gives up such a log (LogCleanerManager.markPartitionUncleanable). */
async function resultOrDamage(
  fs: ReadingFileSystem,
  facts: CompactionFacts,
  task: CleaningTask,
  options: AnalysisOptions,
  observer: Supersessions | undefined,
): Promise<CleaningResult | string> {
  try {
    return await analyseCompaction(fs, facts, task, options, observer);
  } catch (error) {
    if (error instanceof AppError && error.code === 'CORRUPT') return error.message;
    throw error;
  }
}
