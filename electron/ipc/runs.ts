/**
 * Changes of a log's files on behalf of the window: takes the lock here, has the work done by the run worker.
 *
 * A worker that dies leaves the lock with main, which gives it back when the call has failed. Plans nothing.
 */
import type { ConfirmedCompaction } from '../../shared/compaction';
import type { ConfirmedRetention, Run } from '../../shared/retention';
import { type LockedDirectory, lockLogDirectory } from '../engine/directory-lock';
import type { FileSystem } from '../engine/file-system';
import type { runContract } from '../workers/run-contract';
import type { LogDirectory, scanContract } from '../workers/scan-contract';
import type { ScanPool } from '../workers/scan-pool';

export interface RunsParts {
  readonly fs: FileSystem;
  readonly scans: ScanPool<typeof scanContract>;
  /** Of one worker: runs follow one another. */
  readonly runs: ScanPool<typeof runContract>;
}

interface CompactOptions {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: { bytesDone: number; bytesTotal: number }) => void;
}

export class Runs {
  readonly #parts: RunsParts;
  readonly #changing = new Set<Promise<unknown>>();

  constructor(parts: RunsParts) {
    this.#parts = parts;
  }

  /** Of a log, the latest first. */
  list({ path }: LogDirectory): Promise<Run[]> {
    return this.#parts.runs.call('runs.list', { path });
  }

  /** @throws AppError PLAN_OUTDATED, STORAGE_UNSAFE, LOCKED, READ_ONLY, PERMISSION_DENIED */
  async applyRetention(log: LogDirectory, confirmed: ConfirmedRetention): Promise<Run> {
    const { scans, runs } = this.#parts;
    const broker = await scans.call('directory.brokerState', { path: log.path });
    return this.#underLock(log, (locked) => runs.call('run.retention', { log, locked, broker, confirmed }));
  }

  /** @throws as `applyRetention`; CORRUPT where a batch is damaged; cancelled, the log is as it was */
  async compact(log: LogDirectory, confirmed: ConfirmedCompaction, options: CompactOptions): Promise<Run> {
    const { scans, runs } = this.#parts;
    const broker = await scans.call('directory.brokerState', { path: log.path });
    return this.#underLock(log, (locked) =>
      runs.call('run.compaction', { log, locked, broker, confirmed }, options),
    );
  }

  /** @throws AppError NOT_FOUND, STORAGE_UNSAFE, LOCKED, READ_ONLY, PERMISSION_DENIED */
  undo(log: LogDirectory, runId: string): Promise<Run> {
    return this.#underLock(log, (locked) => this.#parts.runs.call('run.undo', { locked, runId }));
  }

  /** @throws as `undo` */
  purge(log: LogDirectory, runId: string): Promise<Run> {
    return this.#underLock(log, (locked) => this.#parts.runs.call('run.purge', { locked, runId }));
  }

  /** Resolves when no change is under way any more: the time to end the worker. */
  async settled(): Promise<void> {
    while (this.#changing.size > 0) await Promise.allSettled(this.#changing);
  }

  #underLock(log: LogDirectory, change: (locked: LockedDirectory) => Promise<Run>): Promise<Run> {
    const changed = this.#lockAndChange(log, change).finally(() => this.#changing.delete(changed));
    this.#changing.add(changed);
    return changed;
  }

  async #lockAndChange(log: LogDirectory, change: (locked: LockedDirectory) => Promise<Run>): Promise<Run> {
    const lock = await lockLogDirectory(this.#parts.fs, log.path);
    try {
      return await change({ directory: lock.directory, dataDirectory: lock.dataDirectory });
    } finally {
      await lock.release();
    }
  }
}
