/**
 * Deletes the oldest segments of a closed log as one step, or brings them back: after a crash anywhere in between the log
 * reads as entirely old or entirely new.
 *
 * Renames reach the disk in any order, so that a crash among them would leave a hole. Before the first one the log's start
 * is therefore raised to behind the last of them (log-start.ts): what is below no longer counts, and in a data directory one
 * sync does for all. The renames still go from the oldest up, which is the order that the journals of ext4, xfs and others
 * keep, for a reader that does not know the log's start. Which files there were, the run's journal names.
 *
 * A log that stands alone has its start in a file of Strata's own, which a broker does not read. There the directory is
 * synced after each segment too, so that whoever reads the files alone finds a prefix gone, and never a hole.
 *
 * Raising the start takes a block of the disk. Where there is none, the segments go one by one (delete-segments.ts).
 */
import { join } from 'node:path';
import { AppError } from '../../../shared/errors';
import type { Offset } from '../../../shared/units';
import type { LockedDirectory } from '../directory-lock';
import type { FileSystem } from '../file-system';
import {
  DELETED_SUFFIX,
  LOG_SUFFIX,
  offsetName,
  parseSegmentFileName,
  SEGMENT_SUFFIXES,
  SNAPSHOT_SUFFIX,
} from '../format/file-names';
import { ascending, markSegmentsDeleted, requireDeletedLogs } from './delete-segments';
import { logStartOf, setLogStart } from './log-start';

export interface DeletedPrefix {
  /** Ascending. */
  readonly baseOffsets: readonly Offset[];
  /** Names of their files without `.deleted`, in the order of the segments. */
  readonly files: readonly string[];
  /** Where the log begins behind them. */
  readonly endOffset: Offset;
  /** What the log's start was set to before; null for nothing. */
  readonly logStartBefore: Offset | null;
}

const SUFFIXES = [...SEGMENT_SUFFIXES, SNAPSHOT_SUFFIX];

/** The files that there are of the segments, as `deletePrefix` renames them. */
export async function filesOfSegments(
  fs: FileSystem,
  directory: string,
  baseOffsets: readonly Offset[],
): Promise<string[]> {
  const there = await fileNames(fs, directory);
  return ascending(baseOffsets).flatMap((baseOffset) =>
    SUFFIXES.map((suffix) => offsetName(baseOffset) + suffix).filter((name) => there.has(name)),
  );
}

/**
 * Renames the files to `.deleted`; one of the same name is replaced, so that only the latest deletion can be undone. An
 * error on the way leaves the log without them, and the rest to be done or undone.
 * @param onSegment Called behind each segment, with its base offset.
 */
export async function deletePrefix(
  fs: FileSystem,
  lock: LockedDirectory,
  prefix: DeletedPrefix,
  onSegment?: (baseOffset: Offset) => void,
): Promise<void> {
  const { directory } = lock;
  if (!(await raised(fs, lock, prefix))) {
    await markSegmentsDeleted(fs, directory, prefix.baseOffsets, { onSegment });
    return;
  }
  const there = await fileNames(fs, directory);
  await syncIfAlone(fs, lock);
  let last: Offset | null = null;
  for (const name of prefix.files) {
    if (!there.has(name)) continue;
    const { baseOffset } = parseSegmentFileName(name)!;
    if (last !== null && last !== baseOffset) {
      await syncIfAlone(fs, lock);
      onSegment?.(last);
    }
    last = baseOffset;
    await fs.rename(join(directory, name), join(directory, name + DELETED_SUFFIX));
  }
  if (last !== null) onSegment?.(last);
  await fs.syncDirectory(directory);
  // Where the log begins now, its first segment tells; a start behind that is a broker's, or of another run.
  if ((await logStartOf(fs, lock)) === prefix.endOffset) await setLogStart(fs, lock, null);
}

/**
 * Takes `deletePrefix` back, also where that, or an earlier attempt to take it back, was cut off: files that have their own
 * names stay as they are.
 * @throws AppError as `requireRestorable`; DISK_FULL. Nothing is renamed then
 */
export async function restorePrefix(
  fs: FileSystem,
  lock: LockedDirectory,
  prefix: DeletedPrefix,
): Promise<void> {
  const { directory } = lock;
  const { logStartBefore, endOffset } = prefix;
  const current = (await logStartOf(fs, lock)) ?? 0;
  if (current < endOffset) await setLogStart(fs, lock, endOffset);
  const there = await fileNames(fs, directory);
  // An attempt that failed may have renamed newer ones without being able to sync.
  await syncIfAlone(fs, lock);
  let last: Offset | null = null;
  for (const name of prefix.files.toReversed()) {
    if (there.has(name) || !there.has(name + DELETED_SUFFIX)) continue;
    const { baseOffset } = parseSegmentFileName(name)!;
    if (last !== null && last !== baseOffset) await syncIfAlone(fs, lock);
    last = baseOffset;
    await fs.rename(join(directory, name + DELETED_SUFFIX), join(directory, name));
  }
  await fs.syncDirectory(directory);
  // A start behind the run's end is not of this run: records below it were deleted on purpose.
  if (current <= endOffset) await setLogStart(fs, lock, logStartBefore);
}

/**
 * @throws AppError NOT_FOUND where a deleted segment has been purged meanwhile, STORAGE_UNSAFE where segments behind them
 * are gone too by now: bringing these back would leave a hole
 */
export async function requireRestorable(
  fs: FileSystem,
  directory: string,
  { baseOffsets, endOffset }: Pick<DeletedPrefix, 'baseOffsets' | 'endOffset'>,
): Promise<void> {
  const there = await fileNames(fs, directory);
  const isStanding = (baseOffset: Offset) => there.has(offsetName(baseOffset) + LOG_SUFFIX);
  const away = baseOffsets.filter((baseOffset) => !isStanding(baseOffset));
  await requireDeletedLogs(fs, directory, away);
  if (away.length === 0 || isStanding(endOffset)) return;
  throw new AppError(
    'STORAGE_UNSAFE',
    `The segment at ${endOffset}, behind those of the run, is gone by now; with these back there would be a hole.`,
    { path: directory, baseOffset: endOffset },
  );
}

/** Between two segments. */
async function syncIfAlone(fs: FileSystem, { directory, dataDirectory }: LockedDirectory): Promise<void> {
  if (dataDirectory === null) await fs.syncDirectory(directory);
}

/** @returns false where the disk has no room for it */
async function raised(fs: FileSystem, lock: LockedDirectory, { endOffset }: DeletedPrefix): Promise<boolean> {
  if (((await logStartOf(fs, lock)) ?? 0) >= endOffset) return true;
  try {
    await setLogStart(fs, lock, endOffset);
    return true;
  } catch (error) {
    if (error instanceof AppError && error.code === 'DISK_FULL') return false;
    throw error;
  }
}

async function fileNames(fs: FileSystem, directory: string): Promise<Set<string>> {
  const entries = await fs.list(directory);
  return new Set(entries.filter(({ kind }) => kind === 'file').map(({ name }) => name));
}
