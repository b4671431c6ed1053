/**
 * The stretches of a log between neighbouring index entries: how many bytes and records lie in each, as a histogram and
 * along the log. A segment's first stretch begins where the segment begins, its last one ends where it ends. Pure.
 */
import type { Bytes } from '../units';
import type { BatchColumns, OffsetEntryColumns } from './index-columns';

/** In the order of the log. */
export interface IndexGaps {
  /** Where each begins, in bytes from the first segment's beginning. */
  readonly starts: Float64Array;
  readonly sizesInBytes: Float64Array;
  /** Of the batches that begin in it. */
  readonly recordCounts: Float64Array;
}

export interface SegmentGaps {
  readonly batches: BatchColumns;
  readonly offsets: OffsetEntryColumns;
  /** Where the segment begins in the log. */
  readonly start: Bytes;
}

/** Empty segments have no stretch. */
export function indexGaps(segments: readonly SegmentGaps[]): IndexGaps {
  const count = segments.reduce((sum, { offsets }) => sum + offsets.positions.length + 1, 0);
  const gaps = {
    starts: new Float64Array(count),
    sizesInBytes: new Float64Array(count),
    recordCounts: new Float64Array(count),
  };
  let used = 0;
  for (const { batches, offsets, start } of segments) {
    let batch = 0;
    let from = 0;
    for (let entry = 0; entry <= offsets.positions.length; entry++) {
      const to = offsets.positions[entry] ?? batches.sizeInBytes;
      if (to <= from) continue;
      let records = 0;
      for (; batch < batches.positions.length && batches.positions[batch]! < to; batch++)
        records += batches.recordCounts[batch]!;
      gaps.starts[used] = start + from;
      gaps.sizesInBytes[used] = to - from;
      gaps.recordCounts[used++] = records;
      from = to;
    }
  }
  return {
    starts: gaps.starts.subarray(0, used),
    sizesInBytes: gaps.sizesInBytes.subarray(0, used),
    recordCounts: gaps.recordCounts.subarray(0, used),
  };
}

export interface HistogramBar {
  /** Values from here on … */
  readonly from: number;
  /** … up to here, exclusive. */
  readonly to: number;
  readonly count: number;
}

/** Bars of powers of two, from the one of the least value to that of the largest, none left out between. */
export function powerHistogram(values: Float64Array): HistogramBar[] {
  const counts: number[] = [];
  for (const value of values) {
    const power = value < 1 ? 0 : Math.floor(Math.log2(value)) + 1;
    counts[power] = (counts[power] ?? 0) + 1;
  }
  const first = counts.findIndex((count) => count !== undefined);
  if (first < 0) return [];
  return Array.from({ length: counts.length - first }, (_, index) => {
    const power = first + index;
    return { from: power === 0 ? 0 : 2 ** (power - 1), to: 2 ** power, count: counts[power] ?? 0 };
  });
}

export interface DensityPoint {
  /** Where the part begins, in bytes from the log's beginning. */
  readonly at: Bytes;
  /** Of the stretches in this part, each weighted by the bytes that it has there. */
  readonly meanBytes: number;
  readonly maxBytes: Bytes;
}

/** The log in `pointCount` equal parts, or one a stretch where there are fewer; parts without a stretch are left out. */
export function densityAlong(
  { starts, sizesInBytes }: IndexGaps,
  end: Bytes,
  pointCount: number,
): DensityPoint[] {
  const first = starts[0] ?? 0;
  const width = (end - first) / pointCount;
  if (!(width > 0)) return [];
  const weighted = new Float64Array(pointCount);
  const covered = new Float64Array(pointCount);
  const largest = new Float64Array(pointCount);
  for (let gap = 0; gap < starts.length; gap++) {
    const size = sizesInBytes[gap]!;
    const to = starts[gap]! + size;
    const last = Math.min(pointCount - 1, Math.ceil((to - first) / width) - 1);
    for (let part = Math.floor((starts[gap]! - first) / width); part <= last; part++) {
      const partFrom = first + part * width;
      const overlap = Math.min(to, partFrom + width) - Math.max(starts[gap]!, partFrom);
      weighted[part]! += overlap * size;
      covered[part]! += overlap;
      largest[part] = Math.max(largest[part]!, size);
    }
  }
  return Array.from(covered, (bytes, part) => ({
    at: first + part * width,
    meanBytes: bytes > 0 ? weighted[part]! / bytes : 0,
    maxBytes: largest[part]!,
  })).filter(({ maxBytes }) => maxBytes > 0);
}
