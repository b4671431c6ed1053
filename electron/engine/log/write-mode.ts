/**
 * Write mode over a log in a data directory: the clean-shutdown marker goes before the first change and comes back,
 * byte for byte, when all is done, or when it was refused with nothing changed. After a failure half-way it stays away:
 * the next broker then recovers the log, as it should.
 */
import { join } from 'node:path';
import type { LockedDirectory } from '../directory-lock';
import type { FileSystem } from '../file-system';
import { CLEAN_SHUTDOWN_MARKER } from '../format/file-names';
import { readWhole, writeAtomically } from './atomic-file';

const MARKER_BYTES_MAX = 64 * 1024;

/**
 * Runs the changes under a lock that the caller holds, all of them through the file system that `change` is given.
 * What it throws is passed on.
 */
export async function inWriteMode<T>(
  fs: FileSystem,
  lock: LockedDirectory,
  change: (fs: FileSystem) => Promise<T>,
): Promise<T> {
  if (lock.dataDirectory === null) return change(fs);
  const path = join(lock.dataDirectory, CLEAN_SHUTDOWN_MARKER);
  const marker = await readWhole(fs, path, MARKER_BYTES_MAX);
  if (marker === null) return change(fs);
  await fs.removeFile(path);
  await fs.syncDirectory(lock.dataDirectory);
  let hasChanged = false;
  const noticing = noticingChanges(fs, () => {
    hasChanged = true;
  });
  try {
    const result = await change(noticing);
    await writeAtomically(fs, path, marker);
    return result;
  } catch (error) {
    if (!hasChanged) await writeAtomically(fs, path, marker);
    throw error;
  }
}

/** The same file system, which tells before anything in it is changed. */
function noticingChanges(fs: FileSystem, onChange: () => void): FileSystem {
  const noticed = <A extends unknown[], R>(operation: (...args: A) => R) => {
    return (...args: A): R => {
      onChange();
      return operation(...args);
    };
  };
  return {
    openForReading: (path) => fs.openForReading(path),
    list: (directory) => fs.list(directory),
    status: (path) => fs.status(path),
    realPath: (path) => fs.realPath(path),
    diskSpace: (path) => fs.diskSpace(path),
    syncDirectory: (path) => fs.syncDirectory(path),
    openForWriting: noticed((path, mode) => fs.openForWriting(path, mode)),
    rename: noticed((from, to) => fs.rename(from, to)),
    removeFile: noticed((path) => fs.removeFile(path)),
    createDirectory: noticed((path) => fs.createDirectory(path)),
    removeDirectory: noticed((path) => fs.removeDirectory(path)),
    setModifiedAt: noticed((path, timestampMs) => fs.setModifiedAt(path, timestampMs)),
  };
}
