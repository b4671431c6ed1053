/** What is open in the window, over a scan pool played by the test: no worker, no log, only directories. */
import { mkdir, mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { packList } from '../../../electron/workers/packed-list';
import { AppError } from '../../../shared/errors';
import { FILE_KINDS } from '../../../shared/file-kinds';
import type { Depth } from '../../../shared/inspection';
import { problemAt } from '../../../shared/problem';
import {
  type Answers,
  context,
  directoryOf,
  inspected,
  page,
  start,
  states,
  totals,
} from '../../support/played-logs';

let root: string;
beforeEach(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'strata-open-')));
  for (const name of ['one/orders-0', 'many/a-0', 'many/b-0'])
    await mkdir(join(root, name), { recursive: true });
});
afterEach(() => rm(root, { recursive: true }));

/**
 * A directory whose logs are looked at when `look` is called, and no sooner.
 * @param sizeAt Of each log, as a look finds it; the first is 1
 */
async function openUnseen(sizeAt: (lookCount: number) => number = () => 10) {
  let lookCount = 0;
  let look = () => {};
  const looked = new Promise<void>((resolve) => {
    look = resolve;
  });
  const started = start({
    async 'logs.glance'({ logs }) {
      const sizeInBytes = sizeAt(++lookCount);
      await looked;
      return logs.map(() => ({ totals: { ...totals, sizeInBytes }, usage: null, error: null, files: null }));
    },
  });
  const { openLogs, timers } = started;
  const opening = openLogs.open(join(root, 'many'));
  await expect.poll(() => timers.waitingCount).toBeGreaterThan(2); // the moment has begun
  await timers.advance(500);
  return { ...started, look, directory: await opening };
}

describe('OpenLogs.open', () => {
  it('opens one log with its summary, and finds it again as the current one', async () => {
    const { openLogs, told } = start();
    const directory = await openLogs.open(join(root, 'one/orders-0'));
    expect(directory).toMatchObject({
      kind: 'log',
      name: 'orders-0',
      logs: [{ logEndOffset: 5, isPending: false }],
    });
    expect([openLogs.current(), told]).toEqual([directory, ['current orders-0']]);
  });

  it('keeps what is open where the next directory cannot be opened', async () => {
    const { openLogs } = start();
    const directory = await openLogs.open(join(root, 'many'));
    await expect(openLogs.open(join(root, 'missing'))).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(openLogs.current()?.directoryId).toBe(directory.directoryId);
  });

  it('fails with the error of the only log there is, and leaves no watcher behind', async () => {
    const { openLogs, subscriptions } = start({
      'log.inspect': async () => {
        throw new AppError('PERMISSION_DENIED', 'No.');
      },
    });
    const opening = openLogs.open(join(root, 'one/orders-0'));
    await expect(opening).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
    expect([openLogs.current(), subscriptions.size]).toEqual([null, 0]);
  });

  it('closes the directory before, whose ids then mean nothing', async () => {
    const { openLogs, subscriptions } = start();
    const first = await openLogs.open(join(root, 'many'));
    await openLogs.open(join(root, 'one/orders-0'));
    expect(() => openLogs.log(first.logs[0]!.logId)).toThrow(
      expect.objectContaining({ code: 'LOG_NOT_OPEN' }),
    );
    await expect(openLogs.close(first.directoryId)).rejects.toMatchObject({ code: 'LOG_CLOSED' });
    expect([...subscriptions]).toEqual([join(root, 'one/orders-0')]);
  });

  it('keeps the ids of a directory that is opened again', async () => {
    const { openLogs } = start();
    const first = await openLogs.open(join(root, 'many'));
    expect(await openLogs.open(join(root, 'many'))).toEqual(first);
  });

  it('keeps the last of two directories asked for at once', async () => {
    const { openLogs } = start();
    await Promise.all([openLogs.open(join(root, 'many')), openLogs.open(join(root, 'one/orders-0'))]);
    expect(openLogs.current()?.name).toBe('orders-0');
  });

  it('answers after a moment with what is known of many logs, and announces the rest', async () => {
    const { openLogs, timers, told, look, directory } = await openUnseen();
    expect(directory.logs.map(({ isPending }) => isPending)).toEqual([true, true]);
    look();
    await timers.advance(10);
    expect(told).toContain(directory.directoryId);
    expect(openLogs.current()?.logs.map(({ isPending }) => isPending)).toEqual([false, false]);
  });

  it('shows the error of a log that cannot be read beside the others', async () => {
    const error = new AppError('PERMISSION_DENIED', 'No.').toWire();
    const { openLogs } = start({
      'logs.glance': async () => [
        { totals: null, usage: null, error, files: null },
        { totals, usage: null, error: null, files: null },
      ],
    });
    const { logs } = await openLogs.open(join(root, 'many'));
    expect(logs.map((log) => [log.error?.code, log.isPending])).toEqual([
      ['PERMISSION_DENIED', false],
      [undefined, false],
    ]);
  });
});

