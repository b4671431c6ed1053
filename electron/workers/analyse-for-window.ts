/**
 * A compaction plan for the window: made with what the user set, together with what its sliders need.
 * Reads only; the scan worker's part.
 */
import type { CompactionAnalysis, CompactionWish } from '../../shared/compaction';
import { givenSettings } from '../../shared/plan/topic-settings';
import type { TimestampMs } from '../../shared/units';
import type { ReadingFileSystem } from '../engine/file-system';
import type { AnalysisOptions } from '../engine/inspect/analyse-compaction';
import { readBrokerState } from '../engine/inspect/broker-state';
import { readCompactionPlan } from '../engine/inspect/compaction-inputs';
import type { LogDirectory } from '../engine/inspect/list-logs';
import { readDirectoryPolicies } from '../engine/inspect/topic-policy';

/** Settings by Kafka's names. */
export function givenCompaction(wish: CompactionWish): ReadonlyMap<string, string> {
  return givenSettings({
    'cleanup.policy': wish.cleanupPolicy,
    'min.cleanable.dirty.ratio': wish.minCleanableDirtyRatio,
    'min.compaction.lag.ms': wish.minCompactionLagMs,
    'delete.retention.ms': wish.deleteRetentionMs,
  });
}

/** @throws AppError where a file cannot be read; the signal's reason when aborted */
export async function analyseForWindow(
  fs: ReadingFileSystem,
  log: LogDirectory,
  wish: CompactionWish,
  nowMs: TimestampMs,
  options: AnalysisOptions,
): Promise<CompactionAnalysis> {
  const policies = await readDirectoryPolicies(fs, log.path, null);
  const broker = await readBrokerState(fs, log.path);
  const inputs = { policies, broker, given: givenCompaction(wish), nowMs };
  const { shown, facts } = await readCompactionPlan(fs, log, { ...inputs, ...options });
  const { logStartOffset, logEndOffset, highWatermark, firstOpenTransactionOffset, cleanerCheckpoint } =
    facts;
  const offsets = { logStartOffset, logEndOffset, highWatermark };
  const segments = facts.segments.map(
    ({ baseOffset, sizeInBytes, largestTimestampMs, firstBatchMaxTimestampMs }) => ({
      baseOffset,
      sizeInBytes,
      largestTimestampMs,
      firstBatchMaxTimestampMs,
    }),
  );
  return {
    plan: { ...shown, applied: null },
    nowMs,
    state: { segments, ...offsets, firstOpenTransactionOffset, cleanerCheckpoint },
  };
}
