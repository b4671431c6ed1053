/**
 * A log that compacts itself, over an in-memory file system: what stays, when it is due, and what goes on meanwhile.
 * What the cleaner keeps of a log is compared with a Map, and by npm run test:kafka with a broker.
 */
import { beforeEach, describe, expect, it } from 'vitest';
import { inspectLog } from '../../../../electron/engine/inspect/inspect-log';
import { Log, type OpenOptions } from '../../../../electron/engine/log/log';
import type { LogSettings } from '../../../../electron/engine/log/settings';
import { FakeClock } from '../../../support/fake-clock';
import { MemFileSystem, type Operation } from '../../../support/mem-file-system';

const DATA = '/data';
const DIRECTORY = '/data/profiles-0';
const NOW_MS = 1_700_000_000_000;
let fs: MemFileSystem;
let clock: FakeClock;

beforeEach(() => {
  fs = new MemFileSystem();
  clock = new FakeClock(NOW_MS);
});

function open(settings: Partial<LogSettings> = {}, options: OpenOptions = {}): Promise<Log> {
  const compacted = { cleanupPolicy: 'compact', cleanerBackoffMs: null, segmentIndexBytes: 4800 } as const;
  return Log.open(DIRECTORY, { ...compacted, ...settings }, { fs, clock, ...options });
}

/** `key=value` words, each as a batch of its own; no value: a tombstone. */
async function append(log: Log, words: string): Promise<void> {
  for (const word of words.split(' ')) {
    const [key, value] = word.split('=');
    await log.append({ key: key!, value: value ?? null });
  }
}

/** `offset:key=value` of what the log has. */
async function contentOf(log: Log): Promise<string> {
  const words: string[] = [];
  for await (const { offset, key, value } of log.read())
    words.push(`${offset}:${key ?? ''}${value === null ? '' : `=${value}`}`);
  return words.join(' ');
}

async function namesIn(directory: string, part: string): Promise<string[]> {
  return (await fs.list(directory)).map(({ name }) => name).filter((name) => name.includes(part));
}

const checkpoint = () => fs.contentOf(`${DATA}/cleaner-offset-checkpoint`)?.toString();

async function problems(): Promise<string[]> {
  const log = { name: 'profiles-0', path: DIRECTORY, topic: 'profiles', partition: 0 } as const;
  const inspection = await inspectLog(
    fs,
    { ...log, format: 'kafka', state: 'current' },
    { depth: 'records' },
  );
  return inspection.problems.map(({ code, message }) => `${code}: ${message}`);
}

/** Holds up the first operation of the kind, on a file with such a name, until it is let go. */
function hold(wanted: Operation['kind'], ending: string): { readonly isHeld: Promise<void>; letGo(): void } {
  let letGo = () => {};
  let held = () => {};
  const isHeld = new Promise<void>((resolve) => {
    held = resolve;
  });
  const goOn = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  fs.before = ({ kind, path }) => {
    if (kind !== wanted || !path.endsWith(ending)) return;
    fs.before = null;
    held();
    return goOn;
  };
  return { isHeld, letGo };
}

const holdRun = () => hold('write', '.log.cleaned');

