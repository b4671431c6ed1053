/** The field above the list: where to go or what to search for; transactions. */
import { useState } from 'react';
import { Button, Choice, Field } from '../../components/controls';
import { useAppParts } from '../../store/use-app';
import { plural } from '../../text/quantities';
import { parseRecordRequest, REQUEST_KINDS, type RequestKind } from '../../text/record-request';
import { useFindRequest } from '../use-find-request';
import classes from './records.module.css';

const PLACEHOLDERS: Readonly<Record<RequestKind, string>> = {
  offset: 'Go to offset, for example 1 200',
  time: 'Go to time: 2026-11-24T09:30 or ms',
  key: 'Search keys for text',
  text: 'Search keys, values and headers',
  regex: 'Regular expression',
  bytes: 'Hexadecimal, for example 00 1f ff',
};

export function RecordRequestBar() {
  const state = useAppParts((all) => ({
    jumpTo: all.jumpTo,
    cancelSearch: all.cancelSearch,
    loadTransactions: all.loadTransactions,
    selectRecord: all.selectRecord,
    isSearch: all.recordStart.kind === 'matches',
    isSearching: all.recordStart.kind === 'matches' && all.recordsState === 'loading',
    matchCount: all.records.length,
    searchedCount: all.searchedCount,
  }));
  const [kind, setKind] = useState<RequestKind>('offset');
  const [text, setText] = useState('');
  const [mistake, setMistake] = useState<string | null>(null);
  const field = useFindRequest();
  const choose = (chosen: RequestKind) => {
    setKind(chosen);
    setMistake(null);
  };
  const go = () => {
    if (text.trim() === '') return void state.jumpTo({ kind: 'first' });
    const request = parseRecordRequest(kind, text);
    setMistake('mistake' in request ? request.mistake : null);
    if ('start' in request) void state.jumpTo(request.start);
  };
  return (
    <form
      className={classes['bar']}
      onSubmit={(event) => {
        event.preventDefault();
        go();
      }}
    >
      <Choice label="Find by" value={kind} options={REQUEST_KINDS} onChange={choose} />
      <Field
        ref={field}
        aria-label={`Find by ${kind}`}
        placeholder={PLACEHOLDERS[kind]}
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          setMistake(null);
        }}
      />
      <Button type="submit">{kind === 'offset' || kind === 'time' ? 'Go' : 'Search'}</Button>
      {state.isSearching && (
        <Button
          onClick={() => {
            state.cancelSearch();
            field.current?.focus();
          }}
        >
          Cancel search
        </Button>
      )}
      {mistake !== null && (
        <span className={classes['mistake']} role="alert" title={mistake}>
          {mistake}
        </span>
      )}
      <span className={classes['rest']} />
      {mistake === null && state.isSearch && state.searchedCount > 0 && (
        <span className={classes['quiet']}>
          {`${plural(state.matchCount, 'match', 'matches')} in ${plural(state.searchedCount, 'record')}`}
        </span>
      )}
      <Button
        onClick={() => {
          void state.selectRecord(null);
          void state.loadTransactions();
        }}
      >
        Transactions
      </Button>
    </form>
  );
}
