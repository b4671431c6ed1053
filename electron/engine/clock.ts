/**
 * The seam to time: the date for records and retention, a running clock for latencies, and timers.
 * Tests pass one that moves only when told to.
 */
import type { Milliseconds, TimestampMs } from '../../shared/units';

export interface Clock {
  now(): TimestampMs;
  /** Of an arbitrary beginning, never going back. */
  elapsedMs(): Milliseconds;
  /** Runs once after the delay; a waiting timer does not keep the process alive. @returns cancels it */
  after(delayMs: Milliseconds, run: () => void): () => void;
}

/** A timer that is set for longer runs at once: 24.8 days, and retention may wait for longer. */
const TIMER_MS_MAX: Milliseconds = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => Date.now(),
  elapsedMs: () => performance.now(),
  after(delayMs, run) {
    let timer: NodeJS.Timeout;
    const wait = (leftMs: Milliseconds) => {
      const nowMs = Math.min(leftMs, TIMER_MS_MAX);
      timer = setTimeout(() => (leftMs > nowMs ? wait(leftMs - nowMs) : run()), nowMs).unref();
    };
    wait(delayMs);
    return () => clearTimeout(timer);
  },
};
