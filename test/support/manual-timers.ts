/** Timers that move only when the test says so. */
import type { Timers } from '../../electron/watch/coalesce-changes';

interface Waiting {
  readonly atMs: number;
  readonly run: () => void;
}

export class ManualTimers implements Timers {
  #nowMs: number;
  readonly #waiting = new Set<Waiting>();

  constructor(nowMs = 0) {
    this.#nowMs = nowMs;
  }

  readonly now = () => this.#nowMs;

  readonly after = (delayMs: number, run: () => void) => {
    const entry = { atMs: this.#nowMs + delayMs, run };
    this.#waiting.add(entry);
    return () => void this.#waiting.delete(entry);
  };

  /** Runs what is due in order of time, with the promises that follow from each. */
  async advance(byMs: number): Promise<void> {
    const endMs = this.#nowMs + byMs;
    await settle();
    for (;;) {
      const due = [...this.#waiting].filter(({ atMs }) => atMs <= endMs).sort((a, b) => a.atMs - b.atMs)[0];
      if (due === undefined) break;
      this.#waiting.delete(due);
      this.#nowMs = Math.max(this.#nowMs, due.atMs);
      due.run();
      await settle();
    }
    this.#nowMs = endMs;
  }

  get waitingCount(): number {
    return this.#waiting.size;
  }
}

/** Lets every promise that can settle do so. */
function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
