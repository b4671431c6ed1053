/** Order, bounds and errors of many small operations at once. */
import { describe, expect, it } from 'vitest';
import { mapConcurrently } from '../../../electron/engine/map-concurrently';

const later = () => new Promise<void>((done) => setImmediate(done));

describe('mapConcurrently', () => {
  it('gives the results in the order of the items, with some at work together and never all', async () => {
    const items = Array.from({ length: 100 }, (_, index) => index);
    let atWork = 0;
    let most = 0;
    const results = await mapConcurrently(items, async (item) => {
      most = Math.max(most, ++atWork);
      for (let turn = item % 7; turn >= 0; turn--) await later();
      atWork--;
      return item * 2;
    });
    expect(results).toEqual(items.map((item) => item * 2));
    expect(most).toBeGreaterThan(1);
    expect(most).toBeLessThan(items.length);
  });

  it('begins nothing more after an error, and leaves nothing at work behind', async () => {
    let begun = 0;
    let ended = 0;
    const work = async (item: number) => {
      begun++;
      await later();
      ended++;
      if (item === 3) throw new Error('third');
    };
    await expect(
      mapConcurrently(
        Array.from({ length: 1000 }, (_, index) => index),
        work,
      ),
    ).rejects.toThrow('third');
    expect(begun).toBeLessThan(100);
    expect(ended).toBe(begun);
  });

  it('has nothing to do for no items', async () => {
    expect(await mapConcurrently([], later)).toEqual([]);
  });
});
