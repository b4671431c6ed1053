/**
 * Runs a compaction on a log's files, and takes it back.
 *
 * The caller holds the directory's lock. The new segments are written beside the old ones and verified against them
 * (write-cleaned.ts); until then, a failure or a cancel leaves the log as it was. Then they are swapped in
 * (replace-segments.ts), and cleaner-offset-checkpoint is set. The old segments stay as `.deleted` files until purged.
 */
import { basename, join } from 'node:path';
import { AppError } from '../../../shared/errors';
import type { Bytes, Milliseconds, Offset, TimestampMs } from '../../../shared/units';
import { systemClock } from '../clock';
import type { LockedDirectory } from '../directory-lock';
import type { FileSystem } from '../file-system';
import { LOG_SUFFIX, offsetName, parseLogDirectoryName, parseSegmentFileName } from '../format/file-names';
import type { CleaningTask, SourceSegment } from '../rules/clean-log';
import { groupSegments } from '../rules/group-segments';
import type { KeyHash } from '../rules/key-hash';
import { WorkSlices } from '../work-slices';
import { type Partition, setCleanerCheckpoint } from './cleaner-checkpoint';
import { purgeDeletedFiles } from './delete-segments';
import { replaceSegments, settleReplacement, undoReplacement } from './replace-segments';
import { RunJournal, type RunRecord } from './run-journal';
import { requireUnchanged } from './segments-on-disk';
import { type CleanedLog, type CleaningWork, writeCleaned } from './write-cleaned';
import { inWriteMode } from './write-mode';

export interface CompactionRun {
  readonly lock: LockedDirectory;
  /** All of the log, ascending, as the plan saw them. */
  readonly segments: readonly SourceSegment[];
  readonly task: CleaningTask;
  /** index.interval.bytes */
  readonly indexIntervalBytes: Bytes;
  readonly journal: RunJournal;
  readonly groupId: string;
  readonly nowMs: TimestampMs;
  /** file.delete.delay.ms */
  readonly fileDeleteDelayMs: Milliseconds;
  readonly signal?: AbortSignal | undefined;
  /** As `CleaningWork` has it. */
  readonly onProgress?: CleaningWork['onProgress'];
  /** Of the offset map; tests pass a weak one. */
  readonly hash?: KeyHash;
}

/**
 * @throws AppError STORAGE_UNSAFE where an earlier run on the log was cut off, before any of it is read; PLAN_OUTDATED
 * where the files are no longer those of the plan; CORRUPT where a batch is damaged, or where the verification finds that a
 * record would be lost; the signal's reason when aborted. The log is then as it was
 */
export async function runCompaction(fs: FileSystem, run: CompactionRun): Promise<RunRecord> {
  const { lock, segments, task, journal, nowMs } = run;
  const { directory } = lock;
  await requireUnchanged(fs, directory, segments);
  const sources = segments.filter(({ baseOffset }) => baseOffset < task.endOffset);
  const newBaseOffsets = groupSegments(sources, task).map(([first]) => first!.baseOffset);
  const replacedBaseOffsets = sources.map(({ baseOffset }) => baseOffset);
  const record: RunRecord = {
    schema: 'strata.run/1',
    runId: RunJournal.newId(nowMs),
    groupId: run.groupId,
    kind: 'compaction',
    logPath: directory,
    startedAtMs: nowMs,
    state: 'running',
    deletedBaseOffsets: replacedBaseOffsets,
    newBaseOffsets,
    deletedFiles: [],
    freedBytes: 0,
    purgeDueAtMs: nowMs + run.fileDeleteDelayMs,
  };
  const earlier = await journal.requireNoneCutOff(directory);
  const begun = journal.beginChecked(record);
  begun.catch(() => {}); // told to whoever waits for it: nothing is written before the record stands
  let cleaned: CleanedLog;
  try {
    const slices = new WorkSlices(systemClock);
    cleaned = await writeCleaned(fs, { ...run, directory, slices, readyToWrite: begun });
  } catch (error) {
    await begun;
    await journal.write({ ...record, state: 'undone' });
    throw error;
  }
  return inWriteMode(fs, lock, async (changing) => {
    await begun;
    await purgeEarlier(changing, run, earlier);
    const { newEndOffset } = cleaned;
    const replacement = { newBaseOffsets, replacedBaseOffsets, newEndOffset };
    const deletedFiles = await replaceSegments(changing, directory, replacement);
    const before = await checkpoint(changing, lock, task.endOffset);
    const done: RunRecord = {
      ...record,
      ...(before === undefined ? {} : { cleanerCheckpointBefore: before }),
      state: 'done',
      newSizesInBytes: cleaned.segments.map(({ sizeInBytes }) => sizeInBytes),
      deletedFiles,
      freedBytes: cleaned.sizeBefore - cleaned.sizeAfter,
    };
    await journal.write(done);
    return done;
  });
}

