/** A comparison as rows of one table, each differing log over its segments, and its totals. Pure. */
import type { DirectoryDiff, LogDiff } from '../../../shared/report-diff';
import { recordsInWords } from '../../../shared/report-diff-words';
import { plural } from '../../text/quantities';

type Change = LogDiff['change'] | 'unreadable';

interface RowState {
  readonly sizeInBytes: number;
  /** null where there is none. */
  readonly lastOffset: number | null;
}

export interface ComparisonRow {
  readonly key: string;
  readonly logName: string;
  /** null for the log as a whole. */
  readonly baseOffset: number | null;
  readonly change: Change;
  readonly before: RowState | null;
  readonly after: RowState | null;
}

export function comparisonRows(logs: DirectoryDiff['logs']): ComparisonRow[] {
  return logs.filter((log) => changeOf(log) !== 'same').flatMap((log) => [logRow(log), ...segmentRows(log)]);
}

/** A log that is on both sides and has no state on one could not be read there. */
function changeOf({ change, before, after }: LogDiff): Change {
  const isOnBoth = change === 'same' || change === 'changed';
  return isOnBoth && (before === null || after === null) ? 'unreadable' : change;
}

function logRow(log: LogDiff): ComparisonRow {
  const { name } = log;
  return {
    ...{ key: name, logName: name, baseOffset: null, change: changeOf(log) },
    ...{ before: logState(log.before), after: logState(log.after) },
  };
}

function logState(state: LogDiff['before']): RowState | null {
  if (state === null) return null;
  const { sizeInBytes, logStartOffset, logEndOffset } = state;
  return { sizeInBytes, lastOffset: logEndOffset > logStartOffset ? logEndOffset - 1 : null };
}

function segmentRows({ name, segments }: LogDiff): ComparisonRow[] {
  return segments.map(({ baseOffset, change, before, after }) => ({
    ...{ key: `${name} ${baseOffset}`, logName: name, baseOffset, change, before, after },
  }));
}

/** "1 log changed, 2 segments gone"; '' where all is the same. */
export function changesText(rows: readonly ComparisonRow[]): string {
  const parts: string[] = [];
  for (const [one, isLog] of [
    ['log', true],
    ['segment', false],
  ] as const)
    for (const change of ['gone', 'new', 'changed', 'unreadable'] as const) {
      const count = rows.filter((row) => row.change === change && (row.baseOffset === null) === isLog).length;
      if (count > 0) parts.push(`${plural(count, one)} ${change}`);
    }
  return parts.join(', ');
}

/** Where records differ first, a line a log; of all others together one. */
export function recordLines({ before, after, logs }: DirectoryDiff): string[] {
  if (before.isReport || after.isReport)
    return ['Records were not compared: a report has none. Compare two directories for that.'];
  const compared = logs.flatMap(({ name, records }) => (records === null ? [] : [{ name, records }]));
  const differing = compared.filter(({ records }) => records.firstDifference !== null);
  const sameCount = compared.length - differing.length;
  return [
    ...differing.map(({ name, records }) => `${name}: ${recordsInWords(records)}.`),
    ...(sameCount > 0
      ? [`The records of ${plural(sameCount, 'log')} are the same at every offset that both sides have.`]
      : []),
  ];
}
