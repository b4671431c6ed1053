/** Tests with an end: real expressions that go back and forth for years, between others that do not. */
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
    const matcher = new TimedMatcher(busyMs, MS_MAX);
    const items = Array<number>(8).fill(MS_MAX / 4);
    expect(await matcher.matchesOf(items)).toEqual({ found: items, tooSlow: null });
  });

  it('lets others run in between, and then hears that it is cancelled', async () => {
    const controller = new AbortController();
    const matcher = new TimedMatcher((item: string) => item === 'first' || endless(ENDLESS), MS_MAX);
    setTimeout(() => controller.abort(new Error('enough')));
    const matching = matcher.matchesOf(['first', 'second'], controller.signal);
    await expect(matching).rejects.toThrow('enough');
  });

  it('passes on what a test throws', async () => {
    const matcher = new TimedMatcher(() => {
      throw new RangeError('a bug');
    });
    await expect(matcher.matchesOf([1])).rejects.toThrow(RangeError);
  });
});
