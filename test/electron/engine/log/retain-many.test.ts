/**
 * Many segments of an open log that go at once, by retention or for a full disk: how often it syncs, what is left where a
 * rename fails, and after a loss of power at any moment.
 */
import { beforeEach, describe, expect, it } from 'vitest';
import { offsetName } from '../../../../electron/engine/format/file-names';
import { Log } from '../../../../electron/engine/log/log';
import { FakeClock } from '../../../support/fake-clock';
import { MemFileSystem, type Operation, storageError } from '../../../support/mem-file-system';
import { seededRandom } from '../../../support/seeded-random';
import { expectSound, problemsIn, recordsFrom } from '../../../support/sound-log';

const DIRECTORY = '/data/orders-0';
const CHECKPOINT = '/data/log-start-offset-checkpoint';
let fs: MemFileSystem;

beforeEach(() => {
  fs = new MemFileSystem();
});

function open(on: MemFileSystem): Promise<Log> {
  const settings = { segmentBytes: 1000, segmentIndexBytes: 480, batchBytes: 300, retentionBytes: 2500 };
  return Log.open(DIRECTORY, settings, { fs: on, clock: new FakeClock(1_700_000_000_000) });
}

async function many(): Promise<Log> {
  const log = await open(fs);
  await log.appendMany(recordsFrom(0, 100));
  return log;
}

const isLogRenamed = ({ kind, path }: Operation) => kind === 'rename' && path.endsWith('.log');

async function firstOffset(log: Log): Promise<number | null> {
  for await (const { offset } of log.read()) return offset;
  return null;
}

/** Loses power before each change that `work` makes. @returns at how many */
async function crashingAtEach(work: () => Promise<unknown>): Promise<number> {
  const random = seededRandom(7);
  const images: MemFileSystem[] = [];
  fs.before = ({ kind }) => {
    if (kind !== 'read' && kind !== 'open') images.push(fs.crashImage(random));
  };
  await work();
  fs.before = null;
  for (const image of images) {
    const log = await open(image);
    await expectSound(log);
    await log.close();
    expect(await problemsIn(image, DIRECTORY)).toEqual([]);
  }
  return images.length;
}

describe('Log.applyRetention of many segments', () => {
  it('raises the start of the log first, syncs once behind all, and takes the start away again', async () => {
    await using log = await many();
    const done: string[] = [];
    fs.before = (operation) => {
      if (isLogRenamed(operation)) done.push('log');
      else if (operation.kind === 'sync-directory') done.push(operation.path);
    };
    const { deletions } = await log.applyRetention();
    fs.before = null;
    const renames = deletions.map(() => 'log');
    expect(renames.length).toBeGreaterThan(5);
    // The checkpoint, the renames, the epochs, the checkpoint without the entry.
    expect(done).toEqual(['/data', ...renames, DIRECTORY, DIRECTORY, '/data']);
    expect(fs.contentOf(CHECKPOINT)?.toString()).toBe('0\n0\n');
  });

  it('syncs behind each in a directory that has no place for the start', async () => {
    fs.makeDirectory('/data');
    await using log = await many();
    let syncCount = 0;
    fs.before = ({ kind }) => {
      if (kind === 'sync-directory') syncCount++;
    };
    const { deletions } = await log.applyRetention();
    expect(syncCount).toBe(deletions.length + 1);
  });

  it('keeps the start where a rename fails, and has the rest the next time', async () => {
    const log = await many();
    let left = 2;
    fs.before = (operation) => {
      if (isLogRenamed(operation) && left-- === 0) throw storageError('EIO', operation.path);
    };
    await expect(log.applyRetention()).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
    fs.before = null;
    const { logStartOffset } = log;
    expect(log.segments[0]!.baseOffset).toBeLessThan(logStartOffset);
    expect(fs.contentOf(CHECKPOINT)?.toString()).toContain(`orders 0 ${logStartOffset}`);
    expect(await firstOffset(log)).toBe(logStartOffset);
    await log.applyRetention();
    expect(log.segments[0]!.baseOffset).toBe(logStartOffset);
    expect(fs.contentOf(CHECKPOINT)?.toString()).toBe('0\n0\n');
    await log.close();
  });

  it('cuts off nothing behind the start where what was left below it is damaged', async () => {
    const log = await many();
    await log.flush();
    let left = 2;
    fs.before = (operation) => {
      if (isLogRenamed(operation) && left-- === 0) throw storageError('EIO', operation.path);
    };
    await expect(log.applyRetention()).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
    const { logStartOffset, logEndOffset } = log;
    const image = fs.crashImage(seededRandom(7));
    const file = `${DIRECTORY}/${offsetName(log.segments[0]!.baseOffset)}`;
    const bytes = image.contentOf(`${file}.log`)!;
    bytes[100]! ^= 1;
    image.put(`${file}.log`, bytes);
    await image.removeFile(`${file}.index`);
    await using again = await open(image);
    expect(again.recovery?.removedFiles).toContainEqual(
      expect.objectContaining({
        name: `${offsetName(log.segments[0]!.baseOffset)}.log`,
        reason: 'below-log-start',
      }),
    );
    expect([again.logStartOffset, await expectSound(again)]).toEqual([logStartOffset, logEndOffset]);
  });

  it('shows no hole after a loss of power at any moment', async () => {
    const log = await many();
    expect(await crashingAtEach(() => log.applyRetention())).toBeGreaterThan(40);
    await log.close();
  });
});

describe('Log.append on a full disk, of a log of many segments', () => {
  it('shows no hole after a loss of power while space is made', async () => {
    const log = await many();
    fs.capacityInBytes = fs.usedBytes;
    const count = await crashingAtEach(() => log.appendMany(recordsFrom(100, 1)));
    expect(count).toBeGreaterThan(40);
    expect(log.metrics().diskFullCount).toBe(1);
    await log.close();
  });
});
