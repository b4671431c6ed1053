/** Where the files of a report land: in the chosen place, under safe names, over nothing that is there. */
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Log } from '../../../electron/engine/log/log';
import { safeFileName, type WriteOptions, writeReport } from '../../../electron/reports/write-report';
import type { Report } from '../../../shared/report';
import { HOSTILE_TEXTS } from '../../support/hostile-texts';
import { writeLog } from '../../support/one-record-log';
import { reportOf } from '../../support/report-of';

let folder: string;
let report: Report;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'strata-write-'));
  await writeLog(join(folder, 'orders-0'), [0, 5], 9);
  report = await reportOf(join(folder, 'orders-0'));
});
afterEach(() => rm(folder, { recursive: true }));

const NO_BATCHES = { columns: [{ name: 'position', type: 'integer' } as const], async *rows() {} };
const write = (output: string, options: Partial<WriteOptions> = {}) =>
  writeReport(report, {
    formats: ['json'],
    tables: null,
    output,
    overwrites: false,
    batches: NO_BATCHES,
    ...options,
  });

describe('writeReport', () => {
  it('writes one format into the file that was named', async () => {
    const [file] = await write(join(folder, 'report.json'));
    expect(JSON.parse(await readFile(file!.path, 'utf8')).schema).toBe('strata.report/1');
    expect(file).toEqual({ path: join(folder, 'report.json'), sizeInBytes: expect.any(Number) });
  });

  it('makes a folder for several, and leaves out tables without a row', async () => {
    await write(join(folder, 'new', 'out'), { formats: ['json', 'csv', 'md'] });
    expect((await readdir(join(folder, 'new', 'out'))).sort()).toEqual([
      ...['orders-0-report-files.csv', 'orders-0-report-logs.csv', 'orders-0-report-retention.csv'],
      ...['orders-0-report-segments.csv', 'orders-0-report-settings.csv', 'orders-0-report.json'],
      'orders-0-report.md',
    ]);
  });

  it('makes no folder in the data directory of a broker, which would not start with it', async () => {
    await writeFile(join(folder, 'meta.properties'), 'version=1\n');
    for (const place of ['out', 'orders-0/out'])
      await expect(write(join(folder, place), { formats: ['json', 'md'] })).rejects.toMatchObject({
        code: 'STORAGE_UNSAFE',
      });
    expect((await readdir(folder)).sort()).toEqual(['meta.properties', 'orders-0']);
    await write(join(folder, 'report.json'));
  });

  it('makes no folder in a log, nor in a data directory of the engine, by whatever path', async () => {
    const data = join(folder, 'data');
    await (await Log.open(join(data, 'own-0'))).close();
    await symlink(join(folder, 'orders-0'), join(folder, 'link'));
    for (const place of ['orders-0/out', 'orders-0/new/out', 'link/out', 'data/out', 'data/own-0/out'])
      await expect(write(join(folder, place), { formats: ['json', 'md'] })).rejects.toMatchObject({
        code: 'STORAGE_UNSAFE',
        message: expect.stringMatching(/ is a (log|data directory), where no folder of reports belongs;/),
      });
    expect((await readdir(folder)).sort()).toEqual(['data', 'link', 'orders-0']);
    expect(await readdir(data)).not.toContain('out');
    // Logs of a program, which are named by days.
    await mkdir(join(folder, 'var'));
    await writeFile(join(folder, 'var', '20260501.log'), '');
    await write(join(folder, 'var', 'out'), { formats: ['json', 'md'] });
  });

  it('says of the path that was named that it lies below a file', async () => {
    await writeFile(join(folder, 'file'), '');
    for (const place of ['file/out', 'file/new/out'])
      await expect(write(join(folder, place), { formats: ['json', 'md'] })).rejects.toMatchObject({
        code: 'NOT_A_DIRECTORY',
        message: expect.stringContaining(`${join(folder, place)}: it is no directory`),
      });
  });

  it('says so where it has none of the tables that were chosen, and writes nothing', async () => {
    const wish = { formats: ['json', 'csv'], tables: ['bytes', 'startup'] } as const;
    await expect(write(join(folder, 'out'), wish)).rejects.toMatchObject({
      code: 'NOT_IN_REPORT',
      message: 'The report has none of these tables: bytes, startup.',
    });
    expect(await readdir(folder)).toEqual(['orders-0']);
  });

  it('writes over nothing unasked, and then none of its files', async () => {
    const out = join(folder, 'out');
    await mkdir(out);
    await writeFile(join(out, 'orders-0-report.md'), 'mine');
    await expect(write(out, { formats: ['json', 'md'] })).rejects.toMatchObject({ code: 'ALREADY_THERE' });
    expect(await readdir(out)).toEqual(['orders-0-report.md']);
    await write(out, { formats: ['json', 'md'], overwrites: true });
    expect(await readFile(join(out, 'orders-0-report.md'), 'utf8')).toContain('# Strata report');
    expect((await readdir(out)).length).toBe(2);
  });

  it.each(HOSTILE_TEXTS.map((text) => [JSON.stringify(text), text]))(
    'stays in the folder for a log named %s',
    async (_n, text) => {
      report.directory.name = text;
      const [file] = await write(`${folder}/`);
      expect(file!.path).toMatch(/^[A-Za-z0-9/._-]+$/);
      expect(await readdir(folder)).toContain(file!.path.slice(folder.length + 1));
    },
  );
});

describe('safeFileName', () => {
  it('is never empty, hidden, long or a way out', () => {
    expect(['', '...', '../x', '.ssh', 'a/b\\c', 'x'.repeat(500)].map(safeFileName)).toEqual([
      ...['report', 'report', 'x', 'ssh', 'a_b_c', 'x'.repeat(120)],
    ]);
  });
});
