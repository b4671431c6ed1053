/** Limits as they are typed and dragged. */
import { describe, expect, it } from 'vitest';
import {
  LAG_SCALE,
  limitOf,
  limitText,
  parseLimit,
  SHARE_SCALE,
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
    for (const text of ['-1', 'no limit']) expect(parseLimit(LAG_SCALE, text)).toBeNull();
    for (const text of ['', '2', '-1', '0.5 d', '130 %']) expect(parseLimit(SHARE_SCALE, text)).toBeNull();
  });

  it('reads shares as such and in per cent', () => {
    expect(['0.5', '.25', '1', '12.5 %'].map((text) => parseLimit(SHARE_SCALE, text))).toEqual([
      ...[0.5, 0.25, 1, 0.125],
    ]);
  });
});

describe('limitText', () => {
  it('has a word for what nothing reaches, Kafka’s longest time too', () => {
    expect([-1, Number('9223372036854775807')].map((value) => limitText(TIME_SCALE, value))).toEqual([
      ...['no limit', 'no limit'],
    ]);
    expect(limitText(TIME_SCALE, 604_800_000)).toBe('7 d');
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

  it('begin with zero where nothing is a value', () => {
    expect([limitOf(LAG_SCALE, 0), sliderOf(LAG_SCALE, 0)]).toEqual([0, 0]);
    expect(limitOf(LAG_SCALE, 1)).toBe(60_000);
    expect(limitOf(LAG_SCALE, SLIDER_STEPS)).toBeGreaterThan(4 * 365 * 86_400_000);
    expect([0, 0.5, 1].map((share) => limitOf(SHARE_SCALE, sliderOf(SHARE_SCALE, share)))).toEqual([
      ...[0, 0.5, 1],
    ]);
  });

  it('gives values that a person would type', () => {
    expect(limitText(TIME_SCALE, limitOf(TIME_SCALE, sliderOf(TIME_SCALE, 604_800_000)))).toMatch(
      /^\d+ d( 12 h)?$/,
    );
  });
});
