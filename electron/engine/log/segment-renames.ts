/**
 * Renames all files of a segment from one state to another: current, `.cleaned`, `.swap`, `.deleted`.
 * Durable when it returns. What the states mean and which order of segments is safe, its callers know.
 */
import { join } from 'node:path';
import type { Offset } from '../../../shared/units';
import type { FileSystem } from '../file-system';
import {
  type CLEANED_SUFFIX,
  type DELETED_SUFFIX,
  offsetName,
  SEGMENT_SUFFIXES,
  SNAPSHOT_SUFFIX,
  SWAP_SUFFIX,
} from '../format/file-names';

export type StateSuffix = '' | typeof CLEANED_SUFFIX | typeof SWAP_SUFFIX | typeof DELETED_SUFFIX;

export interface StateChange {
  readonly from: StateSuffix;
  readonly to: StateSuffix;
  /** Whether the producer snapshot of the same offset goes along. */
  readonly withSnapshot?: boolean;
  /** The caller syncs the directory when several are done whose order does not matter. */
  readonly isSyncedLater?: boolean;
  /** A file whose new name is taken keeps its old one. */
  readonly keepsExisting?: boolean;
}

/** Renames what there is of the segment and, unless told otherwise, syncs the directory; after an error all have their old names. @returns the new names */
export function renameSegment(
  fs: FileSystem,
  directory: string,
  baseOffset: Offset,
  change: StateChange,
): Promise<string[]> {
  const suffixes = change.withSnapshot ? [...SEGMENT_SUFFIXES, SNAPSHOT_SUFFIX] : SEGMENT_SUFFIXES;
  const names = suffixes.map((suffix) => offsetName(baseOffset) + suffix);
  return renameFiles(fs, directory, names, change);
}

/**
 * Gives the files of a swapped-in segment their final names, durably: of several segments the lowest first. The log goes
 * first: as long as it is a `.swap`, a start takes what has a final name at its offset, or behind it, for replaced.
 */
export async function giveFinalNames(fs: FileSystem, directory: string, baseOffset: Offset): Promise<void> {
  const [log, ...others] = SEGMENT_SUFFIXES.map((suffix) => offsetName(baseOffset) + suffix);
  const change = { from: SWAP_SUFFIX, to: '' } as const;
  await renameFiles(fs, directory, [log!], change);
  await renameFiles(fs, directory, others, change);
}

/** The producer snapshot alone. */
export function renameSnapshot(
  fs: FileSystem,
  directory: string,
  offset: Offset,
  change: StateChange,
): Promise<string[]> {
  return renameFiles(fs, directory, [offsetName(offset) + SNAPSHOT_SUFFIX], change);
}

async function renameFiles(
  fs: FileSystem,
  directory: string,
  names: readonly string[],
  { from, to, isSyncedLater = false, keepsExisting = false }: StateChange,
): Promise<string[]> {
  const renamed: string[] = [];
  try {
    for (const name of names) {
      if ((await fs.status(join(directory, name + from))) === null) continue;
      if (keepsExisting && (await fs.status(join(directory, name + to)))?.kind === 'file') continue;
      await fs.rename(join(directory, name + from), join(directory, name + to));
      renamed.push(name);
    }
    if (renamed.length > 0 && !isSyncedLater) await fs.syncDirectory(directory);
  } catch (error) {
    // Half a segment is a leftover at best. Where this fails too, recovery has the last word.
    for (const name of renamed.reverse())
      await fs.rename(join(directory, name + to), join(directory, name + from)).catch(() => {});
    throw error;
  }
  return renamed.map((name) => name + to);
}
