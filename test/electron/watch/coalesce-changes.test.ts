/** Dirty keys, gathered and handed on a few times a second. */
import { describe, expect, it } from 'vitest';
import { coalesceChanges } from '../../../electron/watch/coalesce-changes';
import { ManualTimers } from '../../support/manual-timers';

function start(handle: (keys: ReadonlySet<string>) => Promise<void> = async () => {}) {
  const timers = new ManualTimers();
  const rounds: [atMs: number, keys: string][] = [];
  const coalescer = coalesceChanges<string>({
    intervalMs: 250,
    timers,
    handle(keys) {
      rounds.push([timers.now(), [...keys].join('+')]);
      return handle(keys);
    },
  });
  return { timers, rounds, coalescer };
}

describe('coalesceChanges', () => {
  it('hands the first key on at once and gathers the rest for the interval', async () => {
    const { timers, rounds, coalescer } = start();
    coalescer.add('a');
    await timers.advance(10);
    for (const key of ['b', 'c', 'b']) coalescer.add(key);
    await timers.advance(1_000);
    expect(rounds).toEqual([
      [0, 'a'],
      [250, 'b+c'],
    ]);
  });

  it('comes to at most four rounds a second under a stream of changes', async () => {
    const { timers, rounds, coalescer } = start();
    for (let i = 0; i < 199; i++) {
      coalescer.add('a');
      await timers.advance(5);
    }
    expect(rounds).toHaveLength(4);
  });

  it('never runs two rounds at the same time', async () => {
    let finish = () => {};
    const { timers, rounds, coalescer } = start(() => new Promise((resolve) => (finish = resolve)));
    coalescer.add('a');
    await timers.advance(10);
    coalescer.add('b');
    await timers.advance(5_000);
    expect(rounds).toHaveLength(1);
    finish();
    await timers.advance(10);
    expect(rounds.map(([, keys]) => keys)).toEqual(['a', 'b']);
  });

  it('handles nothing after it was closed', async () => {
    const { timers, rounds, coalescer } = start();
    coalescer.add('a');
    coalescer.close();
    coalescer.add('b');
    await timers.advance(1_000);
    expect([rounds, timers.waitingCount]).toEqual([[], 0]);
  });
});