describe('OpenLogs.usage', () => {
  it('has what an inspection told, without another look', async () => {
    const usage = {
      ...{ baseOffsets: Float64Array.of(0), largestTimestampsMs: Float64Array.of(-1) },
      ...{ bytes: new Float64Array(FILE_KINDS.length).fill(1), otherBytes: 7 },
    };
    const { openLogs } = start({
      'log.inspect': async ({ log, depth }) => ({ ...(await inspected(log.name, depth)), usage }),
      'logs.policies': async () => [],
      'directory.space': async () => ({ totalBytes: 1, availableBytes: 1, rootFilesBytes: 0 }),
      'logs.glance': () => Promise.reject(new Error('the log was looked at again')),
    });
    const { directoryId } = await openLogs.open(join(root, 'one/orders-0'));
    const found = await openLogs.usage(directoryId);
    expect([found.isComplete, [...found.otherBytes], [...found.baseOffsets]]).toEqual([true, [7], [0]]);
  });
});

describe('OpenLogs.problems', () => {
  const orphan = problemAt('file-orphaned-index', { file: '7.index' }, 'There is no .log file beside it.');
  const problemsOf = { from: 0, limit: 100 };
  const { signal } = context;

  /** As many problems in each log as there are at the time of a look. */
  function startWith(count: { now: number }, overrides: Answers = {}) {
    const problems = () => Array.from({ length: count.now }, () => orphan);
    return start({
      'directory.problems': async () => [],
      'logs.glance': async ({ logs }) =>
        logs.map(() => ({
          ...{ totals: { ...totals, problemCount: count.now }, usage: null, error: null, files: states(10) },
        })),
      'log.inspect': async ({ log, depth }) => {
        const found = await inspected(log.name, depth);
        const packed = await packList(problems());
        return {
          ...found,
          inspection: { ...found.inspection, problems: packed },
          totals: { ...totals, problemCount: count.now },
        };
      },
      ...overrides,
    });
  }

  it.each([0, 1])('lists what a changed log has now, which had %d before', async (before) => {
    const count = { now: before };
    const { openLogs, change } = startWith(count);
    const { directoryId } = await openLogs.open(join(root, 'many'));
    expect((await openLogs.problems(directoryId, problemsOf, signal)).total).toBe(2 * before);
    count.now = 3;
    await change(join(root, 'many/a-0/0.log'));
    const { rows, pendingLogCount } = await openLogs.problems(directoryId, problemsOf, signal);
    expect([rows.filter(({ log }) => log === 'a-0').length, pendingLogCount]).toEqual([3, 0]);
  });

  it('counts a changed log as pending until it was looked at', async () => {
    const count = { now: 0 };
    let isSlow = false;
    const { openLogs, change, timers } = startWith(count, {
      'logs.glance': async ({ logs }) => {
        if (isSlow) await new Promise(() => {});
        return logs.map(() => ({ totals, usage: null, error: null, files: states(10) }));
      },
    });
    const { directoryId } = await openLogs.open(join(root, 'many'));
    isSlow = true;
    await change(join(root, 'many/a-0/0.log'));
    const listing = openLogs.problems(directoryId, problemsOf, signal);
    await timers.advance(500);
    expect(await listing).toMatchObject({ total: 0, logCount: 2, pendingLogCount: 1 });
  });

  const savedListing =
    (depth: Depth): NonNullable<Answers['directory.list']> =>
    async ({ path }) => {
      const savedReport = { madeAtMs: 0, hostName: null, depth, path: '/data', isRedacted: false };
      const logs = ['a-0', 'b-0'].map((name) => directoryOf(join(path, name)));
      return { name: 'many', path, kind: 'data-directory', logs, savedReport };
    };

  it('lists the logs that were not there when a report was made', async () => {
    const gone = {
      totals: null,
      usage: null,
      error: new AppError('NOT_FOUND', 'Gone.').toWire(),
      files: null,
    };
    const { openLogs } = startWith(
      { now: 0 },
      {
        'directory.list': savedListing('records'),
        'logs.glance': async ({ logs }) => logs.map(() => gone),
      },
    );
    const { directoryId } = await openLogs.open(join(root, 'many'));
    const found = await openLogs.problems(directoryId, problemsOf, signal);
    expect(found).toMatchObject({ logCountWithProblems: 2, verifiedLogCount: 0 });
  });

  it.each([
    ['records', 2],
    ['headers', 0],
  ] as const)('of a report of depth %s counts %d logs as read whole', async (depth, verifiedLogCount) => {
    const { openLogs } = startWith({ now: 0 }, { 'directory.list': savedListing(depth) });
    const { directoryId } = await openLogs.open(join(root, 'many'));
    const found = await openLogs.problems(directoryId, problemsOf, signal);
    expect(found).toMatchObject({ logCount: 2, verifiedLogCount });
  });
});

