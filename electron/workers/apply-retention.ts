/**
 * A confirmed retention plan, made again under the lock and run only where it comes out the same; what goes is archived
 * first where that is asked for.
 *
 * On a copy the plan is made from the copy's files, which nobody changes, with the settings and checkpoints of the
 * original's data directory. The caller holds the lock. What is planned and how files are changed, shared/plan and engine/log know.
 */
import { dirname } from 'node:path';
import { AppError } from '../../shared/errors';
import { planRetention, type RetentionPlan } from '../../shared/plan/retention-plan';
import { givenSettings, settingNumber } from '../../shared/plan/topic-settings';
import type { ConfirmedRetention } from '../../shared/retention';
import type { TimestampMs } from '../../shared/units';
import type { LockedDirectory } from '../engine/directory-lock';
import type { FileSystem, ReadingFileSystem } from '../engine/file-system';
import type { BrokerState } from '../engine/inspect/broker-state';
import type { LogDirectory } from '../engine/inspect/list-logs';
import { readRetentionInputs } from '../engine/inspect/retention-inputs';
import { readDirectoryPolicies } from '../engine/inspect/topic-policy';
import { copyLog } from '../engine/log/copy-log';
import { runRetention } from '../engine/log/retention-run';
import { RunJournal, type RunRecord } from '../engine/log/run-journal';
import { planOutdated } from './plan-outdated';

export interface RetentionTask {
  /** Whose plan it is: the opened log. */
  readonly log: LogDirectory;
  /** What the plan is read through. */
  readonly planFs: ReadingFileSystem;
  /** Where it is run: the same log, or a copy of it. */
  readonly locked: LockedDirectory;
  readonly broker: BrokerState;
  readonly confirmed: ConfirmedRetention;
  /** Path of a server.properties that the settings are also from, or null. */
  readonly brokerConfigPath: string | null;
  /** Directory that a copy of what is deleted is put into, or null. */
  readonly archiveTo: string | null;
  readonly journal: RunJournal;
  /** Of the run itself; the plan is made for the time in `confirmed`. */
  readonly nowMs: TimestampMs;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: { bytesDone: number; bytesTotal: number }) => void;
}

/**
 * Cancelled while it archives, the log is as it was; once segments are being renamed, it goes on to the end.
 *
 * @throws AppError PLAN_OUTDATED where other segments would go now; STORAGE_UNSAFE where the policy forbids the run
 */
export async function applyRetention(fs: FileSystem, task: RetentionTask): Promise<RunRecord> {
  const { log, locked, broker, confirmed, journal, nowMs, archiveTo, signal } = task;
  const policies = await readDirectoryPolicies(task.planFs, log.path, task.brokerConfigPath);
  const given = givenSettings({
    'cleanup.policy': confirmed.cleanupPolicy,
    'retention.ms': confirmed.retentionMs,
    'retention.bytes': confirmed.retentionBytes,
  });
  const isCopy = locked.directory !== log.path;
  const inputs = await readRetentionInputs(
    task.planFs,
    { ...log, path: locked.directory },
    { policies, broker, given, clock: confirmed.clock, dataDirectory: dirname(log.path), signal },
  );
  if (inputs.refusal !== null && !isCopy)
    throw new AppError('STORAGE_UNSAFE', inputs.refusal, { path: log.path });
  const { facts } = inputs;
  const plan = planRetention(facts.segments, inputs.policy, facts, confirmed.nowMs);
  requireSame(plan, confirmed, log.path);
  const { freedBytes } = plan;
  const archived = archiveTo === null ? 0 : await archive(fs, plan, { ...task, archiveTo });
  return runRetention(fs, {
    lock: locked,
    plan,
    logEndOffset: facts.logEndOffset,
    journal,
    groupId: RunJournal.newId(nowMs),
    nowMs,
    fileDeleteDelayMs: settingNumber(inputs.settings['file.delete.delay.ms']) ?? 0,
    onProgress: (bytesDone) =>
      task.onProgress({ bytesDone: archived + bytesDone, bytesTotal: archived + freedBytes }),
  });
}

/** Keeps the segments that are about to be deleted elsewhere. @returns bytes that were written */
async function archive(
  fs: FileSystem,
  { deletions, freedBytes }: RetentionPlan,
  { locked, signal, onProgress, archiveTo }: RetentionTask & { readonly archiveTo: string },
): Promise<number> {
  let archived = 0;
  await copyLog(fs, locked.directory, archiveTo, {
    baseOffsets: new Set(deletions.map(({ baseOffset }) => baseOffset)),
    signal,
    onProgress(bytesDone) {
      archived = bytesDone;
      // Indexes come on top of the log files, so that the total may have to grow.
      onProgress({ bytesDone, bytesTotal: Math.max(bytesDone, freedBytes) + freedBytes });
    },
  });
  return archived;
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
