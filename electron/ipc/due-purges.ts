/**
 * Frees the space of runs once file.delete.delay.ms is over, while the window is open; what came due while it was
 * closed, when its directory is opened again.
 *
 * Only of directories that are watched: the opened one, and copies that runs of this window changed. A run that was cut
 * off is left to the user. What cannot be purged now (a broker at work, a run under way) is tried again later.
 */
import { AppError } from '../../shared/errors';
import type { Milliseconds } from '../../shared/units';
import type { RunRecord } from '../engine/log/run-journal';
import type { Timers } from '../watch/coalesce-changes';

const RETRY_MS: Milliseconds = 30_000;
/** What a timer can hold. */
const WAIT_MS_MAX: Milliseconds = 2 ** 31 - 1;

export interface DuePurgesParts {
  /** Of a log, or of the logs of a data directory. */
  readonly runsOn: (directory: string) => Promise<readonly RunRecord[]>;
  /** Under the lock. @throws AppError where it cannot be done now */
  readonly purge: (logPath: string, runId: string) => Promise<unknown>;
  readonly timers: Timers;
  readonly onFailed: (error: unknown) => void;
}

export class DuePurges {
  readonly #parts: DuePurgesParts;
  #opened: string | null = null;
  readonly #copies = new Set<string>();
  readonly #retryAtMs = new Map<string, number>();
  #cancelTimer: (() => void) | null = null;
  #checking: Promise<void> = Promise.resolve();
  #isClosed = false;

  constructor(parts: DuePurgesParts) {
    this.#parts = parts;
  }

  /** @param directory The one that is open now; null for none. */
  open(directory: string | null): void {
    this.#opened = directory;
    this.check();
  }

  /** A run changed the log at this path, which need not be the opened one. */
  runEnded(logPath: string): void {
    this.#copies.add(logPath);
    this.check();
  }

  check(): void {
    if (!this.#isClosed) this.#checking = this.#checking.then(() => this.#purgeDue());
  }

  /** Resolves when no purge is under way any more. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#cancelTimer?.();
    await this.#checking;
  }

  async #purgeDue(): Promise<void> {
    try {
      const { timers } = this.#parts;
      const waiting = new Map<string, RunRecord>();
      for (const directory of [this.#opened, ...this.#copies])
        for (const run of directory === null ? [] : await this.#parts.runsOn(directory))
          if (run.state === 'done') waiting.set(run.runId, run);
      let nextMs = Number.POSITIVE_INFINITY;
      for (const run of waiting.values()) {
        if (this.#isClosed) return;
        const dueAtMs = Math.max(run.purgeDueAtMs, this.#retryAtMs.get(run.runId) ?? 0);
        if (dueAtMs <= timers.now() && (await this.#purge(run))) continue;
        nextMs = Math.min(nextMs, this.#retryAtMs.get(run.runId) ?? dueAtMs);
      }
      this.#wakeAt(nextMs);
    } catch (error) {
      this.#parts.onFailed(error);
    }
  }

  async #purge({ runId, logPath }: RunRecord): Promise<boolean> {
    try {
      await this.#parts.purge(logPath, runId);
      this.#retryAtMs.delete(runId);
      return true;
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      this.#retryAtMs.set(runId, this.#parts.timers.now() + RETRY_MS);
      return false;
    }
  }

  #wakeAt(atMs: number): void {
    this.#cancelTimer?.();
    this.#cancelTimer = null;
    if (this.#isClosed || atMs === Number.POSITIVE_INFINITY) return;
    const { timers } = this.#parts;
    const waitMs = Math.min(WAIT_MS_MAX, Math.max(0, atMs - timers.now()));
    this.#cancelTimer = timers.after(waitMs, () => this.check());
  }
}
