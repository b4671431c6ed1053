/** Reports behind the scan pool: what is answered from them, what is refused, and that no name leads to a disk. */
import { cp, mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { nodeReadingFileSystem as fs } from '../../../electron/engine/file-system';
import { simulateStartup } from '../../../electron/engine/inspect/simulate-startup';
import { savedReports } from '../../../electron/ipc/saved-reports';
import { readReport, reportJson } from '../../../electron/reports/report-file';
import { HeldReports } from '../../../electron/workers/held-reports';
import { type PackedStartup, packStartup } from '../../../electron/workers/packed-inspection';
import { unpackRows } from '../../../electron/workers/packed-list';
import type { Report } from '../../../shared/report';
import { kafkaFixtures } from '../../support/kafka-fixtures';
import { writeLog } from '../../support/one-record-log';
import { reportOf } from '../../support/report-of';

let folder: string;
let file: string;
let report: Report;
let forwarded: string[];
let reads: number;
let saved: ReturnType<typeof savedReports>;
let held: HeldReports;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'strata-saved-'));
  file = join(folder, 'report.json');
  await writeLog(join(folder, 'data', 'a-0'), [0, 5], 9);
  await writeLog(join(folder, 'data', 'b-0'), [0], 3);
  report = await reportOf(join(folder, 'data'), { depth: 'headers' });
  forwarded = [];
  reads = 0;
  const close = async () => {};
  const scans = {
    on: () => () => {},
    close,
    call: async (method: string) => {
      forwarded.push(method);
      return null as never;
    },
  };
  held = new HeldReports(async (path) => {
    reads++;
    return readReport(fs, path);
  });
  const reports = {
    on: () => () => {},
    close,
    async call(method: string, params: { path: string; method?: string; params?: unknown }) {
      if (method === 'report.answer')
        return (await held.answer(params.path, params.method!, params.params)) as never;
      if (method === 'report.open') await held.open(params.path);
      else held.forget(params.path);
      return {} as never;
    },
  };
  saved = savedReports({ scans, reports });
});
afterEach(() => rm(folder, { recursive: true }));

async function openReport() {
  await writeFile(file, reportJson(report));
  const [listing] = await Promise.all([
    saved.pool.call('directory.list', { path: file }),
    saved.pool.call('directory.brokerState', { path: file }),
  ]);
  return listing;
}

