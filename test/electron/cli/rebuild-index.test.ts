/** Plans and runs on copies of directories that Kafka wrote: what is rebuilt is what Kafka had written. */
import { cp, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative, resolve, sep } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { verify } from '../../../electron/cli/inspect';
import { rebuildIndex } from '../../../electron/cli/rebuild-index';
import { purge, undo } from '../../../electron/cli/undo';
import { IndexRebuildReportSchema } from '../../../shared/index-rebuild';
import { fakeTerminal } from '../../support/fake-terminal';
import { fileHashes } from '../../support/file-hashes';

const FIXTURE = resolve(import.meta.dirname, '../../fixtures/kafka/4.4.0/data-directory');
/** Enough for every kind of index, and the settings of the topics. */
const LOGS = ['codec-none-0', 'transactions-0', 'odd-times-0', 'two-producers-0', 'compacted-transactions-0'];
const isIndex = (name: string) => /\.(index|timeindex|txnindex)$/.test(name);
let folder: string;
let data: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'strata-rebuild-'));
  data = join(folder, 'data');
  const isWanted = (path: string) => {
    const [name = ''] = relative(FIXTURE, path).split(sep);
    return !/-\d+$/.test(name) || name === '__cluster_metadata-0' || LOGS.includes(name);
  };
  await cp(FIXTURE, data, { recursive: true, preserveTimestamps: true, filter: isWanted });
  process.env['STRATA_STATE_DIR'] = join(folder, 'state');
});
afterEach(async () => {
  delete process.env['STRATA_STATE_DIR'];
  await rm(folder, { recursive: true });
});

async function run(...args: string[]) {
  const terminal = fakeTerminal({ nowMs: 1_800_000_000_000 });
  const status = await rebuildIndex.run([...args, '--json'], terminal);
  const { logs } = IndexRebuildReportSchema.parse(JSON.parse(terminal.output()));
  return { status, logs, log: logs[0]!, files: logs.flatMap(({ files }) => files) };
}

async function removeIndexes(): Promise<number> {
  const paths = Object.keys(await fileHashes(data)).filter(
    (path) => isIndex(path) && !path.includes('__cluster'),
  );
  for (const path of paths) await rm(path);
  return paths.length;
}

async function verified(path: string): Promise<string> {
  const terminal = fakeTerminal({ nowMs: 1_800_000_000_000 });
  await verify.run([path, '--json'], terminal);
  return terminal.output();
}

const log = (name: string) => join(data, name);
const segmentFile = (base: number, suffix: string) => `${String(base).padStart(20, '0')}.${suffix}`;

