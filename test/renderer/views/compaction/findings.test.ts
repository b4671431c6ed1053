/** What the screen derives from an analysis: an earlier cleanable end, shares by age, the seed's ratio, a key's history. */
import { describe, expect, it } from 'vitest';
import { buildSupersessionMap } from '../../../../renderer/charts/build-supersession-map';
import { earlierEnd, previewSource } from '../../../../renderer/views/compaction/compaction-preview';
import { ageRows, seedRatios, supersessionRows } from '../../../../renderer/views/compaction/findings-rows';
import { keyHistory } from '../../../../renderer/views/compaction/key-history';
import type { SourceRow } from '../../../../renderer/views/compaction/source-rows';
import type { CompactionFindings, CompactionSource, SupersessionMatrix } from '../../../../shared/compaction';
import type { RecordRow } from '../../../../shared/inspection';

const source = (baseOffset: number, supersededCount: number, bytesAfter: number): CompactionSource => ({
  ...{ baseOffset, becomesBaseOffset: 0, isCleaned: true, bytesAfterIsExact: true, uniqueKeyCount: 5 },
  ...{ recordsBefore: 10, recordsAfter: 10 - supersededCount, bytesBefore: 100, bytesAfter },
  ...{ supersededCount, nullKeyCount: 0, abortedCount: 0, tombstonesKeptCount: 0 },
  ...{ tombstonesDroppedCount: 0, controlRecordsCount: 0, emptyBatchesKeptCount: 0 },
  ...{ deleteHorizonMinMs: null, deleteHorizonMaxMs: null },
});
/** Three segments: of the first 2 records are superseded in itself, 4 in the second, 2 in the third; and so on. */
const MATRIX: SupersessionMatrix = {
  ...{ segmentsPerBlock: 1, baseOffsets: [0, 10, 20] },
  counts: Float64Array.from([2, 4, 2, 0, 5, 1, 0, 0, 0]),
  bytes: Float64Array.from([20, 40, 20, 0, 50, 10, 0, 0, 0]),
};
const SOURCES = [source(0, 8, 20), source(10, 6, 40), source(20, 0, 100)];

describe('previewSource', () => {
  const preview = (matrix: SupersessionMatrix, endOffset: number) => {
    const end = earlierEnd(matrix, endOffset);
    return SOURCES.map((each, index) => previewSource(each, index, end));
  };
  const leftBelow = (endOffset: number) =>
    preview(MATRIX, endOffset).map(({ recordsAfter, bytesAfter }) => [...[recordsAfter, bytesAfter]]);

  it('keeps what only later segments supersede, and leaves segments above the end alone', () => {
    expect(leftBelow(20)).toEqual([
      [4, 40],
      [5, 50],
      [10, 100],
    ]);
    expect(leftBelow(10)).toEqual([
      [8, 80],
      [10, 100],
      [10, 100],
    ]);
    expect(leftBelow(0)).toEqual([
      [10, 100],
      [10, 100],
      [10, 100],
    ]);
  });

  it('sums over blocks where segments share one', () => {
    const blocks: SupersessionMatrix = {
      ...{ segmentsPerBlock: 2, baseOffsets: [0, 20] },
      ...{ counts: Float64Array.from([11, 3, 0, 0]), bytes: Float64Array.from([110, 30, 0, 0]) },
    };
    const [first] = preview(blocks, 20);
    expect(first!.recordsAfter).toBe(10 - Math.round((8 * 11) / 14));
  });
});

describe('supersessionRows and buildSupersessionMap', () => {
  it('list the cells that are not empty, the most bytes first', () => {
    expect(
      supersessionRows(MATRIX).map(({ baseOffset, byBaseOffset, count }) => [
        baseOffset,
        byBaseOffset,
        count,
      ]),
    ).toEqual([
      [10, 10, 5],
      [0, 10, 4],
      [0, 0, 2],
      [0, 20, 2],
      [10, 20, 1],
    ]);
    const map = buildSupersessionMap(MATRIX);
    expect(map.cells.map(({ row, column, strength }) => `${row},${column}: ${strength}`)).toEqual([
      ...['0,0: 0.4', '0,1: 0.8', '0,2: 0.4', '1,1: 1', '1,2: 0.2'],
    ]);
  });

  it('sums neighbours where there are more than the picture has room for', () => {
    const side = 100;
    const counts = new Float64Array(side * side);
    for (let row = 0; row < side; row++)
      for (let column = row; column < side; column++) counts[row * side + column] = 1;
    const baseOffsets = Array.from({ length: side }, (_, index) => index * 10);
    const map = buildSupersessionMap({ segmentsPerBlock: 1, baseOffsets, counts, bytes: counts });
    expect([map.side, map.baseOffsets[1]]).toEqual([34, 30]);
    expect(map.cells.reduce((sum, { count }) => sum + count, 0)).toBe((side * (side + 1)) / 2);
  });
});

