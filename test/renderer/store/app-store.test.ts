/** The store against an api that answers what a test says. */
import { describe, expect, it } from 'vitest';
import { isChanging } from '../../../renderer/store/run-slice';
import { AppError } from '../../../shared/errors';
import { quiet, SUMMARY, segmentOf, storeWith } from '../../support/fake-api';

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

  it('keeps what a cancelled search has found, and goes on from where it was', async () => {
    const asked: unknown[] = [];
    const { store } = storeWith({
      'log.segments': () => ({ generation: 0, total: 1, summary: SUMMARY, rows: [segmentOf(0, 5)] }),
      'log.search': ({ fromOffset, limit }, signal, onProgress) => {
        asked.push([fromOffset, limit]);
        if (fromOffset === 25)
          return {
            rows: [{ offset: 27 }],
            recordsDone: 5,
            nextOffset: null,
            slowOffset: null,
            hasUnreadable: false,
          };
        onProgress?.({ bytesDone: 1, bytesTotal: 4, recordsDone: 10, rows: [], nextOffset: 10 });
        const rows = [{ offset: 13 }];
        onProgress?.({
          bytesDone: 2,
          bytesTotal: 4,
          recordsDone: 25,
          rows,
          nextOffset: 25,
          hasUnreadable: true,
        });
        return new Promise((_, reject) => {
          signal?.addEventListener('abort', () => reject(new AppError('CANCELLED', 'Cancelled.')));
        });
      },
    });
    await store.getState().start();
    const pattern = { kind: 'text', pattern: 'a', isCaseSensitive: false } as const;
    const search = store.getState().jumpTo({ kind: 'matches', pattern: { ...pattern, places: ['key'] } });
    await quiet();
    expect(store.getState()).toMatchObject({ records: [{ offset: 13 }], recordsState: 'loading' });
    store.getState().cancelSearch();
    await search;
    const cancelled = { records: [{ offset: 13 }], recordsState: 'ready', searchedCount: 25 };
    expect(store.getState()).toMatchObject({ ...cancelled, nextRecordOffset: 25 });
    await store.getState().loadMoreRecords();
    expect(store.getState()).toMatchObject({
      ...{ records: [{ offset: 13 }, { offset: 27 }], searchedCount: 30, nextRecordOffset: null },
      hasUnreadable: true,
    });
    expect(asked).toEqual([
      [0, 500],
      [25, 500],
    ]);
  });

  it('lets a log be changed while others read, but not while one is changed', async () => {
    const { store } = storeWith({
      'log.segments': () => ({ generation: 0, total: 1, summary: SUMMARY, rows: [segmentOf(0, 5)] }),
      'log.verify': () => new Promise(() => {}),
      'log.undoRun': () => new Promise(() => {}),
    });
    await store.getState().start();
    void store.getState().verifyLog();
    await quiet();
    expect(store.getState().tasks.map(({ key, state }) => [key, state])).toEqual([['verify', 'running']]);
    expect(isChanging(store.getState())).toBe(false);
    void store.getState().undoRun('run-1');
    expect(isChanging(store.getState())).toBe(true);
  });

  it('leaves the list to what was asked for after a search', async () => {
    const { store } = storeWith({
      'log.segments': () => ({ generation: 0, total: 1, summary: SUMMARY, rows: [segmentOf(0, 5)] }),
      'log.search': (_params, signal) =>
        new Promise((_, reject) => {
          signal?.addEventListener('abort', () => reject(new AppError('CANCELLED', 'Cancelled.')));
        }),
      'log.records': () => new Promise(() => {}),
    });
    await store.getState().start();
    const pattern = { kind: 'text', pattern: 'a', isCaseSensitive: false } as const;
    const search = store.getState().jumpTo({ kind: 'matches', pattern: { ...pattern, places: ['key'] } });
    void store.getState().jumpTo({ kind: 'first' });
    await search;
    expect(store.getState().recordsState).toBe('loading');
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
});
