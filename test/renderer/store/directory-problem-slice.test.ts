/** The findings of a data directory: on the screen before any log is open, outdated by a change, and the way into a log. */
import { describe, expect, it } from 'vitest';
import { AppError } from '../../../shared/errors';
import { problemAt } from '../../../shared/problem';
import { DIRECTORY, quiet, SUMMARY, segmentOf, storeWith } from '../../support/fake-api';

const first = problemAt('file-orphaned-index', { file: '3.index' }, 'There is no .log file beside it.');
const second = problemAt('segment-zero-bytes', { file: '0.log', position: 7 }, '9 bytes are zero.');
const COUNTS = { logCount: 1, logCountWithProblems: 1, pendingLogCount: 0, verifiedLogCount: 0 };
const rowOf = (problem: typeof first) => ({ logId: 'log-1', log: 'orders-0', problem });

async function storeOfDataDirectory(answers: Parameters<typeof storeWith>[0] = {}) {
  const directory = { ...DIRECTORY, kind: 'data-directory' as const };
  const made = storeWith({
    'app.start': () => ({ version: '1', theme: 'light', recent: [], directory, openError: null }),
    'directory.usage': () => ({}),
    'directory.refresh': () => directory,
    'directory.problems': () => ({ ...COUNTS, total: 1, rows: [rowOf(second)] }),
    'log.segments': () => ({
      ...{ generation: 0, total: 1, summary: SUMMARY, isVerified: false },
      rows: [segmentOf(0, 5)],
    }),
    ...answers,
  });
  await made.store.getState().start();
  await quiet();
  made.store.getState().showScreen('problems');
  await quiet();
  return made;
}

describe('loadDirectoryProblems', () => {
  it('lists them with the screen, while no log is open', async () => {
    const { store } = await storeOfDataDirectory();
    expect(store.getState()).toMatchObject({ screen: 'problems', logId: null });
    expect(store.getState().directoryProblems?.rows).toMatchObject([{ code: second.code, log: 'orders-0' }]);
  });

  it('tells why they could not be listed, until they could', async () => {
    let isBroken = true;
    const { store } = await storeOfDataDirectory({
      'directory.problems': () => {
        if (isBroken) throw new AppError('WORKER_DIED', 'Gone.');
        return { ...COUNTS, total: 0, rows: [] };
      },
    });
    expect(store.getState().directoryProblemsError?.code).toBe('WORKER_DIED');
    isBroken = false;
    await store.getState().listDirectoryProblems();
    expect(store.getState()).toMatchObject({ directoryProblemsError: null, directoryProblems: { rows: [] } });
  });

  it('is outdated by a change in any log, and lists anew only when asked', async () => {
    const { store, api } = await storeOfDataDirectory();
    api.emit('log.changed', { logId: 'log-9', generation: 1 });
    await quiet();
    expect(store.getState().areDirectoryProblemsOutdated).toBe(true);
    expect(api.calls.filter((call) => call === 'directory.problems')).toHaveLength(1);
    await store.getState().listDirectoryProblems();
    expect(store.getState().areDirectoryProblemsOutdated).toBe(false);
  });
});

describe('verifyDirectory', () => {
  it('lists what was read before it was cancelled', async () => {
    let rows = [rowOf(second)];
    const { store } = await storeOfDataDirectory({
      'directory.problems': () => ({ ...COUNTS, total: rows.length, rows }),
      'directory.verify': (_params, signal) =>
        new Promise((_resolve, reject) =>
          signal!.addEventListener('abort', () => reject(new AppError('CANCELLED', 'Cancelled.'))),
        ),
    });
    store.getState().selectDirectoryProblem(0);
    const done = store.getState().verifyDirectory();
    rows = [rowOf(first), rowOf(second)];
    store.getState().cancelTask(store.getState().tasks[0]!.taskId);
    await done;
    expect(store.getState().tasks[0]?.state).toBe('cancelled');
    expect(store.getState().directoryProblems?.total).toBe(2);
    expect(store.getState().selectedDirectoryProblem).toBe(1);
  });
});

describe('showProblemInLog', () => {
  it('opens the log at that problem, which stays chosen when more are found before it', async () => {
    let rows = [second];
    const { store } = await storeOfDataDirectory({
      'log.problems': () => ({ generation: 0, total: rows.length, isComplete: false, rows }),
    });
    await store.getState().showProblemInLog(store.getState().directoryProblems!.rows[0]!);
    expect(store.getState()).toMatchObject({ screen: 'problems', logId: 'log-1', selectedProblem: 0 });
    rows = [first, second];
    await store.getState().loadProblems();
    expect(store.getState().selectedProblem).toBe(1);
  });
});
