/**
 * A comparison as rows of one table, each differing log over its segments, and its totals: what main gives to the window
 * in pages. Pure.
 */
import type { Comparison, ComparisonRow, DirectoryDiff, LogDiff } from './report-diff';
import { BY_HEADERS, batchesInWords, recordsInWords } from './report-diff-words';

const LINES_MAX = 200;

export function comparisonRows(logs: DirectoryDiff['logs']): ComparisonRow[] {
  return logs.filter(({ change }) => change !== 'same').flatMap((log) => [logRow(log), ...segmentRows(log)]);
}

function logRow({ name, change, before, after }: LogDiff): ComparisonRow {
  const states = { before: logState(before), after: logState(after) };
  return { logName: name, baseOffset: null, change, ...states };
}

function logState(state: LogDiff['before']): ComparisonRow['before'] {
  if (state === null) return null;
  const { sizeInBytes, logStartOffset, logEndOffset } = state;
  return { sizeInBytes, lastOffset: logEndOffset > logStartOffset ? logEndOffset - 1 : null };
}

function segmentRows({ name, segments }: LogDiff): ComparisonRow[] {
  const state = (segment: LogDiff['segments'][number]['before']) =>
    segment === null ? null : { sizeInBytes: segment.sizeInBytes, lastOffset: segment.lastOffset };
  return segments.map(({ baseOffset, change, before, after }) => ({
    ...{ logName: name, baseOffset, change, before: state(before), after: state(after) },
  }));
}

/** @param rows Of the comparison. */
export function summaryOf({ logs, ...sides }: DirectoryDiff, rows: readonly ComparisonRow[]): Comparison {
  const counts = new Map<string, Comparison['changes'][number]>();
  for (const { change, baseOffset } of rows) {
    const of = baseOffset === null ? 'log' : 'segment';
    const known = counts.get(`${of} ${change}`);
    if (known === undefined) counts.set(`${of} ${change}`, { of, change, count: 1 });
    else known.count++;
  }
  const lines = comparedLines(sides, logs);
  return {
    ...sides,
    logCount: logs.length,
    differingLogCount: logs.filter(({ change }) => change !== 'same').length,
    rowCount: rows.length,
    changes: [...counts.values()].sort((a, b) => (a.of === b.of ? 0 : a.of === 'log' ? -1 : 1)),
    lines: lines.slice(0, LINES_MAX),
    lineCount: lines.length,
  };
}

/** Where records or batches differ first, and what could not be compared, a line a log; of all others together one. */
function comparedLines(
  { before, after }: Pick<DirectoryDiff, 'before' | 'after'>,
  logs: readonly LogDiff[],
): string[] {
  const compared = logs.filter(({ records, batches }) => records !== null || batches !== null);
  const differing = compared.filter(
    ({ records, batches }) => (records?.firstDifference ?? batches?.firstDifferenceOffset ?? null) !== null,
  );
  const sameCount = compared.length - differing.length;
  const what = before.isReport || after.isReport ? 'batches' : 'records';
  const unread = logs.filter(({ error }) => error !== null);
  return [
    ...(compared.length === 0 && what === 'batches' ? [NOT_COMPARED] : []),
    ...unread.map(({ name, error }) => `${name} cannot be compared. ${error}`),
    ...differing.map(({ name, records, batches }) => `${name}: ${inWords(records, batches)}.`),
    ...(sameCount > 0 ? [sameText(what, sameCount, compared)] : []),
  ];
}

const NOT_COMPARED =
  'Records were not compared: a report has none. Compare two directories for that, or a report that lists its batches.';

function inWords(records: LogDiff['records'], batches: LogDiff['batches']): string {
  return records !== null ? recordsInWords(records) : batchesInWords(batches!);
}

function sameText(what: 'records' | 'batches', count: number, compared: readonly LogDiff[]): string {
  const byHeaders = compared.some(({ batches }) => batches?.comparesContents === false);
  const logs = count === 1 ? '1 log' : `${count} logs`;
  return `The ${what} of ${logs} are the same at every offset that both sides have${byHeaders ? BY_HEADERS : ''}.`;
}
