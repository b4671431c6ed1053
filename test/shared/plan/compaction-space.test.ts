/** Space and writing of a compaction, from sizes of a plan. */
import { describe, expect, it } from 'vitest';
import { savedShare, spaceNeeds } from '../../../shared/plan/compaction-space';

describe('spaceNeeds', () => {
  const kept = { isCleaned: false, bytesAfter: 100 };

  it('counts what is written against what is freed', () => {
    const segments = [{ isCleaned: true, bytesAfter: 141 }, kept];
    expect(spaceNeeds({ bytesBefore: 400, bytesAfter: 241, segments })).toEqual({
      ...{ whileItRunsBytes: 141, writeAmplification: 141 / 159, spaceAmplification: 400 / 241 },
    });
  });

  it('knows no ratio where nothing is freed or nothing stays', () => {
    expect(spaceNeeds({ bytesBefore: 100, bytesAfter: 100, segments: [kept] }).writeAmplification).toBeNull();
    expect(spaceNeeds({ bytesBefore: 100, bytesAfter: 0, segments: [] }).spaceAmplification).toBeNull();
  });
});

describe('savedShare', () => {
  it('is what goes of what was there, and less than nothing where the log grows', () => {
    const freed = (bytesBefore: number, bytesAfter: number) => savedShare({ bytesBefore, bytesAfter });
    expect([freed(0, 0), freed(9, 9), freed(8, 7), freed(9, 0), freed(100, 103)]).toEqual([
      ...[0, 0, 0.125, 1, -0.03],
    ]);
  });
});
