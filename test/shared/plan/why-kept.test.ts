/** Reasons in words, with the numbers of the case. */
import { describe, expect, it } from 'vitest';
import { planRetention, type SegmentFacts } from '../../../shared/plan/retention-plan';
import { whyDeleted, whyKept } from '../../../shared/plan/why-kept';

const TEXTS = {
  size: (bytes: number) => `${bytes} B`,
  time: (ms: number) => `t${ms}`,
  duration: (ms: number) => `${ms} ms`,
};
const NOW = 1_000;
const POLICY = { deletes: true, compacts: false, retentionMs: -1, retentionBytes: -1 };
const segment = (baseOffset: number, largestTimestampMs: number): SegmentFacts => ({
  ...{ baseOffset, sizeInBytes: 10, largestTimestampMs, largestTimestampSource: 'time-index' },
});

function words(
  policy: Partial<typeof POLICY>,
  segments: readonly SegmentFacts[],
  highWatermark = 99,
): string[] {
  const whole = { ...POLICY, ...policy };
  const plan = planRetention(segments, whole, { logStartOffset: 0, logEndOffset: 99, highWatermark }, NOW);
  const keptBytes = plan.kept.reduce((sum, { sizeInBytes }) => sum + sizeInBytes, 0);
  const around = { policy: whole, nowMs: NOW, keptBytes, highWatermark };
  return [
    ...plan.deletions.map((each) => whyDeleted(each, around, TEXTS)),
    ...plan.kept.map((each) => whyKept(each, around, TEXTS)),
  ];
}

describe('whyKept and whyDeleted', () => {
  it('tell age, due time and what stands before', () => {
    expect(words({ retentionMs: 500 }, [segment(0, 100), segment(5, 800), segment(9, 300)])).toEqual([
      'Its newest record is 900 ms old, more than retention.ms 500 ms.',
      'Its newest record is 200 ms old; it goes in 301 ms.',
      'It could go, but an older segment stays until t1301.',
    ]);
  });

  it('tell of the future, of the high watermark and of sizes', () => {
    expect(words({ retentionMs: 500 }, [segment(0, 5_000)])).toEqual([
      'Its largest timestamp is 4000 ms in the future: t5000.',
    ]);
    expect(words({ retentionMs: 500 }, [segment(0, 100)], 7)).toEqual([
      'Records up to its end are not replicated yet: the high watermark is 7.',
    ]);
    expect(words({ retentionBytes: 15 }, [segment(0, 1), segment(5, 2), segment(9, 3)])).toEqual([
      'The log stays at or above retention.bytes 15 B without it.',
      'Without its 10 B the log would fall below retention.bytes: 20 B are left, the limit is 15 B.',
      'Without its 10 B the log would fall below retention.bytes: 20 B are left, the limit is 15 B.',
    ]);
  });

  it('tell that no limit is set, or that the policy deletes nothing', () => {
    expect(words({}, [segment(0, 1)])).toEqual(['Neither retention.ms nor retention.bytes is set.']);
    expect(words({ deletes: false }, [segment(0, 1)])[0]).toContain('cleanup.policy has no delete');
  });
});
