/** The report command, as a user runs it: formats, places, redaction, exit status. */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { report } from '../../../electron/cli/report';
import { unpackLists } from '../../../shared/packed-rows';
import { ReportSchema } from '../../../shared/report';
import { fakeTerminal } from '../../support/fake-terminal';
import { writeLog } from '../../support/one-record-log';

let folder: string;
let log: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'strata-cli-report-'));
  log = join(folder, 'orders-0');
  await writeLog(log, [0, 5], 9);
  process.env['STRATA_STATE_DIR'] = join(folder, 'state');
});
afterEach(async () => {
  delete process.env['STRATA_STATE_DIR'];
  await rm(folder, { recursive: true });
});

async function run(...args: string[]) {
  const terminal = fakeTerminal({ nowMs: 1_800_000_000_000 });
  const status = await report.run(args, terminal);
  return { status, output: terminal.output(), errors: terminal.errors() };
}
const parsed = (text: string) => ReportSchema.parse(unpackLists(JSON.parse(text)));

describe('report', () => {
  it('prints a redacted report as JSON, counted from the headers', async () => {
    const { status, output } = await run(log, '--json');
    const made = parsed(output);
    expect(status).toBe(0);
    expect(made).toMatchObject({ depth: 'headers', hostName: null, redaction: { isOn: true } });
    expect(made.logs[0]!.inspection!.recordCount).toBe(9);
    expect(output).not.toContain(folder);
  });

  it('names the files that it wrote', async () => {
    const { output } = await run(log, '--format', 'json,md', '--output', join(folder, 'out'), '--json');
    const { files } = JSON.parse(output) as { files: { path: string }[] };
    expect(files.map(({ path }) => path)).toEqual([
      ...[join(folder, 'out', 'orders-0-report.json'), join(folder, 'out', 'orders-0-report.md')],
    ]);
    expect(parsed(await readFile(files[0]!.path, 'utf8')).madeAtMs).toBe(1_800_000_000_000);
  });

  it('leaves paths as they are where redaction is off', async () => {
    const { output } = await run(log, '--json', '--no-redaction', '--host-name');
    const made = parsed(output);
    expect(made.directory.path).toBe(log);
    expect(made.hostName).not.toBeNull();
    expect(made.redaction).toEqual({ isOn: false, hashesTopics: false, keyId: null });
  });

  it('takes the key of a file, so that reports of two machines compare', async () => {
    await writeFile(join(folder, 'key'), 'shared between brokers');
    const hashed = async (state: string) => {
      process.env['STRATA_STATE_DIR'] = join(folder, state);
      const { output } = await run(
        log,
        '--json',
        '--hash-topics',
        '--redaction-key-file',
        join(folder, 'key'),
      );
      return parsed(output).logs[0]!.name;
    };
    expect(await hashed('one')).toBe(await hashed('two'));
  });

  it('makes the other formats of a saved report, with the figures that the directory gives', async () => {
    const saved = join(folder, 'saved.json');
    await run(log, '--format', 'json', '--output', saved, '--statistics', '--batches');
    const formats = ['--format', 'csv,html,md,parquet', '--statistics', '--batches', '--output'];
    await run(log, ...formats, join(folder, 'of-log'));
    await rm(log, { recursive: true });
    await run(saved, ...formats, join(folder, 'of-report'));
    const names = (await readdir(join(folder, 'of-log'))).sort();
    expect((await readdir(join(folder, 'of-report'))).sort()).toEqual(names);
    expect(names).toEqual(
      expect.arrayContaining(['orders-0-report-batches.parquet', 'orders-0-report-bytes.csv']),
    );
    for (const name of names) {
      const [ofLog, ofReport] = await Promise.all(
        ['of-log', 'of-report'].map((of) => readFile(join(folder, of, name))),
      );
      expect([name, ofReport!.equals(ofLog!)]).toEqual([name, true]);
    }
  });

  it('says which options change nothing in a saved report', async () => {
    const saved = join(folder, 'saved.json');
    expect((await run(log, '--format', 'json', '--output', saved, '--verify')).errors).toBe('');
    expect((await run(saved, '--format', 'md', '--output', join(folder, 'plain.md'))).errors).toBe('');
    const { errors } = await run(saved, '--json', '--verify', '--now', '5');
    expect(errors).toBe(`${saved} is a saved report, which --verify, --now cannot change.\n`);
  });

  it('refuses Parquet of a report that lists no batches, and writes nothing', async () => {
    const saved = join(folder, 'saved.json');
    await run(log, '--format', 'json', '--output', saved);
    const out = join(folder, 'out');
    await expect(run(saved, '--format', 'md,parquet', '--output', out)).rejects.toMatchObject({
      code: 'NOT_IN_REPORT',
    });
    await expect(readdir(out)).rejects.toThrow();
  });

  it('tells before it reads anything that nothing can be written there', async () => {
    const taken = join(folder, 'taken.json');
    await writeFile(taken, '');
    const missing = join(folder, 'missing-0');
    for (const [place, code] of [
      [join(log, 'out', ''), 'STORAGE_UNSAFE'],
      [taken, 'ALREADY_THERE'],
    ] as const)
      for (const format of place === taken ? ['json'] : ['json,md', 'csv', 'parquet'])
        await expect(run(missing, '--format', format, '--output', place)).rejects.toMatchObject({ code });
    await run(log, '--format', 'json', '--output', taken, '--force');
  });

  it('ends with 1 where problems were found', async () => {
    await rm(join(log, '00000000000000000000.index'));
    expect((await run(log, '--json')).status).toBe(1);
  });

  it.each([
    [['--format', 'pdf', '--output', 'x'], /--format takes/],
    [['--format', 'json'], /Where to/],
    [['--output', 'x'], /Which format/],
    [['--json', '--no-redaction', '--hash-topics'], /hashes nothing/],
  ])('refuses %j', async (args, message) => {
    await expect(run(log, ...args)).rejects.toThrow(message);
  });
});
