/** Open, append, read, roll, retain and close over an in-memory file system; the inspection reads what was written. */
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { parseSegmentFileName } from '../../../../electron/engine/format/file-names';
import { inspectLog } from '../../../../electron/engine/inspect/inspect-log';
import { Log } from '../../../../electron/engine/log/log';
import type { RecordInput } from '../../../../electron/engine/log/record-input';
import type { LogSettings } from '../../../../electron/engine/log/settings';
import { FakeClock } from '../../../support/fake-clock';
import { ERRNO, MemFileSystem, storageError } from '../../../support/mem-file-system';

const DATA = '/data';
const DIRECTORY = '/data/orders-0';
let fs: MemFileSystem;
let clock: FakeClock;

beforeEach(() => {
  fs = new MemFileSystem();
  clock = new FakeClock(1_700_000_000_000);
});

const open = (settings: Partial<LogSettings> = {}, directory = DIRECTORY) =>
  Log.open(directory, settings, { fs, clock });

async function valuesOf(log: Log, options: Parameters<Log['read']>[0] = {}): Promise<string[]> {
  const values: string[] = [];
  for await (const { offset, value } of log.read(options))
    values.push(`${offset}:${Buffer.from(value ?? [])}`);
  return values;
}

async function namesIn(directory: string): Promise<string[]> {
  return (await fs.list(directory)).map(({ name }) => name.replace(/^0+(?=\d)/, '')).sort();
}

function inspection(depth: 'records' | 'glance' = 'records', directory = DIRECTORY) {
  const name = directory.split('/').at(-1)!;
  const partition = { topic: name.replace(/-0$/, ''), partition: 0 };
  return inspectLog(
    fs,
    { ...partition, name, path: directory, format: 'kafka', state: 'current' },
    { depth },
  );
}

const numbered = (count: number, sizeInBytes = 10): RecordInput[] =>
  Array.from({ length: count }, (_, index) => ({
    key: `key-${index}`,
    value: `${index}`.padEnd(sizeInBytes, '.'),
    timestampMs: 1_700_000_000_000 + index,
  }));

