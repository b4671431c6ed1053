/** The pool on real worker threads: progress, cancel, priorities, and workers that die. */
import { Worker } from 'node:worker_threads';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createScanPool, scanPoolSize } from '../../../electron/workers/scan-pool';
import { bundleWorker } from '../../support/bundle-worker';
import type { spinContract } from '../../support/spin-contract';

const FOREVER = 2 ** 40;
let workerUrl: URL;
beforeAll(async () => {
  workerUrl = await bundleWorker('test/support/spin-worker.ts');
});

type Pool = ReturnType<typeof createScanPool<typeof spinContract>>;
const pools: Pool[] = [];
afterEach(async () => {
  await Promise.all(pools.splice(0).map((pool) => pool.close()));
});

function startPool(size: number) {
  const workers: Worker[] = [];
  const deaths: string[] = [];
  const pool = createScanPool<typeof spinContract>({
    size,
    spawn() {
      const worker = new Worker(workerUrl);
      workers.push(worker);
      return worker;
    },
    onWorkerDied: (error) => void deaths.push(error.message),
  });
  pools.push(pool);
  return { pool, workers, deaths };
}

const newCounter = () => new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
const countOf = (counter: SharedArrayBuffer) => Atomics.load(new Int32Array(counter), 0);

/** A bulk call that runs until it is stopped; resolves when its worker is at work on it. */
async function spinForever(pool: Pool, signal?: AbortSignal) {
  const counter = newCounter();
  let started = () => {};
  const hasStarted = new Promise<void>((resolve) => {
    started = resolve;
  });
  const params = { steps: FOREVER, counter };
  const options = { priority: 'bulk' as const, onProgress: () => started(), ...(signal ? { signal } : {}) };
  const call = pool.call('spin', params, options);
  call.catch(() => {}); // looked at by the test, later
  await hasStarted;
  return { call, counter };
}

describe('scanPoolSize', () => {
  it('leaves one core to the window, and takes one worker at least and four at most', () => {
    expect([1, 2, 4, 64].map(scanPoolSize)).toEqual([1, 1, 3, 4]);
  });
});

describe('createScanPool', () => {
  it('carries progress in order, and the result', async () => {
    const { pool } = startPool(1);
    const seen: number[] = [];
    const onProgress = ({ stepsDone }: { stepsDone: number }) => void seen.push(stepsDone);
    const result = await pool.call('spin', { steps: 3, counter: newCounter() }, { onProgress });
    expect([seen, result]).toEqual([[1, 2, 3], { stepsDone: 3 }]);
  });

  it('stops the work of a cancelled call', async () => {
    const { pool } = startPool(1);
    const controller = new AbortController();
    const { call, counter } = await spinForever(pool, controller.signal);
    controller.abort();
    await expect(call).rejects.toMatchObject({ code: 'CANCELLED' });
    const stoppedAt = countOf(counter);
    for (let i = 0; i < 5; i++) await pool.call('echo', { text: 'the worker turns' });
    expect(countOf(counter)).toBe(stoppedAt);
  });

  it('answers interactive calls while a bulk call runs', async () => {
    const { pool } = startPool(1);
    const { counter } = await spinForever(pool);
    expect(await pool.call('echo', { text: 'now' })).toMatchObject({ text: 'now' });
    const before = countOf(counter);
    await pool.call('echo', { text: 'again' });
    expect(countOf(counter)).toBeGreaterThanOrEqual(before);
  });

  it('queues bulk calls, one a worker, and never starts one cancelled while it waits', async () => {
    const { pool } = startPool(1);
    const first = new AbortController();
    const { call } = await spinForever(pool, first.signal);
    const second = new AbortController();
    const counter = newCounter();
    const waiting = pool.call('spin', { steps: 5, counter }, { priority: 'bulk', signal: second.signal });
    const third = pool.call('spin', { steps: 2, counter: newCounter() }, { priority: 'bulk' });
    second.abort();
    await expect(waiting).rejects.toMatchObject({ code: 'CANCELLED' });
    first.abort();
    await expect(call).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(await third).toEqual({ stepsDone: 2 });
    expect(countOf(counter)).toBe(0);
  });

  it('uses a second worker for a second bulk call', async () => {
    const { pool, workers } = startPool(2);
    await spinForever(pool);
    await spinForever(pool);
    expect(workers).toHaveLength(2);
  });

  it('fails the calls of a killed worker at once, and replaces it', async () => {
    const { pool, workers, deaths } = startPool(1);
    const { call } = await spinForever(pool);
    const queued = pool.call('spin', { steps: 1, counter: newCounter() }, { priority: 'bulk' });
    await workers[0]!.terminate();
    await expect(call).rejects.toMatchObject({ code: 'WORKER_DIED' });
    expect(await queued).toEqual({ stepsDone: 1 });
    expect([workers.length, deaths.length]).toEqual([2, 1]);
  });

  it('survives a worker that exits or throws outside of a call', async () => {
    const { pool, deaths } = startPool(1);
    await expect(pool.call('exit', { exitCode: 7 })).rejects.toMatchObject({ code: 'WORKER_DIED' });
    await expect(pool.call('throwOutside', {})).rejects.toMatchObject({ code: 'WORKER_DIED' });
    expect(await pool.call('echo', { text: 'alive' })).toMatchObject({ text: 'alive' });
    expect(deaths).toEqual(['The worker ended with status 7.', 'outside of any call']);
  });

  it('fails each call once where no worker can start', async () => {
    const pool = createScanPool<typeof spinContract>({
      size: 1,
      spawn: () => new Worker('process.exit(3)', { eval: true }),
      onWorkerDied: () => {},
    });
    pools.push(pool);
    const calls = [1, 2, 3].map(() => pool.call('echo', { text: 'x' }));
    for (const call of calls) await expect(call).rejects.toMatchObject({ code: 'WORKER_DIED' });
  });

  it('turns a result that cannot be cloned into an error, and goes on', async () => {
    const { pool, deaths } = startPool(1);
    await expect(pool.call('answerFunction', {})).rejects.toMatchObject({
      code: 'INTERNAL',
      details: { incidentId: 'S-TEST' },
    });
    expect(await pool.call('echo', { text: 'alive' })).toMatchObject({ text: 'alive' });
    expect(deaths).toEqual([]);
  });

  it('refuses params that cannot be cloned', async () => {
    const { pool } = startPool(1);
    const params = { text: (() => 'x') as never };
    await expect(pool.call('echo', params)).rejects.toMatchObject({ code: 'INTERNAL' });
  });

  it('delivers events of its workers', async () => {
    const { pool } = startPool(1);
    const seen: string[] = [];
    const off = pool.on('announced', ({ text }) => void seen.push(text));
    await pool.call('announce', { text: 'one' });
    off();
    await pool.call('announce', { text: 'two' });
    expect(seen).toEqual(['one']);
  });

  it('cancels what runs and what waits when it is closed', async () => {
    const { pool, deaths } = startPool(1);
    const { call } = await spinForever(pool);
    const queued = pool.call('spin', { steps: 1, counter: newCounter() }, { priority: 'bulk' });
    queued.catch(() => {});
    await pool.close();
    await expect(call).rejects.toMatchObject({ code: 'CANCELLED' });
    await expect(queued).rejects.toMatchObject({ code: 'CANCELLED' });
    await expect(pool.call('echo', { text: 'x' })).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(deaths).toEqual([]);
  });
});
