/** An fsync that fails once, at every place of a log at work: nothing is written after it, and nothing removed. */
import { beforeEach, describe, expect, it } from 'vitest';
import { Log } from '../../../../electron/engine/log/log';
import { appendWords, CompactedPlace, contentOf, DATA, DIRECTORY } from '../../../support/compacted-place';
import { FakeClock } from '../../../support/fake-clock';
import { MemFileSystem, storageError } from '../../../support/mem-file-system';

describe('stoppingSyncs', () => {
  const isSync = (kind: string) => kind === 'sync' || kind === 'sync-directory';
  const records = Array.from({ length: 6 }, (_, index) => ({
    key: `k${index % 2}`,
    value: String(index).padEnd(40, '.'),
  }));
  const settings = {
    segmentBytes: 600,
    segmentIndexBytes: 480,
    batchBytes: 250,
    cleanupPolicy: 'compact,delete',
    cleanerBackoffMs: null,
    dedupeBufferBytes: 4096,
    retentionBytes: 700,
    fsync: 'always',
  } as const;
  const steps: ((log: Log) => Promise<unknown>)[] = [
    (log) => log.appendMany(records),
    (log) => log.appendMany(records),
    (log) => log.compact(),
    (log) => log.appendMany(records),
    (log) => log.applyRetention(),
    (log) => log.appendMany(records),
  ];
  const codeOf = (work: Promise<unknown>): Promise<string | null> =>
    work.then(
      () => null,
      (error: unknown) => (error as { code?: string }).code ?? String(error),
    );

  /** Fails the n-th fsync. @returns null where a log at work has not so many, else the codes of what came from then on */
  async function failedAt(place: number) {
    const fs = new MemFileSystem();
    const open = () => Log.open(DIRECTORY, settings, { fs, clock: new FakeClock(1_700_000_000_000) });
    const log = await open();
    let count = 0;
    const struck: string[] = [];
    fs.before = ({ kind, path }) => {
      if (!isSync(kind) || count++ !== place) return;
      struck.push(path.split('/').at(-1)!);
      throw storageError('EIO', path);
    };
    const codes: (string | null)[] = [];
    for (const step of [...steps, () => log.close()]) {
      const code = await codeOf(step(log));
      if (struck.length > 0) codes.push(code);
    }
    const [file = null] = struck;
    fs.before = null;
    const again = await open();
    await again.close();
    return file === null ? null : { file, codes };
  }

  it('ends writing with the first fsync that fails, whatever file it is of, until the log is opened again', async () => {
    const files = new Set<string>();
    for (let place = 0; ; place++) {
      const outcome = await failedAt(place);
      if (outcome === null) break;
      files.add(outcome.file.replace(/^\d+/, ''));
      expect(outcome.codes, `from fsync ${place} on, of ${outcome.file}`).toEqual(
        outcome.codes.map(() => 'STORAGE_FAILED'),
      );
    }
    expect([...files].sort()).toEqual([
      ...['.index', '.index.cleaned', '.kafka_cleanshutdown.tmp', '.log', '.log.cleaned', '.snapshot'],
      ...['.strata-lock', '.timeindex', '.timeindex.cleaned', 'cleaner-offset-checkpoint.tmp', 'data'],
      ...['leader-epoch-checkpoint.tmp', 'profiles-0', 'recovery-point-offset-checkpoint.tmp'],
      'replication-offset-checkpoint.tmp',
    ]);
  });
});

describe('a log whose writing has stopped', () => {
  let place: CompactedPlace;
  beforeEach(() => {
    place = new CompactedPlace();
  });

  /** The next fsync of a .log fails. */
  function failLogSync(): void {
    place.fs.before = ({ kind, path }) => {
      if (kind !== 'sync' || !path.endsWith('.log')) return;
      place.fs.before = null;
      throw storageError('EIO', path);
    };
  }

  async function stop(log: Log): Promise<void> {
    failLogSync();
    await expect(log.append({ key: 'z', value: 'lost' })).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
    expect(log.metrics().isStopped).toBe(true);
  }

  it.each([
    ['write', '.log.cleaned'],
    ['sync', '.log.cleaned'],
    ['rename', '.log.cleaned'],
  ] as const)('ends a compaction that is at the %s of %s: no original goes', async (kind, ending) => {
    const log = await place.open({ fsync: 'always' });
    await appendWords(log, 'a=1 a=2 b=1');
    await log.roll();
    const { isHeld, letGo } = place.hold(kind, ending);
    const run = log.compact();
    await isHeld;
    await stop(log);
    letGo();
    await expect(run).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
    expect(await contentOf(log)).toBe('0:a=1 1:a=2 2:b=1');
    expect(await place.namesWith('.deleted')).toEqual([]);
    expect(await place.namesWith('0.log')).toContain('00000000000000000000.log');
    expect(place.fs.contentOf(`${DATA}/cleaner-offset-checkpoint`)).toBeNull();
    expect(log.metrics()).toMatchObject({ compactionCount: 0, failedCompactionCount: 1 });
    await expect(log.close()).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
    await using again = await place.open();
    expect(await contentOf(again)).toMatch(/1:a=2 2:b=1/);
  });

  it.each([
    ['by a retention that waited for the append', { retentionBytes: 1 }, true],
    ['for a disk that fills up', { retentionBytes: 1, diskUsedPercentMax: 1 }, false],
  ])('deletes nothing %s', async (_, retention, applies) => {
    const log = await place.open({ fsync: 'always', cleanupPolicy: 'delete', ...retention });
    await appendWords(log, 'a=1 a=2 b=1');
    await log.roll();
    place.fs.capacityInBytes = place.fs.usedBytes * 2;
    await place.clock.advance(2000); // the disk is looked at again
    const appending = stop(log);
    if (applies) await expect(log.applyRetention()).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
    await appending;
    await expect(log.close()).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
    expect(await place.namesWith('.deleted')).toEqual([]);
    expect(log.metrics().deletedSegmentCount).toBe(0);
  });

  it('keeps what waits to be purged, in its time and when it is closed', async () => {
    const log = await place.open({ fsync: 'always' });
    await appendWords(log, 'a=1 a=2 b=1');
    await log.roll();
    await log.compact();
    const waiting = await place.namesWith('.deleted');
    expect(waiting.length).toBeGreaterThan(0);
    await stop(log);
    await place.clock.advance(log.settings.fileDeleteDelayMs * 2);
    expect(await place.namesWith('.deleted')).toEqual(waiting);
    await expect(log.close()).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
    expect(await place.namesWith('.deleted')).toEqual(waiting);
  });
});
