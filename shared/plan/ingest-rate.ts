/**
 * How fast a log has grown, by its own timestamps: over all of it, over the last day and hour, and by day of the week
 * where the days differ.
 *
 * Between the largest timestamps of two segments the bytes of the second are taken to have come evenly; what claims to
 * be of the future, or has no time, counts at the time of the segment before it. Pure: now is a parameter.
 */
import type { Bytes, Milliseconds, TimestampMs } from '../units';
import type { SegmentFacts } from './retention-plan';

export interface IngestRate {
  readonly bytesPerMs: number;
  /** The span it was seen over, by the log's own timestamps. */
  readonly spanMs: Milliseconds;
  /** By day of the week in UTC, Sunday first: what to multiply the rate with. null: every day is alike. */
  readonly dayFactors: readonly number[] | null;
}

export interface IngestRates {
  readonly overall: IngestRate | null;
  /** Of the 24 hours before now; zero where nothing came. */
  readonly lastDay: IngestRate | null;
  readonly lastHour: IngestRate | null;
  /** The overall rate with its days; null where no pattern is to be seen in at least two whole weeks. */
  readonly weekly: IngestRate | null;
}

export const HOUR_MS: Milliseconds = 3_600_000;
export const DAY_MS: Milliseconds = 86_400_000;
const DAYS_PER_WEEK = 7;
/** 1970-01-01 was a Thursday. */
const FIRST_WEEKDAY = 4;
/** Each day of the week twice, so that what is of the day can be told from what is of the week. */
const PATTERN_DAYS_MIN = 2 * DAYS_PER_WEEK;
/** Share of the difference between days that the day of the week has to explain, and how much the days must differ. */
const PATTERN_SHARE_MIN = 0.5;
const PATTERN_RATIO_MIN = 1.5;

/** What came within less than a minute says nothing about a day. */
const SPAN_MS_MIN: Milliseconds = 60_000;

/** null for each span that fewer than two times tell of, or that is shorter than a minute. */
export function ingestRates(segments: readonly SegmentFacts[], nowMs: TimestampMs): IngestRates {
  const seen = new SizeOverTime(segments, nowMs);
  const overall = seen.rate(seen.firstMs, seen.lastMs);
  const dayFactors = overall === null ? null : weeklyPattern(seen);
  return {
    overall,
    lastDay: seen.rate(nowMs - DAY_MS, nowMs),
    lastHour: seen.rate(nowMs - HOUR_MS, nowMs),
    weekly: overall === null || dayFactors === null ? null : { ...overall, dayFactors },
  };
}

/** Bytes that come between two times at a rate; from is not after to. */
export function ingestedBytes(rate: IngestRate, fromMs: TimestampMs, toMs: TimestampMs): Bytes {
  const { bytesPerMs, dayFactors } = rate;
  if (dayFactors === null) return bytesPerMs * (toMs - fromMs);
  const weekMs = DAYS_PER_WEEK * DAY_MS;
  const weeks = Math.floor((toMs - fromMs) / weekMs);
  let bytes = weeks * weekMs * bytesPerMs;
  for (let atMs = fromMs + weeks * weekMs; atMs < toMs; ) {
    const endMs = Math.min(toMs, (Math.floor(atMs / DAY_MS) + 1) * DAY_MS);
    bytes += (endMs - atMs) * bytesPerMs * dayFactors[weekdayOf(atMs)]!;
    atMs = endMs;
  }
  return bytes;
}

/** When so many bytes will have come; null where nothing comes. Whole days with a pattern are gone through one by one. */
export function timeOfIngested(rate: IngestRate, bytes: Bytes, fromMs: TimestampMs): TimestampMs | null {
  if (rate.bytesPerMs <= 0) return bytes <= 0 ? fromMs : null;
  if (rate.dayFactors === null) return fromMs + bytes / rate.bytesPerMs;
  const weekMs = DAYS_PER_WEEK * DAY_MS;
  const weeks = Math.floor(bytes / (weekMs * rate.bytesPerMs));
  let atMs = fromMs + weeks * weekMs;
  let leftBytes = bytes - weeks * weekMs * rate.bytesPerMs;
  for (let day = 0; day <= DAYS_PER_WEEK; day++) {
    const endMs = (Math.floor(atMs / DAY_MS) + 1) * DAY_MS;
    const dayBytes = ingestedBytes(rate, atMs, endMs);
    if (dayBytes >= leftBytes && dayBytes > 0) return atMs + ((endMs - atMs) * leftBytes) / dayBytes;
    leftBytes -= dayBytes;
    atMs = endMs;
  }
  return atMs;
}

