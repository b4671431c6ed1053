/** The store against an api that answers what a test says. */
import { describe, expect, it } from 'vitest';
import type { Api } from '../../../renderer/api';
import { type AppStore, createAppStore } from '../../../renderer/store/app-store';
import type { Directory, LogSummary } from '../../../shared/contract';
import { AppError } from '../../../shared/errors';

type Answer = (params: Record<string, unknown>, signal: AbortSignal | undefined) => unknown;

class FakeApi {
  readonly calls: string[] = [];
  readonly #listeners = new Map<string, (payload: never) => void>();
  readonly answers: Record<string, Answer>;

  constructor(answers: Record<string, Answer>) {
    this.answers = answers;
  }

  async call(method: string, params: Record<string, unknown>, options?: { signal?: AbortSignal }) {
    this.calls.push(method);
    const answer = this.answers[method];
    if (answer === undefined) throw new Error(`unexpected ${method}`);
    return answer(params, options?.signal);
  }

  on(name: string, listener: (payload: never) => void) {
    this.#listeners.set(name, listener);
    return () => void this.#listeners.delete(name);
  }

  emit(name: string, payload: unknown) {
    this.#listeners.get(name)?.(payload as never);
  }
}

const SUMMARY: LogSummary = {
  ...{ logId: 'log-1', name: 'orders-0', topic: 'orders', partition: 0, state: 'current', format: 'kafka' },
  ...{ segmentCount: 1, sizeInBytes: 10, logStartOffset: 0, logEndOffset: 5, largestTimestampMs: 1 },
  ...{ problemCount: 0, generation: 0 },
};
const DIRECTORY: Directory = {
  ...{ directoryId: 'directory-1', name: 'orders-0', path: '/orders-0', kind: 'log' },
  ...{ broker: { verdict: 'detached', reason: '' }, logs: [SUMMARY] },
};
const segmentOf = (baseOffset: number, recordCount: number | null) => ({
  ...{ baseOffset, recordCount, sizeInBytes: 10, problemCount: 0, offsetIndex: null, codecs: [] },
});

function storeWith(answers: Record<string, Answer>): { store: AppStore; api: FakeApi } {
  const api = new FakeApi({
    'app.start': () => ({ version: '1', theme: 'light', recent: [], directory: DIRECTORY, openError: null }),
    'log.count': () => ({ generation: 0 }),
    ...answers,
  });
  return { store: createAppStore(api as unknown as Api, { now: () => 0 }), api };
}

const quiet = () => new Promise((resolve) => setTimeout(resolve));

