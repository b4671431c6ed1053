/** Findings of many logs as one list, and the check of all of them, over a scan pool played by the test. */
import { describe, expect, it, vi } from 'vitest';
import { listDirectoryProblems, verifyLogs } from '../../../electron/ipc/directory-problems';
import { OpenLog, type ScanProgress } from '../../../electron/ipc/open-log';
import { packFiles } from '../../../electron/workers/packed-files';
import { packInspection } from '../../../electron/workers/packed-inspection';
import { packList } from '../../../electron/workers/packed-list';
import type { LogTotals, scanContract } from '../../../electron/workers/scan-contract';
import type { ScanPool } from '../../../electron/workers/scan-pool';
import { AppError, type ErrorCode } from '../../../shared/errors';
import { type Problem, problemAt } from '../../../shared/problem';

const zeros = problemAt('segment-zero-bytes', { file: '0.log', position: 7 }, '9 bytes are zero.');
const orphan = problemAt('file-orphaned-index', { file: '7.index' }, 'There is no .log file beside it.');
const name = problemAt('directory-not-topic-partition', { file: 'lost+found' }, 'No partition.');
const ALL = { from: 0, limit: 100 };
const SIZE = 10;

const totalsWith = (problemCount: number): LogTotals => ({
  ...{ segmentCount: 1, sizeInBytes: SIZE, logStartOffset: 0, logEndOffset: 5 },
  ...{ largestTimestampMs: null, problemCount, worstSeverity: problemCount === 0 ? null : 'error' },
});

/** What a glance finds and what a check of every byte does; with `fails`, the error that either ends with. */
interface Played {
  readonly glance: Problem[];
  readonly records: Problem[];
  readonly fails?: ErrorCode;
}

/** @param found null for a log of which the first look said that it cannot be read */
function logsWith(found: Record<string, Played | null>) {
  const asked: string[] = [];
  let beforeAnswer: (log: string) => void = () => {};
  const pool = {
    async call(
      _method: string,
      { log, depth, known }: { log: { name: string }; depth: 'glance' | 'records'; known: unknown },
      options: { signal?: AbortSignal; onProgress?: (progress: ScanProgress) => void },
    ) {
      asked.push(`${log.name} ${depth}`);
      beforeAnswer(log.name);
      if (options.signal?.aborted) throw new AppError('CANCELLED', 'Cancelled.');
      const { fails } = found[log.name] ?? {};
      if (fails !== undefined) throw new AppError(fails, 'It fails.');
      const problems = found[log.name]?.[known === null ? depth : 'records'];
      if (problems === undefined) throw new AppError('PERMISSION_DENIED', 'No.');
      options.onProgress?.({ bytesDone: SIZE, bytesTotal: SIZE, problemCount: problems.length });
      const inspection = await packInspection({
        ...{ name: log.name, format: 'kafka', logStartOffsetSource: 'first-segment', segments: [], problems },
        ...{ logStartOffset: 0, logEndOffset: 5, sizeInBytes: SIZE },
        ...{ recordCount: null, recordCountIsExact: false },
      });
      const totals = totalsWith(problems.length);
      return { inspection, totals, usage: null, files: packFiles([]), segments: await packList([]) };
    },
  } as unknown as ScanPool<typeof scanContract>;
  const logs = Object.entries(found).map(([log, problems]) => {
    const directory = {
      name: log,
      path: `/${log}`,
      topic: log,
      partition: 0,
      state: 'current',
      format: 'kafka',
    };
    const opened = new OpenLog(`id-${log}`, directory as never, pool);
    if (problems === null) opened.setTotals(0, null, new AppError('PERMISSION_DENIED', 'No.'));
    else opened.takeGlance(0, totalsWith(problems.glance.length), null);
    return opened;
  });
  return {
    ...{ logs, asked },
    before(run: (log: string) => void) {
      beforeAnswer = run;
    },
  };
}

const rowTexts = ({ rows }: Awaited<ReturnType<typeof listDirectoryProblems>>) =>
  rows.map(({ log, problem }) => `${log}: ${problem.code}`);

