/**
 * A confirmed retention plan, made again under the lock and run only where it comes out the same.
 *
 * The caller holds the lock. What is planned and how files are changed, shared/plan and engine/log know.
 */
import { AppError } from '../../shared/errors';
import { planRetention, type RetentionPlan } from '../../shared/plan/retention-plan';
import { givenSettings, settingNumber } from '../../shared/plan/topic-settings';
import type { ConfirmedRetention } from '../../shared/retention';
import type { TimestampMs } from '../../shared/units';
import type { LockedDirectory } from '../engine/directory-lock';
import type { FileSystem } from '../engine/file-system';
import type { BrokerState } from '../engine/inspect/broker-state';
import type { LogDirectory } from '../engine/inspect/list-logs';
import { readRetentionInputs } from '../engine/inspect/retention-inputs';
import { readDirectoryPolicies } from '../engine/inspect/topic-policy';
import { runRetention } from '../engine/log/retention-run';
import { RunJournal, type RunRecord } from '../engine/log/run-journal';
import { planOutdated } from './plan-outdated';

export interface RetentionTask {
  readonly log: LogDirectory;
  readonly locked: LockedDirectory;
  readonly broker: BrokerState;
  readonly confirmed: ConfirmedRetention;
  readonly journal: RunJournal;
  /** Of the run itself; the plan is made for the time in `confirmed`. */
  readonly nowMs: TimestampMs;
}

/** @throws AppError PLAN_OUTDATED where other segments would go now; STORAGE_UNSAFE where the policy forbids the run */
export async function applyRetention(fs: FileSystem, task: RetentionTask): Promise<RunRecord> {
  const { log, locked, broker, confirmed, journal, nowMs } = task;
  const policies = await readDirectoryPolicies(fs, log.path, null);
  const given = givenSettings({
    'cleanup.policy': confirmed.cleanupPolicy,
    'retention.ms': confirmed.retentionMs,
    'retention.bytes': confirmed.retentionBytes,
  });
  const inputs = await readRetentionInputs(fs, log, { policies, broker, given, clock: confirmed.clock });
  if (inputs.refusal !== null) throw new AppError('STORAGE_UNSAFE', inputs.refusal, { path: log.path });
  const { facts } = inputs;
  const plan = planRetention(facts.segments, inputs.policy, facts, confirmed.nowMs);
  requireSame(plan, confirmed, log.path);
  return runRetention(fs, {
    lock: locked,
    plan,
    logEndOffset: facts.logEndOffset,
    journal,
    groupId: RunJournal.newId(nowMs),
    nowMs,
    fileDeleteDelayMs: settingNumber(inputs.settings['file.delete.delay.ms']) ?? 0,
  });
}

function requireSame(plan: RetentionPlan, { deletions }: ConfirmedRetention, path: string): void {
  const isSame =
    plan.deletions.length === deletions.length &&
    plan.deletions.every(
      ({ baseOffset, sizeInBytes }, index) =>
        baseOffset === deletions[index]!.baseOffset && sizeInBytes === deletions[index]!.sizeInBytes,
    );
  if (!isSame) throw planOutdated(path);
}
