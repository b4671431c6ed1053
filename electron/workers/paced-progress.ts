/**
 * Holds progress back to ten reports a second, and never lets it go backwards.
 *
 * The last value is not held: the reply of the call follows it at once and says more.
 */
import type { Milliseconds, TimestampMs } from '../../shared/units';

const INTERVAL_MS: Milliseconds = 100;

export function pacedProgress<P extends { readonly bytesDone: number }>(
  report: (value: P) => void,
  now: () => TimestampMs = Date.now,
): (value: P) => void {
  let reportedAtMs = Number.NEGATIVE_INFINITY;
  let bytesDone = 0;
  return (value) => {
    const nowMs = now();
    if (nowMs - reportedAtMs < INTERVAL_MS || value.bytesDone < bytesDone) return;
    reportedAtMs = nowMs;
    bytesDone = value.bytesDone;
    report(value);
  };
}
