/** What two states of a directory have of each other: both sides, the growth, and what is gone, new and changed. */
import type { Comparison, ComparisonRow } from '../../../shared/report-diff';
import { Button } from '../../components/controls';
import type { Column } from '../../components/data-table';
import { Facts } from '../../components/facts';
import { Empty } from '../../components/notices';
import { countColumn, sizeColumn } from '../../components/number-columns';
import { None, Size } from '../../components/quantities';
import type { ShownComparison } from '../../store/comparison-slice';
import { useApp } from '../../store/use-app';
import { countText, plural, sizeText, timeText } from '../../text/quantities';
import { FilteredTable } from '../filtered-table';
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

const keyOf = ({ logName, baseOffset }: ComparisonRow) => `${logName} ${baseOffset ?? ''}`;

export function ComparisonView({ comparison }: { readonly comparison: ShownComparison }) {
  const close = useApp((state) => state.clearComparison);
  const { rows, rowCount, lines, lineCount } = comparison;
  return (
    <section className={classes['comparison']} aria-label="Comparison">
      <div className={classes['summary']}>
        <Facts rows={summaryRows(comparison)} />
        <Button onClick={close}>Close the comparison</Button>
      </div>
      <Records lines={lines} lineCount={lineCount} />
      {rows.length < rowCount && (
        <p>{`The first ${countText(rows.length)} of ${countText(rowCount)} differences; strata diff tells all.`}</p>
      )}
      <div className={classes['table']}>
        <FilteredTable
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
function Records({ lines, lineCount }: Pick<Comparison, 'lines' | 'lineCount'>) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by the keyboard
    <ul className={classes['records']} aria-label="Records" tabIndex={0}>
      {lines.map((line) => (
        <li key={line}>{line}</li>
      ))}
      {lines.length < lineCount && <li>{`And ${plural(lineCount - lines.length, 'log')} more.`}</li>}
    </ul>
  );
}

function summaryRows({
  before,
  after,
  sizeBefore,
  sizeAfter,
  growthBytesPerMs,
  changes,
}: Comparison): Parameters<typeof Facts>[0]['rows'] {
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
    ['Differences', changesText(changes) || <None key="v" />],
  ];
}

/** "1 log changed, 2 segments gone"; '' where all is the same. */
function changesText(changes: Comparison['changes']): string {
  return changes.map(({ of, change, count }) => `${plural(count, of)} ${change}`).join(', ');
}

function sideText({ path, hostName, madeAtMs, isReport }: Comparison['before']): string {
  const host = hostName === null ? '' : `${hostName}: `;
  return `${host}${path}, ${isReport ? `report of ${timeText(madeAtMs)}` : 'as it is now'}`;
}

function signedSize(bytes: number): string {
  if (bytes === 0) return 'no growth';
  return `${bytes < 0 ? '−' : '+'}${sizeText(Math.abs(Math.round(bytes)))}`;
}