function weekdayOf(ms: TimestampMs): number {
  return (Math.floor(ms / DAY_MS) + FIRST_WEEKDAY) % DAYS_PER_WEEK;
}

class SizeOverTime {
  /** Ascending, each time once, with the bytes that were there by then. */
  readonly #points: { readonly atMs: TimestampMs; bytes: Bytes }[] = [];

  constructor(segments: readonly SegmentFacts[], nowMs: TimestampMs) {
    let bytes = 0;
    for (const { sizeInBytes, largestTimestampMs } of segments) {
      bytes += sizeInBytes;
      const last = this.#points.at(-1);
      const isTime = largestTimestampMs >= 0 && largestTimestampMs <= nowMs;
      if (isTime && (last === undefined || largestTimestampMs > last.atMs))
        this.#points.push({ atMs: largestTimestampMs, bytes });
      else if (last !== undefined) last.bytes = bytes;
    }
  }

  get firstMs(): TimestampMs {
    return this.#points[0]?.atMs ?? 0;
  }

  get lastMs(): TimestampMs {
    return this.#points.at(-1)?.atMs ?? 0;
  }

  /** The span is cut where the log's own times begin; null where too little of it is left. */
  rate(fromMs: TimestampMs, toMs: TimestampMs): IngestRate | null {
    const startMs = Math.max(fromMs, this.firstMs);
    const spanMs = toMs - startMs;
    if (this.#points.length < 2 || spanMs < SPAN_MS_MIN) return null;
    return { bytesPerMs: this.bytesBetween(startMs, toMs) / spanMs, spanMs, dayFactors: null };
  }

  bytesBetween(fromMs: TimestampMs, toMs: TimestampMs): Bytes {
    return this.#bytesAt(toMs) - this.#bytesAt(fromMs);
  }

  #bytesAt(ms: TimestampMs): Bytes {
    const points = this.#points;
    let low = 0;
    let high = points.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (points[middle]!.atMs <= ms) low = middle + 1;
      else high = middle;
    }
    const before = points[low - 1];
    const after = points[low];
    if (before === undefined) return points[0]?.bytes ?? 0;
    if (after === undefined) return before.bytes;
    return before.bytes + ((after.bytes - before.bytes) * (ms - before.atMs)) / (after.atMs - before.atMs);
  }
}

/** Factors of the days where the day of the week explains most of how whole days differ; null where it does not. */
function weeklyPattern(seen: SizeOverTime): number[] | null {
  const firstDay = Math.ceil(seen.firstMs / DAY_MS);
  const dayCount = Math.floor(seen.lastMs / DAY_MS) - firstDay;
  if (dayCount < PATTERN_DAYS_MIN) return null;
  const byWeekday: number[][] = Array.from({ length: DAYS_PER_WEEK }, () => []);
  const all: number[] = [];
  for (let day = firstDay; day < firstDay + dayCount; day++) {
    const bytes = seen.bytesBetween(day * DAY_MS, (day + 1) * DAY_MS);
    byWeekday[weekdayOf(day * DAY_MS)]!.push(bytes);
    all.push(bytes);
  }
  const means = byWeekday.map(meanOf);
  const mean = meanOf(means);
  const total = squaresAround(all, meanOf(all));
  const within = byWeekday.reduce((sum, days, weekday) => sum + squaresAround(days, means[weekday]!), 0);
  const isExplained = total > 0 && 1 - within / total >= PATTERN_SHARE_MIN;
  const isLarge = Math.max(...means) >= PATTERN_RATIO_MIN * Math.min(...means);
  return isExplained && isLarge ? means.map((each) => each / mean) : null;
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function squaresAround(values: readonly number[], mean: number): number {
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
}
