/** `strata salvage` on damaged copies of a log that Kafka wrote: what is saved, what is said to be lost. */
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { verify } from '../../../electron/cli/inspect';
import { salvage } from '../../../electron/cli/salvage';
import { nodeReadingFileSystem as fs, nodeFileSystem } from '../../../electron/engine/file-system';
import { readRecords } from '../../../electron/engine/inspect/read-records';
import { salvageLog } from '../../../electron/workers/salvage-log';
import { AppError } from '../../../shared/errors';
import { fakeTerminal } from '../../support/fake-terminal';
import { kafkaFixtures } from '../../support/kafka-fixtures';

const scratch = mkdtempSync(join(tmpdir(), 'strata-salvage-'));
afterAll(() => rmSync(scratch, { recursive: true }));

const fixtureOf = (name: string) => kafkaFixtures().find(({ id }) => id === `4.4.0/data-directory/${name}`)!;
const fixture = fixtureOf('codec-none-0');
const batches = fixture.segments.flatMap(({ baseOffset, batches }) =>
  batches.map((batch) => ({ ...batch, file: `${String(baseOffset).padStart(20, '0')}.log` })),
);
const NOW_MS = 2_000_000_000_000;
let copies = 0;

/** A copy of a log, changed. */
function damaged(name: string, damage: (path: string) => void): string {
  const path = join(scratch, `source-${copies++}`, name);
  cpSync(fixtureOf(name).directory.path, path, { recursive: true });
  damage(path);
  return path;
}

function edit(path: string, batch: (typeof batches)[number], change: (bytes: Buffer) => void): void {
  const bytes = readFileSync(join(path, batch.file));
  change(bytes.subarray(batch.position, batch.position + batch.sizeInBytes));
  writeFileSync(join(path, batch.file), bytes);
}

async function run(path: string) {
  const into = join(scratch, `into-${copies++}`);
  const terminal = fakeTerminal({ nowMs: NOW_MS });
  const status = await salvage.run([path, '--into', into, '--json'], terminal);
  const [log] = JSON.parse(terminal.output()).logs;
  return { status, log, into };
}

async function offsetsIn(path: string): Promise<number[]> {
  const offsets: number[] = [];
  for await (const { records } of readRecords(fs, path, {}))
    offsets.push(...records.map(({ offset }) => offset));
  return offsets;
}

const offsetsWithout = (...lost: number[]) =>
  batches.filter((_, index) => !lost.includes(index)).flatMap(({ offsets }) => offsets);

async function expectSound(path: string): Promise<void> {
  const terminal = fakeTerminal({ nowMs: NOW_MS });
  const status = await verify.run([path, '--json'], terminal);
  const problems = JSON.parse(terminal.output()).logs[0].problems.map(({ code }: { code: string }) => code);
  expect(
    problems.filter((code: string) => code !== 'batch-offset-gap' && code !== 'segment-missing'),
  ).toEqual([]);
  expect(status).toBeLessThan(2);
}

