/**
 * Puts cleaned segments in the place of those they were made from, so that a crash leaves the old or the new ones
 * (LocalLog.replaceSegments; the other half is the start-up of LogLoader, a broker's or ours).
 *
 * On files alone: the log may be closed and foreign, its directory locked by the caller (lockLogDirectory). The
 * phases, each durable before the next begins, because renames reach the disk in any order:
 *   1. the new segments stand complete and synced as `.cleaned` files: after a crash they are removed
 *   2. `.cleaned` to `.swap`, the highest base offset first: while a `.cleaned` is left, higher `.swap` files go too
 *   3. the replaced segments to `.deleted`: after a crash, `.swap` files are completed from here on. A start completes by
 *      offset range, and that of the new ones may end before the last old ones, of which nothing is left. Those are renamed
 *      first and one by one, the lowest first: after a crash the last of them stay beside the new ones, as a broker
 *      leaves them, and never an aborted record without the marker behind it
 *   4. `.swap` to their final names, the lowest first: one between two `.swap` files would be taken for replaced
 */
import { join } from 'node:path';
import type { Offset } from '../../../shared/units';
import type { FileSystem } from '../file-system';
import {
  CLEANED_SUFFIX,
  DELETED_SUFFIX,
  LOG_SUFFIX,
  OFFSET_INDEX_SUFFIX,
  offsetName,
  parseSegmentFileName,
  SWAP_SUFFIX,
  TIME_INDEX_SUFFIX,
} from '../format/file-names';
import { ascending, descending, requireDeletedLogs } from './delete-segments';
import { giveFinalNames, renameSegment, renameSnapshot } from './segment-renames';

export interface ReplacedSegments {
  /** Of the new segments, whose `.cleaned` files are there, complete and synced. */
  readonly newBaseOffsets: readonly Offset[];
  /** Of the segments that they replace; together they cover the same offsets. Never the active one. */
  readonly replacedBaseOffsets: readonly Offset[];
}

export interface SegmentReplacement extends ReplacedSegments {
  /** Where the last batch of the new segments ends, exclusive; the base offset of the last of them where it has none. */
  readonly newEndOffset: Offset;
}

/**
 * Replaces segments. The replaced ones stay as `.deleted` files until they are purged (delete-segments.ts).
 * @returns Names of the `.deleted` files.
 */
export async function replaceSegments(
  fs: FileSystem,
  directory: string,
  replacement: SegmentReplacement,
): Promise<string[]> {
  await swapCleaned(fs, directory, replacement);
  const deleted = await deleteReplaced(fs, directory, replacement);
  for (const baseOffset of ascending(replacement.newBaseOffsets))
    await giveFinalNames(fs, directory, baseOffset);
  return deleted;
}

/** Phases 1 and 2. Until it is called, and where it fails, `removeCleaned` takes everything back. */
export async function swapCleaned(
  fs: FileSystem,
  directory: string,
  { newBaseOffsets }: ReplacedSegments,
): Promise<void> {
  await fs.syncDirectory(directory);
  for (const baseOffset of descending(newBaseOffsets))
    await renameSegment(fs, directory, baseOffset, { from: CLEANED_SUFFIX, to: SWAP_SUFFIX });
}

/** Phase 3. @returns Names of the `.deleted` files. */
export async function deleteReplaced(
  fs: FileSystem,
  directory: string,
  { newBaseOffsets, replacedBaseOffsets, newEndOffset }: SegmentReplacement,
): Promise<string[]> {
  const isNew = new Set(newBaseOffsets);
  const deleted: string[] = [];
  const ordered = ascending(replacedBaseOffsets);
  const behind = ordered.filter((baseOffset) => baseOffset >= newEndOffset);
  const covered = ordered.filter((baseOffset) => baseOffset < newEndOffset);
  for (const baseOffset of [...behind, ...covered]) {
    // The snapshot of an offset where no segment begins any more goes with its segment (UnifiedLog.replaceSegments).
    const withSnapshot = !isNew.has(baseOffset);
    // Whichever of those are left that the range of the new ones covers, a start removes them.
    const isSyncedLater = baseOffset < newEndOffset;
    const change = { from: '', to: DELETED_SUFFIX, withSnapshot, isSyncedLater } as const;
    deleted.push(...(await renameSegment(fs, directory, baseOffset, change)));
  }
  await fs.syncDirectory(directory);
  return deleted;
}

