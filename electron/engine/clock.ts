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

export const systemClock: Clock = {
  now: () => Date.now(),
  elapsedMs: () => performance.now(),
  after(delayMs, run) {
    const timer = setTimeout(run, delayMs).unref();
    return () => clearTimeout(timer);
  },
};