describe('savedReports', () => {
  it('answers all calls about a report from one reading of it', async () => {
    const listing = await openReport();
    expect(listing).toMatchObject({
      name: 'data',
      kind: 'data-directory',
      savedReport: { depth: 'headers' },
    });
    const [log] = listing.logs;
    const found = await saved.pool.call('log.inspect', { log: log!, depth: 'glance', known: null });
    const { errorCount: _, ...packed } = found.inspection;
    const rows = { segments: unpackRows(packed.segments), problems: unpackRows(packed.problems) };
    expect([found.depth, { ...packed, ...rows }]).toEqual(['headers', report.logs[0]!.inspection]);
    const facts = await saved.pool.call('log.retentionFacts', {
      log: log!,
      cleanupPolicy: null,
      clock: 'kafka',
      brokerConfigPath: null,
    });
    expect(facts.refusal).toMatch(/saved report/);
    expect([reads, forwarded]).toEqual([1, []]);
  });

  it('tells of the next start-up what a plan of the directory, or of one log, tells', async () => {
    await writeFile(join(folder, 'data', '.kafka_cleanshutdown'), '');
    report = await reportOf(join(folder, 'data'), { plansStartup: true });
    const { logs } = await openReport();
    const unpacked = ({ summary, steps, changes }: PackedStartup) => ({
      ...{ summary, steps: unpackRows(steps), changes: unpackRows(changes) },
    });
    const planIn = async (path: string) => {
      const plan = await simulateStartup(fs, path);
      return unpacked(await packStartup({ ...plan, logs: [...plan.logs], steps: [...plan.steps] }));
    };
    const whole = await saved.pool.call('directory.startup', { path: file });
    expect(whole.summary.stepCount).toBeGreaterThan(0);
    expect(unpacked(whole)).toEqual(await planIn(join(folder, 'data')));
    for (const { name, path } of logs)
      expect(unpacked(await saved.pool.call('directory.startup', { path }))).toEqual(
        await planIn(join(folder, 'data', name)),
      );
  });

  it('says of an analysis of compaction that a report cannot be changed; where damage ended it, what is damaged', async () => {
    const { directory } = kafkaFixtures().find(({ id }) => id === '4.4.0/data-directory/compacted-0')!;
    const path = join(folder, 'kafka', 'compacted-0');
    // The metadata log says that the topic is compacted.
    for (const name of ['compacted-0', '__cluster_metadata-0'])
      await cp(join(dirname(directory.path), name), join(folder, 'kafka', name), { recursive: true });
    async function planInReport() {
      report = await reportOf(path);
      saved.keepOnly(null);
      const { logs } = await openReport();
      const wish = { cleanupPolicy: null, minCompactionLagMs: null, deleteRetentionMs: null };
      const others = { minCleanableDirtyRatio: null, maxCompactionLagMs: null, kafkaVersion: null };
      const places = { log: logs[0]!, brokerConfigPath: null, recompresses: false };
      return (await saved.pool.call('log.compaction', { ...wish, ...others, ...places })).plan;
    }
    expect((await planInReport()).refusal).toContain('This is a saved report');

    const segment = await open(join(path, '00000000000000000045.log'), 'r+');
    await segment.write(Uint8Array.of(0xff), 0, 1, 200);
    await segment.close();
    const { reasons, refusal } = await planInReport();
    expect(reasons).toContain('damaged');
    expect(refusal).toMatch(/^00000000000000000045\.log is damaged at byte \d+: /);
  });

  it('gives directories to the scan workers', async () => {
    await saved.pool.call('directory.list', { path: join(folder, 'data') });
    expect([reads, forwarded]).toEqual([0, ['directory.list']]);
  });

  it('refuses a next start-up of which a report holds neither a plan nor an error', async () => {
    report.startup = { plan: null, error: null };
    await openReport();
    await expect(saved.pool.call('directory.startup', { path: file })).rejects.toMatchObject({
      code: 'NOT_IN_REPORT',
    });
  });

  it('says so where a report that had to be read again has other logs', async () => {
    const { logs } = await openReport();
    await writeFile(file, reportJson({ ...report, logs: report.logs.slice(0, 1) }));
    held.forget(file); // as when the worker died
    const gone = { code: 'NOT_FOUND', message: expect.stringContaining('Open the report again.') };
    await expect(saved.pool.call('logs.glance', { logs })).rejects.toMatchObject(gone);
    await expect(saved.pool.call('logs.policies', { logs })).rejects.toMatchObject(gone);
  });

  it('refuses what is not in a report', async () => {
    const { logs } = await openReport();
    const [log] = logs;
    const notInReport = { code: 'NOT_IN_REPORT' };
    await expect(
      saved.pool.call('log.records', { log: log!, limit: 1, contentBytesMax: 9 }),
    ).rejects.toMatchObject(notInReport);
    await expect(
      saved.pool.call('log.inspect', { log: log!, depth: 'records', known: null }),
    ).rejects.toMatchObject(notInReport);
    expect(forwarded).toEqual([]);
  });

  it('leads nowhere on this disk, whatever a report calls its logs', async () => {
    for (const [index, name] of ['../../../../etc', '/etc/passwd'].entries()) {
      report.logs[index]!.name = name;
      report.logs[index]!.topic = name;
    }
    const { logs } = await openReport();
    for (const { path } of logs) expect(path.startsWith(`${file}/`)).toBe(true);
    for (const log of logs) await saved.pool.call('log.inspect', { log, depth: 'glance', known: null });
    expect(forwarded).toEqual([]);
  });

  it('lets go of a report that is no longer open', async () => {
    const { logs } = await openReport();
    saved.keepOnly(null);
    await saved.pool.call('logs.files', { paths: [logs[0]!.path] });
    expect([saved.holds(file), forwarded]).toEqual([false, ['logs.files']]);
  });

  it('is not opened again by a call that comes late', async () => {
    await openReport();
    saved.keepOnly(null);
    await saved.pool.call('directory.brokerState', { path: file });
    expect([saved.holds(file), reads, forwarded]).toEqual([false, 1, ['directory.brokerState']]);
  });
});