describe('listDirectoryProblems', () => {
  it('keeps what a check has found in a log that is written since', async () => {
    const { logs } = logsWith({ 'a-0': { glance: [], records: [zeros] } });
    await logs[0]!.verify({ signal: new AbortController().signal, progress: () => {} });
    const generation = logs[0]!.startGeneration();
    logs[0]!.takeGlance(generation, totalsWith(0), null);
    expect(logs[0]!.needsGlance).toBe(true);
    await logs[0]!.countAgain();
    expect(logs[0]!.summary()).toMatchObject({ generation, problemCount: 1 });
    expect(logs[0]!.needsGlance).toBe(false);
    expect(rowTexts(await listDirectoryProblems(logs, [], ALL))).toEqual(['a-0: segment-zero-bytes']);
  });

  it('lists what is wrong with the directory, then with its logs, and asks no log that is known to be sound', async () => {
    const { logs, asked } = logsWith({
      'a-0': { glance: [orphan], records: [] },
      'b-0': { glance: [], records: [] },
      'c-0': null,
    });
    const found = await listDirectoryProblems(logs, [name], ALL);
    expect(rowTexts(found)).toEqual([
      'null: directory-not-topic-partition',
      'a-0: file-orphaned-index',
      'c-0: log-unreadable',
    ]);
    expect(found).toMatchObject({ total: 3, logCount: 3, logCountWithProblems: 2, verifiedLogCount: 0 });
    expect(asked).toEqual(['a-0 glance']);
  });

  it('gives out pages of it', async () => {
    const { logs } = logsWith({ 'a-0': { glance: [orphan, zeros], records: [] } });
    const found = await listDirectoryProblems(logs, [name], { from: 1, limit: 1 });
    expect(rowTexts(found)).toEqual(['a-0: file-orphaned-index']);
    expect(found.total).toBe(3);
  });

  it('gives out the same rows in pages of any size, and unpacks no more than the page', async () => {
    const { logs } = logsWith({
      'a-0': { glance: [orphan, zeros], records: [] },
      'b-0': null,
      'c-0': { glance: [zeros, orphan, zeros], records: [] },
    });
    const all = await listDirectoryProblems(logs, [name], ALL);
    expect(all.rows).toHaveLength(7);
    for (const limit of [1, 2, 3, 5]) {
      const rows = [];
      for (let from = 0; from < all.total; from += limit)
        rows.push(...(await listDirectoryProblems(logs, [name], { from, limit })).rows);
      expect(rows).toEqual(all.rows);
    }
    const asked = logs.map((log) => vi.spyOn(log, 'problems'));
    await listDirectoryProblems(logs, [name], { from: 5, limit: 1 });
    const unpacked = asked.map(({ mock }) =>
      mock.calls.map(([page]) => page).filter(({ limit }) => limit > 0),
    );
    expect(unpacked).toEqual([[], [], [{ from: 1, limit: 1 }]]);
  });

  it('asks no further log once nobody waits for it', async () => {
    const { logs, asked, before } = logsWith(
      Object.fromEntries(Array.from({ length: 40 }, (_, n) => [`a-${n}`, { glance: [orphan], records: [] }])),
    );
    const abort = new AbortController();
    before(() => abort.abort());
    await expect(listDirectoryProblems(logs, [], ALL, { signal: abort.signal })).rejects.toThrow();
    expect(asked.length).toBeLessThan(40);
  });

  it.each(['TOO_MANY_OPEN_FILES', 'WORKER_DIED', 'NOT_FOUND'] as const)(
    'calls nothing a problem of a log that is about something else: %s',
    async (fails) => {
      const { logs, asked } = logsWith({
        'a-0': { glance: [orphan], records: [], fails },
        'b-0': { glance: [], records: [], fails },
        'c-0': { glance: [zeros], records: [] },
      });
      logs[1]!.setTotals(0, null, new AppError(fails, 'The look failed.'));
      const found = await listDirectoryProblems(logs, [], ALL);
      expect(rowTexts(found)).toEqual(['c-0: segment-zero-bytes']);
      expect(found).toMatchObject({ total: 1, logCountWithProblems: 1, pendingLogCount: 2 });
      expect(asked).toContain('b-0 glance');
    },
  );

  it.each(['NOT_FOUND', 'WORKER_DIED'] as const)(
    'leaves the rows out of a log that ends with %s after it was counted',
    async (code) => {
      const { logs } = logsWith({
        'a-0': { glance: [orphan], records: [] },
        'b-0': { glance: [orphan, orphan], records: [] },
        'c-0': { glance: [zeros], records: [] },
      });
      const { problems } = logs[1]!;
      vi.spyOn(logs[1]!, 'problems').mockImplementation((page) =>
        page.limit === 0 ? problems.call(logs[1], page) : Promise.reject(new AppError(code, 'It fails.')),
      );
      const found = await listDirectoryProblems(logs, [], ALL);
      expect(rowTexts(found)).toEqual(['a-0: file-orphaned-index', 'c-0: segment-zero-bytes']);
      expect(found).toMatchObject({ total: 2, logCountWithProblems: 2, pendingLogCount: 1 });
    },
  );

  it('calls it one where a saved report says that a log was not there', async () => {
    const { logs } = logsWith({ 'a-0': { glance: [], records: [], fails: 'NOT_FOUND' } });
    logs[0]!.setTotals(0, null, new AppError('NOT_FOUND', 'It went away.'));
    expect(await listDirectoryProblems(logs, [], ALL)).toMatchObject({ total: 0, pendingLogCount: 1 });
    const found = await listDirectoryProblems(logs, [], ALL, { isSaved: true });
    expect(rowTexts(found)).toEqual(['a-0: log-unreadable']);
  });

  it('fails where everything is cancelled', async () => {
    const { logs } = logsWith({ 'a-0': { glance: [orphan], records: [], fails: 'CANCELLED' } });
    await expect(listDirectoryProblems(logs, [], ALL)).rejects.toMatchObject({ code: 'CANCELLED' });
  });

  it('counts the logs that nobody has looked at yet', async () => {
    const { logs } = logsWith({ 'a-0': { glance: [], records: [] } });
    const pending = new OpenLog('id-new', logs[0]!.directory, {} as ScanPool<typeof scanContract>);
    const found = await listDirectoryProblems([...logs, pending], [], ALL);
    expect(found).toMatchObject({ total: 0, logCount: 2, pendingLogCount: 1 });
  });
});

