/** Tests with an end: real expressions that go back and forth for years, between others that do not. */
import { stat } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { TimedMatcher } from '../../../../electron/engine/inspect/timed-matcher';

/** Some 2^50 ways to part the letters, all of them tried. */
const ENDLESS = `${'a'.repeat(50)}!`;
const endless = (text: string) => /^(a+)+$/u.test(text);
/** On a busy machine a quick test can have to wait for so long. */
const MS_MAX = 300;

describe('TimedMatcher', () => {
  it('finds what matches, in order, also where there is nothing', async () => {
    const matcher = new TimedMatcher(endless);
    expect(await matcher.matchesOf(['a', 'b', 'aa'])).toEqual({ found: ['a', 'aa'], tooSlow: null });
    expect(await matcher.matchesOf([])).toEqual({ found: [], tooSlow: null });
  });

  it('stops at the first item that comes to no end, keeps those before it, and goes on behind it', async () => {
    const matcher = new TimedMatcher(endless, MS_MAX);
    const items = ['a', 'b', ENDLESS, 'aaa'];
    expect(await matcher.matchesOf(items)).toEqual({ found: ['a'], tooSlow: ENDLESS });
    expect(await matcher.matchesOf(items.slice(3))).toEqual({ found: ['aaa'], tooSlow: null });
  });

  it('gives each item its time, however long all of them take', async () => {
    const busyMs = (ms: number) => {
      const until = performance.now() + ms;
      while (performance.now() < until);
      return true;
    };
    // Together longer than one may take; each so short that only a process stopped for long, twice, would be over it.
    const matcher = new TimedMatcher(busyMs, 1_000);
    const items = Array<number>(12).fill(100);
    expect(await matcher.matchesOf(items)).toEqual({ found: items, tooSlow: null });
  });

  it('tries an item again whose time went by once, and no more often', async () => {
    const tries = new Map<string, number>();
    const matcher = new TimedMatcher((item: string) => {
      const count = (tries.get(item) ?? 0) + 1;
      tries.set(item, count);
      return item === 'endless' || count === 1 ? endless(ENDLESS) : true;
    }, MS_MAX);
    const items = ['stopped', 'stopped too'];
    expect(await matcher.matchesOf(items)).toEqual({ found: items, tooSlow: null });
    expect(await matcher.matchesOf(['endless', 'never'])).toEqual({ found: [], tooSlow: 'endless' });
    expect([tries.get('endless'), tries.has('never')]).toEqual([2, false]);
  });

  it('lets others run in between, also behind an I/O callback, and then hears that it is cancelled', async () => {
    const controller = new AbortController();
    let endlessCount = 0;
    const matcher = new TimedMatcher((item: string) => {
      if (item === 'first') return true;
      endlessCount++;
      return endless(ENDLESS);
    }, MS_MAX);
    await new Promise((resolve) => stat('.', resolve));
    // Due long before the first try had its time.
    setTimeout(() => controller.abort(new Error('enough')));
    const matching = matcher.matchesOf(['first', 'second'], controller.signal);
    await expect(matching).rejects.toThrow('enough');
    expect(endlessCount).toBeLessThan(2);
  });

  it('passes on what a test throws', async () => {
    const matcher = new TimedMatcher(() => {
      throw new RangeError('a bug');
    });
    await expect(matcher.matchesOf([1])).rejects.toThrow(RangeError);
  });
});
