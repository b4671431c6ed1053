/** Ticks of axes: round in their unit, few, and up to the largest value. */
import { describe, expect, it } from 'vitest';
import { countTicks, sizeTicks } from '../../../renderer/charts/axis-ticks';
import { sizeText } from '../../../renderer/text/quantities';

describe('sizeTicks', () => {
  it.each([
    [0, '0 B, 1 B'],
    [3, '0 B, 1 B, 2 B, 3 B'],
    [900, '0 B, 256 B, 512 B, 768 B, 1.0 KiB'],
    [17.6 * 1024, '0 B, 5.0 KiB, 10.0 KiB, 15.0 KiB, 20.0 KiB'],
    [5.4 * 1024 ** 2, '0 B, 2.0 MiB, 4.0 MiB, 6.0 MiB'],
    [1.2 * 1024 ** 3, '0 B, 512.0 MiB, 1.0 GiB, 1.5 GiB'],
    [4 * 1024 ** 4, '0 B, 1.0 TiB, 2.0 TiB, 3.0 TiB, 4.0 TiB'],
  ])('to %d bytes: %s', (max, texts) => {
    expect(sizeTicks(max).map(sizeText).join(', ')).toBe(texts);
  });
});

describe('countTicks', () => {
  it.each([
    [0, [0, 1]],
    [3, [0, 1, 2, 3]],
    [240, [0, 100, 200, 300]],
    [1_000_000, [0, 500_000, 1_000_000]],
  ])('to %d', (max, ticks) => {
    expect(countTicks(max)).toEqual(ticks);
  });
});
