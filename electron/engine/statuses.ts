/**
 * The status of many files of a directory: a million of them take seconds where each question to a thread of Node's own
 * would take minutes.
 *
 * A disk that answers from memory is asked at once, piece by piece with the thread's other work in between; one that keeps
 * a piece waiting is asked for several files together instead, so that nothing is held up by it.
 */
import { join } from 'node:path';
import { setImmediate as afterOtherWork } from 'node:timers/promises';
import type { FileStatus, ReadingFileSystem } from './file-system';
import { mapConcurrently } from './map-concurrently';

/** What is asked for at once between two looks at the clock. */
const PIECE_FILES = 256;
/** The thread's other work waits no longer. */
const TURN_MS = 10;
/** From memory a piece takes about one; a disk with moving parts, or one behind a network, takes this for a few files. */
const SLOW_PIECE_MS = 25;
/** After such a piece: then the disk is tried at once again. */
const TOGETHER_FILES = 4_096;

/** Of names of a directory. Joined once: a million calls of `join` with two parts take a second. */
export function pathsIn(directory: string, names: readonly string[]): string[] {
  const prefix = join(directory, '_').slice(0, -1);
  return names.map((name) => prefix + name);
}

/** In the order of the paths, as `status` has them. @throws AppError of the first that fails; the signal's reason */
export async function statusesOf(
  fs: ReadingFileSystem,
  paths: readonly string[],
  signal?: AbortSignal,
): Promise<(FileStatus | null)[]> {
  const found: (FileStatus | null)[] = [];
  let turnBeganAtMs = performance.now();
  while (found.length < paths.length) {
    signal?.throwIfAborted();
    const { statusAtOnce } = fs;
    const beganAtMs = performance.now();
    if (statusAtOnce !== undefined)
      for (const path of paths.slice(found.length, found.length + PIECE_FILES))
        found.push(statusAtOnce(path));
    if (statusAtOnce === undefined || performance.now() - beganAtMs > SLOW_PIECE_MS) {
      const next = paths.slice(found.length, found.length + TOGETHER_FILES);
      for (const status of await mapConcurrently(next, (path) => fs.status(path))) found.push(status);
    }
    if (performance.now() - turnBeganAtMs < TURN_MS) continue;
    await afterOtherWork();
    turnBeganAtMs = performance.now();
  }
  return found;
}
