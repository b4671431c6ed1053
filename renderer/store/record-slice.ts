/**
 * Records of the log on the screen: a list that grows as it is scrolled, from an offset or a time on or as the matches
 * of a search; one record in full; how transactions ended.
 */
import { CONTENT_FORMATS, type ContentFormat } from '../../shared/content-formats';
import type { WireError } from '../../shared/errors';
import type { RecordMatches, RecordPattern, RecordRow, Transactions } from '../../shared/inspection';
import { plural } from '../text/quantities';
import { failureOf, type SliceContext } from './slice';
import { byteProgress } from './task-slice';

const RECORD_PAGE = 200;
const MATCH_LIMIT = 500;
const TRANSACTION_LIMIT = 5_000;

/** Where the list begins. */
export type RecordStart =
  | { readonly kind: 'first' }
  | { readonly kind: 'offset'; readonly offset: number }
  | { readonly kind: 'time'; readonly timestampMs: number }
  | MatchStart;

interface MatchStart {
  readonly kind: 'matches';
  readonly pattern: RecordPattern;
}

export interface RecordSlice {
  readonly recordStart: RecordStart;
  readonly records: readonly RecordRow[];
  readonly recordsState: 'none' | 'loading' | 'ready' | 'failed';
  readonly recordsError: WireError | null;
  /** Where the list, or the search, goes on; null at the end of the log. */
  readonly nextRecordOffset: number | null;
  /** Of a search: how many records were read for it. */
  readonly searchedCount: number;
  /** Of a search that stopped at a record with which its expression came to no end; it goes on behind it. */
  readonly slowOffset: number | null;
  /** Of a search: something on the way could not be read, and was not searched. */
  readonly hasUnreadable: boolean;
  readonly selectedRecord: number | null;
  readonly record: RecordRow | null;
  readonly recordError: WireError | null;
  readonly transactions: Transactions | null;
  /** Of a saved report: why it shows none. Reading them is a task else, which says so itself. */
  readonly transactionsError: WireError | null;
  /** As what keys, values and header values are shown where they can be; null for the best guess. Remembered. */
  readonly contentFormats: Readonly<Record<ContentPart, ContentFormat | null>>;
  /** Shows the list, from the first record where none was shown yet. */
  openRecords(): void;
  jumpTo(start: RecordStart): Promise<void>;
  /** Goes to the screen, with the list from this offset on and its record chosen. */
  showRecordAt(offset: number): void;
  loadMoreRecords(): Promise<void>;
  /** What it has found stays, and it can go on from where it was. */
  cancelSearch(): void;
  /** After a change on disk: goes on where the list had come to the end. */
  followRecords(): void;
  selectRecord(offset: number | null): Promise<void>;
  loadTransactions(): Promise<void>;
  hideTransactions(): void;
  showContentAs(part: ContentPart, format: ContentFormat): void;
  clearRecords(): void;
}

const CONTENT_PARTS = ['key', 'value', 'header'] as const;
export type ContentPart = (typeof CONTENT_PARTS)[number];

const NO_RECORDS = {
  recordStart: { kind: 'first' },
  records: [],
  recordsState: 'none',
  recordsError: null,
  nextRecordOffset: null,
  searchedCount: 0,
  slowOffset: null,
  hasUnreadable: false,
  selectedRecord: null,
  record: null,
  recordError: null,
  transactions: null,
  transactionsError: null,
} as const;

