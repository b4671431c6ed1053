/**
 * The files of one directory as the file system describes them. Opens none of them.
 *
 * A file that goes away while it is looked at was not there. Nothing here compares: see packed-files.ts.
 */
import type { DirectoryEntry, FileStatus, ReadingFileSystem } from '../engine/file-system';
import { pathsIn, statusesOf } from '../engine/statuses';
import type { FileState } from './packed-files';

const isFile = ({ kind }: DirectoryEntry) => kind === 'file';

/**
 * Sorted by name. Asks for regular files only: a directory among them may be a mount that answers nobody.
 * @throws AppError NOT_FOUND, NOT_A_DIRECTORY, PERMISSION_DENIED
 */
export async function readFileStates(
  fs: ReadingFileSystem,
  directory: string,
  signal?: AbortSignal,
): Promise<FileState[]> {
  const entries = await fs.list(directory);
  return fileStates(await look(fs, directory, entries.filter(isFile), signal));
}

export interface LookedAtEntry extends DirectoryEntry {
  readonly status: FileStatus;
}

/** All that is in a directory, files or not. @throws as above */
export async function lookAtEntries(
  fs: ReadingFileSystem,
  directory: string,
  signal?: AbortSignal,
): Promise<LookedAtEntry[]> {
  return look(fs, directory, await fs.list(directory), signal);
}

async function look(
  fs: ReadingFileSystem,
  directory: string,
  listed: readonly DirectoryEntry[],
  signal: AbortSignal | undefined,
): Promise<LookedAtEntry[]> {
  const names = listed.map(({ name }) => name);
  const statuses = await statusesOf(fs, pathsIn(directory, names), signal);
  const entries: LookedAtEntry[] = [];
  for (const [index, status] of statuses.entries())
    if (status !== null) entries.push({ name: names[index]!, kind: status.kind, status });
  return entries;
}

/** The regular files among them, sorted by name. */
export function fileStates(entries: readonly LookedAtEntry[]): FileState[] {
  const states: FileState[] = [];
  for (const { name, status } of entries) {
    const { kind, sizeInBytes, modifiedAtMs, inode } = status;
    if (kind === 'file') states.push({ name, sizeInBytes, modifiedAtMs, inode });
  }
  return states.sort((a, b) => (a.name < b.name ? -1 : 1));
}
