/** Progress as a window gets it: not too often, and never backwards. */
import { expect, it } from 'vitest';
import { pacedPasses } from '../../../electron/workers/paced-progress';

it('goes on behind the bytes of the pass before, where a call makes several', () => {
  const seen: [number, number][] = [];
  let nowMs = 0;
  const nextPass = pacedPasses(
    ({ bytesDone, bytesTotal }) => seen.push([bytesDone, bytesTotal]),
    () => (nowMs += 1_000),
  );
  const read = nextPass();
  read({ bytesDone: 40, bytesTotal: 100 });
  read({ bytesDone: 100, bytesTotal: 100 });
  const write = nextPass();
  write({ bytesDone: 0, bytesTotal: 50 });
  write({ bytesDone: 50, bytesTotal: 50 });
  expect(seen).toEqual([
    [40, 100],
    [100, 100],
    [100, 150],
    [150, 150],
  ]);
});
