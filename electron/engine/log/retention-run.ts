/**
 * Runs a retention plan on a log's files, and takes runs back or frees their space.
 *
 * The caller holds the directory's lock. The plan is applied exactly, or not at all: where the segments are no longer
 * those it was made from, it is refused. After a crash in the middle the log reads as before the run or as after it
 * (delete-prefix.ts), and the journal knows the run and every file of it, so that it can be undone.
 */
import { join } from 'node:path';
import { AppError } from '../../../shared/errors';
import type { RetentionPlan } from '../../../shared/plan/retention-plan';
import type { Bytes, Milliseconds, Offset, TimestampMs } from '../../../shared/units';
import type { LockedDirectory } from '../directory-lock';
import type { FileSystem } from '../file-system';
import {
  DELETED_SUFFIX,
  LOG_SUFFIX,
  OFFSET_INDEX_SUFFIX,
  offsetName,
  parseSegmentFileName,
  TIME_INDEX_SUFFIX,
} from '../format/file-names';
import { writeWhole } from './atomic-file';
import { undoCompaction } from './compaction-run';
import {
  type DeletedPrefix,
  deletePrefix,
  filesOfSegments,
  requireRestorable,
  restorePrefix,
} from './delete-prefix';
import { purgeDeletedFiles, undoDeletion } from './delete-segments';
import { logStartOf } from './log-start';
import { requireReplaceable, undoIndexRebuild } from './rebuild-indexes';
import { RunJournal, type RunRecord } from './run-journal';
import { requireUnchanged, segmentsOnDisk } from './segments-on-disk';
import { inWriteMode } from './write-mode';

export interface RetentionRun {
  readonly lock: LockedDirectory;
  readonly plan: RetentionPlan;
  /** End of the log when the plan was made: base offset of a segment that is rolled. */
  readonly logEndOffset: Offset;
  readonly journal: RunJournal;
  readonly groupId: string;
  readonly nowMs: TimestampMs;
  /** file.delete.delay.ms */
  readonly fileDeleteDelayMs: Milliseconds;
  /** Bytes of the segments that are renamed so far. */
  readonly onProgress?: (bytesDone: Bytes) => void;
}

/** @throws AppError PLAN_OUTDATED where the files are no longer those of the plan */
export async function runRetention(fs: FileSystem, run: RetentionRun): Promise<RunRecord> {
  const { lock, plan, logEndOffset, journal, groupId, nowMs, fileDeleteDelayMs, onProgress } = run;
  const { directory } = lock;
  await requireUnchanged(fs, directory, [...plan.deletions, ...plan.kept]);
  const deletedBaseOffsets = plan.deletions.map(({ baseOffset }) => baseOffset);
  const files = await filesOfSegments(fs, directory, deletedBaseOffsets);
  const record: RunRecord = {
    schema: 'strata.run/1',
    runId: RunJournal.newId(nowMs),
    groupId,
    kind: 'retention',
    logPath: directory,
    startedAtMs: nowMs,
    state: 'running',
    deletedBaseOffsets,
    newBaseOffsets: plan.rollsActiveSegment ? [logEndOffset] : [],
    logStart: { after: plan.deletions.at(-1)!.endOffset, before: await logStartOf(fs, lock) },
    deletedFiles: files.map((name) => name + DELETED_SUFFIX),
    freedBytes: plan.freedBytes,
    purgeDueAtMs: nowMs + fileDeleteDelayMs,
  };
  await journal.begin(record);
  return inWriteMode(fs, lock, async (changing) => {
    if (plan.rollsActiveSegment) await rollEmptySegment(changing, directory, logEndOffset);
    const sizes = new Map(plan.deletions.map(({ baseOffset, sizeInBytes }) => [baseOffset, sizeInBytes]));
    let bytesDone = 0;
    await deletePrefix(changing, lock, prefixOf(record), (baseOffset) => {
      bytesDone += sizes.get(baseOffset)!;
      onProgress?.(bytesDone);
    });
    const done: RunRecord = { ...record, state: 'done' };
    await journal.write(done);
    return done;
  });
}

function prefixOf({ deletedBaseOffsets, deletedFiles, logStart }: RunRecord): DeletedPrefix {
  return {
    baseOffsets: deletedBaseOffsets,
    files: deletedFiles.map((name) => name.slice(0, -DELETED_SUFFIX.length)),
    endOffset: logStart!.after,
    logStartBefore: logStart!.before,
  };
}

/**
 * @throws AppError NOT_FOUND where a segment has been purged meanwhile, STORAGE_UNSAFE where a later run on the same
 * log was not undone, or where it lost segments otherwise: they would be missing behind those that come back. Nothing is
 * changed then
 */
