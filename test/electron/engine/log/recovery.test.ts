/** Recovery of logs that were not closed: by name, by content, and of what brokers of three versions left when killed. */
import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { nodeFileSystem } from '../../../../electron/engine/file-system';
import { inspectLog } from '../../../../electron/engine/inspect/inspect-log';
import { Log } from '../../../../electron/engine/log/log';
import { FakeClock } from '../../../support/fake-clock';
import { MemFileSystem } from '../../../support/mem-file-system';
import { seededRandom } from '../../../support/seeded-random';

const DIRECTORY = '/data/orders-0';
const KAFKA = join(import.meta.dirname, '../../../fixtures/kafka');
const scratch = mkdtempSync(join(tmpdir(), 'strata-recovery-'));
afterAll(() => rmSync(scratch, { recursive: true }));

/** Three segments of ten records, left open. */
async function leftOpen(settings = {}): Promise<MemFileSystem> {
  const fs = new MemFileSystem();
  const log = await Log.open(DIRECTORY, { segmentBytes: 10_000, ...settings }, { fs });
  for (let segment = 0; segment < 3; segment++) {
    if (segment > 0) await log.roll();
    for (let index = 0; index < 10; index++)
      await log.append({ value: `${segment}${index}`.padEnd(100, '.') });
  }
  await log.flush();
  return fs.crashImage(() => 1);
}

const reopen = (fs: MemFileSystem) => Log.open(DIRECTORY, {}, { fs, clock: new FakeClock(Date.now()) });
const path = (base: number, suffix: string) => `${DIRECTORY}/${String(base).padStart(20, '0')}.${suffix}`;

async function offsetsOf(log: Log): Promise<number[]> {
  const offsets: number[] = [];
  for await (const { offset } of log.read()) offsets.push(offset);
  return offsets;
}
const upTo = (count: number) => Array.from({ length: count }, (_, offset) => offset);

async function problemsIn(fs: MemFileSystem) {
  const log = { name: 'orders-0', path: DIRECTORY, topic: 'orders', partition: 0, format: 'kafka' } as const;
  return (await inspectLog(fs, { ...log, state: 'current' }, { depth: 'records' })).problems;
}

