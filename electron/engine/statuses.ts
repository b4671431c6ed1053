/** The status of many files of a directory, several at once. How quickly the disk answers is the file system's: quick-file-system.ts. */
import { join } from 'node:path';
import type { FileStatus, ReadingFileSystem } from './file-system';
import { mapConcurrently } from './map-concurrently';

/** Of names of a directory. Joined once: a million calls of `join` with two parts take a second. */
export function pathsIn(directory: string, names: readonly string[]): string[] {
  const prefix = join(directory, '_').slice(0, -1);
  return names.map((name) => prefix + name);
}

/** In the order of the paths, as `status` has them. @throws AppError of the first that fails; the signal's reason */
export function statusesOf(
  fs: ReadingFileSystem,
  paths: readonly string[],
  signal?: AbortSignal,
): Promise<(FileStatus | null)[]> {
  return mapConcurrently(paths, (path) => {
    signal?.throwIfAborted();
    return fs.status(path);
  });
}
