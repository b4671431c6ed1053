/** Progress as a window gets it: not too often, and never backwards. */
import { expect, it } from 'vitest';
import { pacedProgress } from '../../../electron/workers/paced-progress';

it('passes over what comes too soon, or is less than was shown', () => {
  const seen: number[] = [];
  let nowMs = 0;
  const show = pacedProgress<{ readonly bytesDone: number }>(
    ({ bytesDone }) => seen.push(bytesDone),
    () => nowMs,
  );
  for (const [atMs, bytesDone] of [
    [0, 10],
    [99, 20],
    [100, 30],
    [300, 5],
    [301, 40],
  ] as const) {
    nowMs = atMs;
    show({ bytesDone });
  }
  expect(seen).toEqual([10, 30, 40]);
});
