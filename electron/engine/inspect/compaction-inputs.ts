/**
 * A compaction plan of one log from what the disk tells: facts, settings and their sources, policy, analysis.
 * What the command line, the window and a run start from. Reads only.
 */
import { type CleanerVersion, CURRENT_CLEANER, cleanerRules } from '../../../shared/plan/cleaner-version';
import { cleanupPolicyText } from '../../../shared/plan/cleanup-policy';
import { planEligibility } from '../../../shared/plan/compaction-eligibility';
import {
  brokerSettingOf,
  SETTINGS,
  type Setting,
  type SettingName,
  settingDouble,
  settingNumber,
  settingOf,
  settingsOf,
} from '../../../shared/plan/topic-settings';
import type { CompactionSurroundings } from '../../../shared/plan/why-compacted';
import type { Milliseconds, TimestampMs } from '../../../shared/units';
import type { ReadingFileSystem } from '../file-system';
import type { CleaningTask } from '../rules/clean-log';
import { offsetMapBytes } from '../rules/offset-map';
import type { SupersessionFindings } from '../rules/supersessions';
import type { AnalysisOptions } from './analyse-compaction';
import type { BrokerState } from './broker-state';
import { type CompactionFacts, type CompactionFactsOptions, readCompactionFacts } from './compaction-facts';
import type { LogDirectory } from './list-logs';
import { type OffsetMapSettings, offsetMapCapacityOf, offsetMapSettings } from './offset-map-settings';
import { type CompactionPlan, planCompaction } from './plan-compaction';
import { type KnownPolicy, type PolicySource, policyOf, refusalOf } from './policy-refusal';
import { type DirectoryPolicies, settingPlacesOf } from './topic-policy';

const RATIO = 'min.cleanable.dirty.ratio';
const NAMES = [
  RATIO,
  'min.compaction.lag.ms',
  'max.compaction.lag.ms',
  'delete.retention.ms',
  'segment.bytes',
  'segment.ms',
] as const satisfies readonly SettingName[];

export interface CompactionInputsOptions
  extends AnalysisOptions,
    Pick<CompactionFactsOptions, 'listed' | 'retention'> {
  readonly policies: DirectoryPolicies;
  readonly broker: BrokerState;
  /** The user's own settings, by topic names. */
  readonly given: ReadonlyMap<string, string>;
  /** Whose rules are followed; the present ones where none is named. */
  readonly kafkaVersion?: CleanerVersion | undefined;
}

/** What is known before the log is read. */
export interface CompactionInputs {
  readonly facts: CompactionFacts;
  readonly known: KnownPolicy;
  readonly settings: Readonly<Record<(typeof NAMES)[number], Setting>> & OffsetMapSettings;
  /** A number in force; 0 where it is none. */
  readonly numberOf: (name: SettingName) => number;
  /** producer.id.expiration.ms */
  readonly producerExpirationMs: Milliseconds;
  /** Why nothing may be changed here; null where nothing stands against it. */
  readonly refusal: string | null;
}

export interface LogCompaction {
  /** As shared/compaction.ts has it. */
  readonly shown: CompactionPlan & {
    readonly name: string;
    readonly cleanupPolicy: string;
    readonly policySource: PolicySource;
    readonly kafkaVersion: CleanerVersion;
    readonly settings: CompactionInputs['settings'];
    /** Keys that fit the cleaner's map in one round; no more than Strata takes for it. */
    readonly offsetMapCapacity: number;
    readonly refusal: string | null;
  };
  readonly facts: CompactionFacts;
  /** null where nothing was cleaned. */
  readonly findings: SupersessionFindings | null;
  /** What the reasons are explained from (shared/plan/why-compacted.ts). */
  readonly surroundings: CompactionSurroundings;
  /** What a run does; null where there is nothing to clean, or where damage forbids it. */
  readonly task: CleaningTask | null;
  /** Why not even a copy may be compacted. */
  readonly damage: string | null;
  readonly indexIntervalBytes: number;
  readonly fileDeleteDelayMs: number;
}

/** Reads names, sizes, indexes, single headers, and what stands behind the newest producer snapshot. */
export async function readCompactionInputs(
  fs: ReadingFileSystem,
  log: LogDirectory,
  { policies, broker, given, signal, listed, retention }: CompactionInputsOptions,
): Promise<CompactionInputs> {
  const places = settingPlacesOf(policies, log, given);
  const known = policyOf(log, places);
  const replicaCount = places.metadataTopic?.replicaCounts.get(log.partition ?? -1) ?? null;
  return {
    facts: await readCompactionFacts(fs, log, {
      ...{ broker: broker.verdict, replicaCount, signal, listed, retention },
    }),
    known,
    settings: { ...settingsOf(NAMES, places), ...offsetMapSettings(places) },
    producerExpirationMs: Number(brokerSettingOf('producer.id.expiration.ms', places).value),
    numberOf: (name) => settingNumber(settingOf(name, places)) ?? 0,
    refusal: refusalOf(log, known, broker),
  };
}

/** @throws AppError where a file cannot be read; the signal's reason when aborted */
export async function readCompactionPlan(
  fs: ReadingFileSystem,
  log: LogDirectory,
  { nowMs, ...options }: CompactionInputsOptions & { readonly nowMs: TimestampMs },
): Promise<LogCompaction> {
  const inputs = await readCompactionInputs(fs, log, options);
  const { facts, known, settings, numberOf, producerExpirationMs, refusal } = inputs;
  const kafkaVersion = options.kafkaVersion ?? CURRENT_CLEANER;
  const limits = {
    compacts: known.policy.compacts,
    minCleanableDirtyRatio: settingDouble(settings[RATIO]) ?? Number(SETTINGS[RATIO].initial),
    minCompactionLagMs: numberOf('min.compaction.lag.ms'),
    maxCompactionLagMs: numberOf('max.compaction.lag.ms'),
  };
  const mapCapacity = offsetMapCapacityOf(settings);
  const cleaning = {
    deleteRetentionMs: numberOf('delete.retention.ms'),
    segmentBytes: numberOf('segment.bytes'),
    segmentIndexBytes: numberOf('segment.index.bytes'),
    dedupeBufferBytes: offsetMapBytes(mapCapacity),
    producerExpirationMs,
    rules: cleanerRules(kafkaVersion),
  };
  const surroundings = {
    ...{ state: facts, limits, policyText: cleanupPolicyText(known.policy), nowMs },
    eligibility: planEligibility(facts, limits, nowMs),
    roll: {
      segmentBytes: cleaning.segmentBytes,
      segmentMs: settingNumber(settings['segment.ms']) ?? Number.POSITIVE_INFINITY,
    },
  };
  const { plan, task, damage, findings } = await planCompaction(fs, facts, limits, cleaning, nowMs, options);
  return {
    shown: {
      name: log.name,
      cleanupPolicy: cleanupPolicyText(known.policy),
      policySource: known.source,
      kafkaVersion,
      settings,
      ...plan,
      offsetMapCapacity: mapCapacity,
      refusal: damage ?? refusal,
    },
    ...{ facts, findings, surroundings, task, damage },
    indexIntervalBytes: numberOf('index.interval.bytes'),
    fileDeleteDelayMs: numberOf('file.delete.delay.ms'),
  };
}
