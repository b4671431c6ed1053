/** The logs of a data directory: what each holds and takes; opening one leads to its segments. */
import { useMemo, useState } from 'react';
import type { LogSummary } from '../../../shared/contract';
import { Field } from '../../components/controls';
import { type Column, DataTable } from '../../components/data-table';
import { Empty } from '../../components/notices';
import { Count, None, Size, Time } from '../../components/quantities';
import { useAppParts } from '../../store/use-app';
import { plural, sizeText, timeText } from '../../text/quantities';
import { useFindRequest } from '../use-find-request';
import classes from './logs-screen.module.css';

export function LogsScreen() {
  const { directory, logId, openLog } = useAppParts((state) => ({
    directory: state.directory,
    logId: state.logId,
    openLog: state.openLog,
  }));
  const [filter, setFilter] = useState('');
  const [chosen, setChosen] = useState<string | null>(logId);
  const field = useFindRequest();
  const logs = directory?.logs;
  const shown = useMemo(() => {
    const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
    return (logs ?? []).filter(({ name, state }) =>
      words.every((word) => `${name} ${state}`.toLowerCase().includes(word)),
    );
  }, [logs, filter]);
  const sizeInBytes = shown.reduce((sum, log) => sum + log.sizeInBytes, 0);
  return (
    <>
      <div className={classes['bar']}>
        <Field
          ref={field}
          aria-label="Filter logs"
          placeholder="Filter by name or state"
          value={filter}
          onChange={(event) => setFilter(event.target.value)}
        />
        <span
          className={classes['sum']}
        >{`${plural(shown.length, 'log')}, ${sizeText(sizeInBytes)} of records`}</span>
      </div>
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

function numberColumn(
  title: string,
  width: string,
  of: (log: LogSummary) => number | null,
  Cell: (props: { readonly value: number | null }) => React.ReactNode,
  text: (value: number) => string = String,
): Column<LogSummary> {
  return {
    ...{ key: title, title, width, isNumber: true },
    cell: (log) => <Cell value={known(log, of(log))} />,
    text: (log) => {
      const value = known(log, of(log));
      return value === null ? '' : text(value);
    },
    order: (log) => known(log, of(log)),
  };
}

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
  numberColumn(
    'Size',
    '110px',
    (log) => log.sizeInBytes,
    ({ value }) => <Size bytes={value} />,
  ),
  numberColumn('Segments', '90px', (log) => log.segmentCount, Count),
  numberColumn('Log start offset', '130px', (log) => log.logStartOffset, Count),
  numberColumn('Log end offset', '130px', (log) => log.logEndOffset, Count),
  numberColumn(
    'Largest timestamp',
    '180px',
    (log) => (log.largestTimestampMs === null || log.largestTimestampMs < 0 ? null : log.largestTimestampMs),
    ({ value }) => <Time ms={value} />,
    timeText,
  ),
  numberColumn(
    'Problems',
    '90px',
    (log) => log.problemCount,
    ({ value }) => (value === 0 ? <None /> : <Count value={value} />),
  ),
];

function LogName({ name, logId }: { readonly name: string; readonly logId: string }) {
  const { openLog } = useAppParts((state) => ({ openLog: state.openLog }));
  return (
    <button type="button" className={classes['name']} onClick={() => openLog(logId)}>
      {name}
    </button>
  );
}
