/** The logs of a data directory: what each holds and takes; opening one leads to its segments. */
import { useMemo, useState } from 'react';
import type { LogSummary } from '../../../shared/contract';
import { type Column, DataTable } from '../../components/data-table';
import { Empty } from '../../components/notices';
import { countColumn, sizeColumn, timeColumn } from '../../components/number-columns';
import { Count, None } from '../../components/quantities';
import { useAppParts } from '../../store/use-app';
import { plural, sizeText, timeText } from '../../text/quantities';
import { wordFilter } from '../../text/word-filter';
import { FilterBar } from '../filter-bar';
import classes from './logs-screen.module.css';

export function LogsScreen() {
  const { directory, logId, openLog } = useAppParts((state) => ({
    directory: state.directory,
    logId: state.logId,
    openLog: state.openLog,
  }));
  const [filter, setFilter] = useState('');
  const [chosen, setChosen] = useState<string | null>(logId);
  const logs = directory?.logs;
  const shown = useMemo(() => {
    const isMatch = wordFilter(filter);
    return (logs ?? []).filter(({ name, state }) => isMatch(`${name} ${state}`));
  }, [logs, filter]);
  const sizeInBytes = shown.reduce((sum, log) => sum + log.sizeInBytes, 0);
  return (
    <>
      <FilterBar
        label="Filter logs"
        placeholder="Filter by name or state"
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
        columns={COLUMNS}
        keyOf={keyOf}
        selectedKey={chosen}
        onSelect={(log) => setChosen(log.logId)}
        onOpen={(log) => openLog(log.logId)}
        empty={
          <Empty title={filter === '' ? 'No log here.' : 'No log by this name.'}>
            {filter === '' && <p>A log is a directory named topic-partition with .log files in it.</p>}
          </Empty>
        }
      />
    </>
  );
}

const keyOf = (log: LogSummary) => log.logId;

/** Numbers that were not read yet, or could not be, are not shown as 0. */
const known = (log: LogSummary, value: number | null) =>
  log.isPending === true || (log.error ?? null) !== null ? null : value;

const largestTimestampOf = (log: LogSummary) =>
  log.largestTimestampMs === null || log.largestTimestampMs < 0 ? null : known(log, log.largestTimestampMs);

const COLUMNS: readonly Column<LogSummary>[] = [
  {
    ...{ key: 'name', title: 'Log', width: 'minmax(220px, 1fr)' },
    cell: ({ name, logId }) => <LogName name={name} logId={logId} />,
    text: ({ name }) => name,
    order: ({ name }) => name,
  },
  {
    ...{ key: 'state', title: 'State', width: '110px' },
    cell: ({ state, error, isPending }) =>
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
    text: ({ state, error }) => error?.code ?? state,
    order: ({ state, error }) => error?.code ?? state,
  },
  sizeColumn('Size', '110px', (log) => known(log, log.sizeInBytes)),
  countColumn('Segments', '90px', (log) => known(log, log.segmentCount)),
  countColumn('Log start offset', '130px', (log) => known(log, log.logStartOffset)),
  countColumn('Log end offset', '130px', (log) => known(log, log.logEndOffset)),
  {
    ...timeColumn<LogSummary>('Largest timestamp', '180px', largestTimestampOf),
    isNumber: true,
    text: (log) => {
      const ms = largestTimestampOf(log);
      return ms === null ? '' : timeText(ms);
    },
  },
  {
    ...countColumn<LogSummary>('Problems', '90px', (log) => known(log, log.problemCount)),
    cell: (log) => <Count value={known(log, log.problemCount) || null} />,
  },
];

function LogName({ name, logId }: { readonly name: string; readonly logId: string }) {
  const { openLog } = useAppParts((state) => ({ openLog: state.openLog }));
  return (
    <button type="button" className={classes['name']} onClick={() => openLog(logId)}>
      {name}
    </button>
  );
}