/**
 * Takes a replacement back: by the same phases, the replaced segments become the new ones. What the run had written
 * is left as `.deleted` files.
 * @throws AppError NOT_FOUND where a replaced segment has been purged meanwhile; nothing is renamed then
 * @returns Names of the `.deleted` files.
 */
export async function undoReplacement(
  fs: FileSystem,
  directory: string,
  { newBaseOffsets, replacedBaseOffsets }: ReplacedSegments,
): Promise<string[]> {
  await requireDeletedLogs(fs, directory, replacedBaseOffsets);
  for (const baseOffset of ascending(replacedBaseOffsets))
    await renameSegment(fs, directory, baseOffset, { from: DELETED_SUFFIX, to: CLEANED_SUFFIX });
  const deleted = await replaceSegments(fs, directory, {
    newBaseOffsets: replacedBaseOffsets,
    replacedBaseOffsets: newBaseOffsets,
    // Nothing was left but what the replaced ones had.
    newEndOffset: Number.POSITIVE_INFINITY,
  });
  for (const baseOffset of replacedBaseOffsets)
    await renameSnapshot(fs, directory, baseOffset, { from: DELETED_SUFFIX, to: '' });
  return deleted;
}

/**
 * Brings a replacement that was cut off to an end, by what LogLoader would do: as long as the new segments are not all
 * `.swap`, the old log stands and they go; from then on they are swapped in. The replaced files are kept as `.deleted`.
 * @param leftover What becomes of new files that were not swapped in: nothing worth keeping, or originals.
 * @returns which log stands now
 */
export async function settleReplacement(
  fs: FileSystem,
  directory: string,
  { newBaseOffsets, replacedBaseOffsets }: ReplacedSegments,
  leftover: 'remove' | 'keep-deleted',
): Promise<'old' | 'new'> {
  const names = (await fs.list(directory)).map(({ name }) => name);
  const isAnyCleaned = names.some((name) => name.endsWith(CLEANED_SUFFIX));
  const swaps = names.filter((name) => name.endsWith(SWAP_SUFFIX));
  if (isAnyCleaned) {
    if (leftover === 'remove') await removeCleaned(fs, directory);
    // The `.cleaned` last: without it a start would complete the `.swap` files that are left.
    else
      for (const from of [SWAP_SUFFIX, CLEANED_SUFFIX] as const)
        for (const baseOffset of descending(newBaseOffsets))
          await renameSegment(fs, directory, baseOffset, { from, to: DELETED_SUFFIX });
    return 'old';
  }
  const isDeletedLog = (baseOffset: Offset) =>
    names.includes(`${offsetName(baseOffset)}.log${DELETED_SUFFIX}`);
  if (swaps.length === 0) return replacedBaseOffsets.every(isDeletedLog) ? 'new' : 'old';
  const expected = newBaseOffsets.flatMap((baseOffset) =>
    ALWAYS_THERE.map((suffix) => offsetName(baseOffset) + suffix + SWAP_SUFFIX),
  );
  const isNew = new Set(newBaseOffsets);
  // While no .swap has got its final name, whatever has a final name is old.
  if (expected.every((name) => swaps.includes(name)))
    for (const baseOffset of ascending(replacedBaseOffsets))
      await renameSegment(fs, directory, baseOffset, {
        from: '',
        to: DELETED_SUFFIX,
        withSnapshot: !isNew.has(baseOffset),
      });
  for (const baseOffset of ascending(newBaseOffsets)) await giveFinalNames(fs, directory, baseOffset);
  return 'new';
}

const ALWAYS_THERE = [LOG_SUFFIX, OFFSET_INDEX_SUFFIX, TIME_INDEX_SUFFIX];

/** Of a run that did not get as far as its first rename of an old segment. The last `.cleaned` goes last. */
export async function removeCleaned(fs: FileSystem, directory: string): Promise<void> {
  for (const suffix of [SWAP_SUFFIX, CLEANED_SUFFIX]) {
    for (const { name } of await fs.list(directory))
      if (parseSegmentFileName(name) !== null && name.endsWith(suffix))
        await fs.removeFile(join(directory, name));
    await fs.syncDirectory(directory);
  }
}
