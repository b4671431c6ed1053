/** Full disks, retention by itself, what is counted, and how many files are open. */
import { beforeEach, describe, expect, it } from 'vitest';
import { DiskFullError } from '../../../../electron/engine/log/disk-full-error';
import { Log } from '../../../../electron/engine/log/log';
import type { LogSettings } from '../../../../electron/engine/log/settings';
import { FakeClock } from '../../../support/fake-clock';
import { MemFileSystem, ShortWrite, storageError } from '../../../support/mem-file-system';

const DIRECTORY = '/data/orders-0';
const SMALL = { segmentBytes: 2000, segmentIndexBytes: 480, batchBytes: 300 } as const;
let fs: MemFileSystem;
let clock: FakeClock;

beforeEach(() => {
  fs = new MemFileSystem();
  clock = new FakeClock(1_700_000_000_000);
});

const open = (settings: Partial<LogSettings> = {}) =>
  Log.open(DIRECTORY, { ...SMALL, ...settings }, { fs, clock });

async function offsetsOf(log: Log): Promise<number[]> {
  const offsets: number[] = [];
  for await (const { offset } of log.read()) offsets.push(offset);
  return offsets;
}
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index);
const value = 'x'.repeat(200);

describe('Log.append on a full disk', () => {
  it('lets retention make space, and goes on', async () => {
    await using log = await open({ retentionBytes: 4000 });
    fs.capacityInBytes = 14_000;
    for (let offset = 0; offset < 200; offset++) expect(await log.append({ value })).toBe(offset);
    expect(log.metrics().diskFullCount).toBeGreaterThan(3);
    expect(log.logStartOffset).toBeGreaterThan(100);
    expect(await offsetsOf(log)).toEqual(range(log.logStartOffset, 200));
  });

  it('frees first what waits to be purged', async () => {
    await using log = await open({ retentionBytes: 0 });
    for (let offset = 0; offset < 40; offset++) await log.append({ value });
    await log.applyRetention();
    expect((await fs.list(DIRECTORY)).some(({ name }) => name.endsWith('.deleted'))).toBe(true);
    fs.capacityInBytes = fs.usedBytes;
    expect(await log.append({ value })).toBe(40);
    expect((await fs.list(DIRECTORY)).some(({ name }) => name.endsWith('.deleted'))).toBe(false);
  });

  it('throws DiskFullError where nothing may go, stays readable, and goes on when there is space again', async () => {
    const log = await open({ retentionMs: -1 });
    fs.capacityInBytes = 6000;
    let count = 0;
    const failure = await (async () => {
      for (;;) {
        await log.append({ value });
        count++;
      }
    })().catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(DiskFullError);
    expect(failure).toMatchObject({ code: 'DISK_FULL', details: { freedBytes: 0 } });
    expect(await offsetsOf(log)).toEqual(range(0, count));
    await expect(log.append({ value })).rejects.toBeInstanceOf(DiskFullError);
    fs.capacityInBytes = Number.POSITIVE_INFINITY;
    expect(await log.append({ value })).toBe(count);
    await log.close();
    expect(fs.openCount).toBe(0);
  });

  for (const errno of ['ENOSPC', 'EDQUOT', 'EFBIG'] as const)
    it(`cuts off what got through before ${errno}, tries once more, and reports it`, async () => {
      await using log = await open();
      await log.append({ value });
      const size = log.sizeInBytes;
      let attempts = 0;
      fs.before = ({ kind, path }) => {
        if (kind !== 'write' || !path.endsWith('.log')) return;
        attempts++;
        throw new ShortWrite(50, storageError(errno, path));
      };
      await expect(log.append({ value })).rejects.toMatchObject({ code: 'DISK_FULL' });
      fs.before = null;
      expect(attempts).toBe(1); // nothing was freed: a second attempt is in vain
      expect(fs.contentOf(`${DIRECTORY}/00000000000000000000.log`)).toHaveLength(size);
      expect(await log.append({ value })).toBe(1);
    });

  it('keeps to segment.bytes where a write comes again after space was made', async () => {
    const segmentBytes = 1_500_000;
    const log = await Log.open(DIRECTORY, { segmentBytes, retentionBytes: 0 }, { fs, clock });
    const records = range(0, 5000).map(() => ({ value: 'x'.repeat(1000) }));
    await log.appendMany(records.slice(0, 1000));
    await log.roll();
    let failures = 0;
    fs.before = async ({ kind, path }) => {
      if (kind === 'write' && path.endsWith('1000.log') && failures++ === 0)
        throw storageError('ENOSPC', path);
      // Long enough for the next batches to be encoded, and to be given a segment, before the write comes again.
      for (let turn = 0; turn < 500; turn++) await null;
    };
    await log.appendMany(records);
    fs.before = null;
    expect(log.metrics().diskFullCount).toBe(1);
    expect(log.logEndOffset).toBe(6000);
    for (const segment of log.segments) expect(segment.sizeInBytes).toBeLessThanOrEqual(segmentBytes);
    await log.close();
  });

  it('takes a transaction back whose abort has no room in the transaction index', async () => {
    const log = await open({ retentionMs: -1 });
    await log.append({ value });
    const abort = { producerId: 7, producerEpoch: 0, outcome: 'abort' } as const;
    for (const failing of ['create', 'write'] as const) {
      fs.before = ({ kind, path }) => {
        if (kind === failing && path.endsWith('.txnindex')) throw storageError('ENOSPC', path);
      };
      await expect(log.appendTransaction([{ value }], abort)).rejects.toBeInstanceOf(DiskFullError);
      expect(log.logEndOffset).toBe(1);
    }
    fs.before = null;
    expect(await log.appendTransaction([{ value }], abort)).toEqual({ firstOffset: 1, lastOffset: 1 });
    expect(await log.append({ value })).toBe(3);
    await log.close();
    expect(fs.contentOf(`${DIRECTORY}/00000000000000000000.txnindex`)).toHaveLength(34);
    expect(await offsetsOf(await open())).toEqual([0, 1, 3]);
  });

  it('lets readers of a deleted segment go on', async () => {
    await using log = await open({ retentionBytes: 3000 });
    for (let offset = 0; offset < 30; offset++) await log.append({ value });
    const offsets: number[] = [];
    for await (const { offset } of log.read()) {
      offsets.push(offset);
      if (offsets.length > 1) continue;
      fs.capacityInBytes = fs.usedBytes + 100;
      await log.append({ value });
    }
    expect(offsets).toEqual([...new Set(offsets)].sort((a, b) => a - b));
    expect(offsets.at(-1)).toBe(29);
    expect(log.logStartOffset).toBeGreaterThan(0);
  });
});

