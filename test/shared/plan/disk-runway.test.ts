/** All logs of a disk together: when it is full, and what would keep it from that. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { diskRunway, type RunwayLog } from '../../../shared/plan/disk-runway';

const HOUR = 3_600_000;
const NOW = 1_000 * HOUR;
const KEEP_ALL = { deletes: true, compacts: false, retentionMs: -1, retentionBytes: -1 };
const OPTIONS = { availableBytes: 5_000, nowMs: NOW, horizonMs: 100 * HOUR, pointCount: 100 };

/** Ten segments of 100 bytes, one an hour, growing on at so many bytes an hour. */
function log(policy: Partial<typeof KEEP_ALL>, bytesPerHour: number | null): RunwayLog {
  return {
    segments: Array.from({ length: 10 }, (_, index) => ({
      ...{ baseOffset: index, sizeInBytes: 100, largestTimestampSource: 'time-index' as const },
      largestTimestampMs: NOW - (9 - index) * HOUR,
    })),
    policy: { ...KEEP_ALL, ...policy },
    rate:
      bytesPerHour === null ? null : { bytesPerMs: bytesPerHour / HOUR, spanMs: 9 * HOUR, dayFactors: null },
  };
}

describe('diskRunway', () => {
  it('adds up the rates of all logs', () => {
    const runway = diskRunway([log({}, 100), log({}, 150), log({}, null)], OPTIONS);
    expect(runway.bytesPerMs).toBeCloseTo(250 / HOUR);
    expect(runway.fullAtMs).toBeCloseTo(NOW + 20 * HOUR);
    expect(runway.fullWithPoliciesAtMs).toBe(NOW + 21 * HOUR);
    expect(runway.withPoliciesBytes.slice(0, 2)).toEqual([3_000, expect.closeTo(3_250)]);
  });

  it('does not fill where the policies hold', () => {
    const runway = diskRunway([log({ retentionMs: 10 * HOUR }, 100)], OPTIONS);
    expect(runway.fullWithPoliciesAtMs).toBeNull();
    expect(diskRunway([log({}, 0)], OPTIONS)).toMatchObject({ fullAtMs: null, retentionMsMax: null });
  });

  it('names the longest retention.ms that fits, and that is the longest', () => {
    const logs = (retentionMs: number) => [
      log({ retentionMs }, 100),
      log({ retentionMs }, 100),
      log({ deletes: false }, null),
    ];
    const { retentionMsMax } = diskRunway(logs(-1), OPTIONS);
    // 3,000 there and 5,000 to come: 1,000 stay, a segment each of two, the rest at 200 an hour.
    expect(Math.round(retentionMsMax! / 10) * 10).toBe((6_800 / 200) * HOUR);
    const filling = (retentionMs: number) =>
      diskRunway(logs(retentionMs), { ...OPTIONS, horizonMs: 400 * HOUR, pointCount: 400 });
    expect(filling(retentionMsMax! * 0.99).fullWithPoliciesAtMs).toBeNull();
    expect(filling(retentionMsMax! * 1.1).fullWithPoliciesAtMs).not.toBeNull();
  });

  it('says so where no retention helps', () => {
    expect(diskRunway([log({ deletes: false }, 100)], OPTIONS).retentionMsMax).toBeNull();
  });

  it('is never full earlier with policies than without', () => {
    const policy = fc.record({
      retentionMs: fc.constantFrom(-1, HOUR, 20 * HOUR),
      retentionBytes: fc.constantFrom(-1, 300, 5_000),
    });
    fc.assert(
      fc.property(fc.array(fc.tuple(policy, fc.nat(300)), { maxLength: 4 }), (drawn) => {
        const runway = diskRunway(
          drawn.map(([part, rate]) => log(part, rate)),
          OPTIONS,
        );
        if (runway.fullWithPoliciesAtMs !== null)
          expect(runway.fullWithPoliciesAtMs).toBeGreaterThanOrEqual(runway.fullAtMs! - 1);
      }),
    );
  });
});