describe('OpenLogs.verify', () => {
  it('begins once it is known how many bytes there are', async () => {
    const { openLogs, look, asked, directory } = await openUnseen();
    const told: number[] = [];
    const progress = ({ bytesTotal }: { bytesTotal: number }) => told.push(bytesTotal);
    const verifying = openLogs.verify(directory.directoryId, { ...context, progress });
    await Promise.resolve();
    expect(asked).toEqual([]);
    look();
    expect(await verifying).toEqual({ problemCount: 0, unreadableLogCount: 0 });
    expect([asked, told]).toEqual([['records a-0', 'records b-0'], [20]]);
  });

  it('looks again at a log that changed during the look that it waits for', async () => {
    const { openLogs, look, change, directory } = await openUnseen((lookCount) => 10 * lookCount);
    const told: number[] = [];
    const progress = ({ bytesTotal }: { bytesTotal: number }) => told.push(bytesTotal);
    await change(join(root, 'many/b-0/0.log'));
    const verifying = openLogs.verify(directory.directoryId, { ...context, progress });
    look();
    await verifying;
    expect(told.at(-1)).toBe(10 + 20);
  });

  it('does not wait for a log of which no look says anything', async () => {
    let lookCount = 0;
    const { openLogs } = start({
      async 'logs.glance'() {
        lookCount++;
        return [];
      },
    });
    const { directoryId } = await openLogs.open(join(root, 'many'));
    await openLogs.verify(directoryId, context);
    expect(lookCount).toBeLessThan(10);
  });

  it('is cancelled before that, too', async () => {
    const { openLogs, asked, directory } = await openUnseen();
    const abort = new AbortController();
    const verifying = openLogs.verify(directory.directoryId, { ...context, signal: abort.signal });
    abort.abort();
    await expect(verifying).rejects.toThrow();
    expect(asked).toEqual([]);
  });
});

