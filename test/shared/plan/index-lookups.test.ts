/** The cost of look-ups, against a broker's own walk written out plainly, on drawn segments. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type BatchColumns, type IndexColumns, plannedIndexes } from '../../../shared/plan/index-columns';
import { LookupTally } from '../../../shared/plan/index-lookups';

interface Drawn {
  readonly size: number;
  readonly records: number;
  readonly timestampMs: number;
}

function columnsOf(drawn: readonly Drawn[]): BatchColumns {
  let [position, nextOffset] = [0, 0];
  const rows = drawn.map(({ size, records, timestampMs }) => {
    const row = { position, lastOffset: nextOffset + records - 1, records, timestampMs };
    position += size;
    nextOffset += records;
    return row;
  });
  return {
    positions: Int32Array.from(rows, (row) => row.position),
    lastOffsets: Int32Array.from(rows, (row) => row.lastOffset),
    recordCounts: Int32Array.from(rows, (row) => row.records),
    maxTimestampsMs: Float64Array.from(rows, (row) => row.timestampMs),
    sizeInBytes: position,
  };
}

/** Walks batch headers from a position until one is the wanted one (FileRecords.searchForOffset…, searchForTimestamp). */
function walk(batches: BatchColumns, from: number, isFound: (batch: number) => boolean) {
  let headers = 0;
  for (let batch = 0; batch < batches.positions.length; batch++) {
    const position = batches.positions[batch]!;
    if (position < from) continue;
    headers++;
    if (isFound(batch)) return { bytes: position - from, headers };
  }
  throw new Error('not found');
}

function positionOf({ offsets }: IndexColumns, target: number): number {
  const slot = offsets.relativeOffsets.findLastIndex((offset) => offset <= target);
  return slot < 0 ? 0 : offsets.positions[slot]!;
}

function plainCosts(batches: BatchColumns, indexes: IndexColumns) {
  const byOffset: { bytes: number; headers: number }[] = [];
  const byTime: { bytes: number; headers: number }[] = [];
  const { lastOffsets, maxTimestampsMs } = batches;
  let offset = 0;
  lastOffsets.forEach((lastOffset, batch) => {
    const timestampMs = maxTimestampsMs[batch]!;
    for (; offset <= lastOffset; offset++) {
      const target = offset;
      byOffset.push(walk(batches, positionOf(indexes, target), (each) => lastOffsets[each]! >= target));
      if (timestampMs < 0) continue;
      const slot = indexes.times.timestampsMs.findLastIndex((time) => time <= timestampMs);
      const from = slot < 0 ? 0 : indexes.times.relativeOffsets[slot]!;
      byTime.push(walk(batches, positionOf(indexes, from), (each) => maxTimestampsMs[each]! >= timestampMs));
    }
  });
  return { byOffset: summary(byOffset), byTime: summary(byTime) };
}

function summary(walks: readonly { bytes: number; headers: number }[]) {
  const mean = (of: (one: { bytes: number; headers: number }) => number) =>
    walks.length === 0 ? 0 : walks.reduce((sum, one) => sum + of(one), 0) / walks.length;
  return {
    lookupCount: walks.length,
    bytesMean: expect.closeTo(
      mean(({ bytes }) => bytes),
      6,
    ),
    bytesMax: Math.max(0, ...walks.map(({ bytes }) => bytes)),
    headersMean: expect.closeTo(
      mean(({ headers }) => headers),
      6,
    ),
    headersMax: Math.max(0, ...walks.map(({ headers }) => headers)),
  };
}

const drawnSegment = fc.array(
  fc.record({
    size: fc.integer({ min: 61, max: 900 }),
    records: fc.integer({ min: 1, max: 6 }),
    timestampMs: fc.integer({ min: -1, max: 40 }),
  }),
  { maxLength: 40 },
);

describe('LookupTally', () => {
  it('counts what a plain walk counts, for any batches, times out of order and any interval', () => {
    fc.assert(
      fc.property(drawnSegment, fc.integer({ min: 0, max: 3_000 }), (drawn, interval) => {
        const batches = columnsOf(drawn);
        const indexes = plannedIndexes(batches, interval);
        expect(new LookupTally().add(batches, indexes).costs()).toEqual(plainCosts(batches, indexes));
      }),
    );
  });

  it('finds only the last record of an indexed batch by its own entry', () => {
    const batches = columnsOf([
      { size: 100, records: 1, timestampMs: 1 },
      { size: 100, records: 4, timestampMs: 2 },
    ]);
    const indexes = plannedIndexes(batches, 0);
    expect([...indexes.offsets.relativeOffsets]).toEqual([4]);
    // Of the five records, one is at the beginning, one has the entry, and three are found from the beginning.
    expect(new LookupTally().add(batches, indexes).costs().byOffset).toEqual({
      ...{ lookupCount: 5, bytesMean: 60, bytesMax: 100, headersMean: 8 / 5, headersMax: 2 },
    });
  });

  it('walks from the beginning without an index', () => {
    const batches = columnsOf([50, 60, 70].map((size) => ({ size, records: 1, timestampMs: -1 })));
    const none = plannedIndexes(batches, 1_000);
    const { byOffset, byTime } = new LookupTally().add(batches, none).costs();
    expect([byOffset.bytesMax, byOffset.headersMax, byTime.lookupCount]).toEqual([110, 3, 0]);
  });
});