describe('verifyLogs', () => {
  const watched = () => {
    const told: ScanProgress[] = [];
    const abort = new AbortController();
    return {
      told,
      abort,
      context: { signal: abort.signal, progress: (done: ScanProgress) => told.push(done) },
    };
  };

  it('reads one log after the other, those behind an unreadable one too', async () => {
    const { logs } = logsWith({
      'a-0': { glance: [], records: [zeros] },
      'b-0': null,
      'c-0': { glance: [], records: [zeros, orphan] },
    });
    const { context } = watched();
    expect(await verifyLogs(logs, context)).toEqual({ problemCount: 3, unreadableLogCount: 1 });
    const found = await listDirectoryProblems(logs, [], ALL);
    expect(found).toMatchObject({ total: 4, verifiedLogCount: 2 });
  });

  it.each([
    ['PERMISSION_DENIED', 1],
    ['WORKER_DIED', 1],
    ['NOT_FOUND', 0],
  ] as const)('goes on behind a log that ends with %s, and counts %d as not read', async (fails, count) => {
    const { logs } = logsWith({
      'a-0': { glance: [], records: [], fails },
      'b-0': { glance: [], records: [zeros] },
    });
    const { context } = watched();
    expect(await verifyLogs(logs, context)).toEqual({ problemCount: 1, unreadableLogCount: count });
  });

  it('keeps the segments of no sound log', async () => {
    const { logs, asked } = logsWith({
      'a-0': { glance: [], records: [] },
      'b-0': { glance: [], records: [zeros] },
    });
    await verifyLogs(logs, watched().context);
    for (const log of logs) await log.segments(ALL);
    expect(asked).toEqual(['a-0 records', 'b-0 records', 'a-0 glance']);
  });

  it('ends where no log can be read because of something else', async () => {
    const { logs, asked } = logsWith({
      'a-0': { glance: [], records: [], fails: 'TOO_MANY_OPEN_FILES' },
      'b-0': { glance: [], records: [] },
    });
    const { context } = watched();
    await expect(verifyLogs(logs, context)).rejects.toMatchObject({ code: 'TOO_MANY_OPEN_FILES' });
    expect([asked, logs[0]!.error]).toEqual([['a-0 records'], null]);
  });

  it('tells of the bytes of all logs', async () => {
    const { logs } = logsWith({
      'a-0': { glance: [], records: [zeros] },
      'b-0': null,
      'c-0': { glance: [], records: [orphan] },
    });
    const { context, told } = watched();
    let nowMs = 0;
    const clock = vi.spyOn(Date, 'now').mockImplementation(() => (nowMs += 1_000)); // no word is held back
    await verifyLogs(logs, context).finally(() => clock.mockRestore());
    expect(told).toEqual([
      { bytesDone: SIZE, bytesTotal: 2 * SIZE, problemCount: 1 },
      { bytesDone: 2 * SIZE, bytesTotal: 2 * SIZE, problemCount: 2 },
    ]);
  });

  it('keeps what was read before it was cancelled', async () => {
    const { logs, before } = logsWith({
      'a-0': { glance: [], records: [zeros] },
      'b-0': { glance: [], records: [] },
    });
    const { context, abort } = watched();
    before((log) => log === 'b-0' && abort.abort());
    await expect(verifyLogs(logs, context)).rejects.toMatchObject({ code: 'CANCELLED' });
    const found = await listDirectoryProblems(logs, [], ALL);
    expect(found).toMatchObject({ total: 1, logCount: 2, verifiedLogCount: 1 });
  });
});
