/**
 * Sizes counted by size, and their percentiles: exact below 2 KiB, above it to within a 128th of the size.
 *
 * One column of counters whatever is counted, so that memory does not grow with the log. Zero is a size.
 */
const EXACT_BITS = 11;
const EXACT_END = 1 << EXACT_BITS;
/** Buckets of each power of two above that. */
const STEP_BITS = 7;
const STEPS = 1 << STEP_BITS;
const SIZE_BITS = 31;

export const PERCENTS = [50, 90, 95, 99, 99.9] as const;

export interface Distribution {
  readonly count: number;
  readonly sum: number;
  /** 0 where nothing was counted, as max. */
  readonly min: number;
  readonly max: number;
  /** The least size that so many percent do not exceed; at most a 128th too large where not exact. */
  readonly percentiles: { readonly percent: number; readonly size: number; readonly isExact: boolean }[];
}

export class SizeDistribution {
  readonly #counts = new Float64Array(EXACT_END + (SIZE_BITS - EXACT_BITS) * STEPS);
  #count = 0;
  #sum = 0;
  #min = 0;
  #max = 0;

  /** @param size An integer from 0 to 2^31 - 1. */
  add(size: number): void {
    this.#counts[bucketOf(size)]!++;
    if (this.#count === 0 || size < this.#min) this.#min = size;
    if (size > this.#max) this.#max = size;
    this.#count++;
    this.#sum += size;
  }

  distribution(): Distribution {
    const percentiles = PERCENTS.map((percent) => {
      const size = this.#percentile(percent);
      return { percent, size, isExact: size < EXACT_END || size === this.#min || this.#min === this.#max };
    });
    return { count: this.#count, sum: this.#sum, min: this.#min, max: this.#max, percentiles };
  }

  #percentile(percent: number): number {
    const rank = Math.max(1, Math.ceil((this.#count * percent) / 100));
    let seen = 0;
    for (let bucket = 0; bucket < this.#counts.length; bucket++) {
      seen += this.#counts[bucket]!;
      if (seen >= rank) return Math.min(lastOf(bucket), this.#max);
    }
    return 0;
  }
}

function bucketOf(size: number): number {
  if (size < EXACT_END) return size;
  const bits = SIZE_BITS - Math.clz32(size);
  return EXACT_END + (bits - EXACT_BITS) * STEPS + ((size >>> (bits - STEP_BITS)) & (STEPS - 1));
}

/** The largest size of a bucket. */
function lastOf(bucket: number): number {
  if (bucket < EXACT_END) return bucket;
  const steps = bucket - EXACT_END;
  const bits = EXACT_BITS + Math.floor(steps / STEPS);
  return (STEPS + (steps % STEPS) + 1) * 2 ** (bits - STEP_BITS) - 1;
}
