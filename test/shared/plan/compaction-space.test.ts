/** Space and writing of a compaction, from sizes of a plan. */
import { describe, expect, it } from 'vitest';
import { ratioText, spaceNeeds } from '../../../shared/plan/compaction-space';

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

describe('ratioText', () => {
  it('never calls nothing what is little', () => {
    expect([0, 0.004, 0.006, 1.5].map(ratioText)).toEqual(['0.00', '< 0.01', '0.01', '1.50']);
  });
});
