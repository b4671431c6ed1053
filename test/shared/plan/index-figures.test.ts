/** Figures of a log's indexes: each segment by itself, all together, and what of them has no headers known. */
import { describe, expect, it } from 'vitest';
import { plannedIndexes } from '../../../shared/plan/index-columns';
import { indexFigures } from '../../../shared/plan/index-figures';
import { indexWhatIf } from '../../../shared/plan/index-what-if';
import type { LogColumns } from '../../../shared/plan/segment-columns';

const BATCH_COUNT = 6;
const BATCH_BYTES = 100;
const RECORDS = 2;

/** Two equal segments of batches with an entry at every second one, and between them one whose headers are not known. */
function drawnLog() {
  const column = (value: (index: number) => number) =>
    Array.from({ length: BATCH_COUNT }, (_, at) => value(at));
  const batches = {
    positions: Int32Array.from(column((at) => at * BATCH_BYTES)),
    lastOffsets: Int32Array.from(column((at) => at * RECORDS + RECORDS - 1)),
    recordCounts: Int32Array.from(column(() => RECORDS)),
    maxTimestampsMs: Float64Array.from(column((at) => 1_000 + at)),
    sizeInBytes: BATCH_COUNT * BATCH_BYTES,
  };
  const { offsets, times } = plannedIndexes(batches, 150);
  const twice = (ints: Int32Array) => Int32Array.of(...ints, ...ints);
  const twiceFloats = (floats: Float64Array) => Float64Array.of(...floats, ...floats);
  const columns: LogColumns = {
    batches: {
      positions: twice(batches.positions),
      lastOffsets: twice(batches.lastOffsets),
      recordCounts: twice(batches.recordCounts),
      maxTimestampsMs: twiceFloats(batches.maxTimestampsMs),
    },
    offsetEntries: { relativeOffsets: twice(offsets.relativeOffsets), positions: twice(offsets.positions) },
    timeEntries: {
      timestampsMs: twiceFloats(times.timestampsMs),
      relativeOffsets: twice(times.relativeOffsets),
    },
  };
  const rowsFrom = (segment: number) => ({
    batches: { from: segment * BATCH_COUNT, count: BATCH_COUNT },
    offsets: { from: segment * offsets.positions.length, count: offsets.positions.length },
    times: { from: segment * times.timestampsMs.length, count: times.timestampsMs.length },
  });
  const { sizeInBytes } = batches;
  const segments = [
    { name: 'first', sizeInBytes, rows: rowsFrom(0) },
    { name: 'unknown', sizeInBytes: 1_000, rows: null },
    { name: 'last', sizeInBytes, rows: rowsFrom(1) },
  ];
  return { ...columns, segments };
}

describe('indexFigures', () => {
  const log = drawnLog();
  const figures = indexFigures(log);

  it('has a row a segment, with its gaps and costs where its headers are known', () => {
    expect(
      figures.rows.map(({ name, gapBytesMean, gapBytesMax }) => [name, gapBytesMean, gapBytesMax]),
    ).toEqual([
      ['first', 200, 200],
      ['unknown', null, null],
      ['last', 200, 200],
    ]);
    expect(figures.rows[1]!.costs).toBeNull();
    // An entry names the last offset of its batch: the record before it is looked up from the entry before.
    expect(figures.rows[0]!.costs!.byOffset).toMatchObject({ lookupCount: 12, bytesMax: 200 });
  });

  it('is about the covered segments in all totals, as the what-if of the interval they were written with', () => {
    expect([figures.coveredCount, figures.coveredBytes]).toEqual([2, 2 * BATCH_COUNT * BATCH_BYTES]);
    expect(figures.present).toEqual(indexWhatIf(log, 150));
    expect(figures.present).not.toEqual(indexWhatIf(log, 350));
  });

  it('counts stretches in bytes and in records, and places them in the whole log', () => {
    expect(figures.gaps.bytes).toEqual([{ from: 128, to: 256, count: 6 }]);
    expect(figures.gaps.records).toEqual([{ from: 4, to: 8, count: 6 }]);
    const places = figures.density.map(({ at }) => at);
    expect(places[0]).toBeLessThan(BATCH_COUNT * BATCH_BYTES);
    expect(places.at(-1)).toBeGreaterThan(BATCH_COUNT * BATCH_BYTES + 1_000);
    expect(figures.density.every(({ meanBytes }) => Math.abs(meanBytes - 200) < 1e-9)).toBe(true);
  });

  it('is all there, and empty, for a log without a segment', () => {
    const none = indexFigures({ ...log, segments: [] });
    expect(none).toMatchObject({ rows: [], coveredCount: 0, gaps: { bytes: [], records: [] }, density: [] });
    expect(none.present.costs.byOffset.lookupCount).toBe(0);
  });
});