describe('Log.append', () => {
  it('gives ten writers of a hundred records each the offsets 0 to 999', async () => {
    await using log = await open();
    const writer = async (id: number) => {
      const offsets: number[] = [];
      for (let index = 0; index < 100; index++) offsets.push(await log.append({ value: `${id}-${index}` }));
      return offsets;
    };
    const offsets = await Promise.all(Array.from({ length: 10 }, (_, id) => writer(id)));
    expect(log.logEndOffset - 1).toBe(999);
    expect(offsets.flat().sort((a, b) => a - b)).toEqual(Array.from({ length: 1000 }, (_, offset) => offset));
    for (const own of offsets) expect(own).toEqual([...own].sort((a, b) => a - b));
    const values = await valuesOf(log);
    for (const [id, own] of offsets.entries())
      for (const [index, offset] of own.entries()) expect(values[offset]).toBe(`${offset}:${id}-${index}`);
  });

  it('writes what waits together with one write to the log file', async () => {
    await using log = await open();
    const writes: number[] = [];
    fs.before = ({ kind, path, sizeInBytes }) => {
      if (kind === 'write' && path.endsWith('.log')) writes.push(sizeInBytes);
    };
    await Promise.all(numbered(5000, 20).map((record) => log.append(record)));
    expect(writes).toHaveLength(1);
    expect(log.logEndOffset).toBe(5000);
  });

  it.each<[string, RecordInput, string]>([
    ['a record above max.message.bytes', { value: 'x'.repeat(2000) }, 'RECORD_TOO_LARGE'],
    ['a negative timestamp', { value: 'x', timestampMs: -5 }, 'INVALID_TIMESTAMP'],
    ['a timestamp far ahead', { value: 'x', timestampMs: 1_800_000_000_000 }, 'INVALID_TIMESTAMP'],
    ['a value that is a number', { value: 5 as unknown as string }, 'INVALID_RECORD'],
  ])('refuses %s, and writes none of the records that came with it', async (_name, record, code) => {
    await using log = await open({ maxMessageBytes: 1000 });
    await expect(log.appendMany([{ value: 'fine' }, record])).rejects.toMatchObject({ code });
    expect(log.logEndOffset).toBe(0);
    expect(fs.contentOf(`${DIRECTORY}/00000000000000000000.log`)).toHaveLength(0);
  });

  it('refuses null keys in a compacted log, and everything in a closed one', async () => {
    const log = await open({ cleanupPolicy: 'compact' });
    await expect(log.append({ value: 'x' })).rejects.toMatchObject({ code: 'INVALID_RECORD' });
    await log.close();
    await expect(log.append({ key: 'k', value: 'x' })).rejects.toMatchObject({ code: 'LOG_CLOSED' });
    await expect(valuesOf(log)).rejects.toMatchObject({ code: 'LOG_CLOSED' });
    await log.close();
  });

  it('cuts a torn write off, tells those whose records it was, and goes on', async () => {
    await using log = await open();
    await log.append({ value: 'first' });
    fs.before = ({ kind, path }) => {
      if (kind === 'write' && path.endsWith('.log')) throw storageError('EIO', path);
    };
    await expect(log.append({ value: 'lost' })).rejects.toMatchObject({ details: { errno: ERRNO.EIO } });
    fs.before = null;
    expect(await log.append({ value: 'second' })).toBe(1);
    expect(await valuesOf(log)).toEqual(['0:first', '1:second']);
  });

  it('keeps what was written before a failure among many, and tells each caller about its own records', async () => {
    await using log = await open();
    let writes = 0;
    fs.before = ({ kind, path }) => {
      if (kind !== 'write' || !path.endsWith('.log')) return;
      writes++;
      if (writes === 3) throw storageError('EIO', path);
    };
    const value = 'x'.repeat(100_000);
    const settled = await Promise.allSettled(Array.from({ length: 80 }, () => log.append({ value })));
    fs.before = null;
    const done = settled.filter(({ status }) => status === 'fulfilled').length;
    expect(writes).toBe(3);
    expect(done).toBeGreaterThan(20);
    expect(settled.slice(0, done).map((one) => (one as PromiseFulfilledResult<number>).value)).toEqual(
      Array.from({ length: done }, (_, offset) => offset),
    );
    expect(settled.slice(done).every(({ status }) => status === 'rejected')).toBe(true);
    expect(log.logEndOffset).toBe(done);
    expect(await log.append({ value: 'next' })).toBe(done);
    expect(await valuesOf(log)).toHaveLength(done + 1);
    await log.close();
    expect((await inspection()).problems).toEqual([]);
  });

  it('gives offsets in the order of the calls, transactions among them', async () => {
    await using log = await open();
    const abort = { producerId: 7, producerEpoch: 0, outcome: 'abort' } as const;
    const calls = [
      log.append({ value: 'a' }),
      log.appendTransaction([{ value: 'b' }], abort),
      log.append({ value: 'c' }),
      log.append({ value: 'd' }),
      log.appendTransaction([{ value: 'e' }], abort),
      log.append({ value: 'f' }),
    ];
    expect(await Promise.all(calls)).toEqual([
      ...[0, { firstOffset: 1, lastOffset: 1 }, 3, 4, { firstOffset: 5, lastOffset: 5 }, 7],
    ]);
    expect(await valuesOf(log)).toEqual(['0:a', '1:b', '3:c', '4:d', '5:e', '7:f']);
  });

  it('stops writing for good when an fsync fails, and still reads', async () => {
    const log = await open({ fsync: 'always' });
    await log.append({ value: 'durable' });
    fs.before = ({ kind, path }) => {
      if (kind === 'sync' && path.endsWith('.log')) throw storageError('EIO', path);
    };
    await expect(log.append({ value: 'lost' })).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
    fs.before = null;
    await expect(log.append({ value: 'refused' })).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
    expect(log.metrics()).toMatchObject({ isStopped: true, failedAppendCount: 1 });
    expect(await valuesOf(log)).toEqual(['0:durable']);
    await expect(log.close()).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
    const again = await open();
    expect(again.recovery?.recoveredSegments).toEqual([0]);
    await again.close();
  });
});

