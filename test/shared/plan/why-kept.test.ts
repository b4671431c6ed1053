/** Reasons in words, with the numbers of the case. */
import { describe, expect, it } from 'vitest';
import { type LogState, planRetention, type SegmentFacts } from '../../../shared/plan/retention-plan';
import { type KeptSurroundings, whyDeleted, whyKept } from '../../../shared/plan/why-kept';

const TEXTS = {
  size: (bytes: number) => `${bytes} B`,
  time: (ms: number) => `t${ms}`,
  duration: (ms: number) => `${ms} ms`,
  count: String,
};
const NOW = 1_000;
const POLICY = { deletes: true, compacts: false, retentionMs: -1, retentionBytes: -1 };
const segment = (baseOffset: number, largestTimestampMs: number): SegmentFacts => ({
  ...{ baseOffset, sizeInBytes: 10, largestTimestampMs, largestTimestampSource: 'time-index' },
});

/** The last segment is closed here: an empty one follows. */
function words(
  policy: Partial<typeof POLICY>,
  segments: readonly SegmentFacts[],
  state: Partial<LogState> = {},
  more: Partial<KeptSurroundings> & { readonly withActive?: boolean } = {},
): string[] {
  const whole = { ...POLICY, ...policy };
  const log = { logStartOffset: 0, logEndOffset: 99, highWatermark: 99, ...state };
  const plan = planRetention(segments, whole, log, NOW);
  const keptBytes = plan.kept.reduce((sum, { sizeInBytes }) => sum + sizeInBytes, 0);
  const around = {
    ...{ policy: whole, nowMs: NOW, keptBytes, log, segmentMs: 100, futureRecordOf: () => null },
    ...more,
  };
  return [
    ...plan.deletions.map((each) => whyDeleted(each, around, TEXTS)),
    ...plan.kept.map((each, index) => {
      const endOffset = plan.kept[index + 1]?.baseOffset ?? log.logEndOffset;
      const isActive = more.withActive === true && index === plan.kept.length - 1;
      return whyKept(each, { endOffset, isActive }, around, TEXTS);
    }),
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

  it('name the record of a future timestamp', () => {
    const future = [segment(0, 5_000)];
    expect(words({ retentionMs: 500 }, future)).toEqual([
      'Its largest timestamp is 4000 ms in the future: t5000.',
    ]);
    const futureRecordOf = () => ({ offset: 7, batchBaseOffset: 5 });
    expect(words({ retentionMs: 500 }, future, {}, { futureRecordOf })[0]).toContain(
      'It is that of record 7 in the batch at 5.',
    );
  });

  it('tell of the high watermark and of sizes', () => {
    expect(words({ retentionMs: 500 }, [segment(0, 100)], { highWatermark: 7 })).toEqual([
      'It ends at 99, and only what lies below the high watermark 7 may go: the rest is not replicated yet.',
    ]);
    expect(words({ retentionBytes: 15 }, [segment(0, 1), segment(5, 2), segment(9, 3)])).toEqual([
      'The log stays at or above retention.bytes 15 B without its 10 B.',
      ...Array(2).fill(
        'Without its 10 B the log would be 5 B under retention.bytes 15 B: 20 B are left, and up to a segment more than the limit stays.',
      ),
    ]);
  });

  it('blame the large segment, and not the small one behind it', () => {
    const [large, small] = words({ retentionBytes: 35 }, [
      { ...segment(0, 1), sizeInBytes: 30 },
      segment(5, 2),
    ]);
    expect(large).toContain('would be 25 B under retention.bytes 35 B');
    expect(words({ retentionBytes: 25 }, [{ ...segment(0, 1), sizeInBytes: 30 }, segment(5, 2)])[1]).toBe(
      'It waits for the older ones, without which the log would be under retention.bytes 25 B: 40 B are left.',
    );
    expect(small).toContain('would be 5 B under');
  });

  it('tell that no limit is set, that the policy deletes nothing, or only compacts', () => {
    expect(words({}, [segment(0, 1)])).toEqual(['Neither retention.ms nor retention.bytes is set.']);
    expect(words({ deletes: false }, [segment(0, 1)])[0]).toContain('cleanup.policy has no delete');
    expect(words({ deletes: false, compacts: true }, [segment(0, 1)])[0]).toContain(
      'cleanup.policy is compact',
    );
  });

  it('tell how much lies below the log start offset', () => {
    const segments = [segment(0, 900), segment(10, 900), segment(20, 900)];
    expect(words({ retentionMs: 500 }, segments, { logStartOffset: 13 })).toEqual([
      'It ends at 10, all of it below the log start offset 13.',
      'Its newest record is 100 ms old; it goes in 401 ms. 3 of its 10 offsets lie below the log start offset 13; files go whole.',
      'Its newest record is 100 ms old; it goes in 401 ms.',
    ]);
  });

  it('tell of an empty time index', () => {
    const empty = { ...segment(0, 900), largestTimestampSource: 'modification-time' as const };
    expect(words({ retentionMs: 500 }, [empty])[0]).toContain('Its time index has no entry');
    expect(words({ retentionBytes: 500 }, [empty])[0]).not.toContain('time index');
    const withoutByte = { ...empty, sizeInBytes: 0 };
    expect(words({ retentionMs: 1 }, [withoutByte])).toEqual(['It is the active segment, and empty.']);
  });

  it('tell that the active segment waits for a roll, and for how long', () => {
    const wait = words({ retentionMs: 500 }, [segment(0, 900)], {}, { withActive: true, segmentMs: 100 });
    expect(wait[0]).toContain('It is the active segment: every append makes it younger');
    expect(wait[0]).not.toContain('segment.ms');
    const long = words({ retentionMs: 500 }, [segment(0, 900)], {}, { withActive: true, segmentMs: 700 });
    expect(long[0]).toContain('segment.ms 700 ms is longer than retention.ms 500 ms');
  });
});