describe('Log.compact', () => {
  it("saves 40 % of the seed document's five records with three keys", async () => {
    await using log = await open();
    await append(
      log,
      'user-1=profile-v1 user-2=profile-v1 user-1=profile-v2 user-3=profile-v1 user-2=profile-v2',
    );
    await log.roll();
    const { isEligible, done } = await log.compact();
    expect(isEligible).toBe(true);
    expect(1 - done!.bytesAfter / done!.bytesBefore).toBeCloseTo(0.4);
    expect(await contentOf(log)).toBe('2:user-1=profile-v2 3:user-3=profile-v1 4:user-2=profile-v2');
  });

  it("saves 50 % of the seed's benchmark: 2,000 messages with 1,000 keys", async () => {
    await using log = await open({ segmentBytes: 20_000, segmentIndexBytes: 48_000 });
    for (let message = 0; message < 2000; message++)
      await log.append({ key: `key-${String(message % 1000).padStart(4, '0')}`, value: 'x'.repeat(100) });
    await log.roll();
    const { done } = await log.compact();
    expect(done).toMatchObject({
      recordsBefore: 2000,
      recordsAfter: 1000,
      uniqueKeyCount: 1000,
      roundCount: 1,
    });
    expect(1 - done!.bytesAfter / done!.bytesBefore).toBeCloseTo(0.5, 2);
    expect(log.sizeInBytes).toBe(done!.bytesAfter);
    expect(log.segments.length).toBe(done!.segmentsAfter + 1);
  });

  it('leaves files that the inspection objects to nothing in, and that are read by offset and by time', async () => {
    const log = await open({ segmentBytes: 600, indexIntervalBytes: 100 });
    for (let count = 0; count < 60; count++)
      await log.append({ key: `k${count % 7}`, value: `v${count}`, timestampMs: NOW_MS - 1000 + count });
    await log.compact();
    expect(await log.offsetForTimestamp(NOW_MS - 1000 + 50)).toBe(50);
    for (const from of [0, 20, 41, 55])
      for await (const { offset } of log.read({ fromOffset: from, recordsMax: 1 }))
        expect(offset).toBeGreaterThanOrEqual(from);
    await log.close();
    expect(await problems()).toEqual([]);
    await using again = await open();
    expect((await contentOf(again)).split(' ').at(-1)).toBe('59:k3=v59');
    expect(again.recovery).toBeNull();
  });

  it('says why it is not due', async () => {
    await using log = await open({ minCleanableDirtyRatio: 0.6 });
    expect((await log.compact()).reasons).toEqual(['empty']);
    await append(log, 'a=1 a=2 b=1');
    expect((await log.compact()).reasons).toEqual(['empty']);
    await log.roll();
    expect((await log.compact()).done).not.toBeNull();
    await append(log, 'a=3');
    expect((await log.compact()).reasons).toEqual(['active-segment']);
    await log.roll();
    const { reasons, dirtyRatio, done } = await log.compact();
    expect({ reasons, done }).toEqual({ reasons: ['dirty-ratio'], done: null });
    expect(dirtyRatio).toBeCloseTo(1 / 3);
    expect((await log.compact({ minCleanableDirtyRatio: 0.3 })).done).not.toBeNull();
    expect(await contentOf(log)).toBe('2:b=1 3:a=3');
  });

  it('never cleans where the policy is delete', async () => {
    await using log = await open({ cleanupPolicy: 'delete' });
    await append(log, 'a=1 a=2');
    await log.roll();
    expect(await log.compact()).toMatchObject({
      isEligible: false,
      reasons: ['policy', 'dirty-ratio-exceeded'],
    });
  });

  it('keeps young segments for min.compaction.lag.ms, and comes early for max.compaction.lag.ms', async () => {
    await using log = await open({
      minCompactionLagMs: 1000,
      maxCompactionLagMs: 5000,
      minCleanableDirtyRatio: 1,
    });
    await append(log, 'a=1 a=2');
    await log.roll();
    expect((await log.compact()).reasons).toEqual(['min-compaction-lag']);
    await clock.advance(2000);
    expect((await log.compact()).reasons).toEqual(['dirty-ratio']);
    await clock.advance(4000);
    expect(await log.compact()).toMatchObject({ reasons: ['max-compaction-lag-exceeded'], isEligible: true });
    expect(await contentOf(log)).toBe('1:a=2');
  });

  it('keeps tombstones for delete.retention.ms after the first run, and aborted records not at all', async () => {
    await using log = await open({ deleteRetentionMs: 1000, minCleanableDirtyRatio: 0 });
    await append(log, 'a=1 b=1 a');
    const transaction = { producerId: 7, producerEpoch: 0, outcome: 'abort' } as const;
    await log.appendTransaction([{ key: 'b', value: 'aborted' }], transaction);
    await log.roll();
    await log.compact();
    expect(await contentOf(log)).toBe('1:b=1 2:a');
    await clock.advance(2000);
    await append(log, 'c=1');
    await log.roll();
    await log.compact();
    expect(await contentOf(log)).toBe('1:b=1 5:c=1');
  });

  it('takes a committed record for what it is, though its producer aborted one before the dirty part', async () => {
    await using log = await open({ minCleanableDirtyRatio: 0 });
    const producer = { producerId: 7, producerEpoch: 0 };
    await append(log, 'a=1');
    await log.appendTransaction([{ key: 'b', value: 'aborted' }], { ...producer, outcome: 'abort' });
    await log.roll();
    await log.compact();
    await log.appendTransaction([{ key: 'a', value: '2' }], { ...producer, outcome: 'commit' });
    await log.roll();
    await log.compact();
    expect(await contentOf(log)).toBe('3:a=2');
  });

  it('takes as many rounds as a small map needs', async () => {
    await using log = await open({ dedupeBufferBytes: 24 * 4 });
    await append(log, 'a=1 b=1 c=1 d=1 a=2 e=1 f=1 b=2');
    await log.roll();
    const { done } = await log.compact();
    expect(done!.roundCount).toBeGreaterThan(1);
    expect(await contentOf(log)).toBe('2:c=1 3:d=1 4:a=2 5:e=1 6:f=1 7:b=2');
  });

  it('takes no record without a key', async () => {
    await using log = await open({ cleanupPolicy: 'compact,delete' });
    await expect(log.append({ value: 'no key' })).rejects.toMatchObject({ code: 'INVALID_RECORD' });
    expect(log.logEndOffset).toBe(0);
  });

  it('leaves a damaged log alone, and does not try again by itself', async () => {
    await using log = await open({ cleanerBackoffMs: 100 });
    await append(log, 'a=1 a=2');
    await log.roll();
    const path = `${DIRECTORY}/${'0'.repeat(20)}.log`;
    const bytes = Buffer.from(fs.contentOf(path)!);
    bytes[70]! ^= 1;
    fs.put(path, bytes);
    await expect(log.compact()).rejects.toMatchObject({ code: 'CORRUPT' });
    expect(await namesIn(DIRECTORY, '.cleaned')).toEqual([]);
    expect(log.metrics()).toMatchObject({
      failedCompactionCount: 1,
      isUncleanable: true,
      compactionCount: 0,
    });
    await clock.advance(1000);
    expect(log.metrics().failedCompactionCount).toBe(1);
  });
});