describe('Log files', () => {
  it('agree with the inspection, which finds no problem, with every codec', async () => {
    for (const compressionType of ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const) {
      await using log = await open({ compressionType, segmentBytes: 20_000 });
      await log.appendMany([
        ...numbered(400, 100),
        {
          key: null,
          value: null,
          headers: [
            { name: 'trace', value: 'abc' },
            { name: 'none', value: null },
          ],
        },
      ]);
    }
    const found = await inspection();
    expect(found.problems).toEqual([]);
    expect(found).toMatchObject({ recordCount: 2005, logStartOffset: 0, logEndOffset: 2005 });
    expect(found.segments.length).toBeGreaterThan(2);
    await using log = await open();
    expect(await valuesOf(log, { fromOffset: 2003 })).toEqual([`2003:${'399'.padEnd(100, '.')}`, '2004:']);
  });

  it('are those of a data directory that a broker closed', async () => {
    const log = await open({ segmentBytes: 1000 });
    await log.appendMany(numbered(10, 50));
    await log.appendMany(numbered(10, 50));
    expect(await namesIn(DATA)).toEqual(['.lock', 'orders-0', 'recovery-point-offset-checkpoint']);
    await log.close();
    expect(await namesIn(DATA)).toEqual([
      '.kafka_cleanshutdown',
      'orders-0',
      'recovery-point-offset-checkpoint',
      'replication-offset-checkpoint',
    ]);
    expect(fs.contentOf(`${DATA}/recovery-point-offset-checkpoint`)?.toString()).toBe('0\n1\norders 0 20\n');
    expect(await namesIn(DIRECTORY)).toEqual([
      '0.index',
      '0.log',
      '0.timeindex',
      '10.index',
      '10.log',
      '10.snapshot',
      '10.timeindex',
      '20.snapshot',
      'leader-epoch-checkpoint',
      'partition.metadata',
    ]);
    expect(fs.contentOf(`${DIRECTORY}/00000000000000000020.snapshot`)?.toString('hex')).toBe(
      '000148674bc700000000',
    );
  });

  it('have every index entry, though an append does not wait for its own', async () => {
    const log = await open({ indexIntervalBytes: 100 });
    const entryCount = async () => (await inspection('glance')).segments[0]!.offsetIndex!.entryCount;
    let [indexWrites, entriesAhead] = [0, 0];
    fs.before = ({ kind, path, sizeInBytes }) => {
      if (kind !== 'write' || !path.endsWith('.index')) return;
      indexWrites++;
      if (sizeInBytes !== 8) entriesAhead++;
    };
    for (let index = 0; index < 10; index++) {
      await log.append({ value: 'x'.repeat(150) });
      // The first batch has none, and the latest is written with the next append.
      expect(await entryCount()).toBe(Math.max(0, index - 1));
      await clock.advance(50);
    }
    expect([indexWrites, entriesAhead]).toEqual([8, 0]);
    for (let index = 0; index < 3; index++) await log.append({ value: 'x'.repeat(150) });
    expect([indexWrites, entriesAhead]).toEqual([9, 0]); // those that follow at once wait together
    fs.before = null;
    await log.close();
    expect(await entryCount()).toBe(12);
    const found = await inspection();
    expect(found.problems).toEqual([]);
    await using again = await open();
    expect(await valuesOf(again, { fromOffset: 12 })).toHaveLength(1);
  });

  it('have every index entry after a flush, though nothing more is appended', async () => {
    await using log = await open({ indexIntervalBytes: 100 });
    for (let index = 0; index < 4; index++) await log.append({ value: 'x'.repeat(150) });
    await log.flush();
    const [segment] = (await inspection('glance')).segments;
    expect([segment!.offsetIndex!.entryCount, segment!.timeIndex!.entryCount]).toEqual([3, 1]);
  });

  it('have every index entry after the interval of a flush, though nobody calls', async () => {
    await using log = await open({ indexIntervalBytes: 100, fsync: { intervalMs: 500 } });
    for (let index = 0; index < 4; index++) await log.append({ value: 'x'.repeat(150) });
    const entryCount = async () => (await inspection('glance')).segments[0]!.offsetIndex!.entryCount;
    expect(await entryCount()).toBeLessThan(3);
    await clock.advance(500);
    await vi.waitFor(async () => expect(await entryCount()).toBe(3));
  });

  it('keep the entries that are not in the files yet where an append fails', async () => {
    const log = await open({ indexIntervalBytes: 100 });
    for (let index = 0; index < 3; index++) await log.append({ value: 'x'.repeat(150) });
    fs.before = ({ kind, path }) => {
      if (kind === 'write') throw storageError('EIO', path);
    };
    await expect(log.append({ value: 'x'.repeat(150) })).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
    fs.before = null;
    expect(await log.append({ value: 'x'.repeat(150) })).toBe(3);
    await log.close();
    const { segments, problems } = await inspection();
    expect([segments[0]!.offsetIndex!.entryCount, problems]).toEqual([3, []]);
  });

  it('stay as they are, byte for byte, when a closed log is opened and closed', async () => {
    const first = await open({ segmentBytes: 5000 });
    await first.appendMany(numbered(300, 50));
    await first.close();
    const before = new Map<string, string>();
    for (const { name } of await fs.list(DIRECTORY))
      before.set(name, fs.contentOf(`${DIRECTORY}/${name}`)!.toString('hex'));
    await (await open()).close();
    for (const [name, content] of before)
      expect(fs.contentOf(`${DIRECTORY}/${name}`)?.toString('hex'), name).toBe(content);
    expect(await namesIn(DIRECTORY)).toHaveLength(before.size);
  });

  it('are the only ones that are written where the log stands in a directory of somebody else', async () => {
    fs.makeDirectory('/home/notes');
    const log = await open({}, '/home/notes/events');
    await log.append({ value: 'x' });
    await log.close();
    expect(await namesIn('/home/notes')).toEqual(['events']);
    expect(await namesIn('/home/notes/events')).not.toContain('.strata-lock');
  });
});