/**
 * Takes a run back, also one that was cut off anywhere.
 * @throws AppError NOT_FOUND where a segment has been purged meanwhile, STORAGE_UNSAFE where what the run wrote has been
 * changed since: `.deleted` files may then be another's. Nothing is changed then
 */
export async function undoCompaction(fs: FileSystem, lock: LockedDirectory, run: RunRecord): Promise<void> {
  const { newBaseOffsets, deletedBaseOffsets: replacedBaseOffsets } = run;
  const { directory } = lock;
  const replacement = { newBaseOffsets, replacedBaseOffsets };
  const isCutOff = run.state === 'running';
  if (isCutOff && (await settleReplacement(fs, directory, replacement, 'remove')) === 'old') return;
  const back = { newBaseOffsets: replacedBaseOffsets, replacedBaseOffsets: newBaseOffsets };
  if (!isCutOff && (await hasSwaps(fs, directory))) {
    // An earlier attempt to take it back was cut off.
    if ((await settleReplacement(fs, directory, back, 'keep-deleted')) === 'new') return;
  } else if (!isCutOff) await requireAsWritten(fs, directory, run);
  if (run.cleanerCheckpointBefore !== undefined) await checkpoint(fs, lock, run.cleanerCheckpointBefore);
  else if (isCutOff) await checkpoint(fs, lock, null);
  await purgeDeletedFiles(fs, directory, await undoReplacement(fs, directory, replacement));
}

/** A broker, or a log that compacts itself, may have cleaned the same segments again. */
async function requireAsWritten(fs: FileSystem, directory: string, run: RunRecord): Promise<void> {
  for (const [index, sizeInBytes] of (run.newSizesInBytes ?? []).entries()) {
    const name = offsetName(run.newBaseOffsets[index]!) + LOG_SUFFIX;
    if ((await fs.status(join(directory, name)))?.sizeInBytes === sizeInBytes) continue;
    throw new AppError(
      'STORAGE_UNSAFE',
      `${name} has changed since the run, which cannot be undone any more.`,
      {
        path: directory,
        file: name,
      },
    );
  }
}

async function hasSwaps(fs: FileSystem, directory: string): Promise<boolean> {
  return (await fs.list(directory)).some(({ name }) => {
    const state = parseSegmentFileName(name)?.state;
    return state === 'cleaned' || state === 'swap';
  });
}

/** @returns what it was; undefined where the log stands alone, without a data directory */
async function checkpoint(
  fs: FileSystem,
  { directory, dataDirectory }: LockedDirectory,
  offset: Offset | null,
): Promise<Offset | null | undefined> {
  const name: Partition | null = parseLogDirectoryName(basename(directory));
  if (dataDirectory === null || name === null) return undefined;
  return setCleanerCheckpoint(fs, dataDirectory, name, offset);
}

/** The files of an earlier run would get the names of this one's: it cannot be undone any more. */
async function purgeEarlier(
  fs: FileSystem,
  { journal, lock }: CompactionRun,
  earlier: readonly RunRecord[],
): Promise<void> {
  for (const run of earlier) {
    if (run.kind === 'retention' || run.state !== 'done' || run.logPath !== lock.directory) continue;
    const taken = await journal.filesOfLaterRuns(run);
    const names = run.deletedFiles.filter((name) => !taken.has(name));
    await purgeDeletedFiles(fs, lock.directory, names);
    await journal.write({ ...run, state: 'purged' });
  }
}
