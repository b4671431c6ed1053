/**
 * Compaction for the window: what its sliders need, and the plan made with what the user set. Reads only; the scan
 * worker's part.
 */
import type {
  CompactionAnalysis,
  CompactionFacts,
  CompactionFindings,
  CompactionWish,
} from '../../shared/compaction';
import { AppError } from '../../shared/errors';
import { givenSettings } from '../../shared/plan/topic-settings';
import type { TimestampMs } from '../../shared/units';
import type { ReadingFileSystem } from '../engine/file-system';
import type { AnalysisOptions } from '../engine/inspect/analyse-compaction';
import { readBrokerState } from '../engine/inspect/broker-state';
import {
  type CompactionInputs,
  type CompactionInputsOptions,
  readCompactionInputs,
  readCompactionPlan,
} from '../engine/inspect/compaction-inputs';
import type { LogDirectory } from '../engine/inspect/list-logs';
import { NOT_KAFKA } from '../engine/inspect/policy-refusal';
import { textOrBase64 } from '../engine/inspect/record-row';
import { readDirectoryPolicies } from '../engine/inspect/topic-policy';
import type { SupersessionFindings } from '../engine/rules/supersessions';
import { KEY_BYTES_MAX } from '../engine/rules/top-keys';

/** Kafka's "never" for max.compaction.lag.ms. */
const LONG_MAX_VALUE = '9223372036854775807';

interface SettingsFile {
  /** A server.properties that settings are also from, or null. */
  readonly brokerConfigPath?: string | null;
}

/** Settings by Kafka's names. */
export function givenCompaction(wish: CompactionWish): ReadonlyMap<string, string> {
  const { maxCompactionLagMs } = wish;
  return givenSettings({
    'cleanup.policy': wish.cleanupPolicy,
    'min.cleanable.dirty.ratio': wish.minCleanableDirtyRatio,
    'min.compaction.lag.ms': wish.minCompactionLagMs,
    'max.compaction.lag.ms': maxCompactionLagMs === -1 ? LONG_MAX_VALUE : maxCompactionLagMs,
    'delete.retention.ms': wish.deleteRetentionMs,
  });
}

/** @throws AppError where a file cannot be read; the signal's reason when aborted */
export async function compactionFactsForWindow(
  fs: ReadingFileSystem,
  log: LogDirectory,
  { cleanupPolicy, brokerConfigPath = null }: Pick<CompactionWish, 'cleanupPolicy'> & SettingsFile,
  signal: AbortSignal,
): Promise<CompactionFacts> {
  const given = givenSettings({ 'cleanup.policy': cleanupPolicy });
  const around = await surroundingsOf(fs, log, brokerConfigPath);
  return shownCompactionFacts(await readCompactionInputs(fs, log, { ...around, given, signal }));
}

export function shownCompactionFacts({ facts, known, settings, refusal }: CompactionInputs): CompactionFacts {
  const { logStartOffset, logEndOffset, highWatermark, firstOpenTransactionOffset, cleanerCheckpoint } =
    facts;
  const segments = facts.segments.map(
    ({ baseOffset, sizeInBytes, largestTimestampMs, firstBatchMaxTimestampMs }) => ({
      ...{ baseOffset, sizeInBytes, largestTimestampMs, firstBatchMaxTimestampMs },
    }),
  );
  const offsets = {
    logStartOffset,
    logEndOffset,
    highWatermark,
    firstOpenTransactionOffset,
    cleanerCheckpoint,
  };
  return {
    ...{ policy: known.policy, policySource: known.source, settings, refusal },
    state: { segments, ...offsets },
  };
}

/** @throws AppError INVALID_ARGUMENT for a log that is not Kafka's, or where a file cannot be read; the signal's reason */
export async function analyseForWindow(
  fs: ReadingFileSystem,
  log: LogDirectory,
  wish: CompactionWish,
  nowMs: TimestampMs,
  { brokerConfigPath = null, ...options }: AnalysisOptions & SettingsFile,
): Promise<CompactionAnalysis> {
  if (log.format !== 'kafka') throw new AppError('INVALID_ARGUMENT', NOT_KAFKA);
  const around = await surroundingsOf(fs, log, brokerConfigPath);
  const kafkaVersion = wish.kafkaVersion ?? undefined;
  return analyseWith(fs, log, { ...around, given: givenCompaction(wish), kafkaVersion, nowMs, ...options });
}

/** @throws AppError where a file cannot be read; the signal's reason */
export async function analyseWith(
  fs: ReadingFileSystem,
  log: LogDirectory,
  inputs: CompactionInputsOptions & { readonly nowMs: TimestampMs },
): Promise<CompactionAnalysis> {
  const { nowMs } = inputs;
  const { shown, findings } = await readCompactionPlan(fs, log, inputs);
  return {
    ...{ plan: { ...shown, applied: null }, nowMs },
    findings: findings === null ? null : shownFindings(findings),
  };
}

async function surroundingsOf(
  fs: ReadingFileSystem,
  { path }: LogDirectory,
  brokerConfigPath: string | null,
) {
  return {
    policies: await readDirectoryPolicies(fs, path, brokerConfigPath),
    broker: await readBrokerState(fs, path),
  };
}

function shownFindings({ worstKeys, matrix, ...rest }: SupersessionFindings): CompactionFindings {
  return {
    ...rest,
    matrix: { ...matrix, baseOffsets: [...matrix.baseOffsets] },
    tombstoneBatches: [...rest.tombstoneBatches],
    nullKeyOffsets: [...rest.nullKeyOffsets],
    worstKeys: worstKeys.map(({ key, ...sums }) => ({
      ...textOrBase64('key', key, KEY_BYTES_MAX),
      ...sums,
    })),
  };
}
