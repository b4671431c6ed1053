/**
 * The regular files of one directory as the file system describes them. Opens none of them.
 *
 * A file that goes away while it is looked at was not there. Nothing here compares: see packed-files.ts.
 */
import { join } from 'node:path';
import type { ReadingFileSystem } from '../engine/file-system';
import { mapConcurrently } from '../engine/map-concurrently';
import type { FileState } from './packed-files';

/** Sorted by name. @throws AppError NOT_FOUND, NOT_A_DIRECTORY, PERMISSION_DENIED */
export async function readFileStates(fs: ReadingFileSystem, directory: string): Promise<FileState[]> {
  const entries = await fs.list(directory);
  const names = entries.filter(({ kind }) => kind === 'file').map(({ name }) => name);
  const states = await mapConcurrently(names, (name) => stateOf(fs, directory, name));
  return states.filter((state) => state !== null).sort((a, b) => (a.name < b.name ? -1 : 1));
}

async function stateOf(fs: ReadingFileSystem, directory: string, name: string): Promise<FileState | null> {
  const status = await fs.status(join(directory, name));
  if (status === null) return null;
  const { sizeInBytes, modifiedAtMs, inode } = status;
  return { name, sizeInBytes, modifiedAtMs, inode };
}
