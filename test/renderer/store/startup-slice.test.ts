/** The list of what a broker would do: a late one lands under no other log, and one that fails is told of. */
import { describe, expect, it } from 'vitest';
import { AppError } from '../../../shared/errors';
import { DIRECTORY, quiet, SUMMARY, segmentOf, storeWith } from '../../support/fake-api';

const STEP = { file: 'a file' };

/** With a plan of the log on the screen, and the list of all its files asked for and not answered. */
async function storeWaitingForAllSteps() {
  const waiting: { answer: () => void; fail: () => void }[] = [];
  const { store } = storeWith({
    'log.segments': () => ({ generation: 0, total: 1, summary: SUMMARY, rows: [segmentOf(0, 5)] }),
    'directory.startup': () => ({}),
    'directory.startupSteps': ({ isAll }) =>
      isAll === false
        ? { total: 0, rows: [] }
        : new Promise((resolve, reject) =>
            waiting.push({
              answer: () => resolve({ total: 1, rows: [STEP] }),
              fail: () => reject(new AppError('WORKER_DIED', 'Gone.')),
            }),
          ),
  });
  await store.getState().start();
  await quiet();
  await store.getState().planStartup();
  expect(store.getState().startupState).toBe('ready');
  store.getState().setStartupAll(true);
  return { store, list: waiting[0]! };
}

describe('setStartupAll', () => {
  it('lists the steps anew', async () => {
    const { store, list } = await storeWaitingForAllSteps();
    list.answer();
    await quiet();
    expect(store.getState().startupSteps).toEqual([STEP]);
  });

  it('tells of a list that failed, until one did not', async () => {
    const { store, list } = await storeWaitingForAllSteps();
    list.fail();
    await quiet();
    expect(store.getState()).toMatchObject({ startupState: 'failed', startupError: { code: 'WORKER_DIED' } });
    store.getState().setStartupAll(false);
    await quiet();
    expect(store.getState()).toMatchObject({ startupState: 'ready', startupError: null });
  });

  it.each(['answer', 'fail'] as const)('lists nothing under another log: %s', async (how) => {
    const { store, list } = await storeWaitingForAllSteps();
    store.getState().openLog('log-2');
    list[how]();
    await quiet();
    expect(store.getState()).toMatchObject({ startupState: 'none', startupError: null, startupSteps: [] });
  });
});

describe('setProblemScope', () => {
  it.each([
    ['log', 'directory'],
    ['directory', 'log'],
  ] as const)('plans anew what was still planned for the %s', async (from, to) => {
    const logIdOf = { log: 'log-1', directory: null };
    const waiting: { logId: unknown; answer: () => void }[] = [];
    const { store } = storeWith({
      'app.start': () => ({
        ...{ version: '1', theme: 'light', recent: [], openError: null },
        directory: { ...DIRECTORY, kind: 'data-directory' },
      }),
      'directory.usage': () => ({}),
      'log.segments': () => ({ generation: 0, total: 1, summary: SUMMARY, rows: [segmentOf(0, 5)] }),
      'directory.startup': ({ logId }, signal) =>
        new Promise((resolve, reject) => {
          signal!.addEventListener('abort', () => reject(new AppError('CANCELLED', 'Cancelled.')));
          waiting.push({ logId, answer: () => resolve({ stepCount: waiting.length }) });
        }),
      'directory.startupSteps': ({ logId }) => ({ total: 1, rows: [{ file: `of ${String(logId)}` }] }),
    });
    await store.getState().start();
    store.getState().openLog('log-1');
    await quiet();
    store.getState().setProblemScope(from);
    store.getState().showProblemView('startup');
    store.getState().showScreen('problems');
    await quiet();
    store.getState().setProblemScope(to);
    await quiet();
    expect(store.getState().startupState).toBe('loading');
    waiting[0]!.answer();
    waiting.at(-1)!.answer();
    await quiet();
    expect(waiting.map(({ logId }) => logId)).toEqual([logIdOf[from], logIdOf[to]]);
    expect(store.getState()).toMatchObject({
      ...{ startupState: 'ready', startupSteps: [{ file: `of ${String(logIdOf[to])}` }] },
      startupSummary: { stepCount: 2 },
    });
  });
});
