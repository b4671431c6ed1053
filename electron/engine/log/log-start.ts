/**
 * The offset that a log begins at, whatever segments lie below it: raised durably before segments are deleted or brought
 * back, and lowered behind them, it makes the renaming of many files one step. Whoever opens the log in between, after a
 * crash too, finds all of them gone.
 *
 * In a data directory it is the log's entry in log-start-offset-checkpoint, which a broker follows (LogLoader.load). A log
 * that stands alone has a file of Strata's own in its directory.
 */
import { basename, join } from 'node:path';
import { AppError } from '../../../shared/errors';
import type { Offset } from '../../../shared/units';
import type { LockedDirectory } from '../directory-lock';
import type { FileSystem, ReadingFileSystem } from '../file-system';
import {
  encodeOffsetCheckpoint,
  LOG_START_CHECKPOINT,
  LONE_LOG_START_FILE,
  readLoneLogStart,
} from '../format/checkpoint-files';
import { parseLogDirectoryName } from '../format/file-names';
import { readWhole, writeAtomically } from './atomic-file';
import { checkpointEntry, type Partition, setCheckpointEntry } from './checkpoint-entry';

const LONE_BYTES_MAX = 64;

/**
 * null where nothing says more than the first segment does. A log that was moved into a data directory, which has no entry
 * of it, begins where its own file says.
 * @throws AppError CORRUPT as `loneLogStart`
 */
export async function logStartOf(fs: ReadingFileSystem, lock: LockedDirectory): Promise<Offset | null> {
  const place = checkpointPlace(lock);
  const entry = place === null ? null : await checkpointEntry(fs, place.path, place.own);
  return entry ?? (await loneLogStart(fs, lock.directory));
}

/** Durable when it returns. @param offset null: where the first segment begins */
export async function setLogStart(
  fs: FileSystem,
  lock: LockedDirectory,
  offset: Offset | null,
): Promise<void> {
  const place = checkpointPlace(lock);
  if (place !== null) {
    const { path, own } = place;
    await setCheckpointEntry(fs, { path, withoutEntries: encodeOffsetCheckpoint([]) }, own, offset);
    return;
  }
  const path = join(lock.directory, LONE_LOG_START_FILE);
  if (offset !== null) await writeAtomically(fs, path, Buffer.from(`${offset}\n`));
  else if ((await fs.status(path)) !== null) {
    await fs.removeFile(path);
    await fs.syncDirectory(lock.directory);
  }
}

/**
 * What a run left in the directory of a log that stands alone, or null.
 * @throws AppError CORRUPT where it is damaged: segments below the offset may be there in part
 */
export async function loneLogStart(fs: ReadingFileSystem, directory: string): Promise<Offset | null> {
  const path = join(directory, LONE_LOG_START_FILE);
  const bytes = await readWhole(fs, path, LONE_BYTES_MAX);
  const offset = bytes === null ? null : readLoneLogStart(Buffer.from(bytes).toString('utf8'));
  if (typeof offset !== 'string') return offset;
  throw new AppError('CORRUPT', `${LONE_LOG_START_FILE}: ${offset}.`, { path, reason: offset });
}

/**
 * What would be appended below the start could never be read. A broker deletes the whole log then (LogLoader.load).
 * @param logEndOffset Exclusive; a log may begin there, empty.
 * @throws AppError CORRUPT
 */
export function requireStartInLog(directory: string, logStartOffset: Offset, logEndOffset: Offset): void {
  if (logStartOffset <= logEndOffset) return;
  const reason = `the log start offset is ${logStartOffset}, and the log ends at ${logEndOffset}`;
  throw new AppError('CORRUPT', `${directory}: ${reason}.`, { path: directory, reason });
}

function checkpointPlace({ directory, dataDirectory }: LockedDirectory) {
  if (dataDirectory === null) return null;
  const name = parseLogDirectoryName(basename(directory));
  // A log that is being deleted, or that a broker does not know, has no entry: that is of another one with its topic.
  if (name !== null && name.state !== 'current' && name.state !== 'future') return null;
  const own: Partition = name ?? { topic: basename(directory), partition: 0 };
  return { path: join(dataDirectory, LOG_START_CHECKPOINT), own };
}
