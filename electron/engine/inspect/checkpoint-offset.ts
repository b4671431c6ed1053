/**
 * One partition's offset in a checkpoint file of the data directory (OffsetCheckpointFile).
 *
 *   line 1: version 0;  line 2: number of entries;  then a line for each: topic partition offset
 *
 * A file that is missing, unreadable or not of this shape tells nothing: the broker treats it as empty too.
 */
import { AppError } from '../../../shared/errors';
import type { Offset } from '../../../shared/units';
import type { ReadingFileSystem } from '../file-system';
import { withFile } from './read-index';

const CHECKPOINT_BYTES_MAX = 16 * 1024 * 1024;
const HEADER_LINES = 2;

/** @returns The offset, or null where the file says nothing about this partition. */
export async function readCheckpointOffset(
  fs: ReadingFileSystem,
  path: string,
  { topic, partition }: { readonly topic: string; readonly partition: number | null },
): Promise<Offset | null> {
  const text = await readText(fs, path);
  if (text === null || partition === null) return null;
  const lines = text.split(/\r?\n/);
  if (lines[0] !== '0') return null;
  for (const line of lines.slice(HEADER_LINES)) {
    const fields = line.split(' ');
    if (fields.length !== 3 || fields[0] !== topic || Number(fields[1]) !== partition) continue;
    const offset = Number(fields[2]);
    return Number.isSafeInteger(offset) && offset >= 0 ? offset : null;
  }
  return null;
}

async function readText(fs: ReadingFileSystem, path: string): Promise<string | null> {
  try {
    return await withFile(fs, { path }, async (file) => {
      const { sizeInBytes } = await file.status();
      const bytes = Buffer.alloc(Math.min(sizeInBytes, CHECKPOINT_BYTES_MAX));
      const count = await file.read(bytes, 0);
      return bytes.toString('utf8', 0, count);
    });
  } catch (error) {
    if (error instanceof AppError) return null;
    throw error;
  }
}