describe('Log.open after a crash', () => {
  it('recovers the last segment, loses nothing that was flushed, and is closed in order afterwards', async () => {
    const fs = await leftOpen();
    const log = await reopen(fs);
    expect(log.recovery).toEqual({
      removedFiles: [],
      cutTails: [],
      completedSwaps: [],
      recoveredSegments: [20],
    });
    expect(await offsetsOf(log)).toEqual(upTo(30));
    expect(await log.append({ value: 'next' })).toBe(30);
    await log.close();
    expect(await problemsIn(fs)).toEqual([]);
    const again = await reopen(fs);
    expect(again.recovery).toBeNull();
    await again.close();
  });

  it('is made again where another loss of power tore the indexes that it was writing', async () => {
    const small = { segmentIndexBytes: 480 };
    const fs = await leftOpen(small);
    const open = (image: MemFileSystem) =>
      Log.open(DIRECTORY, small, { fs: image, clock: new FakeClock(Date.now()) });
    // As the machine stops between the beginning of the next segment and the trimming of this one.
    const times = fs.contentOf(path(10, 'timeindex'))!;
    fs.put(path(10, 'timeindex'), Buffer.concat([times, Buffer.alloc(480 - times.length)]));
    const images: MemFileSystem[] = [];
    fs.before = ({ kind }) => {
      if (kind === 'read') return;
      for (let count = 0; count < 20; count++) images.push(fs.crashImage(seededRandom(images.length)));
    };
    const log = await open(fs);
    expect(log.recovery?.recoveredSegments).toEqual([10, 20]);
    fs.before = null;
    await log.close();
    for (const image of images) {
      await (await open(image)).close();
      expect(await problemsIn(image)).toEqual([]);
    }
  });

  it('cuts off half a batch at the end, and says so', async () => {
    const fs = await leftOpen();
    const content = fs.contentOf(path(20, 'log'))!;
    fs.put(path(20, 'log'), content.subarray(0, content.length - 7));
    const log = await reopen(fs);
    expect(log.recovery?.cutTails).toMatchObject([{ baseOffset: 20, sizeInBytes: content.length / 10 - 7 }]);
    expect(await offsetsOf(log)).toEqual(upTo(29));
    expect(await log.append({ value: 'next' })).toBe(29);
    await log.close();
    expect(await problemsIn(fs)).toEqual([]);
  });

  it('cuts off batches whose offset went wrong though the CRC does not cover it', async () => {
    const fs = await leftOpen();
    const content = fs.contentOf(path(20, 'log'))!;
    content.writeBigInt64BE(3n, (content.length / 10) * 5);
    fs.put(path(20, 'log'), content);
    const log = await reopen(fs);
    expect(log.recovery?.cutTails).toMatchObject([{ reason: 'offset 3 comes after 24' }]);
    expect(await offsetsOf(log)).toEqual(upTo(25));
    await log.close();
  });

  it('drops .deleted and .cleaned files, temporary ones and indexes without a log', async () => {
    const fs = await leftOpen();
    fs.put(path(5, 'log.deleted'), 'x');
    fs.put(path(0, 'log.cleaned'), 'x');
    fs.put(path(0, 'log.swap'), 'half');
    fs.put(path(7, 'timeindex'), '');
    fs.put(`${DIRECTORY}/leader-epoch-checkpoint.tmp`, '');
    const log = await reopen(fs);
    expect(
      log.recovery?.removedFiles.map(({ name, reason }) => `${name.replace(/^0+(?=\d)/, '')} ${reason}`),
    ).toEqual([
      '5.log.deleted deleted',
      '0.log.swap swap-unfinished',
      '0.log.cleaned cleaned',
      'leader-epoch-checkpoint.tmp temporary',
      '7.timeindex orphaned-index',
    ]);
    expect(await offsetsOf(log)).toEqual(upTo(30));
    await log.close();
  });

  it('lets no .swap outlive the .cleaned that it waits for, should the power be lost again', async () => {
    const settings = { segmentIndexBytes: 480 };
    const fs = await leftOpen(settings);
    // Two segments were one, and are being brought back: the last renaming, of the first of them, is half done.
    const [first, second] = [fs.contentOf(path(0, 'log'))!, fs.contentOf(path(10, 'log'))!];
    fs.put(path(0, 'log'), Buffer.concat([first, second]));
    for (const suffix of ['log', 'index', 'timeindex']) await fs.removeFile(path(10, suffix));
    fs.put(path(0, 'log.swap'), first);
    for (const suffix of ['index', 'timeindex']) fs.put(path(0, `${suffix}.cleaned`), '');
    fs.put(path(10, 'log.swap'), second);
    const durable: MemFileSystem[] = [];
    fs.before = ({ kind, path: removed }) => {
      if (kind === 'remove' && removed.endsWith('.cleaned')) durable.push(fs.crashImage(() => 1));
    };
    const log = await Log.open(DIRECTORY, settings, { fs });
    expect(await offsetsOf(log)).toEqual(upTo(30));
    await log.close();
    expect(durable).toHaveLength(2);
    for (const image of durable) {
      const names = (await image.list(DIRECTORY)).map(({ name }) => name);
      expect(names.filter((name) => name.endsWith('.swap'))).toEqual([]);
    }
  });

  it('completes a swap: what the new segments cover goes, and they get their names', async () => {
    const fs = await leftOpen();
    const both = Buffer.concat([fs.contentOf(path(0, 'log'))!, fs.contentOf(path(10, 'log'))!]);
    fs.put(path(0, 'log.swap'), both);
    const log = await reopen(fs);
    expect(log.recovery?.completedSwaps).toHaveLength(1);
    expect(log.recovery?.recoveredSegments).toEqual([0, 20]);
    expect(log.segments.map(({ baseOffset }) => baseOffset)).toEqual([0, 20]);
    expect(await offsetsOf(log)).toEqual(upTo(30));
    await log.close();
    expect(await problemsIn(fs)).toEqual([]);
  });

  it('writes a transaction index anew where its deletion alone had reached the disk', async () => {
    const fs = new MemFileSystem();
    const writing = await Log.open(DIRECTORY, {}, { fs });
    const aborted = { producerId: 7, producerEpoch: 0, outcome: 'abort' } as const;
    await writing.appendTransaction([{ value: 'x' }], aborted);
    await writing.roll();
    const image = fs.crashImage(() => 1);
    const index = image.contentOf(path(0, 'txnindex'))!;
    await image.rename(path(0, 'txnindex'), path(0, 'txnindex.deleted'));
    const log = await reopen(image);
    expect(log.recovery?.recoveredSegments).toEqual([0, 2]);
    await log.close();
    expect(image.contentOf(path(0, 'txnindex'))).toEqual(index);
  });

  it('refuses what somebody else did not close, unless asked', async () => {
    const fs = await leftOpen();
    await fs.removeFile(`${DIRECTORY}/.strata-lock`);
    await expect(reopen(fs)).rejects.toMatchObject({ code: 'RECOVERY_NEEDED' });
    const log = await Log.open(DIRECTORY, {}, { fs, recover: true });
    expect(await offsetsOf(log)).toEqual(upTo(30));
    await log.close();
  });
});

describe('Log.open with recover', () => {
  for (const version of ['2.8.2', '3.9.2', '4.4.0'])
    it(`recovers what a broker ${version} left when it was killed, and leaves no problem`, async () => {
      const killed = join(KAFKA, version, 'killed');
      const copy = join(scratch, version);
      cpSync(killed, copy, { recursive: true });
      const names = readdirSync(copy).filter((name) =>
        existsSync(join(copy, name, 'leader-epoch-checkpoint')),
      );
      const partitions = names.filter((name) => !name.startsWith('__cluster'));
      expect(partitions.length).toBeGreaterThan(0);
      for (const name of partitions) {
        const directory = join(copy, name);
        await expect(Log.open(directory)).rejects.toMatchObject({ code: 'RECOVERY_NEEDED' });
        const log = await Log.open(directory, {}, { recover: true });
        expect(log.recovery?.cutTails).toEqual([]);
        const offsets = await offsetsOf(log);
        const { logEndOffset } = log;
        await log.close();
        expect(offsets.at(-1) ?? -1).toBeLessThan(logEndOffset);
        const topic = { topic: name.replace(/-\d+$/, ''), partition: Number(/\d+$/.exec(name)?.[0]) };
        const place = { ...topic, name, path: directory, state: 'current', format: 'kafka' } as const;
        const found = await inspectLog(nodeFileSystem, place, { depth: 'records' });
        expect(found.problems.filter(({ severity }) => severity === 'error')).toEqual([]);
        expect(found.logEndOffset).toBe(logEndOffset);
      }
    });
});
