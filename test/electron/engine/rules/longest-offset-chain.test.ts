/** Batches drawn as `base-last`, and the ones that belong together. */
import { describe, expect, it } from 'vitest';
import { longestOffsetChain } from '../../../../electron/engine/rules/longest-offset-chain';

function chainOf(text: string): string {
  const drawn = text.split(' ').filter(Boolean);
  const ranges = drawn.map((range) => {
    const [baseOffset, lastOffset] = range.split('-').map(Number);
    return { baseOffset: baseOffset!, lastOffset: lastOffset! };
  });
  return longestOffsetChain(ranges)
    .map((index) => drawn[index])
    .join(' ');
}

describe('longestOffsetChain', () => {
  it('keeps everything that goes up, gaps included', () => {
    expect(chainOf('0-5 6-9 20-20 21-30')).toBe('0-5 6-9 20-20 21-30');
    expect(chainOf('')).toBe('');
  });

  it('leaves out the one that was changed upwards, not those behind it', () => {
    expect(chainOf('0-5 70-73 10-13 14-20 21-22')).toBe('0-5 10-13 14-20 21-22');
  });

  it('leaves out the one that was changed downwards', () => {
    expect(chainOf('10-13 14-20 3-4 21-22')).toBe('10-13 14-20 21-22');
  });

  it('takes the one that joins its neighbours where two overlap, and one of two that are the same', () => {
    expect(chainOf('0-5 7-12 12-17 18-20')).toBe('0-5 12-17 18-20');
    expect(chainOf('0-5 5-10 12-17')).toBe('0-5 12-17');
    expect(chainOf('0-5 6-11 11-16')).toBe('0-5 6-11');
    expect(chainOf('0-5 0-5 6-6')).toBe('0-5 6-6');
  });
});