describe('createAppStore', () => {
  it('opens the directory of the command line, loads all pages of segments, then counts', async () => {
    let counted = false;
    const { store, api } = storeWith({
      'log.segments': ({ from }) => ({
        ...{ generation: 0, total: 2, summary: SUMMARY },
        rows: [segmentOf(Number(from) * 5, counted ? 5 : null)],
      }),
      'log.count': () => {
        counted = true;
        return { generation: 0 };
      },
    });
    await store.getState().start();
    await quiet();
    expect(api.calls).toEqual([
      ...['app.start', 'log.segments', 'log.segments', 'log.count', 'log.segments', 'log.segments'],
    ]);
    expect(store.getState().segments.map(({ recordCount }) => recordCount)).toEqual([5, 5]);
    expect(store.getState()).toMatchObject({ screen: 'segments', segmentsState: 'ready', tasks: [] });
  });

  it('says why a log cannot be read', async () => {
    const { store } = storeWith({
      'log.segments': () => {
        throw new AppError('PERMISSION_DENIED', 'Not yours.');
      },
    });
    await store.getState().start();
    await quiet();
    expect(store.getState().segmentsState).toBe('failed');
    expect(store.getState().segmentsError?.code).toBe('PERMISSION_DENIED');
  });

  it('runs one reload at a time while a log changes, and a last one after', async () => {
    const answer = () => ({ generation: 0, total: 1, summary: SUMMARY, rows: [segmentOf(0, 5)] });
    const { store, api } = storeWith({ 'log.segments': answer });
    await store.getState().start();
    await quiet();
    api.calls.length = 0;
    for (let change = 0; change < 5; change++)
      api.emit('log.changed', { logId: 'log-1', generation: change });
    await quiet();
    await quiet();
    expect(api.calls).toEqual(['log.segments', 'log.segments']);
  });

  it('keeps the error of a failed opening with its path, and the directory that was open', async () => {
    const { store, api } = storeWith({
      'log.segments': () => ({ generation: 0, total: 1, summary: SUMMARY, rows: [segmentOf(0, 5)] }),
    });
    await store.getState().start();
    api.emit('directory.openFailed', {
      path: '/gone',
      error: { code: 'NOT_FOUND', message: 'Gone.', details: {} },
    });
    expect(store.getState().openFailure).toMatchObject({ path: '/gone', error: { code: 'NOT_FOUND' } });
    expect(store.getState().directory?.directoryId).toBe('directory-1');
  });

  it('cancels a search when another begins, and lists only the later matches', async () => {
    const release: (() => void)[] = [];
    const { store } = storeWith({
      'log.segments': () => ({ generation: 0, total: 1, summary: SUMMARY, rows: [segmentOf(0, 5)] }),
      'log.search': ({ pattern }, signal) =>
        new Promise((resolve, reject) => {
          signal?.addEventListener('abort', () => reject(new AppError('CANCELLED', 'Cancelled.')));
          const offset = (pattern as { pattern: string }).pattern.length;
          release.push(() => resolve({ rows: [{ offset }], recordsDone: 1, nextOffset: null }));
        }),
    });
    await store.getState().start();
    const search = (pattern: string) =>
      store.getState().jumpTo({
        kind: 'matches',
        pattern: { kind: 'text', pattern, isCaseSensitive: false, places: ['key'] },
      });
    const first = search('a');
    const second = search('bb');
    release[1]?.();
    await Promise.all([first, second]);
    expect(store.getState().records.map(({ offset }) => offset)).toEqual([2]);
    expect(store.getState().recordsState).toBe('ready');
    expect(store.getState().tasks.map(({ state }) => state)).toEqual(['done', 'cancelled']);
  });

  it('lists problems again that counting has found', async () => {
    let counted = false;
    const { store } = storeWith({
      'log.segments': () => ({
        generation: 0,
        total: 1,
        summary: SUMMARY,
        rows: [segmentOf(0, counted ? 5 : null)],
      }),
      'log.count': async () => {
        await quiet(); // the list is asked for meanwhile
        counted = true;
        return { generation: 0 };
      },
      'log.problems': () => ({
        ...{ generation: 0, isComplete: false },
        total: counted ? 1 : 0,
        rows: counted ? [{}] : [],
      }),
    });
    await store.getState().start();
    store.getState().showScreen('problems');
    await quiet();
    await quiet();
    expect(store.getState().problems.length).toBe(1);
  });

  it('asks for one what-if at a time, and then for the interval that was tried last', async () => {
    const asked: number[] = [];
    const release: (() => void)[] = [];
    const setting = { value: '4096', source: 'default' };
    const { store } = storeWith({
      'log.segments': () => ({ generation: 0, total: 1, summary: SUMMARY, rows: [segmentOf(0, 5)] }),
      'log.problems': () => ({ generation: 0, total: 0, isComplete: false, rows: [] }),
      'log.runs': () => [],
      'log.indexFacts': () => ({ settings: { 'index.interval.bytes': setting } }),
      'log.indexWhatIf': ({ indexIntervalBytes }) => {
        asked.push(Number(indexIntervalBytes));
        return new Promise((resolve) =>
          release.push(() => resolve({ offsetEntryCount: indexIntervalBytes })),
        );
      },
    });
    await store.getState().start();
    store.getState().showScreen('index');
    await quiet();
    for (const bytes of [100, 200, 300]) store.getState().tryIndexInterval(bytes);
    release[0]?.();
    await quiet();
    expect(store.getState().indexOutcome?.intervalBytes).toBe(4096);
    release[1]?.();
    await quiet();
    expect(asked).toEqual([4096, 300]);
    expect(store.getState().indexOutcome).toMatchObject({
      ...{ intervalBytes: 300, outcome: { offsetEntryCount: 300 } },
    });
  });
});
