/** Reports of what Kafka wrote: they say what Kafka said, and come back from their file as they were. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Log } from '../../../electron/engine/log/log';
import { parseReport, reportJson } from '../../../electron/reports/report-file';
import { AppError } from '../../../shared/errors';
import { kafkaFixtures } from '../../support/kafka-fixtures';
import { writeLog } from '../../support/one-record-log';
import { reportOf } from '../../support/report-of';

const FIXTURES = kafkaFixtures();
const DIRECTORIES = [...new Set(FIXTURES.map(({ directory }) => dirname(directory.path)))];

describe('makeReport', () => {
  it.each(DIRECTORIES)('counts the logs of %s as Kafka does, and survives its file', async (path) => {
    const report = await reportOf(path);
    const truth = FIXTURES.filter(({ directory }) => dirname(directory.path) === path);
    expect(truth.length).toBeGreaterThan(0);
    for (const { name, segments } of truth) {
      const log = report.logs.find((each) => each.name === name);
      const shown = log?.inspection?.segments.map(({ baseOffset, recordCount }) => [baseOffset, recordCount]);
      expect([name, shown]).toEqual([
        name,
        segments.map(({ baseOffset, recordCount }) => [baseOffset, recordCount]),
      ]);
    }
    const back = parseReport(reportJson(report), 'report.json');
    expect(back).toEqual(report);
  });

  it('analyses compaction where the policy compacts, and only then', async () => {
    const report = await reportOf(DIRECTORIES.find((path) => path.endsWith('4.4.0/data-directory'))!);
    const analysed = report.logs.filter(({ compaction }) => compaction?.analysis != null);
    expect(analysed.map(({ name }) => name)).toContain('compacted-0');
    expect(
      analysed.every(({ compaction }) => compaction!.analysis!.plan.cleanupPolicy.includes('compact')),
    ).toBe(true);
  });
});

describe('a report of a directory that cannot be read whole', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'strata-report-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('refuses of logs outside a data directory the open one only', async () => {
    await writeLog(join(folder, 'a-0'), [0, 5], 9);
    await writeLog(join(folder, 'b-0'), [0], 3);
    const open = await Log.open(join(folder, 'b-0'));
    const report = await reportOf(folder);
    await open.close();
    expect(report.broker.verdict).toBe('live');
    const refusals = report.logs.map(
      ({ retention }) => retention!.plan.refusal?.includes('b-0 open') ?? false,
    );
    expect(refusals).toEqual([false, true]);
  });

  it('has the progress of all passes, never backwards', async () => {
    await writeLog(join(folder, 'a-0'), [0, 5], 9);
    await writeLog(join(folder, 'b-0'), [0], 3);
    const seen: number[] = [];
    let total = 0;
    await reportOf(folder, {
      onProgress({ bytesDone, bytesTotal }) {
        seen.push(bytesDone);
        total = bytesTotal;
      },
    });
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    expect(seen.at(-1)).toBe(total);
  });

  it('stops when it is cancelled', async () => {
    await writeLog(join(folder, 'a-0'), [0], 3);
    const abort = new AbortController();
    abort.abort(new Error('enough'));
    await expect(reportOf(folder, { signal: abort.signal })).rejects.toThrow('enough');
  });
});

describe('parseReport', () => {
  it("reads a report that was saved before the writer and the cleaner's settings were in it", async () => {
    const path = fileURLToPath(new URL('../../fixtures/reports/compaction-0.1.0.json', import.meta.url));
    const { broker, logs } = parseReport(await readFile(path, 'utf8'), path);
    expect(broker).toMatchObject({ verdict: 'detached', writer: null });
    const { plan } = logs.find(({ name }) => name === 'compacted-0')!.compaction!.analysis!;
    expect(plan.settings).toMatchObject({
      'log.cleaner.dedupe.buffer.size': { value: '134217728', source: 'default' },
      'log.cleaner.threads': { value: '1', source: 'default' },
      'log.cleaner.io.buffer.load.factor': { value: '0.9', source: 'default' },
    });
    expect(plan.sources.map(({ recordsBefore, uniqueKeyCount }) => [recordsBefore, uniqueKeyCount])).toEqual([
      ...[
        [45, null],
        [45, null],
        [10, null],
      ],
    ]);
  });

  it('reads a report of before the next start-up and transactions were in it', async () => {
    const report = await reportOf(FIXTURES[0]!.directory.path);
    const written = JSON.parse(reportJson(report)) as Record<string, unknown>;
    const { startup: _, logs, ...older } = written;
    const withoutTransactions = (logs as object[]).map((log) => ({ ...log, transactions: undefined }));
    const back = parseReport(JSON.stringify({ ...older, logs: withoutTransactions }), 'older.json');
    expect(back).toEqual(report);
  });

  it.each([
    ['no JSON', 'offset,size', /not JSON/],
    ['other JSON', '{"schema":"strata.inspect/1"}', /no report/],
    ['a later version', '{"schema":"strata.report/2"}', /another version: strata.report\/2/],
    ['a report with a hole', '{"schema":"strata.report/1","madeAtMs":1}', /damaged report/],
    ['a bomb', '{"schema":"strata.report/1","logs":{"rowCount":1e15,"columns":{"a":{"all":1}}}}', /damaged/],
  ])('tells %s', (_name, text, message) => {
    const parse = () => parseReport(text, '/tmp/x.json');
    expect(parse).toThrow(message);
    expect(parse).toThrow(AppError);
  });
});
