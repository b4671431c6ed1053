/**
 * A retention plan of one log from what the disk tells, as the command line prints it and a report keeps it.
 * Reads only; the plan is made by shared/plan/retention-plan.ts.
 */
import { cleanupPolicyText } from '../../../shared/plan/cleanup-policy';
import { planRetention, type RetentionPlan } from '../../../shared/plan/retention-plan';
import type { TimestampMs } from '../../../shared/units';
import type { ReadingFileSystem } from '../file-system';
import type { LogDirectory } from './list-logs';
import { type InputsOptions, type RetentionInputs, readRetentionInputs } from './retention-inputs';

/** @throws AppError where the directory or a file cannot be read */
export async function readRetentionPlan(
  fs: ReadingFileSystem,
  log: LogDirectory,
  options: InputsOptions,
  nowMs: TimestampMs,
): Promise<{
  readonly inputs: RetentionInputs;
  readonly plan: RetentionPlan;
  readonly shown: ReturnType<typeof shownPlan>;
}> {
  const inputs = await readRetentionInputs(fs, log, options);
  const plan = planRetention(inputs.facts.segments, inputs.policy, inputs.facts, nowMs);
  return { inputs, plan, shown: shownPlan(log.name, inputs, plan) };
}

function shownPlan(name: string, { facts, policy, known, settings }: RetentionInputs, plan: RetentionPlan) {
  return {
    name,
    cleanupPolicy: cleanupPolicyText(policy),
    policySource: known.source,
    settings: {
      'retention.ms': settings['retention.ms'],
      'retention.bytes': settings['retention.bytes'],
    },
    deletions: [...plan.deletions],
    kept: [...plan.kept],
    sizeInBytes: facts.sizeInBytes,
    freedBytes: plan.freedBytes,
    logStartOffset: facts.logStartOffset,
    logStartOffsetSource: facts.logStartOffsetSource,
    logStartOffsetAfter: plan.logStartOffsetAfter,
    logEndOffset: facts.logEndOffset,
    highWatermark: facts.highWatermark,
    highWatermarkSource: facts.highWatermarkSource,
    rollsActiveSegment: plan.rollsActiveSegment,
  };
}
