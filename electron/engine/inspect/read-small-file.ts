/** Small files of a log or a data directory, whole: checkpoints, snapshots, transaction indexes. Reads only. */
import { AppError } from '../../../shared/errors';
import type { ReadingFileSystem } from '../file-system';
import { readFully } from '../read-fully';
import { withFile } from './read-index';

/** Larger than any of these files gets; more is not read. */
const SIZE_MAX = 64 * 1024 * 1024;

/** null where there is no such file. @throws AppError where there is one that cannot be read */
export async function readSmallFile(fs: ReadingFileSystem, path: string): Promise<Buffer | null> {
  try {
    return await withFile(fs, { path }, async (file) => {
      const { sizeInBytes } = await file.status();
      const bytes = Buffer.alloc(Math.min(sizeInBytes, SIZE_MAX));
      return bytes.subarray(0, await readFully(file, bytes, 0));
    });
  } catch (error) {
    if (error instanceof AppError && error.code === 'NOT_FOUND') return null;
    throw error;
  }
}
