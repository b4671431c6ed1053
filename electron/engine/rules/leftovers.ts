/**
 * What a start does with files that an interrupted deletion, cleaning or split left behind (LogLoader.load, passes 1 to
 * 4; removeTempFilesAndCollectSwapFiles). On names alone, and where a swap segment ends; touches no file.
 */
import type { Offset } from '../../../shared/units';
import {
  CLEANED_SUFFIX,
  DELETED_SUFFIX,
  LOG_SUFFIX,
  offsetName,
  parseSegmentFileName,
  SWAP_SUFFIX,
} from '../format/file-names';

export type LeftoverReason =
  /** A deletion had been decided. */
  | 'deleted'
  /** The output of a cleaning that was not finished. */
  | 'cleaned'
  /** Renamed by a cleaning or split whose other segments were not ready yet. */
  | 'swap-unfinished'
  /** Its records are in a swap segment. */
  | 'replaced-by-swap';

export interface Leftovers {
  readonly removals: readonly { readonly name: string; readonly reason: LeftoverReason }[];
  /** Names with .swap, which lose it. */
  readonly swaps: readonly string[];
}

/** First pass: what goes whatever it holds, and which swap files count. */
export function firstLeftovers(names: readonly string[]): Leftovers {
  const removals: { name: string; reason: LeftoverReason }[] = [];
  const cleaned = names.filter((name) => name.endsWith(CLEANED_SUFFIX));
  const swaps = names.filter((name) => name.endsWith(SWAP_SUFFIX));
  const cleanedFrom = cleaned
    .map(baseOffsetOf)
    .reduce((least, base) => Math.min(least, base), Number.POSITIVE_INFINITY);
  for (const name of names)
    if (name.endsWith(DELETED_SUFFIX) && !name.endsWith(`.checkpoint${DELETED_SUFFIX}`))
      removals.push({ name, reason: 'deleted' });
  // A segment that was split or cleaned into several: not all had been renamed (KAFKA-6264).
  for (const name of swaps)
    if (baseOffsetOf(name) >= cleanedFrom) removals.push({ name, reason: 'swap-unfinished' });
  for (const name of cleaned) removals.push({ name, reason: 'cleaned' });
  return { removals, swaps: swaps.filter((name) => baseOffsetOf(name) < cleanedFrom) };
}

/** Base offsets of the segments among swap files. */
export function swapSegments(swaps: readonly string[]): Offset[] {
  return swaps
    .filter((name) => name.endsWith(LOG_SUFFIX + SWAP_SUFFIX))
    .map(baseOffsetOf)
    .sort((a, b) => a - b);
}

/**
 * Second pass: files without .swap whose offset lies in what the swap segments cover together.
 * @param covered From the lowest base offset to the highest next offset, exclusive.
 */
export function replacedBySwap(
  names: readonly string[],
  covered: { readonly from: Offset; readonly to: Offset },
): Leftovers['removals'] {
  return names
    .filter((name) => {
      const parsed = parseSegmentFileName(name);
      if (parsed === null || parsed.state !== 'current') return false;
      return parsed.baseOffset >= covered.from && parsed.baseOffset < covered.to;
    })
    .map((name) => ({ name, reason: 'replaced-by-swap' }));
}

/** Fourth pass: indexes of segments that are not there. */
export function orphanedIndexes(names: readonly string[]): string[] {
  const present = new Set(names);
  return names.filter((name) => {
    const parsed = parseSegmentFileName(name);
    if (parsed === null || parsed.state !== 'current') return false;
    if (parsed.kind === 'log' || parsed.kind === 'snapshot') return false;
    return !present.has(offsetName(parsed.baseOffset) + LOG_SUFFIX);
  });
}

/** NaN where the name begins with no offset: then it is compared with nothing. */
function baseOffsetOf(name: string): Offset {
  return Number.parseInt(name, 10);
}
