/** Limits as they are typed and dragged. */
import { describe, expect, it } from 'vitest';
import {
  limitOf,
  limitText,
  parseLimit,
  SIZE_SCALE,
  SLIDER_STEPS,
  sliderOf,
  TIME_SCALE,
} from '../../../renderer/text/limits';

describe('parseLimit', () => {
  it('reads numbers, units and sums of them', () => {
    expect(
      ['7d', '3 h 12 min', '500', '1.5h', 'no limit', '-1'].map((text) => parseLimit(TIME_SCALE, text)),
    ).toEqual([...[604_800_000, 11_520_000, 500, 5_400_000, -1, -1]]);
    expect(['10 GiB', '4000'].map((text) => parseLimit(SIZE_SCALE, text))).toEqual([10 * 1024 ** 3, 4_000]);
  });

  it('refuses what is no limit', () => {
    for (const text of ['', 'soon', '7 parsecs', '5 GiB']) expect(parseLimit(TIME_SCALE, text)).toBeNull();
  });
});

describe('limitOf and sliderOf', () => {
  it('agree, up to rounding, and end in no limit', () => {
    for (const scale of [TIME_SCALE, SIZE_SCALE]) {
      expect(limitOf(scale, SLIDER_STEPS)).toBe(-1);
      expect(sliderOf(scale, -1)).toBe(SLIDER_STEPS);
      for (let slider = 0; slider < SLIDER_STEPS; slider += 37)
        expect(Math.abs(sliderOf(scale, limitOf(scale, slider)) - slider)).toBeLessThan(45);
    }
  });

  it('gives values that a person would type', () => {
    expect(limitText(TIME_SCALE, limitOf(TIME_SCALE, sliderOf(TIME_SCALE, 604_800_000)))).toMatch(
      /^\d+ d( 12 h)?$/,
    );
  });
});
