/**
 * A confirmed plan to rebuild indexes, made again under the lock and run only where it comes out the same.
 *
 * The caller holds the lock. What is planned and how files are changed, engine/inspect and engine/log know.
 */
import { AppError } from '../../shared/errors';
import type { ConfirmedIndexRebuild } from '../../shared/index-rebuild';
import { givenSettings } from '../../shared/plan/topic-settings';
import type { TimestampMs } from '../../shared/units';
import type { LockedDirectory } from '../engine/directory-lock';
import type { FileSystem, ReadingFileSystem } from '../engine/file-system';
import type { BrokerState } from '../engine/inspect/broker-state';
import type { LogDirectory } from '../engine/inspect/list-logs';
import { type IndexRebuildOptions, planIndexRebuild } from '../engine/inspect/plan-index-rebuild';
import { readDirectoryPolicies } from '../engine/inspect/topic-policy';
import { rebuildIndexes } from '../engine/log/rebuild-indexes';
import { RunJournal, type RunRecord } from '../engine/log/run-journal';
import { planOutdated } from './plan-outdated';

export interface IndexRebuildTask extends Pick<IndexRebuildOptions, 'signal' | 'onProgress'> {
  readonly log: LogDirectory;
  /** What the plan is read through. */
  readonly planFs: ReadingFileSystem;
  readonly locked: LockedDirectory;
  /** As it was before the lock was taken. */
  readonly broker: BrokerState;
  readonly confirmed: ConfirmedIndexRebuild;
  readonly journal: RunJournal;
  readonly nowMs: TimestampMs;
}

/** @throws AppError PLAN_OUTDATED where other files would be written now; STORAGE_UNSAFE where a broker is at work */
export async function applyIndexRebuild(fs: FileSystem, task: IndexRebuildTask): Promise<RunRecord> {
  const { log, locked, broker, confirmed, journal, nowMs, signal, onProgress } = task;
  const policies = await readDirectoryPolicies(task.planFs, log.path, null);
  const given = givenSettings({ 'index.interval.bytes': confirmed.indexIntervalBytes });
  // The log is read twice: once for the plan, once for the run.
  const half = (done: number) => (progress: { bytesDone: number; bytesTotal: number }) =>
    onProgress?.({
      bytesDone: done * progress.bytesTotal + progress.bytesDone,
      bytesTotal: 2 * progress.bytesTotal,
    });
  const inputs = await planIndexRebuild(task.planFs, log, {
    policies,
    broker,
    given,
    signal,
    onProgress: half(0),
  });
  const { plan, segments, indexIntervalBytes, fileDeleteDelayMs } = inputs;
  if (plan.refusal !== null) throw new AppError('STORAGE_UNSAFE', plan.refusal, { path: log.path });
  const isSame =
    plan.files.length === confirmed.files.length &&
    plan.files.every((file, index) => {
      const { name, bytesBefore, entriesAfter, bytesAfter } = confirmed.files[index]!;
      return (
        file.name === name &&
        file.bytesBefore === bytesBefore &&
        file.entriesAfter === entriesAfter &&
        file.bytesAfter === bytesAfter
      );
    });
  if (!isSame) throw planOutdated(log.path);
  return rebuildIndexes(fs, {
    ...{ lock: locked, segments, files: plan.files, indexIntervalBytes, fileDeleteDelayMs },
    ...{ journal, groupId: RunJournal.newId(nowMs), nowMs, signal, onProgress: half(1) },
  });
}
