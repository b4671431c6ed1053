/** The logs in the place that the treemap shows: what each holds and takes; opening one leads to its segments. */
import { useMemo, useState } from 'react';
import type { LogSummary } from '../../../shared/contract';
import type { LogPolicy } from '../../../shared/disk-usage';
import { DAY_MS } from '../../../shared/plan/ingest-rate';
import { type Column, DataTable } from '../../components/data-table';
import { Empty } from '../../components/notices';
import { countColumn, optional, sizeColumn, timeColumn } from '../../components/number-columns';
import { Count, None } from '../../components/quantities';
import { useAppParts } from '../../store/use-app';
import { plural, sizeText, timeText } from '../../text/quantities';
import { wordFilter } from '../../text/word-filter';
import { FilterBar } from '../filter-bar';
import { policyText } from '../retention/policy-comparison';
import classes from './disk-table.module.css';
import { type DiskGrowth, type DiskRow, TONES } from './disk-view';

const INDEX_TONE = TONES.findIndex(({ title }) => title === 'indexes');
const DELETED_TONE = TONES.findIndex(({ title }) => title === 'deleted');

export interface DiskTableProps {
  readonly rows: readonly DiskRow[];
  readonly growth: DiskGrowth | null;
}

export function DiskTable({ rows, growth }: DiskTableProps) {
  const { logId, openLog } = useAppParts((state) => ({ logId: state.logId, openLog: state.openLog }));
  const [filter, setFilter] = useState('');
  const [chosen, setChosen] = useState<string | null>(logId);
  const shown = useMemo(() => {
    const isMatch = wordFilter(filter);
    return rows.filter(({ log, policy }) =>
      isMatch(`${log.name} ${log.state} ${policy === null ? '' : policyText(policy)}`),
    );
  }, [rows, filter]);
  const columns = useMemo(() => columnsOf(rows, growth), [rows, growth]);
  const sizeInBytes = shown.reduce((sum, { log }) => sum + log.sizeInBytes, 0);
  return (
    <>
      <FilterBar
        label="Filter logs"
        placeholder="Filter by name, state or policy"
        value={filter}
        onChange={setFilter}
      >
        <span
          className={classes['sum']}
        >{`${plural(shown.length, 'log')}, ${sizeText(sizeInBytes)} of records`}</span>
      </FilterBar>
      <DataTable
        label="Logs"
        rows={shown}
        columns={columns}
        keyOf={keyOf}
        selectedKey={chosen}
        onSelect={({ log }) => setChosen(log.logId)}
        onOpen={({ log }) => openLog(log.logId)}
        empty={
          <Empty title={filter === '' ? 'No log here.' : 'No log by this name.'}>
            {filter === '' && <p>A log is a directory named topic-partition with .log files in it.</p>}
          </Empty>
        }
      />
    </>
  );
}

const keyOf = ({ log }: DiskRow) => log.logId;

/** Numbers that were not read yet, or could not be, are not shown as 0. */
const known = (log: LogSummary, value: number | null) =>
  log.isPending === true || (log.error ?? null) !== null ? null : value;

/** Of files: known from the first look on, for a log that cannot be read too. */
const usage = ({ policy }: DiskRow, value: number | null) => (policy === null ? null : value);

const largestTimestampOf = ({ log }: DiskRow) =>
  log.largestTimestampMs === null || log.largestTimestampMs < 0 ? null : known(log, log.largestTimestampMs);

function policyTitle({ source }: LogPolicy): string {
  return source === 'metadata' ? 'The metadata log says so.' : 'Assumed: nothing on this disk says it.';
}

/** Those that say nothing about any of the logs are left out: there is little room. */
function columnsOf(rows: readonly DiskRow[], growth: DiskGrowth | null): readonly Column<DiskRow>[] {
  const hasStates = rows.some(
    ({ log: { state, error, isPending } }) => state !== 'current' || error != null || isPending === true,
  );
  const hasDeleted = rows.some((row) => row.bytesByTone[DELETED_TONE]! > 0);
  const perDay = ({ log }: DiskRow) => {
    const rate = growth?.rates.get(log.logId) ?? null;
    return rate === null ? null : Math.round(rate.bytesPerMs * DAY_MS);
  };
  return [
    NAME,
    ...(hasStates ? [STATE] : []),
    PROBLEMS,
    sizeColumn('Size', '84px', ({ log }) => known(log, log.sizeInBytes)),
    sizeColumn('All files', '84px', (row) => usage(row, row.sizeInBytes)),
    sizeColumn('Indexes', '84px', (row) => usage(row, row.bytesByTone[INDEX_TONE]!)),
    ...(hasDeleted
      ? [sizeColumn<DiskRow>('Deleted', '84px', (row) => usage(row, row.bytesByTone[DELETED_TONE]! || null))]
      : []),
    sizeColumn('Per day', '88px', perDay),
    POLICY,
    ...optional(
      countColumn<DiskRow>('Segments', '72px', ({ log }) => known(log, log.segmentCount)),
      countColumn<DiskRow>('Log start offset', '104px', ({ log }) => known(log, log.logStartOffset)),
      countColumn<DiskRow>('Log end offset', '104px', ({ log }) => known(log, log.logEndOffset)),
      LARGEST_TIMESTAMP,
    ),
  ];
}

const NAME: Column<DiskRow> = {
  ...{ key: 'name', title: 'Log', width: 'minmax(150px, 1fr)' },
  cell: ({ log: { name, logId } }) => <LogName name={name} logId={logId} />,
  text: ({ log }) => log.name,
  order: ({ log }) => log.name,
};

const STATE: Column<DiskRow> = {
  ...{ key: 'state', title: 'State', width: '110px' },
  cell: ({ log: { state, error, isPending } }) =>
    error != null ? (
      <span className={classes['error']} title={error.message}>
        {error.code}
      </span>
    ) : isPending === true ? (
      <span className={classes['quiet']}>reading…</span>
    ) : state === 'current' ? (
      <None />
    ) : (
      state
    ),
  text: ({ log: { state, error } }) => error?.code ?? state,
  order: ({ log: { state, error } }) => error?.code ?? state,
};

const PROBLEMS: Column<DiskRow> = {
  ...countColumn<DiskRow>('Problems', '76px', ({ log }) => known(log, log.problemCount)),
  cell: ({ log }) => <Count value={known(log, log.problemCount) || null} />,
};

const POLICY: Column<DiskRow> = {
  ...{ key: 'policy', title: 'Policy', width: '160px' },
  cell: ({ policy }) =>
    policy === null ? <None /> : <span title={policyTitle(policy)}>{policyText(policy)}</span>,
  text: ({ policy }) => (policy === null ? '' : policyText(policy)),
  order: ({ policy }) => (policy === null ? null : policyText(policy)),
};

const LARGEST_TIMESTAMP: Column<DiskRow> = {
  ...timeColumn<DiskRow>('Largest timestamp', '168px', largestTimestampOf),
  isNumber: true,
  text: (row) => {
    const ms = largestTimestampOf(row);
    return ms === null ? '' : timeText(ms);
  },
};

function LogName({ name, logId }: { readonly name: string; readonly logId: string }) {
  const { openLog } = useAppParts((state) => ({ openLog: state.openLog }));
  return (
    <button type="button" className={classes['name']} onClick={() => openLog(logId)}>
      {name}
    </button>
  );
}