describe('the writer', () => {
  it('is asked for every few seconds, and announced when it is another one', async () => {
    let reason = 'nobody';
    const { openLogs, timers, told } = start({
      'directory.brokerState': async () => ({ verdict: 'live', writer: 'engine', reason }),
    });
    const { directoryId } = await openLogs.open(join(root, 'one/orders-0'));
    await timers.advance(5_000);
    expect(told).toEqual(['current orders-0']);
    reason = 'a program';
    await timers.advance(5_000);
    expect(told.slice(1)).toEqual([directoryId]);
    expect(openLogs.current()?.broker.reason).toBe('a program');
    await openLogs.close(directoryId);
    reason = 'nobody';
    await timers.advance(20_000);
    expect(told.slice(2)).toEqual(['current none']);
  });

  const writerQuestions = () => {
    let count = 0;
    const brokerState = async () => {
      count++;
      return { verdict: 'detached' as const, writer: null, reason: '' };
    };
    return { 'directory.brokerState': brokerState, count: () => count };
  };

  it('is asked for less often where there are thousands of logs to look at', async () => {
    const { count, ...answers } = writerQuestions();
    const { openLogs, timers } = start({
      ...answers,
      async 'directory.list'({ path }) {
        const logs = Array.from({ length: 4_000 }, (_, index) => directoryOf(join(path, `a-${index}`)));
        return { name: 'many', path, kind: 'data-directory', logs };
      },
    });
    await openLogs.open(join(root, 'many'));
    await timers.advance(39_000);
    expect(count()).toBe(1);
    await timers.advance(2_000);
    expect(count()).toBe(2);
  });

  it.each([
    [2_000, 100_000],
    [30_000, 120_000],
  ])('is asked for less often where each answer takes %d ms, after %d ms', async (answerMs, pauseMs) => {
    let count = 0;
    const { openLogs, timers } = start({
      async 'directory.brokerState'() {
        if (++count > 1) await new Promise<void>((resolve) => timers.after(answerMs, resolve));
        return { verdict: 'detached', writer: null, reason: '' };
      },
    });
    await openLogs.open(join(root, 'one/orders-0'));
    await timers.advance(5_000);
    await timers.advance(answerMs);
    await timers.advance(pauseMs - 1_000);
    expect(count).toBe(2);
    await timers.advance(2_000);
    expect(count).toBe(3);
  });

  it('is not asked for in a saved report', async () => {
    const { count, ...answers } = writerQuestions();
    const { openLogs, timers } = start({
      ...answers,
      async 'directory.list'({ path }) {
        const savedReport = {
          ...{ madeAtMs: 0, hostName: null, depth: 'headers' as const, path: '/data', isRedacted: false },
        };
        return { name: 'orders-0', path, kind: 'log', logs: [directoryOf(path)], savedReport };
      },
    });
    await openLogs.open(join(root, 'one/orders-0'));
    await timers.advance(20_000);
    expect(count()).toBe(1);
  });
});

describe('OpenLog', () => {
  async function openOne() {
    const started = start();
    const directory = await started.openLogs.open(join(root, 'one/orders-0'));
    return {
      ...started,
      log: started.openLogs.log(directory.logs[0]!.logId),
      path: join(root, 'one/orders-0'),
    };
  }

  it('looks once for any number of pages', async () => {
    const { log, asked } = await openOne();
    await Promise.all([log.segments(page), log.segments(page), log.problems(page)]);
    expect(asked).toEqual(['glance orders-0']);
  });

  it('has counts once they were asked for, and counts once', async () => {
    const { log, asked } = await openOne();
    expect((await log.segments(page)).rows[0]?.recordCount).toBeNull();
    await log.count(context);
    await log.count(context);
    expect((await log.segments(page)).rows[0]?.recordCount).toBe(5);
    expect(asked).toEqual(['glance orders-0', 'headers orders-0']);
  });

  it('is complete about problems after it was verified, and verifies anew each time', async () => {
    const { log, asked } = await openOne();
    expect((await log.problems(page)).isComplete).toBe(false);
    await log.verify(context);
    await log.verify(context);
    expect((await log.problems(page)).isComplete).toBe(true);
    expect(asked.slice(1)).toEqual(['records orders-0', 'records orders-0 known']);
  });

  it('starts a generation with each change on disk, and hands on what it counted before', async () => {
    const { log, asked, told, change, path } = await openOne();
    await log.count(context);
    await change(join(path, '0.log'));
    expect(told.at(-1)).toBe(`${log.logId} is 1`);
    expect(await log.segments(page)).toMatchObject({ generation: 1, summary: { generation: 1 } });
    expect((await log.problems(page)).isComplete).toBe(false);
    await log.count(context);
    expect(asked.slice(2)).toEqual(['glance orders-0 known', 'headers orders-0 known']);
  });

  it('pages through its segments', async () => {
    const { log } = await openOne();
    expect(await log.segments({ from: 1, limit: 10 })).toMatchObject({ total: 1, rows: [] });
  });
});