describe('Log.read', () => {
  it('reads from any offset, up to any other, in every segment', async () => {
    await using log = await open({ segmentBytes: 4000, batchBytes: 500, indexIntervalBytes: 600 });
    await log.appendMany(numbered(300, 40));
    expect(log.segments.length).toBeGreaterThan(4);
    for (let from = 0; from < 300; from += 7) {
      const values = await valuesOf(log, { fromOffset: from, recordsMax: 3 });
      expect(values.map((value) => Number(value.split(':')[0]))).toEqual(
        [from, from + 1, from + 2].filter((o) => o < 300),
      );
    }
    expect(await valuesOf(log, { fromOffset: 10, toOffset: 12 })).toHaveLength(2);
    expect(await valuesOf(log, { fromOffset: 300 })).toEqual([]);
    await expect(valuesOf(log, { fromOffset: 301 })).rejects.toMatchObject({ code: 'OFFSET_OUT_OF_RANGE' });
  });

  it('asks the file once for a record, wherever it is in batches of the size of a first piece', async () => {
    await using log = await open();
    await log.appendMany(numbered(200, 1000));
    let reads = 0;
    fs.before = ({ kind, path }) => {
      if (kind === 'read' && path.endsWith('.log')) reads++;
    };
    const readsOf: number[] = [];
    for (let from = 0; from < 100; from++) {
      reads = 0;
      expect(await valuesOf(log, { fromOffset: from, recordsMax: 1 })).toHaveLength(1);
      readsOf.push(reads);
    }
    expect(new Set(readsOf)).toEqual(new Set([1]));
  });

  it('begins with the first record at or after a timestamp', async () => {
    await using log = await open({ segmentBytes: 4000, batchBytes: 500, indexIntervalBytes: 600 });
    await log.appendMany(numbered(300, 40));
    for (let index = 0; index < 300; index += 11)
      expect(await log.offsetForTimestamp(1_700_000_000_000 + index)).toBe(index);
    expect(await log.offsetForTimestamp(0)).toBe(0);
    expect(await log.offsetForTimestamp(1_700_000_000_300)).toBeNull();
    expect(await valuesOf(log, { fromTimestampMs: 1_700_000_000_299 })).toHaveLength(1);
    expect(await valuesOf(log, { fromTimestampMs: 1_700_000_000_300 })).toEqual([]);
  });
});

