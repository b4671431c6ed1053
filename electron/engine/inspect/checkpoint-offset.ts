/**
 * One partition's offset in a checkpoint file of the data directory (OffsetCheckpointFile).
 *
 * A file that is missing, unreadable or not of this shape tells nothing: the broker treats it as empty too.
 */
import { AppError } from '../../../shared/errors';
import type { Offset } from '../../../shared/units';
import type { ReadingFileSystem } from '../file-system';
import { readOffsetCheckpoint } from '../format/checkpoint-files';
import { readSmallFile } from './read-small-file';

/** @returns The offset, or null where the file says nothing about this partition. */
export async function readCheckpointOffset(
  fs: ReadingFileSystem,
  path: string,
  { topic, partition }: { readonly topic: string; readonly partition: number | null },
): Promise<Offset | null> {
  try {
    const bytes = await readSmallFile(fs, path);
    const entries = bytes === null ? [] : readOffsetCheckpoint(bytes.toString('utf8'));
    if (typeof entries === 'string') return null;
    return entries.find((entry) => entry.topic === topic && entry.partition === partition)?.offset ?? null;
  } catch (error) {
    if (error instanceof AppError) return null; // reported where the side files are checked
    throw error;
  }
}