describe('Log.diskSpace', () => {
  it('tells total, used, available and percent', async () => {
    await using log = await open();
    fs.capacityInBytes = fs.usedBytes * 4;
    expect(await log.diskSpace()).toMatchObject({ totalBytes: fs.capacityInBytes, usedPercent: 25 });
  });

  it('has retention applied above a threshold, before the disk is full', async () => {
    await using log = await open({ retentionBytes: 3000, diskUsedPercentMax: 60, fileDeleteDelayMs: 0 });
    fs.capacityInBytes = 20_000;
    for (let offset = 0; offset < 200; offset++) {
      await log.append({ value });
      await clock.advance(500);
    }
    expect(log.metrics()).toMatchObject({ diskFullCount: 0, failedRetentionCount: 0 });
    expect(log.logStartOffset).toBeGreaterThan(100);
  });
});

describe('retention by itself', () => {
  it('runs every retentionCheckIntervalMs, until the log is closed', async () => {
    const log = await open({ retentionMs: 1000, retentionCheckIntervalMs: 10_000 });
    await log.append({ value });
    await clock.advance(9000);
    expect(log.logStartOffset).toBe(0);
    await clock.advance(1500);
    await log.flush();
    expect(log.logStartOffset).toBe(1);
    expect(log.metrics().deletedSegmentCount).toBe(1);
    await log.close();
    expect(clock.waitingCount).toBe(0);
  });

  it('does not run without an interval, nor for a compacted log', async () => {
    const compacted = { cleanupPolicy: 'compact' as const, cleanerBackoffMs: null };
    for (const settings of [{ retentionCheckIntervalMs: null }, compacted]) {
      const log = await open({ retentionMs: 1000, ...settings });
      expect(clock.waitingCount).toBe(0);
      await log.close();
    }
  });
});

describe('Log.metrics', () => {
  it('counts appends, records, rolls, failures and slow ones', async () => {
    await using log = await open({ slowAppendMs: 50 });
    await log.append({ value });
    fs.before = async ({ kind }) => {
      if (kind === 'write') await clock.advance(60);
    };
    await log.appendMany(range(0, 20).map(() => ({ value })));
    fs.before = ({ path }) => {
      throw storageError('EIO', path);
    };
    await expect(log.append({ value })).rejects.toThrow();
    fs.before = null;
    expect(log.metrics()).toMatchObject({
      appendCount: 2,
      recordCount: 21,
      failedAppendCount: 1,
      slowAppendCount: 1,
      rollCount: 2,
      segmentCount: 3,
    });
    expect(log.metrics().appendLatency).toMatchObject({ count: 2, p50Ms: 0.001 });
    expect(log.metrics().appendLatency.maxMs).toBeGreaterThanOrEqual(60);
  });
});

describe('a log of 5,000 segments', () => {
  it('is read through, and at random, with 256 descriptors at most', async () => {
    const tiny = { segmentBytes: 200, segmentIndexBytes: 24, batchBytes: 100, openFilesMax: 200 };
    const log = await open(tiny);
    await log.appendMany(range(0, 5000).map((offset) => ({ value: `${offset}`.padEnd(60, '.') })));
    expect(log.segments).toHaveLength(5000);
    await Promise.all(
      range(0, 400).map(async (reader) => {
        const fromOffset = (reader * 7919) % 4900;
        const offsets: number[] = [];
        for await (const { offset } of log.read({ fromOffset, recordsMax: 20 })) offsets.push(offset);
        expect(offsets).toEqual(range(fromOffset, fromOffset + 20));
      }),
    );
    expect(await offsetsOf(log)).toHaveLength(5000);
    expect(fs.openCountMax).toBeLessThanOrEqual(256);
    await log.close();
    await (await open(tiny)).close();
  });
});
