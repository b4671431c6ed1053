/**
 * A confirmed compaction plan, made again under the lock and run only where it comes out the same.
 *
 * On a copy the plan is that of the original, whose data directory has the settings and the checkpoint; a copy that is
 * not the same is refused by the run. The caller holds the lock. What is planned and how files are changed, engine/inspect and engine/log know.
 */
import type { ConfirmedCompaction } from '../../shared/compaction';
import { AppError } from '../../shared/errors';
import type { Bytes, TimestampMs } from '../../shared/units';
import type { LockedDirectory } from '../engine/directory-lock';
import type { FileSystem, ReadingFileSystem } from '../engine/file-system';
import type { AnalysisOptions } from '../engine/inspect/analyse-compaction';
import type { BrokerState } from '../engine/inspect/broker-state';
import { readCompactionPlan } from '../engine/inspect/compaction-inputs';
import type { LogDirectory } from '../engine/inspect/list-logs';
import { readDirectoryPolicies } from '../engine/inspect/topic-policy';
import { runCompaction } from '../engine/log/compaction-run';
import { RunJournal, type RunRecord } from '../engine/log/run-journal';
import { givenCompaction } from './analyse-for-window';
import { planOutdated } from './plan-outdated';

export interface CompactionTask extends AnalysisOptions {
  /** Whose plan it is: the opened log. */
  readonly log: LogDirectory;
  /** What the plan is read through. */
  readonly planFs: ReadingFileSystem;
  /** Where it is run: the same log, or a copy of it. */
  readonly locked: LockedDirectory;
  /** As it was before the lock was taken. */
  readonly broker: BrokerState;
  readonly confirmed: ConfirmedCompaction;
  /** Path of a server.properties that the settings are also from, or null. */
  readonly brokerConfigPath: string | null;
  readonly journal: RunJournal;
  /** Of the run itself; the plan is made for the time in `confirmed`. */
  readonly nowMs: TimestampMs;
}

/** @throws AppError PLAN_OUTDATED where other records would go now; STORAGE_UNSAFE where the policy forbids the run */
export async function applyCompaction(fs: FileSystem, task: CompactionTask): Promise<RunRecord> {
  const { log, locked, broker, confirmed, journal, nowMs, signal, onProgress } = task;
  const policies = await readDirectoryPolicies(task.planFs, log.path, task.brokerConfigPath);
  const given = givenCompaction(confirmed);
  const kafkaVersion = confirmed.kafkaVersion ?? undefined;
  let planned: Bytes = 0;
  const inputs = {
    ...{ policies, broker, given, kafkaVersion, nowMs: confirmed.nowMs, signal },
    // The run reads what the plan has read once more.
    onProgress({ bytesDone, bytesTotal }: { bytesDone: Bytes; bytesTotal: Bytes }) {
      planned = bytesTotal;
      onProgress?.({ bytesDone, bytesTotal: 2 * bytesTotal });
    },
  };
  const compaction = await readCompactionPlan(task.planFs, log, inputs);
  const { shown } = compaction;
  const isCopy = locked.directory !== log.path;
  const refusal = isCopy ? compaction.damage : shown.refusal;
  if (refusal !== null) throw new AppError('STORAGE_UNSAFE', refusal, { path: log.path });
  const isSame =
    shown.eligible &&
    shown.firstDirtyOffset === confirmed.firstDirtyOffset &&
    shown.cleanableEndOffset === confirmed.cleanableEndOffset &&
    shown.bytesBefore === confirmed.bytesBefore &&
    shown.recordsAfter === confirmed.recordsAfter;
  if (!isSame || compaction.task === null) throw planOutdated(log.path);
  return runCompaction(fs, {
    lock: locked,
    segments: compaction.facts.segments,
    task: compaction.task,
    indexIntervalBytes: compaction.indexIntervalBytes,
    journal,
    groupId: RunJournal.newId(nowMs),
    nowMs,
    fileDeleteDelayMs: compaction.fileDeleteDelayMs,
    signal,
    onProgress: ({ bytesDone, bytesTotal }) =>
      onProgress?.({ bytesDone: planned + bytesDone, bytesTotal: planned + bytesTotal }),
  });
}
