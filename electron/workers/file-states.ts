/**
 * The files of one directory as the file system describes them. Opens none of them.
 *
 * A file that goes away while it is looked at was not there; one that is none of a log's and cannot be looked at is left
 * out. Nothing here compares: see packed-files.ts.
 */
import { AppError } from '../../shared/errors';
import type { DirectoryEntry, ReadingFileSystem } from '../engine/file-system';
import { parseSegmentFileName } from '../engine/format/file-names';
import type { ListedEntry } from '../engine/inspect/log-files';
import { mapConcurrently } from '../engine/map-concurrently';
import { pathsIn } from '../engine/statuses';
import type { FileState } from './packed-files';

const isFile = ({ kind }: DirectoryEntry) => kind === 'file';

/**
 * Sorted by name. Asks for regular files only: a directory among them may be a mount that answers nobody.
 * @throws AppError NOT_FOUND, NOT_A_DIRECTORY, PERMISSION_DENIED
 */
export async function readFileStates(fs: ReadingFileSystem, directory: string): Promise<FileState[]> {
  const entries = await fs.list(directory);
  return fileStates(await look(fs, directory, entries.filter(isFile)));
}

/**
 * All that is in a directory. Regular files have their status, and whatever is named like a segment's file; others are not
 * asked for it, for the same reason.
 * @throws as above
 */
export async function lookAtEntries(
  fs: ReadingFileSystem,
  directory: string,
  signal?: AbortSignal,
): Promise<ListedEntry[]> {
  return look(fs, directory, await fs.list(directory), signal);
}

async function look(
  fs: ReadingFileSystem,
  directory: string,
  listed: readonly DirectoryEntry[],
  signal?: AbortSignal,
): Promise<ListedEntry[]> {
  const paths = pathsIn(
    directory,
    listed.map(({ name }) => name),
  );
  const entries = await mapConcurrently(listed, async (entry, index): Promise<ListedEntry | null> => {
    signal?.throwIfAborted();
    if (!isFile(entry) && !isSegmentFile(entry)) return entry;
    try {
      const status = await fs.status(paths[index]!);
      return status === null ? null : { name: entry.name, kind: status.kind, status };
    } catch (error) {
      if (isSegmentFile(entry) || !(error instanceof AppError)) throw error;
      return entry; // no part of what is read: its size is in no figure
    }
  });
  return entries.filter((entry) => entry !== null);
}

function isSegmentFile({ name }: DirectoryEntry): boolean {
  return parseSegmentFileName(name) !== null;
}

/** The regular files among them, sorted by name. */
export function fileStates(entries: readonly ListedEntry[]): FileState[] {
  const states: FileState[] = [];
  for (const { name, status } of entries) {
    if (status?.kind !== 'file') continue;
    const { sizeInBytes, modifiedAtMs, inode } = status;
    states.push({ name, sizeInBytes, modifiedAtMs, inode });
  }
  return states.sort((a, b) => (a.name < b.name ? -1 : 1));
}
