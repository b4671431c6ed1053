/** Space and writing of a compaction, from sizes of a plan. */
import { describe, expect, it } from 'vitest';
import { percentText, ratioText, savedShare, spaceNeeds } from '../../../shared/plan/compaction-space';

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

describe('savedShare and percentText', () => {
  it('never call all, or nothing, what is neither', () => {
    const freed = (bytesBefore: number, bytesAfter: number) =>
      percentText(savedShare({ bytesBefore, bytesAfter }));
    expect([freed(0, 0), freed(9, 9), freed(100_000, 99_999)]).toEqual(['0 %', '0 %', '< 0.1 %']);
    expect([freed(8, 7), freed(100_000, 1), freed(9, 0)]).toEqual(['12.5 %', '> 99.9 %', '100.0 %']);
    expect(freed(100, 103)).toBe('−3.0 %');
  });
});

describe('ratioText', () => {
  it('never calls nothing what is little', () => {
    expect([0, 0.004, 0.006, 1.5].map(ratioText)).toEqual(['0.00', '< 0.01', '0.01', '1.50']);
  });
});
