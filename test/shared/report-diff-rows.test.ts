/** A comparison as rows and totals: what could not be read is not called the same, and of a report batches are compared. */
import { expect, it } from 'vitest';
import type { DirectoryDiff, LogDiff } from '../../shared/report-diff';
import { comparisonRows, summaryOf } from '../../shared/report-diff-rows';

const STATE = {
  ...{ segmentCount: 1, sizeInBytes: 10, logStartOffset: 0, logEndOffset: 7 },
  ...{ recordCount: null, problemCount: 0 },
};
const log = (name: string, part: Partial<LogDiff>): LogDiff => ({
  ...{ name, change: 'same', error: null, before: STATE, after: STATE, segments: [] },
  ...{ records: null, batches: null, ...part },
});
const SEGMENT = { lastOffset: 6, sizeInBytes: 10, recordCount: null };
const SIDE = { path: '/data', hostName: null, madeAtMs: 0, isReport: false };

function compared(logs: LogDiff[], part: Partial<DirectoryDiff> = {}) {
  const rows = comparisonRows(logs);
  const diff: DirectoryDiff = {
    ...{ schema: 'strata.diff/1', before: SIDE, after: SIDE, sizeBefore: 1, sizeAfter: 1 },
    ...{ growthBytesPerMs: null, logs, ...part },
  };
  return { rows, ...summaryOf(diff, rows) };
}

it('shows each differing log over its segments, and counts them', () => {
  const gone = { baseOffset: 0, change: 'gone' as const, before: SEGMENT, after: null };
  const { rows, changes, lines, ...counts } = compared([
    log('a-0', {}),
    log('b-0', { change: 'changed', segments: [gone] }),
    log('c-0', { change: 'unreadable', error: 'Permission denied.', before: null, after: null }),
  ]);
  expect(rows.map(({ logName, baseOffset, change }) => [logName, baseOffset, change])).toEqual([
    ...[
      ['b-0', null, 'changed'],
      ['b-0', 0, 'gone'],
      ['c-0', null, 'unreadable'],
    ],
  ]);
  expect(rows[0]!.before).toEqual({ sizeInBytes: 10, lastOffset: 6 });
  expect(changes.map(({ of, change, count }) => `${count} ${of} ${change}`)).toEqual([
    ...['1 log changed', '1 log unreadable', '1 segment gone'],
  ]);
  expect(counts).toMatchObject({ logCount: 3, differingLogCount: 2, rowCount: 3, lineCount: 1 });
  expect(lines).toEqual(['c-0 cannot be compared. Permission denied.']);
});

it('tells where records differ first, or batches, or that neither was compared', () => {
  const report = { before: { ...SIDE, isReport: true } };
  expect(compared([log('a-0', {})], report).lines[0]).toMatch(/^Records were not compared/);
  const range = { fromOffset: 0, endOffset: 7 };
  const records = { ...range, firstDifference: { offset: 3, kind: 'value' as const } };
  expect(compared([log('a-0', { records })]).lines).toEqual([
    'a-0: records of offsets 0 to 6, which both have, differ first at 3: other values.',
  ]);
  const batches = { ...range, firstDifferenceOffset: 5, comparesContents: true };
  const same = { ...batches, firstDifferenceOffset: null };
  expect(compared([log('a-0', { batches }), log('b-0', { batches: same })], report).lines).toEqual([
    'a-0: batches of offsets 0 to 6, which both have, differ first at 5.',
    'The batches of 1 log are the same at every offset that both sides have.',
  ]);
  const byHeaders = { ...same, comparesContents: false };
  expect(compared([log('a-0', { batches: byHeaders })], report).lines).toEqual([
    'The batches of 1 log are the same at every offset that both sides have by their headers alone: contents are hashed with another key.',
  ]);
});

it('keeps the first lines of many', () => {
  const records = { fromOffset: 0, endOffset: 7, firstDifference: { offset: 3, kind: 'value' as const } };
  const many = compared(Array.from({ length: 500 }, (_, each) => log(`a-${each}`, { records })));
  expect([many.lines.length, many.lineCount]).toEqual([200, 500]);
});