describe('strata salvage', () => {
  it('copies a sound log byte for byte, with status 0', async () => {
    const { status, log, into } = await run(fixture.directory.path);
    expect([status, log.leftOut]).toEqual([0, []]);
    expect(log).toMatchObject({ batchCount: batches.length, recordCount: fixture.recordCount.total });
    for (const file of readdirSync(fixture.directory.path).filter((name) => name.endsWith('.log')))
      expect(readFileSync(join(into, log.name, file))).toEqual(
        readFileSync(join(fixture.directory.path, file)),
      );
    await expectSound(join(into, log.name));
  });

  it('leaves out a batch whose CRC fails, and saves all behind it, later segments too', async () => {
    const source = damaged('codec-none-0', (path) => edit(path, batches[4]!, (bytes) => (bytes[70]! ^= 1)));
    const before = readdirSync(source).map((name) => [
      name,
      readFileSync(join(source, name)).toString('hex'),
    ]);
    const { status, log } = await run(source);
    expect(status).toBe(1);
    expect(log.leftOut).toMatchObject([
      {
        code: 'batch-crc-mismatch',
        file: batches[4]!.file,
        position: batches[4]!.position,
        sizeInBytes: batches[4]!.sizeInBytes,
        fromOffset: batches[4]!.baseOffset,
        toOffset: batches[4]!.lastOffset,
      },
    ]);
    expect(await offsetsIn(log.path)).toEqual(offsetsWithout(4));
    await expectSound(log.path);
    expect(
      readdirSync(source).map((name) => [name, readFileSync(join(source, name)).toString('hex')]),
    ).toEqual(before);
  });

  it.each([
    ['upwards', 1n],
    ['downwards', -7n],
  ])('leaves out a batch whose base offset was changed %s, and nothing else', async (_, by) => {
    const source = damaged('codec-none-0', (path) =>
      edit(path, batches[1]!, (bytes) => bytes.writeBigInt64BE(bytes.readBigInt64BE(0) + by, 0)),
    );
    const { log } = await run(source);
    expect(log.leftOut).toHaveLength(1);
    expect(await offsetsIn(log.path)).toEqual(offsetsWithout(1));
    await expectSound(log.path);
  });

  it('leaves out zeros at the end, and says that nobody knows what was there', async () => {
    const source = damaged('codec-none-0', (path) => edit(path, batches.at(-1)!, (bytes) => bytes.fill(0)));
    const { log } = await run(source);
    expect(log.leftOut).toMatchObject([{ fromOffset: batches.at(-1)!.baseOffset, toOffset: null }]);
    expect(await offsetsIn(log.path)).toEqual(offsetsWithout(batches.length - 1));
    await expectSound(log.path);
  });

  it('rebuilds the transaction index, so that aborted records stay aborted', async () => {
    const { log } = await run(
      damaged('transactions-0', (path) => rmSync(join(path, readTransactionIndex(path)))),
    );
    expect(log.leftOut).toEqual([]);
    await expectSound(log.path);
  });

  it('writes nothing over a log, inside the damaged one, or among those of a broker', async () => {
    const { log, into } = await run(fixture.directory.path);
    const refused = (to: string, code = 'INVALID_ARGUMENT') =>
      expect(salvage.run([log.path, '--into', to], fakeTerminal({ nowMs: NOW_MS }))).rejects.toMatchObject({
        code,
      });
    await refused(into, 'ALREADY_THERE');
    await refused(log.path);
    await refused(join(log.path, 'deeper'));
    const broker = join(scratch, 'broker');
    cpSync(join(fixture.directory.path, '../meta.properties'), join(broker, 'meta.properties'));
    await refused(broker);
    await refused(join(broker, 'salvaged'));
    expect(readdirSync(broker)).toEqual(['meta.properties']);
  });

  it('leaves nothing of a new log that could not be finished', async () => {
    const source = damaged('codec-none-0', (path) => edit(path, batches[1]!, (bytes) => bytes.fill(0)));
    const full = Object.create(nodeFileSystem) as typeof nodeFileSystem;
    full.openForWriting = (path, mode) =>
      path.endsWith('.snapshot')
        ? Promise.reject(new AppError('DISK_FULL', 'No space left.'))
        : nodeFileSystem.openForWriting(path, mode);
    const into = join(scratch, 'full');
    const task = { path: source, name: 'codec-none-0', into };
    await expect(salvageLog(full, task, {})).rejects.toMatchObject({ code: 'DISK_FULL' });
    expect(readdirSync(into)).not.toContain('codec-none-0');
    expect((await salvageLog(nodeFileSystem, task, {})).recordCount).toBe(84);
    // What went wrong first is told, also where clearing up fails, too.
    full.removeDirectory = () => Promise.reject(new AppError('PERMISSION_DENIED', 'No.'));
    const again = { ...task, into: join(scratch, 'full-again') };
    await expect(salvageLog(full, again, {})).rejects.toMatchObject({ code: 'DISK_FULL' });
  });

  it('keeps a new log whose files cannot be given their times', async () => {
    const source = damaged('codec-none-0', (path) => edit(path, batches[1]!, (bytes) => bytes.fill(0)));
    const timeless = {
      ...nodeFileSystem,
      setModifiedAt: () => Promise.reject(new AppError('PERMISSION_DENIED', 'No.')),
    };
    const task = { path: source, name: 'codec-none-0', into: join(scratch, 'timeless') };
    await expect(salvageLog(timeless, task, {})).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
    await expectSound(join(task.into, task.name));
  });
});

function readTransactionIndex(path: string): string {
  return readdirSync(path).find(
    (name) => name.endsWith('.txnindex') && readFileSync(join(path, name)).length > 0,
  )!;
}
