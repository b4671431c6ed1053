/**
 * Records of the log: go to an offset or a time, search, and one record in full beside the list. A saved report has no
 * records, but perhaps the transactions.
 */
import { useMemo } from 'react';
import type { RecordRow } from '../../../shared/inspection';
import { Button } from '../../components/controls';
import { DataTable } from '../../components/data-table';
import { Empty, Failure } from '../../components/notices';
import { SplitPane } from '../../components/split-pane';
import { segmentColouring } from '../../core/core-tones';
import { useApp, useAppParts } from '../../store/use-app';
import { countText } from '../../text/quantities';
import { CoreStrip } from '../core-strip';
import { LogGate } from '../log-gate';
import { recordColumns } from './record-columns';
import { RecordDetails } from './record-details';
import { RecordRequestBar } from './record-request-bar';
import classes from './records.module.css';
import { TransactionList } from './transaction-list';

export function RecordsScreen() {
  const segments = useApp((state) => state.segments);
  const colouring = useApp((state) => state.coreColouring);
  const selected = useApp((state) => state.selectedSegment);
  const jumpTo = useApp((state) => state.jumpTo);
  const hasBeside = useApp(
    ({ record, recordError, transactions }) => (record ?? recordError ?? transactions) !== null,
  );
  const isSaved = useApp((state) => state.directory?.savedReport !== undefined);
  const isVerified = useApp((state) => state.isVerified);
  const tones = useMemo(
    () => segmentColouring(segments, colouring, isVerified),
    [segments, colouring, isVerified],
  );
  if (isSaved)
    return (
      <LogGate>
        <CoreStrip colouring={tones} />
        <SavedTransactions />
      </LogGate>
    );
  return (
    <LogGate>
      <CoreStrip
        colouring={tones}
        onOpen={() => selected !== null && void jumpTo({ kind: 'offset', offset: selected })}
      />
      <RecordRequestBar />
      <SplitPane
        name="records"
        initialShare={0.62}
        first={<RecordTable />}
        second={hasBeside ? <Beside /> : null}
      />
    </LogGate>
  );
}

function SavedTransactions() {
  const transactions = useApp((state) => state.transactions);
  const error = useApp((state) => state.transactionsError);
  if (transactions !== null) return <TransactionList transactions={transactions} />;
  if (error === null) return null;
  if (error.code !== 'NOT_IN_REPORT')
    return <Failure title="The transactions could not be shown." error={error} />;
  return (
    <Empty title="Records are not in a saved report.">
      <p>
        Nor are transactions in this one: they were not asked for when it was made (strata report
        --transactions).
      </p>
      <p>Open the directory itself to see them.</p>
    </Empty>
  );
}

const keyOf = (record: RecordRow) => record.offset;

function RecordTable() {
  const state = useAppParts((all) => ({
    records: all.records,
    state: all.recordsState,
    error: all.recordsError,
    start: all.recordStart,
    next: all.nextRecordOffset,
    slow: all.slowOffset,
    hasUnreadable: all.hasUnreadable,
    selected: all.selectedRecord,
    selectRecord: all.selectRecord,
    loadMoreRecords: all.loadMoreRecords,
  }));
  const formats = useApp((all) => all.contentFormats);
  const columns = useMemo(() => recordColumns(formats, state.records), [formats, state.records]);
  const isSearch = state.start.kind === 'matches';
  return (
    <>
      {state.error !== null && <Failure title="The records could not be read." error={state.error} />}
      <DataTable
        label="Records"
        rows={state.records}
        columns={columns}
        keyOf={keyOf}
        selectedKey={state.selected}
        onSelect={({ offset }) => void state.selectRecord(offset)}
        onClear={() => void state.selectRecord(null)}
        {...(isSearch ? {} : { onEnd: state.loadMoreRecords })}
        empty={state.error === null && <NoRecords />}
      />
      {isSearch && state.hasUnreadable && (
        <output className={classes['searchOn']}>
          Not everything could be read: matches may be missing. Problems tells where, once the log is
          verified.
        </output>
      )}
      {isSearch && state.next !== null && state.state === 'ready' && (
        <div className={classes['searchOn']}>
          {state.slow !== null && (
            <span role="alert">
              {`The search stopped at offset ${countText(state.slow)}: the expression comes to no end with this record. Nested repetition such as (a+)+ does that.`}
            </span>
          )}
          <Button onClick={() => void state.loadMoreRecords()}>
            {state.slow === null ? `Search on from offset ${countText(state.next)}` : 'Search on behind it'}
          </Button>
        </div>
      )}
    </>
  );
}

function NoRecords() {
  const isLoading = useApp(({ recordsState }) => recordsState === 'loading');
  const isSearch = useApp(({ recordStart }) => recordStart.kind === 'matches');
  const isAtEnd = useApp(({ nextRecordOffset }) => nextRecordOffset === null);
  if (isSearch)
    return <Empty title={isLoading ? 'Searching…' : isAtEnd ? 'No match.' : 'No match so far.'} />;
  if (isLoading) return <Empty title="Reading records…" />;
  return (
    <Empty title="No record here.">
      <p>The log holds no record from this place on.</p>
    </Empty>
  );
}

function Beside() {
  const record = useApp((state) => state.record);
  const error = useApp((state) => state.recordError);
  const transactions = useApp((state) => state.transactions);
  if (error !== null) return <Failure title="The record could not be read." error={error} />;
  if (record !== null) return <RecordDetails record={record} />;
  if (transactions !== null) return <TransactionList transactions={transactions} />;
  return null;
}
