/**
 * The file system as an open log uses it: the first fsync that fails, of a file or of a directory, is told before anybody
 * can try again. The second one may succeed with the data lost (RELIABILITY hazard 3).
 *
 * When writing stops is the caller's to say. Everything else goes through as it is.
 */
import { AppError } from '../../../shared/errors';
import type { FileSystem, WritableFile } from '../file-system';

/** @param stop Takes the error of the fsync. @returns what to throw in its place */
export function stoppingSyncs(fs: FileSystem, stop: (error: unknown) => unknown): FileSystem {
  const orStop = (sync: Promise<void>) =>
    sync.catch((error: unknown) => {
      throw stop(error);
    });
  return {
    openForReading: (path) => fs.openForReading(path),
    list: (directory) => fs.list(directory),
    status: (path) => fs.status(path),
    realPath: (path) => fs.realPath(path),
    diskSpace: (path) => fs.diskSpace(path),
    syncDirectory: (path) => orStop(fs.syncDirectory(path)),
    openForWriting: async (path, mode) => stoppingFile(await fs.openForWriting(path, mode), orStop),
    rename: (from, to) => fs.rename(from, to),
    removeFile: (path) => fs.removeFile(path),
    createDirectory: (path) => fs.createDirectory(path),
    removeDirectory: (path) => fs.removeDirectory(path),
    setModifiedAt: (path, timestampMs) => fs.setModifiedAt(path, timestampMs),
  };
}

function stoppingFile(file: WritableFile, orStop: (sync: Promise<void>) => Promise<void>): WritableFile {
  return {
    read: (target, position) => file.read(target, position),
    status: () => file.status(),
    close: () => file.close(),
    write: (bytes, position) => file.write(bytes, position),
    truncate: (sizeInBytes) => file.truncate(sizeInBytes),
    sync: () => orStop(file.sync()),
    tryLock: () => file.tryLock(),
  };
}

/** What every change of a log is refused with after that, until it is opened again. */
export function writingStopped(directory: string, error: unknown): AppError {
  const message = error instanceof Error ? error.message : String(error);
  return new AppError(
    'STORAGE_FAILED',
    `Writing to the log has stopped: ${message}. Open it again to recover it.`,
    { path: directory, cause: error instanceof AppError ? error.code : 'UNKNOWN' },
    { cause: error },
  );
}
