/** The real scan worker on real threads and files: a scan with progress, cancelled, and killed. */
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { unpackRows } from '../../../electron/workers/packed-list';
import type { LogDirectory, scanContract } from '../../../electron/workers/scan-contract';
import { createScanPool } from '../../../electron/workers/scan-pool';
import { startWorker } from '../../../electron/workers/start-worker';
import type { SegmentRow } from '../../../shared/inspection';
import { bundleWorker } from '../../support/bundle-worker';
import { BATCH_SIZE, batches, segmentFile, writeLog } from '../../support/one-record-log';

/** Some 200 MB: long enough to be caught in the act by its own progress. */
const LARGE_BATCH_COUNT = 3_000_000;
const BATCHES_PER_WRITE = 100_000;

let workerUrl: URL;
let directory: string;
beforeAll(async () => {
  workerUrl = await bundleWorker('electron/workers/scan-worker.ts');
  directory = await mkdtemp(join(tmpdir(), 'strata-scan-'));
  await writeLog(join(directory, 'orders-0'), [0, 10], 15);
  await writeLog(join(directory, 'large-0'), [0], 0);
  const file = await open(join(directory, 'large-0', segmentFile(0)), 'w');
  for (let offset = 0; offset < LARGE_BATCH_COUNT; offset += BATCHES_PER_WRITE) {
    await file.write(batches(offset, offset + BATCHES_PER_WRITE));
  }
  await file.close();
});
afterAll(() => rm(directory, { recursive: true }));

const pools: { close(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(pools.splice(0).map((pool) => pool.close()));
});

function startPool() {
  const workers: Worker[] = [];
  const pool = createScanPool<typeof scanContract>({
    size: 1,
    spawn() {
      const worker = startWorker(workerUrl, { checksResults: true });
      workers.push(worker);
      return worker;
    },
    onWorkerDied: () => {},
  });
  pools.push(pool);
  return { pool, workers };
}

const logAt = (name: string): LogDirectory => ({
  name,
  path: join(directory, name),
  topic: name.replace(/-0$/, ''),
  partition: 0,
  state: 'current',
  format: 'kafka',
});
const bytesTotal = LARGE_BATCH_COUNT * BATCH_SIZE;
const verifyLarge = () => ({ log: logAt('large-0'), depth: 'records' as const, known: null });

describe('scan worker', () => {
  it('lists, glances and inspects by the contract', async () => {
    const { pool } = startPool();
    const listing = await pool.call('directory.list', { path: directory });
    expect(listing.logs.map(({ name }) => name)).toEqual(['large-0', 'orders-0']);
    const missing = { ...logAt('orders-0'), path: join(directory, 'gone-0') };
    const [orders, gone] = await pool.call('logs.glance', { logs: [logAt('orders-0'), missing] });
    expect(orders).toMatchObject({ totals: { segmentCount: 2, logEndOffset: 15 }, error: null });
    expect(gone).toMatchObject({ totals: null, error: { code: 'NOT_FOUND' }, files: null });
    const { inspection, files } = await pool.call('log.inspect', {
      log: logAt('orders-0'),
      depth: 'headers',
      known: null,
    });
    expect([inspection.recordCount, files.inodes.length]).toEqual([15, 6]);
    expect(await pool.call('logs.files', { paths: [logAt('orders-0').path, missing.path] })).toEqual([
      files,
      null,
    ]);
  });

  it('reads spans, index and files of one segment', async () => {
    const { pool } = startPool();
    const segment = { path: logAt('orders-0').path, baseOffset: 10 };
    const { rows, nextPosition } = await pool.call('segment.spans', {
      ...segment,
      fromPosition: 0,
      limit: 3,
    });
    expect([rows.map(({ baseOffset }) => baseOffset), nextPosition]).toEqual([[10, 11, 12], 3 * BATCH_SIZE]);
    expect(await pool.call('segment.offsetIndex', { ...segment, limit: 10 })).toMatchObject({
      entryCount: 0,
    });
    expect(await pool.call('segment.files', segment)).toHaveLength(3);
  });

  it('glances again with the counts of segments that did not change', async () => {
    const { pool } = startPool();
    const log = logAt('orders-0');
    const known = await pool.call('log.inspect', { log, depth: 'headers', known: null });
    const { inspection } = await pool.call('log.inspect', { log, depth: 'glance', known });
    const segments = unpackRows<SegmentRow>(inspection.segments);
    expect(segments.map(({ recordCount }) => recordCount)).toEqual([10, null]);
    const counted = await pool.call('log.inspect', { log, depth: 'headers', known });
    expect(counted.inspection).toEqual(known.inspection);
  });

  it('reports progress in bytes, never backwards, up to ten times a second', async () => {
    const { pool } = startPool();
    const seen: number[] = [];
    const startedAtMs = performance.now();
    await pool.call('log.inspect', verifyLarge(), {
      priority: 'bulk',
      onProgress(progress) {
        expect(progress.bytesTotal).toBe(bytesTotal);
        seen.push(progress.bytesDone);
      },
    });
    expect(seen.length).toBeGreaterThan(1);
    expect(seen.length).toBeLessThanOrEqual((performance.now() - startedAtMs) / 100 + 1);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
  });

  it('stops a scan that is cancelled, and answers others while it runs', async () => {
    const { pool } = startPool();
    const controller = new AbortController();
    let bytesDone = 0;
    let hasStarted = () => {};
    const started = new Promise<void>((resolve) => {
      hasStarted = resolve;
    });
    const scan = pool.call('log.inspect', verifyLarge(), {
      priority: 'bulk',
      signal: controller.signal,
      onProgress(progress) {
        bytesDone = progress.bytesDone;
        hasStarted();
      },
    });
    scan.catch(() => {});
    await started;
    await pool.call('logs.glance', { logs: [logAt('orders-0')] });
    controller.abort();
    await expect(scan).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(bytesDone).toBeLessThan(bytesTotal);
  });

  it('fails the scan of a killed worker at once, and scans again with a new one', async () => {
    const { pool, workers } = startPool();
    const scan = pool.call('log.inspect', verifyLarge(), {
      priority: 'bulk',
      onProgress: () => void workers[0]?.terminate(),
    });
    await expect(scan).rejects.toMatchObject({ code: 'WORKER_DIED' });
    const { inspection } = await pool.call('log.inspect', {
      log: logAt('orders-0'),
      depth: 'records',
      known: null,
    });
    expect([inspection.recordCount, workers.length]).toEqual([15, 2]);
  });
});

describe('startWorker', () => {
  it('tells of an entry that cannot be loaded, so that no call waits for it', async () => {
    const pool = createScanPool<typeof scanContract>({
      size: 1,
      spawn: () => startWorker(new URL('missing.mjs', workerUrl), {}),
      onWorkerDied: () => {},
    });
    pools.push(pool);
    await expect(pool.call('logs.files', { paths: [] })).rejects.toMatchObject({ code: 'WORKER_DIED' });
  });
});
