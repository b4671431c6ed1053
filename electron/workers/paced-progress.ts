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

interface PassProgress {
  readonly bytesDone: number;
  readonly bytesTotal: number;
}

/**
 * One bar for passes one after the other: each has its bytes behind those of the passes before.
 * @returns what begins the next pass
 */
export function pacedPasses(
  report: (value: PassProgress) => void,
  now?: () => TimestampMs,
): () => (value: PassProgress) => void {
  const show = pacedProgress(report, now);
  let bytesOfAll = 0;
  return () => {
    const bytesBefore = bytesOfAll;
    return ({ bytesDone, bytesTotal }) => {
      bytesOfAll = bytesBefore + bytesTotal;
      show({ bytesDone: bytesBefore + bytesDone, bytesTotal: bytesOfAll });
    };
  };
}
