/**
 * Files that retention or a compaction has renamed to .deleted and that wait for file.delete.delay.ms: what frees their space in the end.
 * When they are due, the log knows.
 */
import { join } from 'node:path';
import type { Bytes, Offset } from '../../../shared/units';
import type { FileSystem } from '../file-system';
import { DELETED_SUFFIX, LOG_SUFFIX, parseSegmentFileName } from '../format/file-names';
import { purgeDeletedFiles } from './delete-segments';
import type { OpenFiles } from './open-files';

export class PendingPurges {
  readonly #fs: FileSystem;
  readonly #directory: string;
  readonly #files: OpenFiles;
  readonly #waiting = new Set<readonly string[]>();

  constructor(fs: FileSystem, directory: string, files: OpenFiles) {
    this.#fs = fs;
    this.#directory = directory;
    this.#files = files;
  }

  /** @param names Of `.deleted` files. */
  add(names: readonly string[]): void {
    this.#waiting.add(names);
  }

  /** Removes the files; those that are gone already are fine. Readers let go of them first. @returns bytes of logs */
  async purge(names: readonly string[]): Promise<Bytes> {
    if (!this.#waiting.has(names)) return 0;
    let freedBytes = 0;
    for (const name of names) {
      const path = join(this.#directory, name);
      if (name.endsWith(LOG_SUFFIX + DELETED_SUFFIX))
        freedBytes += (await this.#fs.status(path))?.sizeInBytes ?? 0;
      await this.#files.release(path.slice(0, -DELETED_SUFFIX.length));
    }
    await purgeDeletedFiles(this.#fs, this.#directory, names);
    this.#waiting.delete(names);
    return freedBytes;
  }

  /** Of these segments: their names are wanted for others. */
  async purgeSegments(baseOffsets: ReadonlySet<Offset>): Promise<void> {
    for (const names of this.#waiting)
      if (names.some((name) => baseOffsets.has(parseSegmentFileName(name)?.baseOffset ?? -1)))
        await this.purge(names);
  }

  async purgeAll(): Promise<Bytes> {
    let freedBytes = 0;
    for (const names of this.#waiting) freedBytes += await this.purge(names);
    return freedBytes;
  }
}
