/** Indexes on the screen: what-ifs one at a time, the last one wins, and an error of one does not stop the next. */
import { describe, expect, it } from 'vitest';
import { AppError } from '../../../shared/errors';
import { quiet, SUMMARY, segmentOf, storeWith } from '../../support/fake-api';

const SETTING = { value: '4096', source: 'default' };

/** On the Index screen, with the first what-if asked for and not answered. */
async function storeOnIndexScreen(figures: () => unknown = () => ({})) {
  const asked: number[] = [];
  const waiting: { answer: () => void; fail: () => void }[] = [];
  const { store } = storeWith({
    'log.segments': () => ({ generation: 0, total: 1, summary: SUMMARY, rows: [segmentOf(0, 5)] }),
    'log.problems': () => ({ generation: 0, total: 0, isComplete: false, rows: [] }),
    'log.runs': () => [],
    'log.indexFigures': () => ({ settings: { 'index.interval.bytes': SETTING }, ...(figures() as object) }),
    'log.indexWhatIf': ({ indexIntervalBytes }) => {
      asked.push(Number(indexIntervalBytes));
      return new Promise((resolve, reject) =>
        waiting.push({
          answer: () => resolve({ offsetEntryCount: indexIntervalBytes }),
          fail: () => reject(new AppError('WORKER_DIED', 'Gone.')),
        }),
      );
    },
  });
  await store.getState().start();
  store.getState().showScreen('index');
  await quiet();
  return { store, asked, waiting };
}

describe('tryIndexInterval', () => {
  it('asks for one what-if at a time, and then for the interval that was tried last', async () => {
    const { store, asked, waiting } = await storeOnIndexScreen();
    for (const bytes of [100, 200, 300]) store.getState().tryIndexInterval(bytes);
    waiting[0]!.answer();
    await quiet();
    expect(store.getState().indexOutcome?.intervalBytes).toBe(4096);
    waiting[1]!.answer();
    await quiet();
    expect(asked).toEqual([4096, 300]);
    expect(store.getState().indexOutcome).toMatchObject({
      ...{ intervalBytes: 300, outcome: { offsetEntryCount: 300 } },
    });
  });

  it('computes what was tried while one failed, and shows its error no longer', async () => {
    const { store, asked, waiting } = await storeOnIndexScreen();
    store.getState().tryIndexInterval(100);
    waiting[0]!.fail();
    await quiet();
    expect(store.getState().indexError?.code).toBe('WORKER_DIED');
    expect(asked).toEqual([4096, 100]);
    waiting[1]!.answer();
    await quiet();
    expect(store.getState()).toMatchObject({ indexError: null, indexOutcome: { intervalBytes: 100 } });
  });

  it('asks once more after one that failed alone', async () => {
    const { store, asked, waiting } = await storeOnIndexScreen();
    waiting[0]!.fail();
    await quiet();
    expect(asked).toEqual([4096]);
    store.getState().tryIndexInterval(100);
    expect(asked).toEqual([4096, 100]);
  });
});

describe('an answer to a what-if', () => {
  it.each(['answer', 'fail'] as const)(
    'leaves no trace where the log is no longer on the screen: %s',
    async (how) => {
      const { store, waiting } = await storeOnIndexScreen();
      store.getState().closeLog();
      waiting[0]![how]();
      await quiet();
      expect(store.getState()).toMatchObject({ indexOutcome: null, indexError: null });
    },
  );
});

describe('readIndexes', () => {
  it('takes no other task that failed for its own', async () => {
    const cancelled = () => {
      throw new AppError('CANCELLED', 'Cancelled.');
    };
    const { store } = await storeOnIndexScreen(cancelled);
    await store.getState().runTask({
      ...{ key: 'statistics', title: 'Another' },
      run: () => Promise.reject(new AppError('STORAGE_FAILED', 'Another task failed.')),
    });
    await store.getState().readIndexes();
    expect(store.getState()).toMatchObject({ indexState: 'none', indexError: null });
  });
});
