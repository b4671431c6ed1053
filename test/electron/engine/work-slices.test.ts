/** When others have their turn beside long work, by a clock that the test moves. */
import { setImmediate as phase } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { WorkSlices } from '../../../electron/engine/work-slices';

function started() {
  let nowMs = 0;
  const slices = new WorkSlices({ elapsedMs: () => nowMs });
  return {
    slices,
    pass(ms: number) {
      nowMs += ms;
    },
  };
}

describe('WorkSlices', () => {
  it('says after two milliseconds that it is time, and again two after the rest', async () => {
    const { slices, pass } = started();
    pass(1.9);
    expect(slices.isOver).toBe(false);
    pass(0.1);
    expect(slices.isOver).toBe(true);
    await slices.rest();
    expect(slices.isOver).toBe(false);
    pass(2);
    expect(slices.isOver).toBe(true);
  });

  it('lets what is ready run first', async () => {
    const { slices } = started();
    const ran: string[] = [];
    const ready = phase().then(() => ran.push('ready'));
    await slices.rest();
    ran.push('work');
    await ready;
    expect(ran).toEqual(['ready', 'work']);
  });

  it('counts the rest of all that work side by side as one', async () => {
    const { slices, pass } = started();
    const ran: string[] = [];
    const work = async (name: string) => {
      await slices.rest();
      // Without a word to the event loop in between, as long as the slice is.
      for (let step = 0; step < 2; step++) {
        ran.push(name);
        await Promise.resolve();
      }
      pass(2);
      await slices.rest();
      ran.push(`${name} rested`);
    };
    await Promise.all([work('a'), work('b'), phase().then(() => ran.push('others'))]);
    expect(ran).toEqual(['a', 'b', 'a', 'b', 'others', 'a rested', 'b rested']);
  });
});