describe('ageRows and seedRatios', () => {
  const rows: SourceRow[] = SOURCES.map((after) => ({
    ...{ baseOffset: after.baseOffset, sizeInBytes: 100, part: 'cleanable', after },
  }));

  it('sum what goes by the age of the newest record', () => {
    const times = new Map([
      [0, 0],
      [10, 90_000_000],
      [20, 99_999_000],
    ]);
    expect(
      ageRows(rows, times, 100_000_000).map(({ title, freedBytes }) => `${title}: ${freedBytes}`),
    ).toEqual([...['up to an hour: 0', 'up to a day: 60', 'up to a week: 80']]);
  });

  it('look at each segment alone, as LOG_MANAGER.md does', () => {
    expect([...seedRatios(rows, MATRIX)!]).toEqual([
      [0, 0.2],
      [10, 0.5],
      [20, 0],
    ]);
    expect(seedRatios(rows, { ...MATRIX, segmentsPerBlock: 2 })).toBeNull();
  });
});

describe('keyHistory', () => {
  const record = (offset: number, part: Partial<RecordRow> = {}) =>
    ({
      offset,
      batchBaseOffset: offset,
      magic: 2,
      valueSizeInBytes: 5,
      transactionState: null,
      ...part,
    }) as RecordRow;
  const ends = { firstDirtyOffset: 10, cleanableEndOffset: 50 };
  const history = (rows: RecordRow[], findings: CompactionFindings | null = null) =>
    keyHistory(rows, ends, findings).map(
      ({ record: { offset }, stays, why }) => `${offset} ${stays ? 'stays' : 'goes'}: ${why}`,
    );
  const found = (deleteHorizonMs: number | null, count = 1): CompactionFindings => ({
    ...{
      matrix: { segmentsPerBlock: 1, baseOffsets: [], counts: new Float64Array(), bytes: new Float64Array() },
      worstKeys: [],
      nullKeyOffsets: [],
      tombstoneBatchCount: count,
    },
    tombstoneBatches: [
      {
        segmentBaseOffset: 0,
        baseOffset: 30,
        lastOffset: 30,
        tombstoneCount: 1,
        isMarker: false,
        deleteHorizonMs,
      },
    ],
  });

  it('names the record that supersedes the others; one of an aborted transaction supersedes none', () => {
    expect(
      history([record(5), record(20), record(30), record(40, { transactionState: 'aborted' }), record(60)]),
    ).toEqual([
      '5 goes: Superseded by offset 30.',
      '20 goes: Superseded by offset 30.',
      '30 stays: It is the last of its key in the part that is cleaned.',
      '40 goes: Its transaction was aborted.',
      '60 stays: It is not below the cleanable end.',
    ]);
  });

  it('keeps what is clean and has no dirty record', () => {
    expect(history([record(5), record(60)])[0]).toBe('5 stays: No dirty record of the key supersedes it.');
  });

  it('tells what becomes of a tombstone', () => {
    const tombstone = [record(30, { valueSizeInBytes: null })];
    expect(history(tombstone)[0]).toContain('how long it stays, an analysis tells');
    expect(history(tombstone, found(1_900_000_000_000))[0]).toMatch(
      /^30 stays: A tombstone, which may go from/,
    );
    expect(history(tombstone, found(null))[0]).toContain('of an old format');
    const other = [record(31, { valueSizeInBytes: null })];
    expect(history(other, found(5))[0]).toBe('31 goes: A tombstone whose delete horizon is over.');
    expect(history(other, found(5, 9_999))[0]).toContain('did not list');
  });
});