export function recordSlice(context: SliceContext): RecordSlice {
  const { api, get, set, latest } = context;

  async function list(logId: string, start: RecordStart, signal: AbortSignal): Promise<void> {
    const place =
      start.kind === 'offset'
        ? { fromOffset: start.offset }
        : start.kind === 'time'
          ? { fromTimestampMs: start.timestampMs }
          : {};
    const page = await api.call('log.records', { logId, ...place, limit: RECORD_PAGE }, { signal });
    set({ records: page.rows, nextRecordOffset: page.nextOffset, recordsState: 'ready' });
  }

  /** From where the list goes on. Matches are shown as they are found, so that none is lost when the search is cancelled. */
  async function search(logId: string, start: MatchStart): Promise<void> {
    const { pattern } = start;
    const { records, searchedCount, nextRecordOffset: fromOffset, hasUnreadable } = get();
    const show = (found: Omit<RecordMatches, 'slowOffset'>) => {
      set({
        nextRecordOffset: found.nextOffset,
        searchedCount: searchedCount + found.recordsDone,
        hasUnreadable: hasUnreadable || found.hasUnreadable,
      });
      if (found.rows.length > 0) set({ records: [...records, ...found.rows] });
    };
    const isDone = await get().runTask({
      key: 'records',
      title: `Search ${pattern.pattern}`,
      async run(signal, progress) {
        const found = await api.call(
          'log.search',
          { logId, pattern, limit: MATCH_LIMIT, ...(fromOffset === null ? {} : { fromOffset }) },
          {
            signal,
            onProgress({ bytesDone, bytesTotal, ...way }) {
              if (signal.aborted) return;
              progress({ done: bytesDone, total: bytesTotal });
              show(way);
            },
          },
        );
        show(found);
        set({ slowOffset: found.slowOffset });
        return plural(found.rows.length, 'match', 'matches');
      },
    });
    // Another list has begun meanwhile.
    if (get().recordStart !== start) return;
    const error = isDone ? null : (get().tasks.find(({ key }) => key === 'records')?.error ?? null);
    set({ recordsState: error === null ? 'ready' : 'failed', recordsError: error });
  }

  /** What a saved report holds costs nothing, and is no task. */
  async function loadSavedTransactions(logId: string): Promise<void> {
    const signal = latest.begin('transactions');
    try {
      const transactions = await api.call(
        'log.transactions',
        { logId, limit: TRANSACTION_LIMIT },
        { signal },
      );
      set({ transactions, transactionsError: null });
    } catch (error) {
      const failure = failureOf(error);
      if (failure !== null) set({ transactionsError: failure });
    }
  }

  return {
    ...NO_RECORDS,
    contentFormats: rememberedFormats(),
    openRecords() {
      if (get().recordsState === 'none') void get().jumpTo({ kind: 'first' });
    },
    showRecordAt(offset) {
      // The list first, so that the screen does not ask for the one from the start.
      void get()
        .jumpTo({ kind: 'offset', offset })
        .then(() => get().selectRecord(offset));
      get().showScreen('records');
    },
    async jumpTo(start) {
      const { logId } = get();
      if (logId === null) return;
      const fresh = {
        records: [],
        nextRecordOffset: null,
        searchedCount: 0,
        slowOffset: null,
        hasUnreadable: false,
        selectedRecord: null,
        record: null,
      };
      set({ recordStart: start, recordsState: 'loading', recordsError: null, ...fresh });
      if (start.kind === 'matches') {
        set({ nextRecordOffset: 0 });
        return search(logId, start);
      }
      const signal = latest.begin('records');
      try {
        await list(logId, start, signal);
        const first = get().records[0];
        if (start.kind !== 'first' && first !== undefined) await get().selectRecord(first.offset);
      } catch (error) {
        const failure = failureOf(error);
        if (failure !== null) set({ recordsState: 'failed', recordsError: failure });
      }
    },
    async loadMoreRecords() {
      const { logId, nextRecordOffset, recordsState, recordStart } = get();
      if (logId === null || nextRecordOffset === null || recordsState === 'loading') return;
      set({ recordsState: 'loading', recordsError: null, slowOffset: null });
      if (recordStart.kind === 'matches') return search(logId, recordStart);
      const signal = latest.begin('records');
      try {
        const params = { logId, fromOffset: nextRecordOffset, limit: RECORD_PAGE };
        const page = await api.call('log.records', params, { signal });
        set(({ records }) => ({
          records: [...records, ...page.rows],
          nextRecordOffset: page.nextOffset,
          recordsState: 'ready',
        }));
      } catch (error) {
        const failure = failureOf(error);
        if (failure !== null) set({ recordsState: 'failed', recordsError: failure });
      }
    },
    cancelSearch() {
      if (get().recordStart.kind === 'matches') latest.cancel('records');
    },
    followRecords() {
      const { recordsState, nextRecordOffset, records, recordStart } = get();
      if (recordsState !== 'ready' || nextRecordOffset !== null || recordStart.kind === 'matches') return;
      const last = records.at(-1);
      if (last === undefined) return void get().jumpTo(recordStart);
      set({ nextRecordOffset: last.offset + 1 });
      void get().loadMoreRecords();
    },
    async selectRecord(offset) {
      const { logId } = get();
      set({ selectedRecord: offset, recordError: null, ...(offset === null ? { record: null } : {}) });
      if (logId === null || offset === null) return latest.cancel('record');
      const signal = latest.begin('record');
      try {
        const { rows } = await api.call('log.record', { logId, offset }, { signal });
        set({ record: rows[0] ?? null });
      } catch (error) {
        const failure = failureOf(error);
        if (failure !== null) set({ record: null, recordError: failure });
      }
    },
    async loadTransactions() {
      const { logId, directory } = get();
      if (logId === null) return;
      if (directory?.savedReport !== undefined) return loadSavedTransactions(logId);
      await get().runTask({
        key: 'transactions',
        title: 'Read transactions',
        async run(signal, progress) {
          const onProgress = byteProgress(progress);
          const found = await api.call(
            'log.transactions',
            { logId, limit: TRANSACTION_LIMIT },
            { signal, onProgress },
          );
          set({ transactions: found });
          return plural(found.total, 'transaction');
        },
      });
    },
    hideTransactions: () => set({ transactions: null }),
    showContentAs(part, format) {
      set({ contentFormats: { ...get().contentFormats, [part]: format } });
      storage()?.setItem(storageKey(part), format);
    },
    clearRecords() {
      for (const key of ['records', 'record', 'transactions']) latest.cancel(key);
      set(NO_RECORDS);
    },
  };
}

const storageKey = (part: ContentPart) => `content-format-${part}`;
/** Tests run without one. */
const storage = () => (typeof localStorage === 'undefined' ? null : localStorage);

function rememberedFormats(): Record<ContentPart, ContentFormat | null> {
  const formatOf = (part: ContentPart) => {
    const name = storage()?.getItem(storageKey(part)) ?? '';
    return CONTENT_FORMATS.find((format) => format === name) ?? null;
  };
  return { key: formatOf('key'), value: formatOf('value'), header: formatOf('header') };
}
