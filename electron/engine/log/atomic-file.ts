/**
 * Small files written as a whole (AtomicFile of the checkpoints): a temporary file, fsync, rename, fsync of the
 * directory. After a crash either the old or the new content is there. Knows nothing of the content.
 */
import { dirname } from 'node:path';
import type { Bytes } from '../../../shared/units';
import type { FileSystem, ReadingFileSystem } from '../file-system';
import { readFully } from '../read-fully';

const TEMPORARY_SUFFIX = '.tmp';

export async function writeAtomically(fs: FileSystem, path: string, bytes: Uint8Array): Promise<void> {
  const temporary = path + TEMPORARY_SUFFIX;
  try {
    await writeWhole(fs, temporary, bytes);
    await fs.rename(temporary, path);
  } catch (error) {
    await fs.removeFile(temporary).catch(() => {}); // it may never have been there
    throw error;
  }
  await fs.syncDirectory(dirname(path));
}

/**
 * As `writeAtomically`, for what nobody misses after a loss of power: nothing is synced, so that no append waits for it.
 * Other processes see the old content or the new.
 */
export async function replaceFile(fs: FileSystem, path: string, bytes: Uint8Array): Promise<void> {
  const temporary = path + TEMPORARY_SUFFIX;
  try {
    const file = await fs.openForWriting(temporary, 'existing-or-new');
    try {
      await file.truncate(0);
      await file.write(bytes, 0);
    } finally {
      await file.close();
    }
    await fs.rename(temporary, path);
  } catch (error) {
    await fs.removeFile(temporary).catch(() => {}); // it may never have been there
    throw error;
  }
}

/** Writes and syncs the content; the name is not yet durable. */
export async function writeWhole(fs: FileSystem, path: string, bytes: Uint8Array): Promise<void> {
  const file = await fs.openForWriting(path, 'existing-or-new');
  try {
    await file.truncate(0);
    await file.write(bytes, 0);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** The content up to `maxBytes`, or null where there is no such file. */
export async function readWhole(
  fs: ReadingFileSystem,
  path: string,
  maxBytes: Bytes,
): Promise<Uint8Array | null> {
  if ((await fs.status(path)) === null) return null;
  const file = await fs.openForReading(path);
  try {
    const { sizeInBytes } = await file.status();
    const bytes = Buffer.alloc(Math.min(sizeInBytes, maxBytes));
    return bytes.subarray(0, await readFully(file, bytes, 0));
  } finally {
    await file.close();
  }
}