describe('a compaction by itself', () => {
  it('looks every cleanerBackoffMs whether it is due', async () => {
    const log = await open({ cleanerBackoffMs: 15_000 });
    await append(log, 'a=1 a=2 a=3');
    await clock.advance(15_000);
    expect(log.metrics().compactionCount).toBe(0);
    await log.roll();
    await clock.advance(15_000);
    await expect.poll(() => log.metrics().compactionCount).toBe(1);
    expect(log.metrics().compactionFreedBytes).toBeGreaterThan(0);
    expect(await contentOf(log)).toBe('2:a=3');
    await log.close();
    expect(clock.waitingCount).toBe(0);
  });

  it('frees the space file.delete.delay.ms later, or when the log is closed', async () => {
    const log = await open({ fileDeleteDelayMs: 500 });
    await append(log, 'a=1 a=2');
    await log.roll();
    await log.compact();
    expect(await namesIn(DIRECTORY, '.log.deleted')).toHaveLength(1);
    await clock.advance(500);
    await expect.poll(() => namesIn(DIRECTORY, '.deleted')).toEqual([]);
    await append(log, 'a=3');
    await log.roll();
    await log.compact({ minCleanableDirtyRatio: 0 });
    expect(await contentOf(log)).toBe('2:a=3');
    await log.close();
    expect(await namesIn(DIRECTORY, '.deleted')).toEqual([]);
  });
});

describe('the cleaner checkpoint', () => {
  it('stands in a data directory of the engine, so that clean segments are not dirty again', async () => {
    const log = await open();
    await append(log, 'a=1 a=2');
    await log.roll();
    await log.compact();
    expect(checkpoint()).toBe('0\n1\nprofiles 0 2\n');
    await log.close();
    await using again = await open();
    expect(await again.compact()).toMatchObject({
      firstDirtyOffset: 2,
      firstDirtyOffsetSource: 'checkpoint',
    });
  });

  it.each([
    ['a directory that stands alone', () => fs.makeDirectory(DATA)],
    [
      "a broker's data directory",
      () => {
        fs.makeDirectory(DATA);
        for (const name of ['meta.properties', 'recovery-point-offset-checkpoint', '.kafka_cleanshutdown'])
          fs.put(`${DATA}/${name}`, name === 'recovery-point-offset-checkpoint' ? '0\n0\n' : '');
      },
    ],
  ])('is remembered in %s only as long as the log is open', async (_where, prepare) => {
    prepare();
    await using log = await open();
    await append(log, 'a=1 a=2');
    await log.roll();
    await log.compact();
    expect(await log.compact()).toMatchObject({ firstDirtyOffset: 2, done: null });
    expect(await fs.status(`${DATA}/cleaner-offset-checkpoint`)).toBeNull();
  });
});

