/**
 * How long operations took, as counts in buckets that double: a bounded memory however many there are.
 * Percentiles are the upper ends of their buckets, so within a factor of two.
 */
import type { Milliseconds } from '../../../shared/units';

/** The first bucket ends at 1 µs, the last at about 12 days. */
const BUCKET_COUNT = 40;
const US_PER_MS = 1000;

export interface LatencySummary {
  readonly count: number;
  readonly meanMs: Milliseconds;
  readonly p50Ms: Milliseconds;
  readonly p99Ms: Milliseconds;
  readonly maxMs: Milliseconds;
}

export class Latencies {
  readonly #buckets = new Float64Array(BUCKET_COUNT);
  #count = 0;
  #sumMs = 0;
  #maxMs = 0;

  add(ms: Milliseconds): void {
    const bucket = Math.ceil(Math.log2(Math.max(1, ms * US_PER_MS)));
    this.#buckets[Math.min(BUCKET_COUNT - 1, bucket)]! += 1;
    this.#count++;
    this.#sumMs += ms;
    this.#maxMs = Math.max(this.#maxMs, ms);
  }

  summary(): LatencySummary {
    const meanMs = this.#count === 0 ? 0 : this.#sumMs / this.#count;
    return {
      count: this.#count,
      meanMs,
      p50Ms: this.#percentile(0.5),
      p99Ms: this.#percentile(0.99),
      maxMs: this.#maxMs,
    };
  }

  #percentile(share: number): Milliseconds {
    let left = this.#count * share;
    const bucket = this.#buckets.findIndex((count) => {
      left -= count;
      return left <= 0;
    });
    return this.#count === 0 ? 0 : Math.min(this.#maxMs, 2 ** bucket / US_PER_MS);
  }
}
