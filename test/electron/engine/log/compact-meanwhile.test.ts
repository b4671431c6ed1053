/**
 * What goes on while a log compacts itself: appends, reads, rolls, retention, a cancel, the end, a full disk. Over an
 * in-memory file system that holds up single operations, so that every meeting is one on purpose.
 */
import { beforeEach, describe, expect, it } from 'vitest';
import { appendWords, CompactedPlace, contentOf, NOW_MS } from '../../../support/compacted-place';
import { FakeClock } from '../../../support/fake-clock';

let place: CompactedPlace;
beforeEach(() => {
  place = new CompactedPlace();
});

describe('while a compaction is under way', () => {
  it('records are appended, read and rolled, and no reader misses or repeats one that stays', async () => {
    const log = await place.open({
      segmentBytes: 900,
      indexIntervalBytes: 60,
      openFilesMax: 3,
      fsync: 'always',
    });
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
    expect(await place.problems()).toEqual([]);
    expect(place.fs.openCount).toBe(0);
  });

  it('everybody else has a turn every few milliseconds', async () => {
    let elapsedMs = 0;
    const slow = Object.assign(new FakeClock(NOW_MS), { elapsedMs: () => elapsedMs++ });
    await using log = await place.open({ segmentBytes: 20_000, segmentIndexBytes: 48_000 }, { clock: slow });
    for (let count = 0; count < 200; count++) await log.append({ key: `k${count % 90}`, value: `${count}` });
    await log.roll();
    let turns = 0;
    let isOver = false;
    const takeTurns = () => {
      turns++;
      if (!isOver) setImmediate(takeTurns);
    };
    takeTurns();
    await log.compact();
    isOver = true;
    // 200 batches in three passes, a millisecond each.
    expect(turns).toBeGreaterThan(200);
  });

  it('a reader goes on from the old segments to the new ones', async () => {
    await using log = await place.open({ segmentBytes: 300 });
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
    await using log = await place.open({ openFilesMax: 1, indexIntervalBytes: 0 });
    // All batches have the same size, so that an old position is the beginning of a batch in the new file, too.
    for (let count = 0; count < 20; count++)
      await log.append({ key: `k${count % 10}`, value: `${count}`.padStart(2, '0') });
    await log.roll();
    await appendWords(log, 'z=1');
    // Whatever the run and the reader look up is known now: they need no descriptor for it.
    await log.read({ fromOffset: 7 }).next();
    expect((await log.compact({ minCleanableDirtyRatio: 1 })).done).toBeNull();
    await log.read({ fromOffset: 7 }).next();
    const { isHeld, letGo } = place.hold('read', '20.log');
    const busy = log.read({ fromOffset: 20 }).next();
    await isHeld;
    const waiting = log.read({ fromOffset: 7 }).next();
    await log.compact();
    letGo();
    expect((await waiting).value).toMatchObject({ offset: 10 });
    expect((await busy).value).toMatchObject({ offset: 20 });
  });

  it('a reader waits for the file that is just being renamed', async () => {
    await using log = await place.open();
    await appendWords(log, 'a=1 a=2 b=1');
    await log.roll();
    const { isHeld, letGo } = place.hold('rename', '.timeindex.swap');
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
    await using log = await place.open(settings);
    for (let count = 0; count < 30; count++) await log.append({ key: `k${count % 4}`, value: `${count}` });
    await place.clock.advance(2000);
    for (let count = 30; count < 60; count++) await log.append({ key: `k${count % 4}`, value: `${count}` });
    const { isHeld, letGo } = place.holdRun();
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
    expect(await place.namesWith('.cleaned')).toEqual([]);
    expect(log.metrics()).toMatchObject({ compactionCount: 1, failedCompactionCount: 0 });
  });

  it('closing gives the run up: the log is as it was', async () => {
    const log = await place.open();
    await appendWords(log, 'a=1 a=2 b=1');
    await log.roll();
    const { isHeld, letGo } = place.holdRun();
    const run = log.compact();
    await isHeld;
    const closing = log.close();
    letGo();
    await expect(run).rejects.toMatchObject({ code: 'LOG_CLOSED' });
    await closing;
    expect(await place.namesWith('.cleaned')).toEqual([]);
    await using again = await place.open();
    expect(again.recovery).toBeNull();
    expect(await contentOf(again)).toBe('0:a=1 1:a=2 2:b=1');
  });

  it('a cancel leaves the log as it was, and it can be compacted later', async () => {
    await using log = await place.open();
    await appendWords(log, 'a=1 a=2 b=1');
    await log.roll();
    const abort = new AbortController();
    const { isHeld, letGo } = place.holdRun();
    const run = log.compact({ signal: abort.signal });
    await isHeld;
    abort.abort(new Error('enough'));
    letGo();
    await expect(run).rejects.toThrow('enough');
    expect(await contentOf(log)).toBe('0:a=1 1:a=2 2:b=1');
    expect(await place.namesWith('.cleaned')).toEqual([]);
    expect(log.metrics().failedCompactionCount).toBe(0);
    await log.compact();
    expect(await contentOf(log)).toBe('1:a=2 2:b=1');
  });

  it('a full disk leaves the log as it was', async () => {
    await using log = await place.open({ segmentIndexBytes: 48 });
    await appendWords(log, 'a=1 b=1 c=1 d=1 a=2');
    await log.roll();
    place.fs.capacityInBytes = place.fs.usedBytes + 100;
    await expect(log.compact()).rejects.toMatchObject({ code: 'DISK_FULL' });
    expect(await place.namesWith('.cleaned')).toEqual([]);
    expect(await contentOf(log)).toBe('0:a=1 1:b=1 2:c=1 3:d=1 4:a=2');
    place.fs.capacityInBytes = Number.POSITIVE_INFINITY;
    await log.compact();
    expect(await contentOf(log)).toBe('1:b=1 2:c=1 3:d=1 4:a=2');
  });

  it('gives its space to an append that finds the disk full', async () => {
    await using log = await place.open({ segmentBytes: 400, segmentIndexBytes: 480 });
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
    place.fs.before = ({ kind, path }) => {
      if (kind !== 'write' || !path.endsWith('.log.cleaned') || ++cleanedCount < 3) return;
      place.fs.before = null;
      place.fs.capacityInBytes = place.fs.usedBytes + 10;
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
