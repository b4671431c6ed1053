/**
 * Round values along an axis from zero: sizes round in their unit, which a multiple of ten bytes is not.
 * Knows the largest value, not the chart.
 */

/** Ticks above zero: as many that the lines between them can be read, and no label touches another. */
const TICKS_WANTED = 4;
const UNIT = 1024;
/** In the unit. The larger ones divide the next unit, so that their multiples are round there, too. */
const SIZE_STEPS = [1, 2, 5, 10, 20, 50, 128, 256, 512, UNIT];
const COUNT_STEPS = [1, 2, 5, 10];

/** Bytes from 0 to the first tick at or above `maxBytes`. */
export function sizeTicks(maxBytes: number): number[] {
  return ticksBy(maxBytes, UNIT, SIZE_STEPS);
}

/** Whole numbers from 0 to the first tick at or above `max`. */
export function countTicks(max: number): number[] {
  return ticksBy(max, 10, COUNT_STEPS);
}

/** What an axis is told, so that it ends at its last tick. */
export function axisTo(ticks: number[]): { readonly ticks: number[]; readonly domain: [number, number] } {
  return { ticks, domain: [0, ticks.at(-1)!] };
}

function ticksBy(max: number, base: number, steps: readonly number[]): number[] {
  const wanted = Math.max(1, max / TICKS_WANTED);
  let unit = 1;
  while (unit * base <= wanted) unit *= base;
  const step = unit * steps.find((each) => each * unit >= wanted)!;
  return Array.from({ length: Math.max(1, Math.ceil(max / step)) + 1 }, (_, index) => index * step);
}
