/** Which segments of a changed log need not be read again. */
import { describe, expect, it } from 'vitest';
import { packKnown, takeOverKnown, unchangedSegments } from '../../../electron/workers/known-segments';
import type { FileState } from '../../../electron/workers/packed-files';
import { unpackRows } from '../../../electron/workers/packed-list';
import { problemAt } from '../../../shared/problem';

const name = (baseOffset: number, ending: string) => `${String(baseOffset).padStart(20, '0')}.${ending}`;
const file = (baseOffset: number, ending: string, sizeInBytes = 10): FileState => ({
  name: name(baseOffset, ending),
  sizeInBytes,
  modifiedAtMs: 1,
  inode: 1,
});
const segmentFiles = (baseOffset: number, sizeInBytes = 10) => [
  file(baseOffset, 'index'),
  file(baseOffset, 'log', sizeInBytes),
];
const row = (baseOffset: number, recordCount: number | null, isActive = false) => ({
  baseOffset,
  lastOffset: null,
  sizeInBytes: 10,
  batchCount: recordCount,
  recordCount,
  firstTimestampMs: null,
  largestTimestampMs: null,
  largestTimestampSource: 'batch-headers' as const,
  modifiedAtMs: 1,
  isActive,
  codecs: [],
  offsetIndex: null,
  timeIndex: null,
  problemCount: 0,
});
/** With a number of problems. */
const known = (baseOffset: number, problemCount: number) => ({
  segment: row(baseOffset, 5),
  problems: Array.from({ length: problemCount }, (_, index) =>
    problemAt('batch-crc-mismatch', { file: name(baseOffset, 'log') }, String(index)),
  ),
  hasDamage: problemCount > 0,
  nextBaseOffset: null,
  sequenceBehind: {
    ...{ isCompacted: false, lastOffset: null, leaderEpoch: -1, isBehindDamage: false },
    gaps: [],
  },
});
const unchanged = (before: FileState[], after: FileState[]) =>
  [...unchangedSegments(before, after)].map(Number);

describe('unchangedSegments', () => {
  it('finds every closed segment while the active one grows', () => {
    const closed = [...segmentFiles(0), ...segmentFiles(5)];
    expect(unchanged([...closed, ...segmentFiles(9)], [...closed, ...segmentFiles(9, 11)])).toEqual([0, 5]);
  });

  it('leaves out the segment that was active before a roll', () => {
    const before = [...segmentFiles(0), ...segmentFiles(5)];
    expect(unchanged(before, [...before, ...segmentFiles(9)])).toEqual([0]);
  });

  it('leaves out a segment of which any file changed, came or went', () => {
    const rest = [...segmentFiles(5), ...segmentFiles(9)];
    expect(unchanged([...segmentFiles(0), ...rest], [file(0, 'index', 11), file(0, 'log'), ...rest])).toEqual(
      [5],
    );
    expect(unchanged([file(0, 'log'), ...rest], [...segmentFiles(0), ...rest])).toEqual([5]);
    expect(unchanged([...segmentFiles(0), ...rest], [file(0, 'log'), ...rest])).toEqual([5]);
  });
});

describe('packKnown', () => {
  it('keeps segments with what is wrong in them, but for one with a problem in each of its many batches', async () => {
    const packed = await packKnown([known(0, 0), known(5, 1000), known(9, 1001), known(12, 1)]);
    expect(unpackRows(packed)).toEqual([known(0, 0), known(5, 1000), known(12, 1)]);
  });
});

describe('takeOverKnown', () => {
  const inspection = (segments: ReturnType<typeof row>[], problemFiles: string[]) => ({
    name: 'orders-0',
    format: 'kafka' as const,
    logStartOffset: 0,
    logStartOffsetSource: 'first-segment' as const,
    logEndOffset: 20,
    sizeInBytes: 30,
    recordCount: null,
    recordCountIsExact: false,
    segments,
    problems: problemFiles.map((file) => problemAt('batch-crc-mismatch', { file }, file)),
  });

  it('keeps counts and problems of unchanged segments, and takes the rest from the glance', () => {
    const before = [...segmentFiles(0), ...segmentFiles(5), ...segmentFiles(9)];
    const after = [...segmentFiles(0), ...segmentFiles(5, 12), ...segmentFiles(9, 11)];
    const earlier = inspection(
      [row(0, 5), row(5, 4), row(9, 1, true)],
      [name(0, 'log'), name(5, 'log'), name(9, 'log')],
    );
    const glance = inspection([row(0, null), row(5, null), row(9, null, true)], [name(9, 'index')]);
    const merged = takeOverKnown(glance, earlier, unchangedSegments(before, after));
    expect(merged.segments.map(({ recordCount }) => recordCount)).toEqual([5, null, null]);
    expect(merged.problems.map(({ file }) => file)).toEqual([name(0, 'log'), name(9, 'index')]);
    expect(merged.recordCount).toBeNull();
  });
});
