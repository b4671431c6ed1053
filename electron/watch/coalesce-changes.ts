/**
 * Gathers keys that became dirty and hands them on together, a few times a second at most.
 *
 * The first key after a quiet time goes through at once; while `handle` runs, and for the interval after it
 * began, further keys wait. No clock of its own: timers are a parameter.
 */
import type { Milliseconds } from '../../shared/units';

export interface Timers {
  readonly now: () => number;
  /** Returns the function that cancels. */
  readonly after: (delayMs: Milliseconds, run: () => void) => () => void;
}

/** Real timers; they do not keep the process alive. */
export const realTimers: Timers = {
  now: () => performance.now(),
  after(delayMs, run) {
    const timer = setTimeout(run, delayMs);
    timer.unref();
    return () => clearTimeout(timer);
  },
};

export interface Coalescer<K> {
  add(key: K): void;
  /** Forgets what waits; nothing is handled any more. */
  close(): void;
}

export interface CoalesceOptions<K> {
  readonly intervalMs: Milliseconds;
  /** Must not reject. */
  readonly handle: (keys: ReadonlySet<K>) => Promise<void>;
  readonly timers: Timers;
}

export function coalesceChanges<K>({ intervalMs, handle, timers }: CoalesceOptions<K>): Coalescer<K> {
  let waiting = new Set<K>();
  let isHandling = false;
  let isClosed = false;
  let nextAtMs = Number.NEGATIVE_INFINITY;
  let cancelTimer: (() => void) | null = null;

  function schedule(): void {
    if (isClosed || isHandling || cancelTimer !== null || waiting.size === 0) return;
    cancelTimer = timers.after(Math.max(0, nextAtMs - timers.now()), () => {
      cancelTimer = null;
      void flush();
    });
  }

  async function flush(): Promise<void> {
    const keys = waiting;
    waiting = new Set();
    isHandling = true;
    nextAtMs = timers.now() + intervalMs;
    await handle(keys);
    isHandling = false;
    schedule();
  }

  return {
    add(key) {
      waiting.add(key);
      schedule();
    },
    close() {
      isClosed = true;
      waiting.clear();
      cancelTimer?.();
    },
  };
}
