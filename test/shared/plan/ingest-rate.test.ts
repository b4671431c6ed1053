/** Rates of ingest from the segments' own times: overall, of late, and by day of the week. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  DAY_MS,
  HOUR_MS,
  ingestedBytes,
  ingestRates,
  timeOfIngested,
} from '../../../shared/plan/ingest-rate';
import type { SegmentFacts } from '../../../shared/plan/retention-plan';

/** A Sunday, 00:00 UTC. */
const SUNDAY = Date.UTC(2026, 10, 1);
const NOW = SUNDAY + 28 * DAY_MS;

function segment(largestTimestampMs: number, sizeInBytes = 100): SegmentFacts {
  return { baseOffset: 0, sizeInBytes, largestTimestampMs, largestTimestampSource: 'time-index' };
}

/** One segment of 100 bytes an hour, the last one now. */
const hourly = (count: number) =>
  Array.from({ length: count }, (_, index) => segment(NOW - (count - 1 - index) * HOUR_MS));

describe('ingestRates', () => {
  it('has bytes over the time between the segments', () => {
    const { overall, lastDay, lastHour, weekly } = ingestRates(hourly(49), NOW);
    expect(overall).toEqual({ bytesPerMs: 100 / HOUR_MS, spanMs: 48 * HOUR_MS, dayFactors: null });
    expect(lastDay).toMatchObject({ bytesPerMs: 100 / HOUR_MS, spanMs: DAY_MS });
    expect(lastHour).toMatchObject({ bytesPerMs: 100 / HOUR_MS, spanMs: HOUR_MS });
    expect(weekly).toBeNull();
  });

  it('tells what came of late from what came before', () => {
    const slow = [segment(NOW - 4 * DAY_MS), segment(NOW - 2 * DAY_MS, 100), segment(NOW - DAY_MS, 100)];
    const { lastDay, lastHour } = ingestRates([...slow, segment(NOW, 2_400)], NOW);
    expect(lastDay!.bytesPerMs * HOUR_MS).toBeCloseTo(100);
    expect(lastHour!.bytesPerMs * HOUR_MS).toBeCloseTo(100);
    expect(ingestRates(slow, NOW + 2 * DAY_MS).lastDay!.bytesPerMs).toBe(0);
  });

  it('counts what claims to be of the future, or has no time, at the time before it', () => {
    const strange = [...hourly(11).slice(0, 10), segment(NOW + 99 * HOUR_MS), segment(-1), segment(NOW)];
    expect(ingestRates(strange, NOW).overall).toMatchObject({
      spanMs: 10 * HOUR_MS,
      bytesPerMs: (100 * 12) / (10 * HOUR_MS),
    });
  });

  it('is not known of a single time', () => {
    expect(ingestRates(hourly(1), NOW).overall).toBeNull();
    expect(ingestRates([], NOW).overall).toBeNull();
  });

  it('is not known of less than a minute', () => {
    expect(ingestRates([segment(NOW - 59_999), segment(NOW)], NOW).overall).toBeNull();
    expect(ingestRates([segment(NOW - 60_000), segment(NOW)], NOW).overall!.spanMs).toBe(60_000);
  });

  it('sees days that differ by the week, and none where they do not', () => {
    const quietWeekends = Array.from({ length: 28 * 24 }, (_, hour) => {
      const day = Math.floor(hour / 24) % 7;
      return segment(SUNDAY + (hour + 1) * HOUR_MS, day === 0 || day === 6 ? 10 : 100);
    });
    const { weekly, overall } = ingestRates(quietWeekends, NOW);
    expect(weekly!.dayFactors![0]).toBeLessThan(0.2);
    expect(weekly!.dayFactors![3]).toBeGreaterThan(1.2);
    expect(weekly!.dayFactors!.reduce((sum, factor) => sum + factor, 0)).toBeCloseTo(7);
    expect(weekly!.bytesPerMs).toBe(overall!.bytesPerMs);
    expect(ingestRates(hourly(28 * 24), NOW).weekly).toBeNull();
    const onlyNine = quietWeekends.slice(0, 9 * 24);
    expect(ingestRates(onlyNine, NOW).weekly).toBeNull();
  });

  it('takes a single burst for no pattern', () => {
    const burst = Array.from({ length: 28 * 24 }, (_, hour) =>
      segment(SUNDAY + (hour + 1) * HOUR_MS, hour > 240 && hour < 260 ? 1_000 : 100),
    );
    expect(ingestRates(burst, NOW).weekly).toBeNull();
  });
});

describe('ingestedBytes and timeOfIngested', () => {
  const rateOf = (dayFactors: number[] | null) => ({ bytesPerMs: 0.25, spanMs: DAY_MS, dayFactors });

  it('follow the days of the week', () => {
    const rate = rateOf([0, 1, 1, 1, 1, 1, 2]);
    expect(ingestedBytes(rate, SUNDAY, SUNDAY + DAY_MS)).toBe(0);
    expect(ingestedBytes(rate, SUNDAY + 6 * DAY_MS, SUNDAY + 7 * DAY_MS)).toBe(0.5 * DAY_MS);
    expect(timeOfIngested(rate, 1, SUNDAY)).toBe(SUNDAY + DAY_MS + 4);
    expect(timeOfIngested({ ...rate, bytesPerMs: 0 }, 1, SUNDAY)).toBeNull();
  });

  it('are each the other way round, and add up', () => {
    const factors = fc.array(fc.double({ min: 0, max: 3, noNaN: true }), { minLength: 7, maxLength: 7 });
    const days = fc.double({ min: 0, max: 40, noNaN: true });
    fc.assert(
      fc.property(factors, days, days, days, (given, offset, first, second) => {
        const mean = given.reduce((sum, factor) => sum + factor, 0) / 7;
        fc.pre(mean > 0.1);
        const rate = rateOf(given.map((factor) => factor / mean));
        const from = SUNDAY + offset * DAY_MS;
        const [middle, to] = [from + first * DAY_MS, from + (first + second) * DAY_MS];
        const bytes = ingestedBytes(rate, from, to);
        const sum = ingestedBytes(rate, from, middle) + ingestedBytes(rate, middle, to);
        expect(sum).toBeCloseTo(bytes, -2);
        const found = timeOfIngested(rate, bytes, from)!;
        expect(ingestedBytes(rate, from, found)).toBeCloseTo(bytes, -2);
      }),
    );
  });
});