describe('while a compaction is under way', () => {
  it('records are appended, read and rolled, and no reader misses or repeats one that stays', async () => {
    const log = await open({ segmentBytes: 900, indexIntervalBytes: 60, openFilesMax: 3, fsync: 'always' });
    const latest = new Map<string, number>();
    let isOver = false;
    const write = async () => {
      for (let count = 0; count < 600; count++) {
        const key = `key-${(count * 7) % 13}`;
        latest.set(key, await log.append({ key, value: `${key}@${count}` }));
      }
      isOver = true;
    };
    const compact = async () => {
      while (!isOver) await log.compact({ minCleanableDirtyRatio: 0 });
    };
    const seenCounts: number[] = [];
    const read = async () => {
      while (!isOver) {
        let last = -1;
        const end = log.logEndOffset;
        const mustSee = new Set([...latest.values()]);
        for await (const { offset, key, value } of log.read({ toOffset: end })) {
          expect(offset).toBeGreaterThan(last);
          expect(String(value)).toBe(`${key}@${offset}`);
          mustSee.delete(offset);
          last = offset;
        }
        // What was not there is superseded by now, if it was not there.
        for (const offset of mustSee) expect([...latest.values()]).not.toContain(offset);
        seenCounts.push(last);
      }
    };
    await Promise.all([write(), compact(), read(), read()]);
    expect(log.metrics().compactionCount).toBeGreaterThan(3);
    expect(seenCounts.length).toBeGreaterThan(3);
    await log.roll();
    await log.compact({ minCleanableDirtyRatio: 0 });
    const left = [];
    for await (const { offset } of log.read()) left.push(offset);
    expect(left).toEqual([...latest.values()].sort((a, b) => a - b));
    await log.close();
    expect(await problems()).toEqual([]);
    expect(fs.openCount).toBe(0);
  });

  it('a reader goes on from the old segments to the new ones', async () => {
    await using log = await open({ segmentBytes: 300 });
    for (let count = 0; count < 40; count++) await log.append({ key: `k${count % 5}`, value: `${count}` });
    const offsets: number[] = [];
    for await (const { offset } of log.read()) {
      offsets.push(offset);
      if (offset === 3) await log.compact();
    }
    expect(offsets.slice(0, 4)).toEqual([0, 1, 2, 3]);
    expect(offsets).toEqual([...offsets].sort((a, b) => a - b));
    expect(new Set(offsets).size).toBe(offsets.length);
    expect(offsets.slice(-5)).toEqual([35, 36, 37, 38, 39]);
    expect(offsets.length).toBeLessThan(30);
  });

  it('a reader that waited for a descriptor does not take the new file for the old one', async () => {
    await using log = await open({ openFilesMax: 1, indexIntervalBytes: 0 });
    // All batches have the same size, so that an old position is the beginning of a batch in the new file, too.
    for (let count = 0; count < 20; count++)
      await log.append({ key: `k${count % 10}`, value: `${count}`.padStart(2, '0') });
    await log.roll();
    await append(log, 'z=1');
    // Whatever the run and the reader look up is known now: they need no descriptor for it.
    await log.read({ fromOffset: 7 }).next();
    expect((await log.compact({ minCleanableDirtyRatio: 1 })).done).toBeNull();
    await log.read({ fromOffset: 7 }).next();
    const { isHeld, letGo } = hold('read', '20.log');
    const busy = log.read({ fromOffset: 20 }).next();
    await isHeld;
    const waiting = log.read({ fromOffset: 7 }).next();
    await log.compact();
    letGo();
    expect((await waiting).value).toMatchObject({ offset: 10 });
    expect((await busy).value).toMatchObject({ offset: 20 });
  });

  it('a reader waits for the file that is just being renamed', async () => {
    await using log = await open();
    await append(log, 'a=1 a=2 b=1');
    await log.roll();
    const { isHeld, letGo } = hold('rename', '.timeindex.swap');
    const run = log.compact();
    await isHeld;
    const reading = contentOf(log);
    await new Promise((resolve) => setImmediate(resolve));
    letGo();
    expect(await reading).toBe('1:a=2 2:b=1');
    await run;
  });

  it('retention takes segments away, and the run begins anew', async () => {
    const settings = { cleanupPolicy: 'compact,delete', retentionMs: 1000, segmentBytes: 300 } as const;
    await using log = await open(settings);
    for (let count = 0; count < 30; count++) await log.append({ key: `k${count % 4}`, value: `${count}` });
    await clock.advance(2000);
    for (let count = 30; count < 60; count++) await log.append({ key: `k${count % 4}`, value: `${count}` });
    const { isHeld, letGo } = holdRun();
    const run = log.compact();
    await isHeld;
    const { deletions } = await log.applyRetention();
    expect(deletions.length).toBeGreaterThan(3);
    letGo();
    const { done } = await run;
    expect(done!.recordsBefore).toBeLessThan(40);
    expect((await contentOf(log)).split(' ').slice(-4)).toEqual([
      '56:k0=56',
      '57:k1=57',
      '58:k2=58',
      '59:k3=59',
    ]);
    expect(await namesIn(DIRECTORY, '.cleaned')).toEqual([]);
    expect(log.metrics()).toMatchObject({ compactionCount: 1, failedCompactionCount: 0 });
  });

  it('closing gives the run up: the log is as it was', async () => {
    const log = await open();
    await append(log, 'a=1 a=2 b=1');
    await log.roll();
    const { isHeld, letGo } = holdRun();
    const run = log.compact();
    await isHeld;
    const closing = log.close();
    letGo();
    await expect(run).rejects.toMatchObject({ code: 'LOG_CLOSED' });
    await closing;
    expect(await namesIn(DIRECTORY, '.cleaned')).toEqual([]);
    await using again = await open();
    expect(again.recovery).toBeNull();
    expect(await contentOf(again)).toBe('0:a=1 1:a=2 2:b=1');
  });

  it('a cancel leaves the log as it was, and it can be compacted later', async () => {
    await using log = await open();
    await append(log, 'a=1 a=2 b=1');
    await log.roll();
    const abort = new AbortController();
    const { isHeld, letGo } = holdRun();
    const run = log.compact({ signal: abort.signal });
    await isHeld;
    abort.abort(new Error('enough'));
    letGo();
    await expect(run).rejects.toThrow('enough');
    expect(await contentOf(log)).toBe('0:a=1 1:a=2 2:b=1');
    expect(await namesIn(DIRECTORY, '.cleaned')).toEqual([]);
    expect(log.metrics().failedCompactionCount).toBe(0);
    await log.compact();
    expect(await contentOf(log)).toBe('1:a=2 2:b=1');
  });

  it('a full disk leaves the log as it was', async () => {
    await using log = await open({ segmentIndexBytes: 48 });
    await append(log, 'a=1 b=1 c=1 d=1 a=2');
    await log.roll();
    fs.capacityInBytes = fs.usedBytes + 100;
    await expect(log.compact()).rejects.toMatchObject({ code: 'DISK_FULL' });
    expect(await namesIn(DIRECTORY, '.cleaned')).toEqual([]);
    expect(await contentOf(log)).toBe('0:a=1 1:b=1 2:c=1 3:d=1 4:a=2');
    fs.capacityInBytes = Number.POSITIVE_INFINITY;
    await log.compact();
    expect(await contentOf(log)).toBe('1:b=1 2:c=1 3:d=1 4:a=2');
  });

  it('gives its space to an append that finds the disk full', async () => {
    await using log = await open({ segmentBytes: 400, segmentIndexBytes: 480 });
    for (let count = 0; count < 30; count++) await log.append({ key: `k${count}`, value: `${count}` });
    let fill = () => {};
    const full = new Promise<void>((resolve) => {
      fill = resolve;
    });
    let goOn = () => {};
    const held = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    let cleanedCount = 0;
    fs.before = ({ kind, path }) => {
      if (kind !== 'write' || !path.endsWith('.log.cleaned') || ++cleanedCount < 3) return;
      fs.before = null;
      fs.capacityInBytes = fs.usedBytes + 10;
      fill();
      return held;
    };
    const run = log.compact();
    await full;
    const appending = log.append({ key: 'k', value: 'needs-space' });
    goOn();
    await expect(run).rejects.toMatchObject({ code: 'DISK_FULL' });
    expect(await appending).toBe(30);
    expect((await contentOf(log)).split(' ')).toHaveLength(31);
    expect(log.metrics()).toMatchObject({ diskFullCount: 1, failedCompactionCount: 1 });
  });
});
