/** What comes of a rate of ingest with and without a policy: sizes, dates and the steady state. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { departureAt, departures, projectGrowth, steadyState } from '../../../shared/plan/growth-projection';
import { type RetentionPolicy, retentionFates, type SegmentFacts } from '../../../shared/plan/retention-plan';

const HOUR = 3_600_000;
const NOW = 1_000 * HOUR;
const POLICY = { deletes: true, compacts: false, retentionMs: -1, retentionBytes: -1 };
const RATE = { bytesPerMs: 100 / HOUR, spanMs: 10 * HOUR, dayFactors: null };

/** One segment of 100 bytes an hour, the last one now. */
function hourly(count: number): SegmentFacts[] {
  return Array.from({ length: count }, (_, index) => ({
    ...{ baseOffset: index, sizeInBytes: 100, largestTimestampSource: 'time-index' as const },
    largestTimestampMs: NOW - (count - 1 - index) * HOUR,
  }));
}

describe('projectGrowth', () => {
  const options = { nowMs: NOW, horizonMs: 20 * HOUR, pointCount: 20 };

  it('grows without end where nothing is deleted', () => {
    const last = projectGrowth(hourly(11), POLICY, RATE, options).at(-1)!;
    expect(last.withoutPolicyBytes).toBeCloseTo(1_100 + 2_000);
    expect(last.withPolicyBytes).toBeCloseTo(3_100);
  });

  it('comes to a steady state under retention.ms', () => {
    const points = projectGrowth(hourly(11), { ...POLICY, retentionMs: 5 * HOUR }, RATE, options);
    const future = points.filter(({ withPolicyBytes }) => withPolicyBytes !== null);
    for (const { withPolicyBytes } of future) expect(withPolicyBytes).toBeLessThanOrEqual(700);
    expect(future.at(-1)!.withPolicyBytes).toBeGreaterThanOrEqual(500);
  });

  it('keeps up to a segment more than retention.bytes', () => {
    const points = projectGrowth(hourly(11), { ...POLICY, retentionBytes: 450 }, RATE, options);
    for (const { withPolicyBytes } of points.slice(-10)) {
      expect(withPolicyBytes).toBeGreaterThanOrEqual(450);
      expect(withPolicyBytes).toBeLessThan(550 + 1);
    }
  });

  it('stands still on a day of the week on which nothing comes', () => {
    const sunday = Date.UTC(2026, 10, 1);
    const rate = { ...RATE, dayFactors: [0, 1, 1, 1, 1, 1, 2] };
    const points = projectGrowth(hourly(11), POLICY, rate, {
      ...{ nowMs: sunday, horizonMs: 48 * HOUR, pointCount: 4 },
    });
    const sizes = points.slice(-5).map(({ withoutPolicyBytes }) => Math.round(withoutPolicyBytes!));
    expect(sizes).toEqual([1_100, 1_100, 1_100, 2_300, 3_500]);
  });

  it('goes forward in time, and a policy never makes a log larger', () => {
    const limit = fc.oneof(fc.constant(-1), fc.integer({ min: 1, max: 10_000 }));
    fc.assert(
      fc.property(limit, limit, fc.integer({ min: 2, max: 30 }), (hours, retentionBytes, count) => {
        const policy = { ...POLICY, retentionBytes, retentionMs: hours < 0 ? -1 : hours * HOUR };
        const points = projectGrowth(hourly(count), policy, RATE, options);
        points.slice(1).forEach(({ atMs }, index) => void expect(atMs).toBeGreaterThan(points[index]!.atMs));
        for (const { withPolicyBytes, withoutPolicyBytes } of points)
          if (withPolicyBytes !== null)
            expect(withPolicyBytes).toBeLessThanOrEqual(withoutPolicyBytes! + 1e-6);
      }),
    );
  });
});

describe('departures', () => {
  function of(segments: SegmentFacts[], part: Partial<RetentionPolicy>, rate: typeof RATE | null = RATE) {
    const policy = { ...POLICY, ...part };
    const logEndOffset = segments.length;
    const state = { logStartOffset: 0, logEndOffset, highWatermark: logEndOffset };
    const fates = retentionFates(segments, policy, state, NOW);
    const leaving = departures(segments, fates, policy, { rate, nowMs: NOW });
    return segments.map((_, index) => departureAt(leaving, index)).slice(fates.deletedCount);
  }

  it('are by time to the ms, and by size when enough has come', () => {
    expect(of(hourly(3), { retentionMs: 10 * HOUR })).toEqual(
      [8, 9, 10].map((hours) => ({ atMs: NOW + hours * HOUR + 1, reason: 'time' })),
    );
    expect(of(hourly(3), { retentionBytes: 250 })).toEqual(
      [0.5, 1.5, 2.5].map((hours) => ({ atMs: NOW + hours * HOUR, reason: 'size' })),
    );
  });

  it('come of whichever limit is reached first, the older ones before', () => {
    const [first, ...rest] = hourly(3);
    const future = [{ ...first!, largestTimestampMs: NOW + 99 * HOUR }, ...rest];
    const mixed = of(future, { retentionMs: HOUR, retentionBytes: 500 });
    expect(mixed[0]).toEqual({ atMs: NOW + 3 * HOUR, reason: 'size' });
    expect(mixed.slice(1).map((each) => each!.atMs)).toEqual([NOW + 3 * HOUR, NOW + 3 * HOUR]);
  });

  it('are not known without a limit, a rate, or behind what never goes', () => {
    expect(of(hourly(3), {})).toEqual([null, null, null]);
    expect(of(hourly(3), { retentionBytes: 250 }, null)).toEqual([null, null, null]);
    expect(of(hourly(3), { deletes: false, retentionMs: 1 })).toEqual([null, null, null]);
  });

  it('agree with the plan made at that time, by time', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -50, max: 200 }), { minLength: 1, maxLength: 6 }), (ages) => {
        const segments = ages.map((age, index) => ({
          ...{ baseOffset: index, sizeInBytes: 1, largestTimestampSource: 'time-index' as const },
          largestTimestampMs: NOW - age,
        }));
        const policy = { ...POLICY, retentionMs: 100 };
        const state = { logStartOffset: 0, logEndOffset: 99, highWatermark: 99 };
        const fates = retentionFates(segments, policy, state, NOW);
        const { atMs } = departures(segments, fates, policy, { rate: null, nowMs: NOW });
        const due = fates.dueAtMs.map((dueAtMs) => Math.max(NOW, dueAtMs));
        expect(atMs.slice(fates.deletedCount)).toEqual(due.slice(fates.deletedCount));
      }),
    );
  });
});

describe('steadyState', () => {
  it('is the smaller limit, and a segment more', () => {
    const bySize = { ...POLICY, retentionMs: 10 * HOUR, retentionBytes: 700 };
    expect(steadyState(bySize, RATE, 100)).toEqual({ bytesMin: 700, bytesMax: 800, limit: 'size' });
    const byTime = { ...POLICY, retentionMs: 5 * HOUR, retentionBytes: 700 };
    expect(steadyState(byTime, RATE, 100)).toEqual({ bytesMin: 500, bytesMax: 600, limit: 'time' });
    expect(steadyState(POLICY, RATE, 100)).toBeNull();
    expect(steadyState(byTime, null, 100)).toBeNull();
    expect(steadyState({ ...byTime, deletes: false }, RATE, 100)).toBeNull();
  });
});