describe('rebuild-index', () => {
  it('has nothing to do where Kafka wrote the indexes', async () => {
    const before = await fileHashes(data);
    const { status, files } = await run(data);
    expect([status, files]).toEqual([0, []]);
    expect((await run(data, '--apply')).status).toBe(1);
    expect(await fileHashes(data)).toEqual(before);
  });

  it('writes every index of a data directory as Kafka had written it, and undo takes it back', async () => {
    const kafkas = await fileHashes(data);
    const count = await removeIndexes();
    const without = await fileHashes(data);
    const planned = await run(data);
    expect([planned.status, planned.files.length, await fileHashes(data)]).toEqual([0, count, without]);
    expect(new Set(planned.files.map(({ reason }) => reason))).toEqual(new Set(['missing']));
    const { status, logs } = await run(data, '--apply');
    expect([status, logs.map(({ files }) => files)]).toEqual([0, planned.logs.map(({ files }) => files)]);
    expect(await fileHashes(data)).toEqual(kafkas);
    expect((await run(data)).files).toEqual([]);
    expect(await undo.run([data], fakeTerminal())).toBe(0);
    expect(await fileHashes(data)).toEqual(without);
  });

  it('names what is damaged, left with zeros, coarse or without use, and mends each', async () => {
    const [none, transactions] = [log('codec-none-0'), log('transactions-0')];
    const kafkas = await fileHashes(data);
    const names = (await readdir(none)).filter((name) => name.endsWith('.index')).sort();
    const misleading = await readFile(join(none, names[0]!));
    misleading.writeInt32BE(misleading.readInt32BE(4) + 1, 4);
    await writeFile(join(none, names[0]!), misleading);
    const times = names[1]!.replace('.index', '.timeindex');
    const timeBytes = await readFile(join(none, times));
    await writeFile(join(none, times), Buffer.concat([timeBytes, Buffer.alloc(24)]));
    await writeFile(join(none, names[2]!), (await readFile(join(none, names[2]!))).subarray(0, 8));
    await writeFile(join(none, segmentFile(7_000, 'index')), Buffer.alloc(8));
    const withAborted = (await readdir(transactions)).filter((name) => name.endsWith('.txnindex'))[0]!;
    const aborted = await readFile(join(transactions, withAborted));
    aborted.writeInt32BE(9, 6);
    await writeFile(join(transactions, withAborted), aborted);
    const { files } = await run(data);
    expect(files.map(({ name, reason }) => [name, reason])).toEqual([
      [names[0], 'damaged'],
      [times, 'not-trimmed'],
      [names[2], 'coarse'],
      [segmentFile(7_000, 'index'), 'unneeded'],
      [withAborted, 'damaged'],
    ]);
    expect(files[1]).toMatchObject({ bytesBefore: timeBytes.length + 24, bytesAfter: timeBytes.length });
    const damaged = await fileHashes(data);
    expect((await run(data, '--apply')).status).toBe(0);
    expect(await purge.run([data], fakeTerminal())).toBe(0);
    expect(await fileHashes(data)).toEqual(kafkas);
    expect(damaged).not.toEqual(kafkas);
    const { logs } = JSON.parse(await verified(none));
    expect(logs[0].problems).toEqual([]);
  });

  it('rebuilds for another interval only where it is given', async () => {
    const { status, log: applied } = await run(
      log('two-producers-0'),
      '--index-interval-bytes',
      '1',
      '--apply',
    );
    expect(status).toBe(0);
    expect(applied.settings['index.interval.bytes']).toEqual({ value: '1', source: 'given' });
    expect(new Set(applied.files.map(({ reason }) => reason))).toEqual(new Set(['coarse']));
    expect(applied.files.every(({ entriesBefore, entriesAfter }) => entriesAfter! > entriesBefore!)).toBe(
      true,
    );
    // Denser than the topic's own interval asks for: no reason to change it back.
    expect((await run(log('two-producers-0'))).files).toEqual([]);
  });

  it('leaves the indexes of a segment alone whose bytes are no batches, and mends the others', async () => {
    const path = log('codec-none-0');
    const [first, second] = (await readdir(path)).filter((name) => name.endsWith('.log')).sort();
    const bytes = await readFile(join(path, first!));
    await truncate(join(path, first!), bytes.length - 3);
    await rm(join(path, first!.replace('.log', '.index')));
    await rm(join(path, second!.replace('.log', '.index')));
    const { log: plan } = await run(path, '--apply');
    expect(plan.blocked).toMatchObject([{ baseOffset: 0 }]);
    expect(plan.files.map(({ name }) => name)).toEqual([second!.replace('.log', '.index')]);
    expect(plan.applied?.fileCount).toBe(1);
  });

  it('refuses where the files of an earlier run would be lost, or a segment grew since', async () => {
    const path = log('codec-none-0');
    await run(path, '--index-interval-bytes', '600', '--apply');
    const { status, log: again } = await run(path, '--index-interval-bytes', '300', '--apply');
    expect([status, again.applied]).toEqual([1, null]);
    expect(again.refusal).toContain('earlier run');
    const before = await fileHashes(data);
    const name = (await readdir(path)).filter((each) => each.endsWith('.log')).sort()[0]!;
    const bytes = await readFile(join(path, name));
    await writeFile(join(path, name), Buffer.concat([bytes, bytes.subarray(0, 1)]));
    expect(await undo.run([path], fakeTerminal())).toBe(1);
    await writeFile(join(path, name), bytes);
    expect(await fileHashes(data)).toEqual(before);
    expect(await undo.run([path], fakeTerminal())).toBe(0);
  });
});
