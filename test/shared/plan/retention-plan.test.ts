/** The three walks of retention, by example and by property. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type LogState,
  planRetention,
  type RetentionPolicy,
  type SegmentFacts,
} from '../../../shared/plan/retention-plan';

const SEGMENT_OFFSETS = 10;
const NOW = 1_000_000;
const DELETE = { deletes: true, compacts: false, retentionMs: -1, retentionBytes: -1 };

/** Segments of ten offsets each, by size and age in ms. */
function log(...segments: readonly (readonly [sizeInBytes: number, ageMs: number])[]): SegmentFacts[] {
  return segments.map(([sizeInBytes, ageMs], index) => ({
    baseOffset: index * SEGMENT_OFFSETS,
    sizeInBytes,
    largestTimestampMs: NOW - ageMs,
    largestTimestampSource: 'time-index',
  }));
}

function plan(segments: SegmentFacts[], policy: Partial<RetentionPolicy>, state: Partial<LogState> = {}) {
  const logEndOffset = segments.length * SEGMENT_OFFSETS;
  const whole = { logStartOffset: 0, logEndOffset, highWatermark: logEndOffset, ...state };
  return planRetention(segments, { ...DELETE, ...policy }, whole, NOW);
}

function fates(...args: Parameters<typeof plan>) {
  const { deletions, kept } = plan(...args);
  return [...deletions, ...kept].map(({ reason }) => reason);
}

describe('planRetention', () => {
  it('keeps a segment whose age is exactly retention.ms', () => {
    expect(fates(log([1, 101], [1, 100], [1, 99]), { retentionMs: 100 })).toEqual([
      'time',
      'time-not-reached',
      'time-not-reached',
    ]);
    const [kept] = plan(log([1, 100]), { retentionMs: 100 }).kept;
    expect(kept!.dueAtMs).toBe(NOW + 1);
  });

  it('never goes below retention.bytes, so that up to a segment more stays', () => {
    const segments = log([100, 0], [100, 0], [100, 0]);
    expect(plan(segments, { retentionBytes: 101 }).deletions).toHaveLength(1);
    expect(plan(segments, { retentionBytes: 100 }).deletions).toHaveLength(2);
    expect(plan(segments, { retentionBytes: 0 })).toMatchObject({
      rollsActiveSegment: true,
      logStartOffsetAfter: 30,
    });
    expect(fates(segments, { retentionBytes: 300 })).toEqual(Array(3).fill('size-not-reached'));
  });

  it('stops at the first segment that stays', () => {
    expect(fates(log([1, -5], [1, 900], [1, 900]), { retentionMs: 100 })).toEqual([
      'future-timestamp',
      'behind-kept',
      'behind-kept',
    ]);
    expect(plan(log([1, -5], [1, 900]), { retentionMs: 100 }).kept[1]!.dueAtMs).toBe(NOW + 5 + 100 + 1);
  });

  it('takes by log start offset first, then by size, then by time', () => {
    const segments = log([100, 900], [100, 900], [100, 900], [100, 0]);
    expect(fates(segments, { retentionMs: 500, retentionBytes: 250 }, { logStartOffset: 15 })).toEqual([
      'log-start-offset',
      'time',
      'time',
      'time-not-reached',
    ]);
    expect(fates(segments, { retentionMs: 500, retentionBytes: 200 }, { logStartOffset: 10 })).toEqual([
      'log-start-offset',
      'size',
      'time',
      'time-not-reached',
    ]);
  });

  it('deletes only below the log start offset where the policy has no delete', () => {
    const policy = { deletes: false, compacts: true, retentionMs: 1, retentionBytes: 1 };
    expect(fates(log([1, 900], [1, 900], [1, 900]), policy, { logStartOffset: 10 })).toEqual([
      'log-start-offset',
      'policy',
      'policy',
    ]);
  });

  it('keeps what is not below the high watermark', () => {
    expect(fates(log([1, 900], [1, 900], [1, 900]), { retentionMs: 1 }, { highWatermark: 19 })).toEqual([
      'time',
      'high-watermark',
      'high-watermark',
    ]);
    const ahead = plan(log([1, 10], [1, 9], [1, 8]), { retentionMs: 100 }, { highWatermark: 10 });
    expect(ahead.kept.map(({ dueAtMs }) => dueAtMs)).toEqual([NOW + 91, null, null]);
  });

  it('keeps a last segment without a byte, and rolls one where all go', () => {
    expect(fates(log([1, 900], [0, 900]), { retentionMs: 1 })).toEqual(['time', 'active-empty']);
    expect(plan(log([1, 900]), { retentionMs: 1 })).toMatchObject({
      rollsActiveSegment: true,
      logStartOffsetAfter: 10,
      freedBytes: 1,
    });
  });

  it('plans nothing for an empty log', () => {
    expect(plan([], { retentionMs: 1 })).toMatchObject({ deletions: [], kept: [], logStartOffsetAfter: 0 });
  });

  it('deletes a prefix, and nothing more a second time', () => {
    const segment = fc.tuple(fc.nat(100), fc.integer({ min: -50, max: 200 }));
    const limits = fc.record({
      retentionMs: fc.integer({ min: -1, max: 150 }),
      retentionBytes: fc.integer({ min: -1, max: 400 }),
    });
    fc.assert(
      fc.property(fc.array(segment, { maxLength: 8 }), limits, fc.nat(80), (rows, policy, highWatermark) => {
        const segments = log(...rows);
        const logEndOffset = segments.length * SEGMENT_OFFSETS;
        const state = {
          logStartOffset: 0,
          logEndOffset,
          highWatermark: Math.min(highWatermark, logEndOffset),
        };
        const first = planRetention(segments, { ...DELETE, ...policy }, state, NOW);
        const all = [...first.deletions, ...first.kept].map(({ baseOffset }) => baseOffset);
        expect(all).toEqual(segments.map(({ baseOffset }) => baseOffset));
        if (first.rollsActiveSegment) return;
        const rest = segments.slice(first.deletions.length);
        const again = planRetention(
          rest,
          { ...DELETE, ...policy },
          { ...state, logStartOffset: first.logStartOffsetAfter },
          NOW,
        );
        expect(again.deletions).toEqual([]);
      }),
    );
  });

  it('deletes at the due time what it says is due then, and not a ms before', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -50, max: 200 }), { minLength: 1, maxLength: 6 }), (ages) => {
        const segments = log(...ages.map((age) => [1, age] as const));
        const logEndOffset = segments.length * SEGMENT_OFFSETS;
        const state = { logStartOffset: 0, logEndOffset, highWatermark: logEndOffset };
        const at = (nowMs: number) => planRetention(segments, { ...DELETE, retentionMs: 100 }, state, nowMs);
        for (const { baseOffset, dueAtMs } of at(NOW).kept) {
          const isDeleted = (nowMs: number) =>
            at(nowMs).deletions.some((one) => one.baseOffset === baseOffset);
          expect([isDeleted(dueAtMs! - 1), isDeleted(dueAtMs!)]).toEqual([false, true]);
        }
      }),
    );
  });
});
