/** What a look at an older generation may still say about a log, and what is kept of a look. */
import { describe, expect, it } from 'vitest';
import { OpenLog } from '../../../electron/ipc/open-log';
import { packFiles } from '../../../electron/workers/packed-files';
import { packInspection } from '../../../electron/workers/packed-inspection';
import { packList } from '../../../electron/workers/packed-list';
import type { InspectedLog, scanContract } from '../../../electron/workers/scan-contract';
import type { ScanPool } from '../../../electron/workers/scan-pool';
import type { LogUsage } from '../../../shared/disk-usage';
import { AppError } from '../../../shared/errors';
import { type Problem, problemAt } from '../../../shared/problem';

const totals = {
  ...{ segmentCount: 0, sizeInBytes: 0, logStartOffset: 0, logEndOffset: 0 },
  ...{ largestTimestampMs: null, problemCount: 0, worstSeverity: null },
};
const usageOf = (otherBytes: number) => ({ otherBytes }) as LogUsage;

const directory = {
  ...({ name: 'a-0', path: '/a-0', topic: 'a', partition: 0 } as const),
  ...({ state: 'current', format: 'kafka' } as const),
};
const context = { signal: new AbortController().signal, progress: () => {} };

async function found(usage: LogUsage | null, problems: Problem[] = []): Promise<InspectedLog> {
  const inspection = await packInspection({
    ...{ name: 'a-0', format: 'kafka', logStartOffset: 0, logStartOffsetSource: 'first-segment' },
    ...{ logEndOffset: 0, sizeInBytes: 0, recordCount: 0, recordCountIsExact: true },
    ...{ segments: [], problems },
  });
  const problemCount = problems.length;
  return {
    inspection,
    totals: { ...totals, problemCount },
    usage,
    files: packFiles([]),
    segments: await packList([]),
  };
}

describe('OpenLog', () => {
  it('keeps what a newer glance says of its space when an older verification ends', async () => {
    let answer: (found: InspectedLog) => void = () => {};
    const answered = new Promise<InspectedLog>((resolve) => {
      answer = resolve;
    });
    const pool = { call: () => answered } as unknown as ScanPool<typeof scanContract>;
    const log = new OpenLog('1', directory, pool);
    log.takeGlance(0, totals, usageOf(1));
    const verified = log.verify(context);
    log.takeGlance(log.startGeneration(), totals, usageOf(2));
    answer(await found(usageOf(1)));
    await verified;
    expect(log.usage).toEqual(usageOf(2));
    log.takeGlance(log.startGeneration(), totals, usageOf(3));
    expect(log.usage).toEqual(usageOf(3));
  });

  it('knows its totals from a glance at a saved report of which every byte was read', async () => {
    const glance: InspectedLog = { ...(await found(null)), depth: 'records' };
    const call = async () => ({ ...glance, totals: { ...totals, sizeInBytes: 5 } });
    const log = new OpenLog('1', directory, { call } as unknown as ScanPool<typeof scanContract>);
    const { isVerified } = await log.segments({ from: 0, limit: 10 });
    expect(isVerified).toBe(true);
    expect(log.summary()).toMatchObject({ isPending: false, sizeInBytes: 5 });
  });

  it('is looked at again once it has changed, though it could not be read before', () => {
    const log = new OpenLog('1', directory, {} as ScanPool<typeof scanContract>);
    log.setTotals(0, null, new AppError('PERMISSION_DENIED', 'No.'));
    expect(log.needsGlance).toBe(false);
    log.startGeneration();
    expect(log.needsGlance).toBe(true);
  });
});

describe('OpenLog.verify, one of many', () => {
  const zeros = problemAt('segment-zero-bytes', { file: '0.log', position: 7 }, '9 bytes are zero.');
  const page = { from: 0, limit: 10 };

  /** @param wrong What is wrong with it at each depth */
  function logWith(wrong: Partial<Record<string, Problem[]>> = {}) {
    const asked: string[] = [];
    const pool = {
      call(_method: string, { depth, known }: { depth: string; known: unknown }) {
        asked.push(known === null ? depth : `${depth} with what was known`);
        return found(null, wrong[depth]);
      },
    } as unknown as ScanPool<typeof scanContract>;
    return { log: new OpenLog('1', directory, pool), asked };
  }

  it('keeps of a sound log that it is one, and reads its segments again when they are asked for', async () => {
    const { log, asked } = logWith();
    await log.verify(context, { isOneOfMany: true });
    expect([log.isVerified, log.summary().problemCount]).toEqual([true, 0]);
    expect(await log.segments(page)).toMatchObject({ isVerified: true });
    expect(await log.problems(page)).toMatchObject({ isComplete: true, total: 0 });
    expect(asked).toEqual(['records', 'glance']);
    log.startGeneration();
    expect(await log.segments(page)).toMatchObject({ isVerified: false });
  });

  it('forgets what a look said that a disk no longer has', async () => {
    const wrong: Partial<Record<string, Problem[]>> = { glance: [zeros] };
    const { log } = logWith(wrong);
    expect((await log.problems(page)).total).toBe(1);
    wrong['glance'] = [];
    await log.verify(context, { isOneOfMany: true });
    expect((await log.problems(page)).total).toBe(0);
  });

  it('keeps whole what something is wrong with', async () => {
    const { log, asked } = logWith({ records: [zeros] });
    await log.verify(context, { isOneOfMany: true });
    expect((await log.problems(page)).total).toBe(1);
    expect(asked).toEqual(['records']);
    log.startGeneration();
    await log.countAgain();
    expect(asked).toEqual(['records', 'glance with what was known']);
  });

  it('keeps whole what was counted before', async () => {
    const { log, asked } = logWith();
    await log.count(context);
    await log.verify(context, { isOneOfMany: true });
    await log.segments(page);
    await log.count(context);
    expect(asked).toEqual(['headers', 'records with what was known']);
  });

  it('has in its totals what a count finds on a disk that went bad since', async () => {
    const { log } = logWith({ headers: [zeros] });
    await log.verify(context, { isOneOfMany: true });
    await log.count(context);
    expect((await log.problems(page)).total).toBe(1);
    expect(log.summary().problemCount).toBe(1);
  });

  /** Each depth is answered when the test says so. */
  function logInTurn(wrong: Partial<Record<string, Problem[]>>) {
    const asked: string[] = [];
    const answers = new Map<string, () => void>();
    const pool = {
      async call(_method: string, { depth }: { depth: string }) {
        asked.push(depth);
        await new Promise<void>((resolve) => answers.set(depth, resolve));
        return found(null, wrong[depth]);
      },
    } as unknown as ScanPool<typeof scanContract>;
    const log = new OpenLog('1', directory, pool);
    const answer = (depth: string) => answers.get(depth)!();
    return { log, asked, answer, counted: log.count(context) };
  }

  it('lets a count that began before and ends later say no less of the log', async () => {
    const { log, answer, counted } = logInTurn({ records: [zeros] });
    const verified = log.verify(context, { isOneOfMany: true });
    answer('records');
    await verified;
    answer('headers');
    await counted;
    expect([log.isVerified, log.summary().problemCount]).toEqual([true, 1]);
  });

  it('keeps whole what was counted meanwhile', async () => {
    const { log, asked, answer, counted } = logInTurn({});
    const verified = log.verify(context, { isOneOfMany: true });
    answer('headers');
    await counted;
    answer('records');
    await verified;
    expect(await log.segments(page)).toMatchObject({ isVerified: true });
    expect(asked).toEqual(['headers', 'records']);
  });
});
