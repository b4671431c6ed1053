/**
 * A few worker threads behind one `call`: whatever grows with the size of a log runs there.
 *
 * Interactive calls go to a worker at once, beside what it is doing, for scans yield every few milliseconds;
 * bulk calls run one a worker and queue. A worker that dies fails its own calls with WORKER_DIED and is
 * replaced when the next call needs it. Knows no method: the contract is a parameter.
 */
import { AppError } from '../../shared/errors';
import {
  type CallOptions,
  type Client,
  type Contract,
  createClient,
  type EventName,
  type EventPayload,
  type Method,
  type Params,
  type Progress,
  type Result,
} from '../../shared/rpc';
import { type Port, type PortTransport, transportOverPort } from './port-transport';

/** What of a worker thread the pool uses: its events `message`, `error` and `exit`, and its end. */
export interface PooledWorker extends Port {
  terminate(): Promise<unknown>;
}

export interface PoolCallOptions<P> extends CallOptions<P> {
  /** interactive: somebody looks at the screen and waits. bulk: may take minutes. */
  readonly priority?: 'interactive' | 'bulk';
}

export interface ScanPool<C extends Contract> {
  /** @throws AppError WORKER_DIED, CANCELLED, or what the worker answered. */
  call<M extends Method<C>>(
    method: M,
    params: Params<C, M>,
    options?: PoolCallOptions<Progress<C, M>>,
  ): Promise<Result<C, M>>;
  /** Events of all workers. Returns the function that unsubscribes. */
  on<E extends EventName<C>>(name: E, listener: (payload: EventPayload<C, E>) => void): () => void;
  /** Stops the workers; calls in flight and queued fail with CANCELLED. */
  close(): Promise<void>;
}

export interface ScanPoolOptions {
  readonly size: number;
  readonly spawn: () => PooledWorker;
  readonly onWorkerDied: (error: Error) => void;
}

interface Member<C extends Contract> {
  readonly worker: PooledWorker;
  readonly transport: PortTransport;
  readonly client: Client<C>;
  readonly running: { interactive: number; bulk: number };
}

interface Waiting<C extends Contract> {
  readonly priority: 'interactive' | 'bulk';
  readonly start: (member: Member<C>) => void;
  readonly fail: (error: AppError) => void;
}

/** Per worker. More would only pile up in the worker's own message queue, where they have no priority. */
const RUNNING_MAX = { interactive: 8, bulk: 1 } as const;
const WORKERS_MAX = 4;

/** One core is left to the window; at most four workers, for disks gain nothing from more. */
export function scanPoolSize(coreCount: number): number {
  return Math.max(1, Math.min(coreCount - 1, WORKERS_MAX));
}

export function createScanPool<C extends Contract>({
  size,
  spawn,
  onWorkerDied,
}: ScanPoolOptions): ScanPool<C> {
  const members = new Set<Member<C>>();
  const queue: Waiting<C>[] = [];
  const eventListeners = new Set<(name: string, payload: unknown) => void>();
  let isClosed = false;

  function addMember(): Member<C> {
    const worker = spawn();
    const transport = transportOverPort(worker);
    const member = {
      worker,
      transport,
      client: createClient<C>(transport),
      running: { interactive: 0, bulk: 0 },
    };
    members.add(member);
    let reason: Error | null = null;
    worker.on('error', (error: Error) => {
      reason = error;
      bury(member, error);
    });
    worker.on('exit', (exitCode: number) =>
      bury(member, reason ?? new Error(`The worker ended with status ${exitCode}.`)),
    );
    transport.onEvent((name, payload) => {
      for (const listener of eventListeners) listener(name, payload);
    });
    return member;
  }

  function bury(member: Member<C>, error: Error): void {
    if (!members.delete(member)) return;
    const gone = new AppError('WORKER_DIED', 'The scan stopped because its worker died. Try again.');
    member.transport.failAll({ ok: false, error: gone.toWire() });
    onWorkerDied(error);
    pump();
  }

  function memberFor(priority: 'interactive' | 'bulk'): Member<C> | null {
    const load = ({ running }: Member<C>) => running.interactive + running.bulk;
    const free = [...members].filter(({ running }) => running[priority] < RUNNING_MAX[priority]);
    const best = free.sort((a, b) => load(a) - load(b))[0] ?? null;
    if (best !== null && load(best) === 0) return best;
    return members.size < size ? addMember() : best;
  }

  function pump(): void {
    for (const priority of ['interactive', 'bulk'] as const) {
      for (;;) {
        const index = queue.findIndex((entry) => entry.priority === priority);
        const entry = queue[index];
        const member = entry === undefined || isClosed ? null : memberFor(priority);
        if (entry === undefined || member === null) break;
        queue.splice(index, 1);
        entry.start(member);
      }
    }
  }

  /** Waits for a worker; a call cancelled while it waits never starts. */
  function acquire(priority: 'interactive' | 'bulk', signal: AbortSignal | undefined): Promise<Member<C>> {
    return new Promise((resolve, reject) => {
      const cancel = () => {
        queue.splice(queue.indexOf(entry), 1);
        reject(cancelled());
      };
      const entry: Waiting<C> = {
        priority,
        start(member) {
          signal?.removeEventListener('abort', cancel);
          member.running[priority]++;
          resolve(member);
        },
        fail(error) {
          signal?.removeEventListener('abort', cancel);
          reject(error);
        },
      };
      if (isClosed || signal?.aborted) return reject(cancelled());
      signal?.addEventListener('abort', cancel, { once: true });
      queue.push(entry);
      pump();
    });
  }

  return {
    async call(method, params, { priority = 'interactive', ...options } = {}) {
      const member = await acquire(priority, options.signal);
      try {
        return await member.client.call(method, params, options);
      } finally {
        member.running[priority]--;
        pump();
      }
    },

    on(name, listener) {
      const forward = (eventName: string, payload: unknown) => {
        if (eventName === name) listener(payload as never);
      };
      eventListeners.add(forward);
      return () => void eventListeners.delete(forward);
    },

    async close() {
      isClosed = true;
      for (const entry of queue.splice(0)) entry.fail(cancelled());
      const stopped = [...members];
      members.clear();
      for (const { transport } of stopped) transport.failAll({ ok: false, error: cancelled().toWire() });
      await Promise.all(stopped.map(({ worker }) => worker.terminate()));
    },
  };
}

function cancelled(): AppError {
  return new AppError('CANCELLED', 'Cancelled.');
}
