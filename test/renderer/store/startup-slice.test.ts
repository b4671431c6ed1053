/** The list of what a broker would do: a late one lands under no other log, and one that fails is told of. */
import { describe, expect, it } from 'vitest';
import { AppError } from '../../../shared/errors';
import { quiet, SUMMARY, segmentOf, storeWith } from '../../support/fake-api';

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
