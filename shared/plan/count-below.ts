/** Binary search over ascending offsets, wherever they stand. */
import type { Offset } from '../units';

/** How many of `count` offsets, which ascend, are below `offset`: the place of the first that is not. */
export function countBelow(count: number, offsetAt: (index: number) => Offset, offset: Offset): number {
  let [low, high] = [0, count];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (offsetAt(middle) < offset) low = middle + 1;
    else high = middle;
  }
  return low;
}
