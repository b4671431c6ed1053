/**
 * How dense the offset index of a segment is, as one of a few steps: the same for the core in the window and in reports.
 * Colours and words are theirs. Pure.
 */
import type { SegmentRow } from '../inspection';
import type { Bytes } from '../units';

/** Kafka's default of index.interval.bytes is 4 KiB; each further step is four times as far apart. */
export const DENSITY_BYTES_MIN: Bytes = 4_096;
export const DENSITY_FACTOR = 4;
export const DENSITY_STEPS = 5;
/** Of a step: entries are a batch further apart than index.interval.bytes. */
const TOLERANCE = 0.2;

/** @returns from 0, the densest, to DENSITY_STEPS - 1; null with no entry */
export function densityStep({
  offsetIndex,
  sizeInBytes,
}: Pick<SegmentRow, 'offsetIndex' | 'sizeInBytes'>): number | null {
  // Between entries; with a single one there is only what lies before and behind it.
  const single = offsetIndex?.entryCount === 1 ? sizeInBytes / 2 : null;
  const gap = offsetIndex?.gapBytesMean ?? single;
  if (gap === null) return null;
  const step = Math.ceil(Math.log(gap / DENSITY_BYTES_MIN) / Math.log(DENSITY_FACTOR) - TOLERANCE);
  return Math.max(0, Math.min(DENSITY_STEPS - 1, step));
}