describe('Log.roll', () => {
  it('begins a segment when the records of one span more than segment.ms', async () => {
    await using log = await open({ segmentMs: 1000 });
    for (const ms of [0, 600, 1000, 1001, 1500])
      await log.append({ value: 'x', timestampMs: 1_600_000_000_000 + ms });
    expect(log.segments.map(({ baseOffset }) => baseOffset)).toEqual([0, 3]);
  });

  it('begins a segment when an index is full', async () => {
    await using log = await open({ segmentIndexBytes: 48, indexIntervalBytes: 0, batchBytes: 100 });
    await log.appendMany(numbered(40, 60));
    expect(log.segments.length).toBeGreaterThan(5);
    expect(await valuesOf(log)).toHaveLength(40);
    await log.close();
    expect((await inspection()).problems).toEqual([]);
  });

  it('trims the indexes of the segment that it closes, and keeps those of the new one preallocated', async () => {
    await using log = await open({ indexIntervalBytes: 100, batchBytes: 200 });
    await log.appendMany(numbered(50, 40));
    await log.roll();
    await log.roll();
    expect(log.segments.map(({ baseOffset }) => baseOffset)).toEqual([0, 50]);
    expect(fs.contentOf(`${DIRECTORY}/00000000000000000000.index`)!.length).toBeLessThan(1000);
    expect(fs.contentOf(`${DIRECTORY}/00000000000000000050.index`)).toHaveLength(10_485_760);
    expect(fs.contentOf(`${DIRECTORY}/00000000000000000050.timeindex`)).toHaveLength(10_485_756);
  });
});

describe('Log.applyRetention', () => {
  it('deletes the oldest segments by size, keeps the active one, and removes the files after the delay', async () => {
    await using log = await open({ segmentBytes: 1000, retentionBytes: 2500 });
    for (let index = 0; index < 100; index++) await log.append({ value: 'x'.repeat(100) });
    const before = log.segments.length;
    const { deletions } = await log.applyRetention();
    expect(deletions.length).toBe(before - log.segments.length);
    expect(log.sizeInBytes).toBeGreaterThanOrEqual(2500);
    expect(log.logStartOffset).toBe(log.segments[0]!.baseOffset);
    expect((await valuesOf(log))[0]).toMatch(new RegExp(`^${log.logStartOffset}:`));
    expect((await namesIn(DIRECTORY)).filter((name) => name.endsWith('.log.deleted'))).toHaveLength(
      deletions.length,
    );
    await clock.advance(60_000);
    await log.flush();
    expect((await namesIn(DIRECTORY)).filter((name) => name.endsWith('.deleted'))).toEqual([]);
  });

  it('rolls first where everything has expired, so that offsets go on', async () => {
    await using log = await open({ retentionMs: 1000 });
    await log.append({ value: 'old' });
    await clock.advance(2000);
    await log.applyRetention();
    expect(log).toMatchObject({ logStartOffset: 1, logEndOffset: 1 });
    expect(await log.append({ value: 'new' })).toBe(1);
    expect(fs.contentOf(`${DIRECTORY}/leader-epoch-checkpoint`)?.toString()).toBe('0\n1\n0 1\n');
  });
});

