/** A comparison as rows: what is on both sides and could not be read is not called the same. */
import { expect, it } from 'vitest';
import { changesText, comparisonRows, recordLines } from '../../../../renderer/views/report/comparison-rows';
import type { DirectoryDiff, LogDiff } from '../../../../shared/report-diff';

const STATE = {
  ...{ segmentCount: 1, sizeInBytes: 10, logStartOffset: 0, logEndOffset: 7 },
  ...{ recordCount: null, problemCount: 0 },
};
const log = (name: string, part: Partial<LogDiff>): LogDiff => ({
  ...{ name, change: 'same', before: STATE, after: STATE, segments: [], records: null, ...part },
});
const SEGMENT = { lastOffset: 6, sizeInBytes: 10, recordCount: null };

it('shows each differing log over its segments, and counts them', () => {
  const gone = { baseOffset: 0, change: 'gone' as const, before: SEGMENT, after: null };
  const rows = comparisonRows([
    log('a-0', {}),
    log('b-0', { change: 'changed', segments: [gone] }),
    log('c-0', { before: null, after: null }),
  ]);
  expect(rows.map(({ logName, baseOffset, change }) => [logName, baseOffset, change])).toEqual([
    ...[
      ['b-0', null, 'changed'],
      ['b-0', 0, 'gone'],
      ['c-0', null, 'unreadable'],
    ],
  ]);
  expect(rows[0]!.before).toEqual({ sizeInBytes: 10, lastOffset: 6 });
  expect(changesText(rows)).toBe('1 log changed, 1 log unreadable, 1 segment gone');
});

it('says of a report that its records were not compared', () => {
  const side = { path: '/data', hostName: null, madeAtMs: 0, isReport: false };
  const diff: DirectoryDiff = {
    ...{ schema: 'strata.diff/1', before: side, after: side, sizeBefore: 1, sizeAfter: 1 },
    ...{ growthBytesPerMs: null, logs: [] },
  };
  expect(recordLines({ ...diff, before: { ...side, isReport: true } })[0]).toMatch(
    /^Records were not compared/,
  );
  const records = {
    fromOffset: 0,
    endOffset: 7,
    firstDifference: { offset: 3, kind: 'value' as const },
  };
  expect(recordLines({ ...diff, logs: [log('a-0', { records })] })).toEqual([
    'a-0: records of offsets 0 to 6, which both have, differ first at 3: other values.',
  ]);
});
