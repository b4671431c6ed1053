/** Who writes a log with the engine, and Strata's runs on it: in the report, redacted, in each format, and opened again. */
import { mkdtemp, rm } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nodeFileSystem, nodeReadingFileSystem } from '../../../electron/engine/file-system';
import { Log } from '../../../electron/engine/log/log';
import { RunJournal, type RunRecord } from '../../../electron/engine/log/run-journal';
import { tableCsv } from '../../../electron/reports/csv';
import { reportHtml } from '../../../electron/reports/html';
import { reportMarkdown } from '../../../electron/reports/markdown';
import { redactReport } from '../../../electron/reports/redaction';
import { reportJson } from '../../../electron/reports/report-file';
import { reportTables } from '../../../electron/reports/report-tables';
import { reportAnswers } from '../../../electron/workers/report-answers';
import { EngineWriterSchema } from '../../../shared/engine-writer';
import { AppError } from '../../../shared/errors';
import { type Report, ReportSchema } from '../../../shared/report';
import { REPORT_NOW_MS, reportOf } from '../../support/report-of';

let folder: string;
let path: string;
let report: Report;
const METRICS = { metricsIntervalMs: 1000, retentionCheckIntervalMs: null };
const signal = new AbortController().signal;

function run(startedAtMs: number, state: RunRecord['state'], logPath: string): RunRecord {
  return {
    ...{ schema: 'strata.run/1', runId: RunJournal.newId(startedAtMs), groupId: 'group', kind: 'retention' },
    ...{ logPath, startedAtMs, state, deletedBaseOffsets: [0, 5], newBaseOffsets: [] },
    ...{
      deletedFiles: ['00000000000000000000.log.deleted'],
      freedBytes: 2048,
      purgeDueAtMs: startedAtMs + 9,
    },
  };
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'strata-writer-'));
  path = join(folder, 'data', 'orders-0');
  const log = await Log.open(path, METRICS);
  await log.appendMany(Array.from({ length: 7 }, (_, index) => ({ value: `value ${index}` })));
  await log.close();
  const journal = new RunJournal(nodeFileSystem, join(folder, 'state'));
  for (const [index, state] of (['purged', 'undone', 'done', 'running'] as const).entries())
    await journal.write(run(1_700_000_000_000 + index, state, path));
  await journal.write(run(1_700_000_000_000, 'done', join(folder, 'data', 'other-0')));
  report = await reportOf(path, { stateDirectory: join(folder, 'state') });
});
afterAll(() => rm(folder, { recursive: true }));

const cellsOf = (name: string) => tableCsv(reportTables(report).find((table) => table.name === name)!);

describe('a report of a log that the engine wrote', () => {
  it('has its counters, and its runs that were not taken back, the latest first', () => {
    const [log] = report.logs;
    expect(log!.runs.map(({ state }) => state)).toEqual(['running', 'done', 'purged']);
    expect(log!.runs[0]).toMatchObject({ kind: 'retention', deletedSegmentCount: 2, freedBytes: 2048 });
    expect(log!.writer).toMatchObject({
      ...{ state: 'closed', flaw: null },
      metrics: { isClosed: true, logEndOffset: 7, metrics: { recordCount: 7, appendCount: 1 } },
    });
  });

  it('does not tell the machine that the writer was on, and says the rest redacted, too', () => {
    expect(JSON.stringify(report)).not.toContain('"hostName":"');
    const redacted = redactReport(report, { key: 'key', hashesTopics: true, ownHostName: hostname() });
    const [before, after] = [report.logs[0]!, redacted.logs[0]!];
    expect(after.runs).toEqual(before.runs.map((each) => ({ ...each })));
    expect(after.writer).toEqual(before.writer);
    expect(reportJson(redacted)).not.toContain(folder);
  });

  it('says them in HTML, Markdown and CSV, with their units', () => {
    for (const text of [reportMarkdown(report), reportHtml(report)]) {
      expect(text).toContain('Writer with the engine');
      expect(text).toContain('no program has the log open, and the last one closed it');
      expect(text).toContain('1, of 7 records');
      expect(text).toContain('Runs of Strata');
      expect(text).toContain('2.0 KiB');
      expect(text).toContain('can be undone until its space is freed');
    }
    expect(cellsOf('writers')).toMatch(/appendCount,recordCount,.*\r\n.*,closed,/);
    expect(cellsOf('runs').split('\r\n')).toHaveLength(5);
  });

  it('tells the writer as it is now, and plans for the time that was asked for', () => {
    expect(report.madeAtMs).toBe(REPORT_NOW_MS);
    expect(Math.abs(Date.now() - report.logs[0]!.writer!.readAtMs)).toBeLessThan(600_000);
  });

  it('names in a data directory each writer that is to be seen to, of logs without a section, too', async () => {
    const made = await reportOf(join(folder, 'data'));
    const [log] = made.logs;
    const counters = log!.writer!.metrics!;
    const metrics = { ...counters, metrics: { ...counters.metrics, isStopped: true } };
    const small = {
      ...{ ...log!, name: 'small-0', inspection: { ...log!.inspection!, segments: [], sizeInBytes: 0 } },
      writer: { ...log!.writer!, state: 'abandoned' as const, metrics },
    };
    const pages = { ...made, logs: [log!, small] };
    for (const text of [reportMarkdown(pages), reportHtml(pages)])
      expect(text).toContain(
        'the last program ended without closing the log; the next one recovers it; writing stopped: an fsync failed',
      );
    const [, table] = reportHtml(pages).split('<h2>Writers with the engine</h2>');
    expect(table!.indexOf('small-0')).toBeLessThan(table!.indexOf('orders-0'));
  });

  it('has the runs of a log that cannot be read', async () => {
    const list: typeof nodeReadingFileSystem.list = async (directory) => {
      if (directory === path) throw new AppError('STORAGE_FAILED', 'a sector is bad');
      return nodeReadingFileSystem.list(directory);
    };
    const disk = Object.assign(Object.create(nodeReadingFileSystem), { list });
    const options = { stateDirectory: join(folder, 'state') };
    const [log] = (await reportOf(join(folder, 'data'), options, disk)).logs;
    expect(log!.error!.message).toBe('a sector is bad');
    expect(log!.runs).toEqual(report.logs[0]!.runs);
  });

  it('answers for the screens once it is saved, and lets nothing be purged from there', async () => {
    const saved = join(folder, 'report.json');
    const answers = reportAnswers(ReportSchema.parse(report), saved);
    const context = { signal, progress: () => {} };
    const logPath = join(saved, '0');
    expect(await answers['log.runs']!({ path: logPath }, context)).toEqual(report.logs[0]!.runs);
    expect(await answers['runs.on']!({ path: saved }, context)).toEqual([]);
    const writer = EngineWriterSchema.parse(await answers['log.engineWriter']!({ path: logPath }, context));
    expect(writer.metrics!.metrics.recordCount).toBe(7);
  });

  it('was saved by a program that told neither', () => {
    const { writer: _, runs: __, ...log } = report.logs[0]!;
    const [read] = ReportSchema.parse({ ...report, logs: [log] }).logs;
    expect(read).toMatchObject({ writer: null, runs: [] });
  });
});
