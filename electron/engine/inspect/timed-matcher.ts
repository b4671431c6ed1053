/**
 * Tests items one after another, with an end to each test: a regular expression can go back and forth over some bytes for
 * years, and no code of ours runs meanwhile. What ends it is V8's own interrupt, which Node gives out through node:vm
 * only. A call there costs as much as hundreds of quick tests, so that many items share one. Its time is that of the clock:
 * a process that was stopped for a while comes back with none left, so that an item has two tries. Knows no records.
 */
import { setImmediate as phaseOver } from 'node:timers/promises';
import { type Context, createContext, Script } from 'node:vm';
import type { Milliseconds } from '../../../shared/units';

/** For people it is stuck by then, and no honest expression takes so long over one record. */
const TEST_MS_MAX = 2_000;
const TRIES = 2;
const CALL_WALK = new Script('walk()');

export interface TimedMatches<T> {
  readonly found: T[];
  /** The first item whose test did not end in time, in no try, or null; none behind it was tested. */
  readonly tooSlow: T | null;
}

export class TimedMatcher<T> {
  readonly #test: (item: T) => boolean;
  readonly #testMsMax: Milliseconds;
  readonly #context: Context;
  #items: readonly T[] = [];
  /** 1 for those that matched: setting it twice, where a test was interrupted behind it, does no harm. */
  #marks = new Uint8Array(0);
  #at = 0;

  constructor(test: (item: T) => boolean, testMsMax: Milliseconds | undefined = TEST_MS_MAX) {
    this.#test = test;
    this.#testMsMax = testMsMax;
    this.#context = createContext({ walk: () => this.#walk() });
  }

  /** @throws the signal's reason when aborted, at the latest when the try that is running had its time */
  async matchesOf(items: readonly T[], signal?: AbortSignal): Promise<TimedMatches<T>> {
    this.#items = items;
    this.#marks = new Uint8Array(items.length);
    this.#at = 0;
    for (let tries = 0; this.#at < items.length; ) {
      const from = this.#at;
      if (this.#walkInTime()) break;
      tries = this.#at === from ? tries + 1 : 1; // where many tests took the time, this one's next try has all of it
      if (tries === TRIES) return { found: this.#found(), tooSlow: items[from]! };
      await everybodyHadATurn();
      signal?.throwIfAborted();
    }
    return { found: this.#found(), tooSlow: null };
  }

  #found(): T[] {
    return this.#items.filter((_, index) => this.#marks[index] === 1);
  }

  #walk(): void {
    for (; this.#at < this.#items.length; this.#at++)
      if (this.#test(this.#items[this.#at]!)) this.#marks[this.#at] = 1;
  }

  /** @returns whether it came to the end */
  #walkInTime(): boolean {
    try {
      CALL_WALK.runInContext(this.#context, { timeout: this.#testMsMax });
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error;
      return false;
    }
  }
}

/** One phase is not enough: behind an I/O callback it is over before a timer that is due, or a message, had its turn. */
async function everybodyHadATurn(): Promise<void> {
  await phaseOver();
  await phaseOver();
}
