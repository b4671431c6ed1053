/**
 * Deletes the oldest segments of a log by renaming them to `.deleted`, takes that back, or frees their space.
 *
 * On files alone: the log may be closed and foreign, its directory locked by the caller (lockLogDirectory). Which
 * segments may go is a plan's business. The directory is synced after each segment, because renames reach the disk
 * in any order: after a crash the log has lost a prefix, never a segment in its middle. Who has raised the log's start
 * first may sync once behind all.
 */
import { join } from 'node:path';
import { AppError } from '../../../shared/errors';
import type { Bytes, Offset } from '../../../shared/units';
import type { FileSystem } from '../file-system';
import { DELETED_SUFFIX, LOG_SUFFIX, offsetName, parseSegmentFileName } from '../format/file-names';
import { renameSegment } from './segment-renames';

interface DeletionOptions {
  /** Called after each segment, with its base offset. */
  readonly onSegment?: ((baseOffset: Offset) => void) | undefined;
  /** The log's start is behind the segments, and the caller syncs the directory. */
  readonly isSyncedOnce?: boolean;
}

/**
 * Renames all files of the segments to `.deleted`, the oldest first (LocalLog.deleteSegmentFiles with asyncDelete).
 *
 * A `.deleted` file of the same name is replaced, so that only the latest deletion can be undone.
 * @param baseOffsets Of the segments, which must be the first ones of the log.
 * @returns Names of the `.deleted` files.
 */
export async function markSegmentsDeleted(
  fs: FileSystem,
  directory: string,
  baseOffsets: readonly Offset[],
  { onSegment, isSyncedOnce = false }: DeletionOptions = {},
): Promise<string[]> {
  const change = { from: '', to: DELETED_SUFFIX, withSnapshot: true, isSyncedLater: isSyncedOnce } as const;
  const renamed: string[] = [];
  for (const baseOffset of ascending(baseOffsets)) {
    renamed.push(...(await renameSegment(fs, directory, baseOffset, change)));
    onSegment?.(baseOffset);
  }
  return renamed;
}

/**
 * Takes `markSegmentsDeleted` back, the newest segment first. Where that, or an earlier attempt to take it back, was cut
 * off, files that have their own names stay as they are.
 * @throws AppError NOT_FOUND where a segment's log has been purged meanwhile; nothing is renamed then
 */
export async function undoDeletion(
  fs: FileSystem,
  directory: string,
  baseOffsets: readonly Offset[],
): Promise<void> {
  const files = (await fs.list(directory)).filter(({ kind }) => kind === 'file');
  const standing = new Set(files.map(({ name }) => name));
  const away = baseOffsets.filter((baseOffset) => !standing.has(offsetName(baseOffset) + LOG_SUFFIX));
  await requireDeletedLogs(fs, directory, away);
  // An attempt that failed may have renamed newer ones without being able to sync.
  await fs.syncDirectory(directory);
  const change = { from: DELETED_SUFFIX, to: '', withSnapshot: true, keepsExisting: true } as const;
  for (const baseOffset of descending(baseOffsets)) await renameSegment(fs, directory, baseOffset, change);
}

/**
 * Removes `.deleted` files and so frees their space; one that is gone already is fine.
 * @returns What was freed.
 */
export async function purgeDeletedFiles(
  fs: FileSystem,
  directory: string,
  names: readonly string[],
): Promise<Bytes> {
  let freedBytes = 0;
  for (const name of names) {
    const path = join(directory, name);
    const status = name.endsWith(DELETED_SUFFIX) ? await fs.status(path) : null;
    if (status === null) continue;
    await fs.removeFile(path);
    freedBytes += status.sizeInBytes;
  }
  await fs.syncDirectory(directory);
  return freedBytes;
}

/** @throws AppError NOT_FOUND */
export async function requireDeletedLogs(
  fs: FileSystem,
  directory: string,
  baseOffsets: readonly Offset[],
): Promise<void> {
  const there = new Set<Offset>();
  for (const { name } of await fs.list(directory)) {
    const parsed = parseSegmentFileName(name);
    if (parsed?.kind === 'log' && parsed.state === 'deleted') there.add(parsed.baseOffset);
  }
  const missing = baseOffsets.find((baseOffset) => !there.has(baseOffset));
  if (missing !== undefined)
    throw new AppError(
      'NOT_FOUND',
      `The deleted segment ${missing} has been purged; the run cannot be undone.`,
      {
        baseOffset: missing,
      },
    );
}

export function ascending(baseOffsets: readonly Offset[]): Offset[] {
  return [...baseOffsets].sort((a, b) => a - b);
}

export function descending(baseOffsets: readonly Offset[]): Offset[] {
  return ascending(baseOffsets).reverse();
}
