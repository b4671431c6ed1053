/** The offsets that a salvage lost, in words. */
import { describe, expect, it } from 'vitest';
import { lostOffsetsText } from '../../shared/salvage-words';

describe('lostOffsetsText', () => {
  it('tells one offset from several, and from an end that nobody knows', () => {
    expect(lostOffsetsText(33, 33)).toBe('offset 33');
    expect(lostOffsetsText(33, 34)).toBe('offsets 33 to 34');
    expect(lostOffsetsText(33, null)).toBe('offsets from 33 on');
  });
});
