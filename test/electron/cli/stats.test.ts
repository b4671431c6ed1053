/** The stats command: its JSON by schema, its text, and its exit status. */
import { cpSync, mkdtempSync, readdirSync, rmSync, statSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { stats } from '../../../electron/cli/stats';
import { StatisticsReportSchema } from '../../../shared/statistics';
import { fakeTerminal } from '../../support/fake-terminal';
import { kafkaFixtures } from '../../support/kafka-fixtures';

const FIXTURES = kafkaFixtures();
const headers = FIXTURES.find(({ records }) => records?.some((record) => record.headers.length > 0))!;
const zstd = FIXTURES.find(({ name }) => name === 'codec-zstd-0')!;
const folder = mkdtempSync(join(tmpdir(), 'strata-stats-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function run(...args: string[]) {
  const terminal = fakeTerminal();
  return { status: await stats.run(args, terminal), text: terminal.output() };
}

describe('stats', () => {
  it('prints what its schema says', async () => {
    const { status, text } = await run(zstd.directory.path, '--json');
    expect(status).toBe(0);
    const report = StatisticsReportSchema.parse(JSON.parse(text));
    expect(report.logs).toHaveLength(1);
    expect(report.logs[0]!.counts.records).toBe(zstd.recordCount.data);
    expect(report.logs[0]!.bytes.compressionGain).toBeGreaterThan(0);
  });

  it('prints tables with counts, parts, codecs and header names', async () => {
    const { text } = await run(headers.directory.path);
    expect(text).toContain(`${headers.recordCount.data} records in `);
    expect(text).toMatch(/^header values +/m);
    expect(text).toMatch(/^on disk: \d+ bytes/m);
    const [name] = headers.records!.find((record) => record.headers.length > 0)!.headers[0]!;
    expect(text).toContain(name);
  });

  it('leaves out unique keys when asked, and takes one segment', async () => {
    const { baseOffset, recordCount } = headers.segments[0]!;
    const args = [headers.directory.path, '--json', '--no-unique-keys', '--segment', String(baseOffset)];
    const [log] = StatisticsReportSchema.parse(JSON.parse((await run(...args)).text)).logs;
    expect(log).toMatchObject({ segmentBaseOffset: baseOffset, segmentCount: 1, uniqueKeys: null });
    expect(log!.counts.records + log!.counts.controlRecords).toBe(recordCount);
  });

  it('ends with status 1 where bytes are damaged', async () => {
    const path = join(folder, zstd.name);
    cpSync(zstd.directory.path, path, { recursive: true });
    const file = join(path, readdirSync(path).find((name) => name.endsWith('.log'))!);
    truncateSync(file, statSync(file).size - 1);
    const { status, text } = await run(path);
    expect(status).toBe(1);
    expect(text).toMatch(/^damaged +/m);
    expect(text).toContain('at least ');
  });

  it('refuses a segment of a data directory', async () => {
    const directory = join(zstd.directory.path, '..');
    await expect(run(directory, '--segment', '0')).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  });
});
