/** The cleanable part of small logs, computed by hand from Kafka's rules. */
import { describe, expect, it } from 'vitest';
import { type CompactionState, planEligibility } from '../../../shared/plan/compaction-eligibility';

const NOW = 1_000_000;
/** Segments of 100 offsets and 1000 bytes; the last is the active one. */
function log(count: number, given: Partial<CompactionState> = {}): CompactionState {
  const segments = Array.from({ length: count }, (_, index) => ({
    baseOffset: index * 100,
    sizeInBytes: 1000,
    largestTimestampMs: index * 1000 + 999,
    firstBatchMaxTimestampMs: index * 1000 + 1,
  }));
  return {
    segments,
    logStartOffset: 0,
    logEndOffset: count * 100,
    highWatermark: count * 100,
    firstOpenTransactionOffset: null,
    cleanerCheckpoint: null,
    ...given,
  };
}
const limits = {
  compacts: true,
  minCleanableDirtyRatio: 0.5,
  minCompactionLagMs: 0,
  maxCompactionLagMs: Number.POSITIVE_INFINITY,
};

describe('planEligibility', () => {
  it('takes all closed segments of a log that was never cleaned', () => {
    expect(planEligibility(log(4), limits, NOW)).toMatchObject({
      isEligible: true,
      reasons: ['dirty-ratio-exceeded'],
      firstDirtyOffset: 0,
      firstDirtyOffsetSource: 'log-start-offset',
      firstUncleanableOffset: 300,
      cleanableEndOffset: 300,
      cleanableBytes: 3000,
      dirtyRatio: 1,
    });
  });

  it('compares the ratio strictly', () => {
    const half = log(5, { cleanerCheckpoint: 200 });
    expect(planEligibility(half, limits, NOW)).toMatchObject({
      dirtyRatio: 0.5,
      isEligible: false,
      reasons: ['dirty-ratio'],
    });
    expect(planEligibility(half, { ...limits, minCleanableDirtyRatio: 0.49 }, NOW).isEligible).toBe(true);
  });

  it('counts a segment with the first dirty offset in its middle twice', () => {
    const { cleanBytes, cleanableBytes, dirtyRatio } = planEligibility(
      log(4, { cleanerCheckpoint: 150 }),
      limits,
      NOW,
    );
    expect([cleanBytes, cleanableBytes, dirtyRatio]).toEqual([2000, 2000, 0.5]);
  });

  it('rounds the end down to the segment that an open transaction or the high watermark is in', () => {
    const open = planEligibility(log(4, { firstOpenTransactionOffset: 250 }), limits, NOW);
    expect(open).toMatchObject({
      firstUncleanableOffset: 250,
      cleanableEndOffset: 200,
      uncleanableReason: 'open-transaction',
    });
    const held = planEligibility(log(4, { highWatermark: 20 }), limits, NOW);
    expect(held).toMatchObject({ cleanableEndOffset: 0, reasons: ['high-watermark'], isEligible: false });
  });

  it('stops at the first dirty segment that is too young, never below the first dirty offset', () => {
    const lag = { ...limits, minCompactionLagMs: NOW - 1500 };
    expect(planEligibility(log(4), lag, NOW)).toMatchObject({
      cleanableEndOffset: 100,
      uncleanableReason: 'min-compaction-lag',
    });
    expect(planEligibility(log(4, { cleanerCheckpoint: 200 }), lag, NOW)).toMatchObject({
      firstUncleanableOffset: 200,
      cleanableBytes: 0,
      reasons: ['min-compaction-lag'],
    });
  });

  it('does not believe a checkpoint outside the log', () => {
    for (const cleanerCheckpoint of [99, 5000])
      expect(planEligibility(log(4, { cleanerCheckpoint, logStartOffset: 100 }), limits, NOW)).toMatchObject({
        firstDirtyOffset: 100,
        firstDirtyOffsetSource: 'log-start-offset',
      });
  });

  it('counts what lies below the log start as clean, as long as it is there (LogToClean: logSegments from -1)', () => {
    expect(planEligibility(log(5, { logStartOffset: 250 }), limits, NOW)).toMatchObject({
      ...{ firstDirtyOffset: 250, cleanableEndOffset: 400 },
      ...{ cleanBytes: 3000, cleanableBytes: 2000, dirtyRatio: 0.4 },
      ...{ isEligible: false, reasons: ['dirty-ratio'] },
    });
  });

  it('takes an overdue log whatever its ratio', () => {
    const state = log(9, { cleanerCheckpoint: 700 });
    const overdue = { ...limits, maxCompactionLagMs: NOW - 7002 };
    expect(planEligibility(state, overdue, NOW)).toMatchObject({
      isEligible: true,
      reasons: ['max-compaction-lag-exceeded'],
    });
    expect(planEligibility(state, { ...limits, maxCompactionLagMs: NOW - 7001 }, NOW).isEligible).toBe(false);
  });

  it('says why an empty log, or one that is deleted only, is left alone', () => {
    expect(planEligibility(log(1), limits, NOW)).toMatchObject({ isEligible: false, reasons: ['empty'] });
    expect(planEligibility(log(4), { ...limits, compacts: false }, NOW)).toMatchObject({
      isEligible: false,
      reasons: ['policy', 'dirty-ratio-exceeded'],
    });
  });
});
