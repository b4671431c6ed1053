/** The findings of a data directory: on the screen before any log is open, outdated by a change, and the way into a log. */
import { describe, expect, it } from 'vitest';
import { areAllVerified } from '../../../renderer/store/directory-problem-slice';
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

describe('listDirectoryProblems', () => {
  /** With the answers of all listings but the first held back. */
  async function storeWithSlowLists() {
    const waiting: (() => void)[] = [];
    let isFirst = true;
    const made = await storeOfDataDirectory({
      async 'directory.problems'() {
        if (!isFirst) await new Promise<void>((resolve) => waiting.push(resolve));
        isFirst = false;
        return { ...COUNTS, total: 1, rows: [rowOf(second)] };
      },
    });
    return { ...made, waiting };
  }

  it('is outdated by a change that comes while it is listed', async () => {
    const { store, api, waiting } = await storeWithSlowLists();
    const done = store.getState().listDirectoryProblems();
    await quiet();
    api.emit('log.changed', { logId: 'log-9', generation: 1 });
    waiting[0]!();
    await done;
    expect(store.getState().areDirectoryProblemsOutdated).toBe(true);
  });

  it('lists to its end what is wanted again meanwhile, and once more', async () => {
    const { store, waiting } = await storeWithSlowLists();
    const before = store.getState().directoryProblems;
    const all = [1, 2, 3].map(() => store.getState().listDirectoryProblems());
    await quiet();
    waiting[0]!();
    await quiet();
    expect(store.getState().directoryProblems).not.toBe(before);
    waiting[1]!();
    await Promise.all(all);
    expect(waiting).toHaveLength(2);
  });

  it.each(['verifyLog', 'countLog'] as const)('is outdated by %s', async (method) => {
    const { store } = await storeOfDataDirectory({
      'log.verify': () => ({ generation: 0, problemCount: 1, errorCount: 1, durationMs: 1 }),
      'log.problems': () => ({ generation: 0, total: 1, isComplete: true, rows: [second] }),
    });
    store.getState().openLog('log-1');
    await quiet();
    expect(store.getState().areDirectoryProblemsOutdated).toBe(false);
    await store.getState()[method]();
    expect(store.getState().areDirectoryProblemsOutdated).toBe(true);
  });
});

describe('areAllVerified', () => {
  it.each([
    [2, 2, true],
    [2, 1, false],
    [0, 0, false],
  ])('of %d logs, %d of them verified: %s', (logCount, verifiedLogCount, areAll) => {
    expect(areAllVerified({ ...COUNTS, total: 0, rows: [], logCount, verifiedLogCount })).toBe(areAll);
  });
});

describe('verifyDirectory', () => {
  it('shows of the log that is open what was read of it', async () => {
    let isVerified = false;
    const { store } = await storeOfDataDirectory({
      'directory.verify'() {
        isVerified = true;
        return { problemCount: 0, unreadableLogCount: 0 };
      },
      'log.segments': () => ({
        ...{ generation: 0, total: 1, summary: SUMMARY, isVerified },
        rows: [segmentOf(0, 5)],
      }),
    });
    store.getState().openLog('log-1');
    await quiet();
    expect(store.getState().isVerified).toBe(false);
    await store.getState().verifyDirectory();
    expect(store.getState().isVerified).toBe(true);
  });

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

  it('lists what was read before it failed', async () => {
    let rows = [rowOf(second)];
    const { store } = await storeOfDataDirectory({
      'directory.problems': () => ({ ...COUNTS, total: rows.length, rows }),
      'directory.verify'() {
        rows = [rowOf(first), rowOf(second)];
        throw new AppError('TOO_MANY_OPEN_FILES', 'Too many.');
      },
    });
    await store.getState().verifyDirectory();
    expect(store.getState().tasks[0]?.error?.code).toBe('TOO_MANY_OPEN_FILES');
    expect(store.getState().directoryProblems?.total).toBe(2);
  });
});

describe('showDirectoryProblems', () => {
  it('reads nothing more of the screen that it leaves', async () => {
    const { store, api } = await storeOfDataDirectory();
    store.getState().openLog('log-1');
    store.getState().showScreen('disk');
    await quiet();
    const before = api.calls.length;
    store.getState().showDirectoryProblems();
    await quiet();
    expect(store.getState()).toMatchObject({ screen: 'problems', problemScope: 'directory' });
    expect(api.calls.slice(before)).toEqual([]);
  });
});

describe('a task that failed', () => {
  it('is told of where its log is on the screen, and dismissed alone', async () => {
    const { store } = await storeOfDataDirectory({
      'log.verify': () => {
        throw new AppError('WORKER_DIED', 'Gone.');
      },
      'directory.verify': () => ({ problemCount: 0, unreadableLogCount: 0 }),
    });
    store.getState().openLog('log-1');
    await quiet();
    await store.getState().verifyDirectory();
    await store.getState().verifyLog();
    const tasks = () => store.getState().tasks.map(({ key, about }) => [key, about]);
    expect(tasks()).toEqual([
      ['verify', 'log-1'],
      ['verify-directory', 'directory-1'],
    ]);
    store.getState().dismissTask(store.getState().tasks[0]!.taskId);
    expect(tasks()).toEqual([['verify-directory', 'directory-1']]);
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
