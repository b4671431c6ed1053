/**
 * Starts a worker thread on an ES module, so that it always comes up.
 *
 * While a thread's entry module loads, its event loop may run empty for a moment; Node 20 inside Electron then waits for
 * background tasks, and now and then (in about one start of sixty, Electron 33) nobody wakes it again. A first line that
 * runs at once keeps the loop busy until the module has put its own listener on the port.
 */
import { Worker } from 'node:worker_threads';

/** @param entry A file: URL. The worker's `error` event tells where it cannot be loaded. */
export function startWorker(entry: URL, workerData: unknown): Worker {
  const load = `const busy = setInterval(() => {}, 2 ** 30);
import(${JSON.stringify(entry.href)}).finally(() => clearInterval(busy));`;
  return new Worker(load, { eval: true, workerData });
}
