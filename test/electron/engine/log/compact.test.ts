/**
 * A log that compacts itself, over an in-memory file system: what stays, when it is due, and what it leaves on the disk.
 * What the cleaner keeps of a log is compared with a broker by npm run test:kafka.
 */
import { beforeEach, describe, expect, it } from 'vitest';
import {
  appendWords,
  CompactedPlace,
  contentOf,
  DATA,
  DIRECTORY,
  NOW_MS,
} from '../../../support/compacted-place';

let place: CompactedPlace;
beforeEach(() => {
  place = new CompactedPlace();
});

const checkpoint = () => place.fs.contentOf(`${DATA}/cleaner-offset-checkpoint`)?.toString();

describe('Log.compact', () => {
  it("saves 40 % of the seed document's five records with three keys", async () => {
    await using log = await place.open();
    await appendWords(
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
    await using log = await place.open({ segmentBytes: 20_000, segmentIndexBytes: 48_000 });
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
    const log = await place.open({ segmentBytes: 600, indexIntervalBytes: 100 });
    for (let count = 0; count < 60; count++)
      await log.append({ key: `k${count % 7}`, value: `v${count}`, timestampMs: NOW_MS - 1000 + count });
    await log.compact();
    expect(await log.offsetForTimestamp(NOW_MS - 1000 + 50)).toBe(50);
    for (const from of [0, 20, 41, 55])
      for await (const { offset } of log.read({ fromOffset: from, recordsMax: 1 }))
        expect(offset).toBeGreaterThanOrEqual(from);
    await log.close();
    expect(await place.problems()).toEqual([]);
    await using again = await place.open();
    expect((await contentOf(again)).split(' ').at(-1)).toBe('59:k3=v59');
    expect(again.recovery).toBeNull();
  });

  it('says why it is not due', async () => {
    await using log = await place.open({ minCleanableDirtyRatio: 0.6 });
    expect((await log.compact()).reasons).toEqual(['empty']);
    await appendWords(log, 'a=1 a=2 b=1');
    expect((await log.compact()).reasons).toEqual(['empty']);
    await log.roll();
    expect((await log.compact()).done).not.toBeNull();
    await appendWords(log, 'a=3');
    expect((await log.compact()).reasons).toEqual(['active-segment']);
    await log.roll();
    const { reasons, dirtyRatio, done } = await log.compact();
    expect({ reasons, done }).toEqual({ reasons: ['dirty-ratio'], done: null });
    expect(dirtyRatio).toBeCloseTo(1 / 3);
    expect((await log.compact({ minCleanableDirtyRatio: 0.3 })).done).not.toBeNull();
    expect(await contentOf(log)).toBe('2:b=1 3:a=3');
  });

  it('never cleans where the policy is delete', async () => {
    await using log = await place.open({ cleanupPolicy: 'delete' });
    await appendWords(log, 'a=1 a=2');
    await log.roll();
    expect(await log.compact()).toMatchObject({
      isEligible: false,
      reasons: ['policy', 'dirty-ratio-exceeded'],
    });
  });

  it('keeps young segments for min.compaction.lag.ms, and comes early for max.compaction.lag.ms', async () => {
    await using log = await place.open({
      minCompactionLagMs: 1000,
      maxCompactionLagMs: 5000,
      minCleanableDirtyRatio: 1,
    });
    await appendWords(log, 'a=1 a=2');
    await log.roll();
    expect((await log.compact()).reasons).toEqual(['min-compaction-lag']);
    await place.clock.advance(2000);
    expect((await log.compact()).reasons).toEqual(['dirty-ratio']);
    await place.clock.advance(4000);
    expect(await log.compact()).toMatchObject({ reasons: ['max-compaction-lag-exceeded'], isEligible: true });
    expect(await contentOf(log)).toBe('1:a=2');
  });

  it('keeps tombstones for delete.retention.ms after the first run, and aborted records not at all', async () => {
    await using log = await place.open({ deleteRetentionMs: 1000, minCleanableDirtyRatio: 0 });
    await appendWords(log, 'a=1 b=1 a');
    const transaction = { producerId: 7, producerEpoch: 0, outcome: 'abort' } as const;
    await log.appendTransaction([{ key: 'b', value: 'aborted' }], transaction);
    await log.roll();
    await log.compact();
    expect(await contentOf(log)).toBe('1:b=1 2:a');
    await place.clock.advance(2000);
    await appendWords(log, 'c=1');
    await log.roll();
    await log.compact();
    expect(await contentOf(log)).toBe('1:b=1 5:c=1');
  });

  it('takes a committed record for what it is, though its producer aborted one before the dirty part', async () => {
    await using log = await place.open({ minCleanableDirtyRatio: 0 });
    const producer = { producerId: 7, producerEpoch: 0 };
    await appendWords(log, 'a=1');
    await log.appendTransaction([{ key: 'b', value: 'aborted' }], { ...producer, outcome: 'abort' });
    await log.roll();
    await log.compact();
    await log.appendTransaction([{ key: 'a', value: '2' }], { ...producer, outcome: 'commit' });
    await log.roll();
    await log.compact();
    expect(await contentOf(log)).toBe('3:a=2');
  });

  it('takes as many rounds as a small map needs', async () => {
    await using log = await place.open({ dedupeBufferBytes: 24 * 4 });
    await appendWords(log, 'a=1 b=1 c=1 d=1 a=2 e=1 f=1 b=2');
    await log.roll();
    const { done } = await log.compact();
    expect(done!.roundCount).toBeGreaterThan(1);
    expect(await contentOf(log)).toBe('2:c=1 3:d=1 4:a=2 5:e=1 6:f=1 7:b=2');
  });

  it('leaves out what lies below the log start, of which a deletion that was cut off has left a part', async () => {
    const first = await place.open();
    for (const words of ['a=1 b=1', 'b=2 c=1', 'a=2 c=2', 'd=1']) {
      await appendWords(first, words);
      await first.roll();
    }
    await first.close();
    const [half, whole] = ['0', '2'].map((offset) => `${DIRECTORY}/${offset.padStart(20, '0')}`);
    for (const ending of ['index', 'timeindex']) await place.fs.removeFile(`${half}.${ending}`);
    place.fs.put(`${DATA}/log-start-offset-checkpoint`, '0\n1\nprofiles 0 4\n');
    await using log = await place.open({ minCleanableDirtyRatio: 0, maxCompactionLagMs: 1000 });
    await place.clock.advance(5000);
    const { done, firstDirtyOffset, cleanBytes } = await log.compact();
    expect({ firstDirtyOffset, cleanBytes }).toEqual({ firstDirtyOffset: 4, cleanBytes: 0 });
    expect(done).toMatchObject({ recordsBefore: 3, recordsAfter: 3, segmentsBefore: 2 });
    expect(await contentOf(log)).toBe('4:a=2 5:c=2 6:d=1');
    expect(log.logStartOffset).toBe(4);
    const names = await place.namesWith('');
    for (const path of [half!, whole!]) {
      const name = path.slice(DIRECTORY.length + 1);
      expect(names.filter((other) => other.startsWith(name) && !other.endsWith('.deleted'))).toEqual([]);
    }
  });

  it('takes no record without a key', async () => {
    await using log = await place.open({ cleanupPolicy: 'compact,delete' });
    await expect(log.append({ value: 'no key' })).rejects.toMatchObject({ code: 'INVALID_RECORD' });
    expect(log.logEndOffset).toBe(0);
  });

  it('leaves a damaged log alone, and does not try again by itself', async () => {
    await using log = await place.open({ cleanerBackoffMs: 100 });
    await appendWords(log, 'a=1 a=2');
    await log.roll();
    const path = `${DIRECTORY}/${'0'.repeat(20)}.log`;
    const bytes = Buffer.from(place.fs.contentOf(path)!);
    bytes[70]! ^= 1;
    place.fs.put(path, bytes);
    await expect(log.compact()).rejects.toMatchObject({ code: 'CORRUPT' });
    expect(await place.namesWith('.cleaned')).toEqual([]);
    expect(log.metrics()).toMatchObject({
      failedCompactionCount: 1,
      isUncleanable: true,
      compactionCount: 0,
    });
    await place.clock.advance(1000);
    expect(log.metrics().failedCompactionCount).toBe(1);
  });
});

describe('a compaction by itself', () => {
  it('looks every cleanerBackoffMs whether it is due', async () => {
    const log = await place.open({ cleanerBackoffMs: 15_000 });
    await appendWords(log, 'a=1 a=2 a=3');
    await place.clock.advance(15_000);
    expect(log.metrics().compactionCount).toBe(0);
    await log.roll();
    await place.clock.advance(15_000);
    await expect.poll(() => log.metrics().compactionCount).toBe(1);
    expect(log.metrics().compactionFreedBytes).toBeGreaterThan(0);
    expect(await contentOf(log)).toBe('2:a=3');
    await log.close();
    expect(place.clock.waitingCount).toBe(0);
  });

  it('frees the space file.delete.delay.ms later, or when the log is closed', async () => {
    const log = await place.open({ fileDeleteDelayMs: 500 });
    await appendWords(log, 'a=1 a=2');
    await log.roll();
    await log.compact();
    expect(await place.namesWith('.log.deleted')).toHaveLength(1);
    await place.clock.advance(500);
    await expect.poll(() => place.namesWith('.deleted')).toEqual([]);
    await appendWords(log, 'a=3');
    await log.roll();
    await log.compact({ minCleanableDirtyRatio: 0 });
    expect(await contentOf(log)).toBe('2:a=3');
    await log.close();
    expect(await place.namesWith('.deleted')).toEqual([]);
  });
});

describe('the cleaner checkpoint', () => {
  it('stands in a data directory of the engine, so that clean segments are not dirty again', async () => {
    const log = await place.open();
    await appendWords(log, 'a=1 a=2');
    await log.roll();
    await log.compact();
    expect(checkpoint()).toBe('0\n1\nprofiles 0 2\n');
    await log.close();
    await using again = await place.open();
    expect(await again.compact()).toMatchObject({
      firstDirtyOffset: 2,
      firstDirtyOffsetSource: 'checkpoint',
    });
  });

  it.each([
    ['a directory that stands alone', () => place.fs.makeDirectory(DATA)],
    [
      "a broker's data directory",
      () => {
        place.fs.makeDirectory(DATA);
        for (const name of ['meta.properties', 'recovery-point-offset-checkpoint', '.kafka_cleanshutdown'])
          place.fs.put(`${DATA}/${name}`, name === 'recovery-point-offset-checkpoint' ? '0\n0\n' : '');
      },
    ],
  ])('is remembered in %s only as long as the log is open', async (_where, prepare) => {
    prepare();
    await using log = await place.open();
    await appendWords(log, 'a=1 a=2');
    await log.roll();
    await log.compact();
    expect(await log.compact()).toMatchObject({ firstDirtyOffset: 2, done: null });
    expect(await place.fs.status(`${DATA}/cleaner-offset-checkpoint`)).toBeNull();
  });
});
