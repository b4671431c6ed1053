/** Stretches between index entries: they tile the log; their histogram and their density along it. */
import { describe, expect, it } from 'vitest';
import { plannedIndexes } from '../../../shared/plan/index-columns';
import { densityAlong, indexGaps, powerHistogram } from '../../../shared/plan/index-gaps';

/** Batches of 100 bytes with two records each. */
function segment(batchCount: number, indexIntervalBytes: number, start: number) {
  const each = <T>(value: (index: number) => T) =>
    Array.from({ length: batchCount }, (_, index) => value(index));
  const batches = {
    positions: Int32Array.from(each((index) => index * 100)),
    lastOffsets: Int32Array.from(each((index) => index * 2 + 1)),
    recordCounts: Int32Array.from(each(() => 2)),
    maxTimestampsMs: Float64Array.from(each((index) => index)),
    sizeInBytes: batchCount * 100,
  };
  return { batches, offsets: plannedIndexes(batches, indexIntervalBytes).offsets, start };
}

describe('indexGaps', () => {
  it('has the stretches before the first entry and behind the last, with their records', () => {
    // More than 150 bytes lie behind an entry at every second batch.
    const { starts, sizesInBytes, recordCounts } = indexGaps([segment(5, 150, 0), segment(1, 150, 500)]);
    expect([...starts]).toEqual([0, 200, 400, 500]);
    expect([...sizesInBytes]).toEqual([200, 200, 100, 100]);
    expect([...recordCounts]).toEqual([4, 4, 2, 2]);
  });

  it('has none of an empty segment', () => {
    expect(indexGaps([segment(0, 0, 0)]).starts).toHaveLength(0);
  });
});

describe('powerHistogram', () => {
  it('counts by powers of two and leaves no bar out between', () => {
    expect(powerHistogram(Float64Array.of(3, 4, 7, 20))).toEqual([
      { from: 2, to: 4, count: 1 },
      { from: 4, to: 8, count: 2 },
      { from: 8, to: 16, count: 0 },
      { from: 16, to: 32, count: 1 },
    ]);
    expect(powerHistogram(Float64Array.of(0, 1))).toEqual([
      { from: 0, to: 1, count: 1 },
      { from: 1, to: 2, count: 1 },
    ]);
    expect(powerHistogram(new Float64Array(0))).toEqual([]);
  });
});

describe('densityAlong', () => {
  it('weights each stretch by its bytes in a part, and keeps the largest', () => {
    const gaps = {
      starts: Float64Array.of(0, 10, 40),
      sizesInBytes: Float64Array.of(10, 30, 60),
      recordCounts: Float64Array.of(1, 1, 1),
    };
    expect(densityAlong(gaps, 100, 2)).toEqual([
      { at: 0, meanBytes: (10 * 10 + 30 * 30 + 10 * 60) / 50, maxBytes: 60 },
      { at: 50, meanBytes: 60, maxBytes: 60 },
    ]);
    expect(densityAlong({ ...gaps, starts: new Float64Array(0) }, 0, 2)).toEqual([]);
  });
});
