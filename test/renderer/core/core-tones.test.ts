/** Which tone a segment has for each question. */
import { describe, expect, it } from 'vitest';
import { densityColours } from '../../../electron/reports/html-pictures';
import { segmentColouring } from '../../../renderer/core/core-tones';
import type { SegmentRow } from '../../../shared/inspection';

function segment(part: Partial<SegmentRow>): SegmentRow {
  return {
    ...{ baseOffset: 0, lastOffset: 9, sizeInBytes: 100, batchCount: 1, recordCount: 10 },
    ...{ firstTimestampMs: 0, largestTimestampMs: 0, largestTimestampSource: 'batch-headers' },
    ...{ modifiedAtMs: 0, isActive: false, codecs: ['none'], offsetIndex: null, timeIndex: null },
    problemCount: 0,
    ...part,
  } as SegmentRow;
}
const tones = (rows: readonly SegmentRow[], by: Parameters<typeof segmentColouring>[1]) => {
  const { tones: all, toneOf } = segmentColouring(rows, by, false);
  return [...toneOf].map((index) => all[index]!.label || all[index]!.fill);
};

describe('segmentColouring', () => {
  it('spreads age from the oldest to the newest timestamp', () => {
    const rows = [0, 50, 100].map((largestTimestampMs) => segment({ largestTimestampMs }));
    expect(tones(rows, 'age')).toEqual(['oldest', 'var(--age-2)', 'newest']);
  });

  it('names codecs, and tells segments with several', () => {
    expect(tones([segment({ codecs: ['zstd'] }), segment({ codecs: ['gzip', 'lz4'] })], 'codec')).toEqual([
      ...['zstd', 'mixed'],
    ]);
  });

  it('tells index density by the mean gap', () => {
    const rows = [4_096, 16_000, 10_000_000].map((gapBytesMean) =>
      segment({ offsetIndex: { entryCount: 2, sizeInBytes: 16, gapBytesMean, gapBytesMax: null } }),
    );
    expect(tones([...rows, segment({})], 'density')).toEqual([
      '≤ 4 KiB',
      '≤ 16 KiB',
      '> 256 KiB',
      'no entry',
    ]);
  });

  it('tells index density as a report does, of a single entry too', () => {
    const index = (entryCount: number, gapBytesMean: number | null) => ({
      offsetIndex: { entryCount, sizeInBytes: entryCount * 8, gapBytesMean, gapBytesMax: null },
    });
    const rows = [
      segment({ sizeInBytes: 30_000, ...index(1, null) }),
      segment({ sizeInBytes: 30_000, ...index(0, null) }),
      segment({ sizeInBytes: 30_000, ...index(3, 4_200) }),
    ];
    const inReport = densityColours(rows);
    const labels = inReport.toneOf.map((index) => inReport.tones[index]!.label);
    expect(labels).toEqual(['≤ 16 KiB', 'no entry', '≤ 4 KiB']);
    expect(tones(rows, 'density')).toEqual(labels);
  });

  it('marks damage by a pattern as well', () => {
    const { tones: all, toneOf } = segmentColouring([segment({ problemCount: 2 })], 'damage', true);
    expect(all[toneOf[0]!]).toMatchObject({ label: 'problems', pattern: 'hatched' });
  });

  it('says of a segment without a problem what of it was checked', () => {
    const rows = [segment({}), segment({ recordCount: null }), segment({ problemCount: 1 })];
    const words = (isVerified: boolean) => {
      const { tones: all, toneOf } = segmentColouring(rows, 'damage', isVerified);
      return [...toneOf].map((index) => all[index]!.label);
    };
    expect(words(false)).toEqual(['headers sound', 'not read yet', 'problems']);
    expect(words(true)).toEqual(['every byte sound', 'every byte sound', 'problems']);
  });
});
