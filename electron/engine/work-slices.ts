/**
 * Keeps long work from holding up everything else in the thread: after so long, others have their turn.
 * What the work is, and where it may be interrupted, its owner knows.
 */
import type { Milliseconds } from '../../shared/units';
import type { Clock } from './clock';

/** Short, because an append, or an answer for the window, that comes in between takes several turns of the event loop. */
const SLICE_MS: Milliseconds = 2;

export class WorkSlices {
  readonly #clock: Pick<Clock, 'elapsedMs'>;
  #sinceMs: Milliseconds;
  #resting: Promise<void> | null = null;

  constructor(clock: Pick<Clock, 'elapsedMs'>) {
    this.#clock = clock;
    this.#sinceMs = clock.elapsedMs();
  }

  /** Whether it is time for `rest`. */
  get isOver(): boolean {
    return this.#clock.elapsedMs() - this.#sinceMs >= SLICE_MS;
  }

  /** Lets everything that is ready run first. What works side by side in one slice rests together, and once. */
  rest(): Promise<void> {
    this.#resting ??= new Promise<void>((resolve) => setImmediate(resolve)).then(() => {
      this.#resting = null;
      this.#sinceMs = this.#clock.elapsedMs();
    });
    return this.#resting;
  }
}
