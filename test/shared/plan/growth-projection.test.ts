/** The rate of ingest, and the size that comes of it with and without a policy. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ingestRate, projectGrowth } from '../../../shared/plan/growth-projection';
import type { SegmentFacts } from '../../../shared/plan/retention-plan';

const HOUR = 3_600_000;
const NOW = 1_000 * HOUR;
const POLICY = { deletes: true, compacts: false, retentionMs: -1, retentionBytes: -1 };

/** One segment of 100 bytes an hour, the last one now. */
function hourly(count: number): SegmentFacts[] {
  return Array.from({ length: count }, (_, index) => ({
    ...{ baseOffset: index, sizeInBytes: 100, largestTimestampSource: 'time-index' as const },
    largestTimestampMs: NOW - (count - 1 - index) * HOUR,
  }));
}

describe('ingestRate', () => {
  it('is bytes over the time between the segments', () => {
    expect(ingestRate(hourly(11), NOW)).toEqual({ bytesPerMs: 1_000 / (10 * HOUR), spanMs: 10 * HOUR });
  });

  it('leaves out what claims to be of the future, and looks back no further than asked', () => {
    const strange = [...hourly(11), { ...hourly(1)[0]!, largestTimestampMs: NOW + 99 * HOUR }];
    expect(ingestRate(strange, NOW)?.spanMs).toBe(10 * HOUR);
    expect(ingestRate(hourly(11), NOW, 2 * HOUR)?.spanMs).toBe(2 * HOUR);
  });

  it('is not known of a single time', () => {
    expect(ingestRate(hourly(1), NOW)).toBeNull();
    expect(ingestRate([], NOW)).toBeNull();
  });
});

describe('projectGrowth', () => {
  const options = { nowMs: NOW, horizonMs: 20 * HOUR, pointCount: 20 };
  const rate = { bytesPerMs: 100 / HOUR, spanMs: 10 * HOUR };

  it('grows without end where nothing is deleted', () => {
    const last = projectGrowth(hourly(11), POLICY, rate, options).at(-1)!;
    expect(last.withoutPolicyBytes).toBeCloseTo(1_100 + 2_000);
    expect(last.withPolicyBytes).toBeCloseTo(3_100);
  });

  it('comes to a steady state under retention.ms', () => {
    const points = projectGrowth(hourly(11), { ...POLICY, retentionMs: 5 * HOUR }, rate, options);
    const future = points.filter(({ withPolicyBytes }) => withPolicyBytes !== null);
    for (const { withPolicyBytes } of future) expect(withPolicyBytes).toBeLessThanOrEqual(700);
    expect(future.at(-1)!.withPolicyBytes).toBeGreaterThanOrEqual(500);
  });

  it('keeps up to a segment more than retention.bytes', () => {
    const points = projectGrowth(hourly(11), { ...POLICY, retentionBytes: 450 }, rate, options);
    for (const { withPolicyBytes } of points.slice(-10)) {
      expect(withPolicyBytes).toBeGreaterThanOrEqual(450);
      expect(withPolicyBytes).toBeLessThan(550 + 1);
    }
  });

  it('goes forward in time, and a policy never makes a log larger', () => {
    const limit = fc.oneof(fc.constant(-1), fc.integer({ min: 1, max: 10_000 }));
    fc.assert(
      fc.property(limit, limit, fc.integer({ min: 2, max: 30 }), (hours, retentionBytes, count) => {
        const policy = { ...POLICY, retentionBytes, retentionMs: hours < 0 ? -1 : hours * HOUR };
        const points = projectGrowth(hourly(count), policy, rate, options);
        points.slice(1).forEach(({ atMs }, index) => void expect(atMs).toBeGreaterThan(points[index]!.atMs));
        for (const { withPolicyBytes, withoutPolicyBytes } of points)
          if (withPolicyBytes !== null)
            expect(withPolicyBytes).toBeLessThanOrEqual(withoutPolicyBytes! + 1e-6);
      }),
    );
  });
});
