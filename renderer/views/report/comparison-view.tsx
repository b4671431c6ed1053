/** What two states of a directory have of each other: both sides, the growth, and what is gone, new and changed. */
import { useMemo } from 'react';
import type { DirectoryDiff } from '../../../shared/report-diff';
import { Button } from '../../components/controls';
import { type Column, DataTable } from '../../components/data-table';
import { Facts } from '../../components/facts';
import { Empty } from '../../components/notices';
import { countColumn, sizeColumn } from '../../components/number-columns';
import { None, Size } from '../../components/quantities';
import { useApp } from '../../store/use-app';
import { sizeText, timeText } from '../../text/quantities';
import { type ComparisonRow, changesText, comparisonRows, recordLines } from './comparison-rows';
import classes from './comparison-view.module.css';

const HOUR_MS = 3_600_000;

const COLUMNS: readonly Column<ComparisonRow>[] = [
  {
    ...{ key: 'log', title: 'Log', width: 'minmax(120px, 1fr)' },
    cell: ({ logName }) => logName,
    text: ({ logName }) => logName,
    order: ({ logName }) => logName,
  },
  countColumn('Segment', 'minmax(90px, 160px)', ({ baseOffset }) => baseOffset),
  {
    ...{ key: 'change', title: 'Change', width: '96px' },
    cell: ({ change }) => change,
    text: ({ change }) => change,
    order: ({ change }) => change,
  },
  sizeColumn('First size', 'minmax(90px, 120px)', ({ before }) => before?.sizeInBytes ?? null),
  sizeColumn('Second size', 'minmax(90px, 120px)', ({ after }) => after?.sizeInBytes ?? null),
  countColumn('First last offset', 'minmax(96px, 160px)', ({ before }) => before?.lastOffset ?? null),
  countColumn('Second last offset', 'minmax(96px, 160px)', ({ after }) => after?.lastOffset ?? null),
];

const keyOf = ({ key }: ComparisonRow) => key;

export function ComparisonView({ comparison }: { readonly comparison: DirectoryDiff }) {
  const close = useApp((state) => state.clearComparison);
  const rows = useMemo(() => comparisonRows(comparison.logs), [comparison]);
  return (
    <section className={classes['comparison']} aria-label="Comparison">
      <div className={classes['summary']}>
        <Facts rows={summaryRows(comparison, rows)} />
        <Button onClick={close}>Close the comparison</Button>
      </div>
      <Records lines={recordLines(comparison)} />
      <div className={classes['table']}>
        <DataTable
          label="Differences"
          rows={rows}
          columns={COLUMNS}
          keyOf={keyOf}
          selectedKey={null}
          onSelect={() => {}}
          empty={<Empty title="They are the same." />}
        />
      </div>
    </section>
  );
}

/** As a region with a key, for it scrolls where many logs differ. */
function Records({ lines }: { readonly lines: readonly string[] }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by the keyboard
    <ul className={classes['records']} aria-label="Records" tabIndex={0}>
      {lines.map((line) => (
        <li key={line}>{line}</li>
      ))}
    </ul>
  );
}

function summaryRows(
  { before, after, sizeBefore, sizeAfter, growthBytesPerMs }: DirectoryDiff,
  rows: readonly ComparisonRow[],
): Parameters<typeof Facts>[0]['rows'] {
  const growth = growthBytesPerMs === null ? '' : `, ${signedSize(growthBytesPerMs * HOUR_MS)} an hour`;
  return [
    ['First', sideText(before)],
    ['Second', sideText(after)],
    [
      'Size',
      <span key="v">
        <Size bytes={sizeBefore} />, then <Size bytes={sizeAfter} />
        {`: ${signedSize(sizeAfter - sizeBefore)}${growth}`}
      </span>,
    ],
    ['Differences', changesText(rows) || <None key="v" />],
  ];
}

function sideText({ path, hostName, madeAtMs, isReport }: DirectoryDiff['before']): string {
  const host = hostName === null ? '' : `${hostName}: `;
  return `${host}${path}, ${isReport ? `report of ${timeText(madeAtMs)}` : 'as it is now'}`;
}

function signedSize(bytes: number): string {
  if (bytes === 0) return 'no growth';
  return `${bytes < 0 ? '−' : '+'}${sizeText(Math.abs(Math.round(bytes)))}`;
}