describe('Log races', () => {
  it('survives rolling during writes', async () => {
    await using log = await open({ segmentBytes: 2000 });
    const rolls = Array.from({ length: 20 }, () => log.roll());
    await Promise.all([...numbered(200, 50).map((record) => log.append(record)), ...rolls]);
    await log.roll();
    expect(await valuesOf(log)).toHaveLength(200);
  });

  it('lets a reader whose segment is deleted go on with the next one', async () => {
    await using log = await open({ segmentBytes: 1000, retentionBytes: 2000, fileDeleteDelayMs: 0 });
    for (let index = 0; index < 60; index++) await log.append({ value: 'x'.repeat(100) });
    const offsets: number[] = [];
    for await (const { offset } of log.read()) {
      offsets.push(offset);
      if (offsets.length !== 3) continue;
      await log.applyRetention();
      await clock.advance(1);
      await log.flush();
    }
    expect(offsets).toEqual([...new Set(offsets)].sort((a, b) => a - b));
    expect(offsets.slice(0, 3)).toEqual([0, 1, 2]);
    expect(offsets.at(-1)).toBe(59);
    expect(offsets.find((offset) => offset > 8)).toBe(log.logStartOffset);
  });

  it('rolls once where several rolls are asked for at a time', async () => {
    await using log = await open();
    await log.append({ value: 'x' });
    await Promise.all([log.roll(), log.roll(), log.roll()]);
    expect(log.segments).toHaveLength(2);
  });

  it('gives readers a list of segments that changes under nobody', async () => {
    await using log = await open({ segmentBytes: 1000, retentionBytes: 3000 });
    const read = async () => {
      let last = -1;
      for await (const { offset } of log.read()) {
        expect(offset).toBeGreaterThan(last);
        last = offset;
      }
    };
    const work = Array.from({ length: 30 }, async (_, round) => {
      await log.appendMany(numbered(10, 60));
      await Promise.all([read(), round % 3 === 0 ? log.applyRetention() : log.roll()]);
    });
    await Promise.all(work);
    expect(log.logEndOffset).toBe(300);
  });
});

describe('Log.open', () => {
  it('lets one writer in at a time', async () => {
    await using log = await open();
    await expect(open()).rejects.toMatchObject({ code: 'LOCKED' });
    await log.append({ value: 'x' });
  });

  it('keeps several logs of a data directory apart, and marks it closed after the last', async () => {
    const [orders, payments] = [await open(), await open({}, '/data/payments-3')];
    await orders.append({ value: 'a' });
    await payments.appendMany([{ value: 'b' }, { value: 'c' }]);
    await orders.close();
    expect(await namesIn(DATA)).not.toContain('.kafka_cleanshutdown');
    await payments.close();
    expect(await namesIn(DATA)).toContain('.kafka_cleanshutdown');
    expect(fs.contentOf(`${DATA}/recovery-point-offset-checkpoint`)?.toString()).toBe(
      '0\n2\norders 0 1\npayments 3 2\n',
    );
  });

  it('refuses a name that would stop a broker, a file, and a setting out of range', async () => {
    fs.put('/broker/meta.properties', 'version=1');
    await expect(open({}, '/broker/plain')).rejects.toMatchObject({ code: 'STORAGE_UNSAFE' });
    fs.put('/file', 'x');
    await expect(open({}, '/file')).rejects.toMatchObject({ code: 'NOT_A_DIRECTORY' });
    await expect(open({ segmentBytes: -1 })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  });

  it('opens no file twice and leaves none open', async () => {
    const log = await open({ segmentBytes: 1000, openFilesMax: 4 });
    for (let index = 0; index < 100; index++) await log.append({ value: 'x'.repeat(100) });
    await valuesOf(log);
    await log.close();
    expect(fs.openCount).toBe(0);
    expect(fs.openCountMax).toBeLessThan(16);
    const bases = (await fs.list(DIRECTORY)).map(({ name }) => parseSegmentFileName(name)?.baseOffset);
    expect(new Set(bases).size).toBeGreaterThan(10);
  });
});
