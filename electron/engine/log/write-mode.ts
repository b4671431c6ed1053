/**
 * Write mode over a log in a data directory: the clean-shutdown marker goes before the first change and comes back,
 * byte for byte, when all is done. If that does not come to pass, the next broker recovers the log, as it should.
 */
import { join } from 'node:path';
import type { LockedDirectory } from '../directory-lock';
import type { FileSystem } from '../file-system';
import { CLEAN_SHUTDOWN_MARKER } from '../format/file-names';
import { readWhole, writeAtomically } from './atomic-file';

const MARKER_BYTES_MAX = 64 * 1024;

/** Runs the changes under a lock that the caller holds. What `change` throws is passed on; the marker then stays away. */
export async function inWriteMode<T>(
  fs: FileSystem,
  lock: LockedDirectory,
  change: () => Promise<T>,
): Promise<T> {
  if (lock.dataDirectory === null) return change();
  const path = join(lock.dataDirectory, CLEAN_SHUTDOWN_MARKER);
  const marker = await readWhole(fs, path, MARKER_BYTES_MAX);
  if (marker === null) return change();
  await fs.removeFile(path);
  await fs.syncDirectory(lock.dataDirectory);
  const result = await change();
  await writeAtomically(fs, path, marker);
  return result;
}
