/** The counters of an open log as a file in the engine's own data directory: written at an interval, and once at the end. */
import { beforeEach, describe, expect, it } from 'vitest';
import { Log } from '../../../../electron/engine/log/log';
import type { LogSettings } from '../../../../electron/engine/log/settings';
import { EngineMetricsSchema } from '../../../../shared/engine-writer';
import { FakeClock } from '../../../support/fake-clock';
import { MemFileSystem, storageError } from '../../../support/mem-file-system';

const DIRECTORY = '/data/orders-0';
const FILE = '/data/orders-0.metrics.json';
const NOW_MS = 1_700_000_000_000;
let fs: MemFileSystem;
let clock: FakeClock;

beforeEach(() => {
  fs = new MemFileSystem();
  clock = new FakeClock(NOW_MS);
});

const open = (settings: Partial<LogSettings> = {}, directory = DIRECTORY) =>
  Log.open(directory, { metricsIntervalMs: 1000, ...settings }, { fs, clock });

/** As the window reads it: strictly, with no field that the schema does not have. */
const written = () => EngineMetricsSchema.strict().parse(JSON.parse(String(fs.contentOf(FILE))));

describe('settings.metricsIntervalMs', () => {
  it('has the counters written at the interval, and in the end', async () => {
    const log = await open({ segmentBytes: 1000, slowAppendMs: 7 });
    await clock.advance(0);
    expect(written()).toMatchObject({ isClosed: false, openedAtMs: NOW_MS, metrics: { appendCount: 0 } });
    await log.appendMany(Array.from({ length: 20 }, () => ({ value: 'x'.repeat(100) })));
    expect(written().metrics.appendCount).toBe(0);
    await clock.advance(1000);
    expect(written()).toMatchObject({
      ...{ isClosed: false, intervalMs: 1000, slowAppendMs: 7, processId: process.pid },
      ...{ writtenAtMs: NOW_MS + 1000, logStartOffset: 0, logEndOffset: 20 },
    });
    expect(written().metrics).toEqual(log.metrics());
    expect(written().metrics).toMatchObject({
      appendCount: 1,
      recordCount: 20,
      appendedBytes: log.sizeInBytes,
    });
    await log.append({ value: 'last' });
    await log.close();
    expect(written()).toMatchObject({ isClosed: true, metrics: { appendCount: 2, recordCount: 21 } });
    expect(clock.waitingCount).toBe(0);
    expect((await fs.list('/data')).map(({ name }) => name).sort()).toEqual([
      ...['.kafka_cleanshutdown', 'orders-0', 'orders-0.metrics.json'],
      ...['recovery-point-offset-checkpoint', 'replication-offset-checkpoint'],
    ]);
  });

  it('writes nothing by default', async () => {
    const log = await open({ metricsIntervalMs: null });
    await clock.advance(5000);
    await log.close();
    expect(fs.contentOf(FILE)).toBeNull();
  });

  it('syncs nothing: no append waits for the file', async () => {
    const synced: string[] = [];
    const log = await open();
    await clock.advance(0);
    fs.before = ({ kind, path }) => {
      if (kind.startsWith('sync')) synced.push(path);
    };
    await clock.advance(3000);
    fs.before = null;
    expect(written().writtenAtMs).toBe(NOW_MS + 3000);
    expect(synced).toEqual([]);
    await log.close();
  });

  it('counts what could not be written, leaves nothing half-written, and tries again', async () => {
    const log = await open();
    await clock.advance(0);
    fs.before = ({ kind, path }) => {
      if (kind === 'write' && path.startsWith(FILE)) throw storageError('ENOSPC', path);
    };
    await clock.advance(2000);
    fs.before = null;
    expect(log.metrics().failedMetricsCount).toBe(2);
    expect(written().writtenAtMs).toBe(NOW_MS);
    expect(fs.contentOf(`${FILE}.tmp`)).toBeNull();
    expect(await log.append({ value: 'goes on' })).toBe(0);
    await clock.advance(1000);
    expect(written()).toMatchObject({ writtenAtMs: NOW_MS + 3000, metrics: { failedMetricsCount: 2 } });
    await log.close();
  });

  it('leaves the last counters of a log that could not be closed, not marked as the end', async () => {
    const log = await open({ fsync: 'always' });
    await log.append({ value: 'x' });
    await clock.advance(1000);
    fs.before = ({ kind, path }) => {
      if (kind === 'sync' && path.endsWith('.log')) throw storageError('EIO', path);
    };
    await expect(log.close()).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
    fs.before = null;
    expect(written()).toMatchObject({ isClosed: false, metrics: { appendCount: 1 } });
    expect(clock.waitingCount).toBe(0);
  });

  it('is refused outside a data directory of the engine, and nothing is left behind', async () => {
    fs.put('/broker/meta.properties', 'version=1\n');
    fs.makeDirectory('/broker/orders-0');
    fs.makeDirectory('/home/orders-0');
    for (const directory of ['/broker/orders-0', '/home/orders-0']) {
      await expect(open({}, directory)).rejects.toMatchObject({
        ...{ code: 'INVALID_ARGUMENT', details: { setting: 'metricsIntervalMs' } },
      });
      expect(await fs.list(directory)).toEqual([]);
    }
    expect((await fs.list('/broker')).map(({ name }) => name).sort()).toEqual([
      'meta.properties',
      'orders-0',
    ]);
    expect(fs.openCount).toBe(0);
  });
});