export async function undoRun(
  fs: FileSystem,
  lock: LockedDirectory,
  journal: RunJournal,
  run: RunRecord,
): Promise<RunRecord> {
  await requireLatest(journal, run);
  if (run.kind === 'rebuild-index') await requireReplaceable(fs, lock, run);
  return inWriteMode(fs, lock, async (changing) => {
    const { newBaseOffsets } = run;
    if (run.kind === 'compaction') await undoCompaction(changing, lock, run);
    else if (run.kind === 'rebuild-index') await undoIndexRebuild(changing, lock, journal, run);
    else {
      await undoRetention(changing, lock, run);
      for (const baseOffset of newBaseOffsets) await removeEmptySegment(changing, lock.directory, baseOffset);
    }
    const undone: RunRecord = { ...run, state: 'undone' };
    await journal.write(undone);
    return undone;
  });
}

async function undoRetention(fs: FileSystem, lock: LockedDirectory, run: RunRecord): Promise<void> {
  if (run.logStart === undefined) {
    await undoDeletion(fs, lock.directory, run.deletedBaseOffsets);
    return;
  }
  const prefix = prefixOf(run);
  await requireRestorable(fs, lock.directory, prefix);
  await restorePrefix(fs, lock, prefix);
}

/**
 * Removes the `.deleted` files of a run, but not those whose names a later one has taken. Retention that was cut off is
 * brought to its end first, so that what is left of its segments goes too. @returns The run, with the bytes that it really freed: indexes count.
 */
export async function purgeRun(
  fs: FileSystem,
  lock: LockedDirectory,
  journal: RunJournal,
  run: RunRecord,
): Promise<RunRecord> {
  if (run.kind === 'retention') await finishDeletion(fs, lock, run);
  const taken = await journal.filesOfLaterRuns(run);
  const found = run.kind === 'rebuild-index' ? run.deletedFiles : await deletedNames(fs, lock, run);
  const names = found.filter((name) => !taken.has(name));
  const freedBytes = await purgeDeletedFiles(fs, lock.directory, names);
  const purged: RunRecord = { ...run, state: 'purged', freedBytes };
  await journal.write(purged);
  return purged;
}

/** Of a run, or of its undo, that was cut off behind its first change; before that nothing has happened. */
async function finishDeletion(fs: FileSystem, lock: LockedDirectory, run: RunRecord): Promise<void> {
  if (run.logStart === undefined) return;
  const prefix = prefixOf(run);
  const { endOffset, baseOffsets } = prefix;
  const isRaised = (await logStartOf(fs, lock)) === endOffset;
  const standing = new Set(await segmentsOnDisk(fs, lock.directory));
  // Without the segment behind them, what has their names by now may hold what was behind them: a compaction joins segments.
  if (!standing.has(endOffset)) return;
  const isPart = run.state === 'running' && baseOffsets.some((baseOffset) => !standing.has(baseOffset));
  if (isRaised || isPart) await inWriteMode(fs, lock, (changing) => deletePrefix(changing, lock, prefix));
}

/** Of its segments, also where the run was cut off. */
async function deletedNames(
  fs: FileSystem,
  { directory }: LockedDirectory,
  run: RunRecord,
): Promise<string[]> {
  const segments = new Set(run.deletedBaseOffsets);
  return (await fs.list(directory))
    .map(({ name }) => name)
    .filter((name) => {
      const parsed = parseSegmentFileName(name);
      return parsed?.state === 'deleted' && segments.has(parsed.baseOffset);
    });
}

async function requireLatest(journal: RunJournal, { runId, logPath }: RunRecord): Promise<void> {
  const later = (await journal.runsOn(logPath)).find((run) => run.runId > runId && run.state !== 'undone');
  if (later === undefined) return;
  const what = later.state === 'purged' ? 'freed its space and cannot be undone' : 'has to be undone first';
  throw new AppError('STORAGE_UNSAFE', `A later run on this log ${what}.`, { runId: later.runId });
}

const EMPTY = new Uint8Array(0);
const NEW_SEGMENT_SUFFIXES = [OFFSET_INDEX_SUFFIX, TIME_INDEX_SUFFIX, LOG_SUFFIX];

/** Indexes first: a .log without them would be recovered. */
async function rollEmptySegment(fs: FileSystem, directory: string, baseOffset: Offset): Promise<void> {
  for (const suffix of NEW_SEGMENT_SUFFIXES)
    await writeWhole(fs, join(directory, offsetName(baseOffset) + suffix), EMPTY);
  await fs.syncDirectory(directory);
}

/** One that has been written to meanwhile stays. Of one that is half written or half removed, the rest goes. */
async function removeEmptySegment(fs: FileSystem, directory: string, baseOffset: Offset): Promise<void> {
  const path = (suffix: string) => join(directory, offsetName(baseOffset) + suffix);
  if (((await fs.status(path(LOG_SUFFIX)))?.sizeInBytes ?? 0) > 0) return;
  for (const suffix of NEW_SEGMENT_SUFFIXES.toReversed())
    if ((await fs.status(path(suffix))) !== null) await fs.removeFile(path(suffix));
  await fs.syncDirectory(directory);
}
