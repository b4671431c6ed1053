/**
 * Keeps long work from holding up everything else in the process: after so long, others have their turn.
 * What the work is, and where it may be interrupted, its owner knows.
 */
import type { Milliseconds } from '../../../shared/units';
import type { Clock } from '../clock';

/** Short, because an append that comes in between takes several turns of the event loop. */
const SLICE_MS: Milliseconds = 2;

export class WorkSlices {
  readonly #clock: Clock;
  #sinceMs: Milliseconds;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#sinceMs = clock.elapsedMs();
  }

  /** Whether it is time for `rest`. */
  get isOver(): boolean {
    return this.#clock.elapsedMs() - this.#sinceMs >= SLICE_MS;
  }

  /** Lets everything that is ready run first. */
  async rest(): Promise<void> {
    await new Promise<void>((resolve) => setImmediate(resolve));
    this.#sinceMs = this.#clock.elapsedMs();
  }
}
