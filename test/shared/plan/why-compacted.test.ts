/** Why a log is or is not compacted, in words. Settings and timestamps are Kafka's units; sizes are made easy to read. */
import { describe, expect, it } from 'vitest';
import { type CompactionState, planEligibility } from '../../../shared/plan/compaction-eligibility';
import { whyCleanableEnds, whyCompacted } from '../../../shared/plan/why-compacted';

const HOUR_MS = 3_600_000;
const NOW_MS = 100 * HOUR_MS;
const TEXTS = {
  count: (offset: number) => String(offset),
  size: (bytes: number) => `${Math.round(bytes)} B`,
  time: (ms: number) => `hour ${ms / HOUR_MS}`,
  duration: (ms: number) => `${ms / HOUR_MS} h`,
};

const segment = (baseOffset: number, hour: number) => ({
  ...{ baseOffset, sizeInBytes: 100 },
  ...{ largestTimestampMs: hour * HOUR_MS, firstBatchMaxTimestampMs: hour * HOUR_MS },
});
const STATE: CompactionState = {
  segments: [segment(0, 10), segment(10, 40), segment(20, 80), segment(30, 99)],
  ...{ logStartOffset: 0, logEndOffset: 35, highWatermark: 35 },
  ...{ firstOpenTransactionOffset: null, cleanerCheckpoint: 20 },
};
const LIMITS = {
  ...{ compacts: true, minCleanableDirtyRatio: 0.5 },
  ...{ minCompactionLagMs: 0, maxCompactionLagMs: Number.POSITIVE_INFINITY },
};

function around(part: Partial<CompactionState> = {}, limits: Partial<typeof LIMITS> = {}) {
  const state = { ...STATE, ...part };
  const given = { ...LIMITS, ...limits };
  return {
    ...{ state, limits: given, policyText: given.compacts ? 'compact' : 'delete', nowMs: NOW_MS },
    roll: { segmentBytes: 1000, segmentMs: 168 * HOUR_MS },
    eligibility: planEligibility(state, given, NOW_MS),
  };
}
const textsOf = (...args: Parameters<typeof around>) =>
  whyCompacted(around(...args), TEXTS).map(({ what, change }) => `${what} ${change}`);

describe('whyCompacted', () => {
  it('names the active segment where a log has nothing else, and no byte only where there is none', () => {
    const alone = {
      segments: [segment(0, 10)],
      logEndOffset: 10,
      highWatermark: 10,
      cleanerCheckpoint: null,
    };
    expect(textsOf(alone)[0]).toContain('From offset 0 on there is the active segment (100 B)');
    const empty = { ...alone, segments: [{ ...segment(0, 10), sizeInBytes: 0 }] };
    expect(textsOf(empty)).toEqual(['There is no byte to clean. null']);
  });

  it('says how far the ratio is from the limit, and what moves it', () => {
    // 100 of 300 bytes are dirty; 200 * 0.5 / 0.5 - 100 more would be needed.
    expect(textsOf()).toEqual([
      'The dirty ratio 0.333 is not above min.cleanable.dirty.ratio 0.5: 100 B to clean beside 200 B that are clean. Set min.cleanable.dirty.ratio below 0.333, or wait for 100 B more in closed segments.',
    ]);
    expect(textsOf({}, { minCleanableDirtyRatio: 0.3 })[0]).toContain(
      '0.333, above min.cleanable.dirty.ratio 0.3',
    );
  });

  it('says when the longest lag takes the log', () => {
    expect(textsOf({}, { maxCompactionLagMs: 30 * HOUR_MS })[0]).toContain(
      'max.compaction.lag.ms, which is over in 10 h.',
    );
    expect(textsOf({}, { maxCompactionLagMs: 5 * HOUR_MS })[0]).toContain(
      'older than max.compaction.lag.ms 5 h',
    );
  });

  it('names what holds the first dirty segment', () => {
    expect(textsOf({}, { minCompactionLagMs: 48 * HOUR_MS })).toEqual([
      'The newest record of the segment at 20 is 20 h old: min.compaction.lag.ms 48 h is not over, so that nothing from there on is cleaned. Wait 28 h, or set min.compaction.lag.ms to 20 h or less.',
    ]);
    expect(textsOf({ firstOpenTransactionOffset: 24 })[0]).toContain(
      'open since offset 24; nothing from its segment on (base offset 20)',
    );
    expect(textsOf({ highWatermark: 23 })[0]).toContain('below the high watermark 23');
    expect(textsOf({ cleanerCheckpoint: 30 })).toEqual([
      'From offset 30 on there is the active segment (100 B), which is never cleaned. It is closed when it reaches segment.bytes 1000 B, or when a record comes 168 h after its first.',
    ]);
  });

  it('names the policy', () => {
    expect(textsOf({}, { compacts: false })[0]).toContain('cleanup.policy is delete');
  });

  it('speaks of a record from the future without a way to shorten the lag', () => {
    const late = { segments: [segment(0, 10), segment(10, 40), segment(20, 130), segment(30, 99)] };
    expect(textsOf(late, { minCompactionLagMs: HOUR_MS })[0]).toMatch(/is from the future.* Wait 31 h\.$/);
  });
});

describe('whyCleanableEnds', () => {
  it('explains the end of the part that is cleaned', () => {
    expect(whyCleanableEnds(around({ cleanerCheckpoint: null }), TEXTS)).toMatchObject({
      reason: 'active-segment',
      what: expect.stringContaining('From offset 30 on'),
    });
  });
});
