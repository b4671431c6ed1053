/**
 * Changes of a log's files on behalf of the window: takes the lock here, has the work done by the run worker.
 *
 * A worker that dies leaves the lock with main, which gives it back when the call has failed. Plans nothing. What runs
 * there were, a scan worker reads, so that who only looks starts no worker that writes.
 */
import type { ConfirmedCompaction } from '../../shared/compaction';
import type { ConfirmedIndexRebuild } from '../../shared/index-rebuild';
import type { ConfirmedRetention, Run } from '../../shared/retention';
import type { SalvageReport } from '../../shared/salvage';
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
  /** A run has changed the log at this path, the opened one or a copy. */
  readonly onRunEnded: (logPath: string) => void;
}

interface RunOptions {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: { bytesDone: number; bytesTotal: number }) => void;
}

/** Paths that the user chose for a run; null for none. */
export interface RetentionPlaces {
  readonly brokerConfigPath: string | null;
  readonly archiveTo: string | null;
  /** The run goes on a copy of the log in this directory. */
  readonly copyTo: string | null;
}

/** Two stretches of work as one: the bytes of the second come behind those of the first. */
function progressBehind(onProgress: RunOptions['onProgress']) {
  let firstBytes = 0;
  return {
    first: (progress: Parameters<typeof onProgress>[0]) => {
      firstBytes = progress.bytesDone;
      onProgress(progress);
    },
    second: ({ bytesDone, bytesTotal }: Parameters<typeof onProgress>[0]) =>
      onProgress({ bytesDone: firstBytes + bytesDone, bytesTotal: firstBytes + bytesTotal }),
  };
}

type LogPath = Pick<LogDirectory, 'path'>;

export class Runs {
  readonly #parts: RunsParts;
  readonly #changing = new Set<Promise<unknown>>();

  constructor(parts: RunsParts) {
    this.#parts = parts;
  }

  /** Of a log, the latest first. */
  async list({ path }: LogDirectory): Promise<Run[]> {
    return this.#parts.scans.call('log.runs', { path });
  }

  /** @throws AppError PLAN_OUTDATED, STORAGE_UNSAFE, LOCKED, READ_ONLY, PERMISSION_DENIED; cancelled before the end */
  async applyRetention(
    log: LogDirectory,
    confirmed: ConfirmedRetention,
    { brokerConfigPath, archiveTo, copyTo }: RetentionPlaces,
    { signal, onProgress }: RunOptions,
  ): Promise<Run> {
    const { scans, runs } = this.#parts;
    const broker = await scans.call('directory.brokerState', { path: log.path });
    const task = { log, broker, confirmed, brokerConfigPath, archiveTo };
    const behind = progressBehind(onProgress);
    const copying = { signal, onProgress: behind.first };
    const target = copyTo === null ? log : await this.#copy(log, copyTo, copying);
    return this.#underLock(target, (locked) =>
      runs.call('run.retention', { ...task, locked }, { signal, onProgress: behind.second }),
    );
  }

  async #copy({ path }: LogDirectory, target: string, options: RunOptions): Promise<{ path: string }> {
    return this.#tracked(this.#parts.runs.call('run.copy', { path, target }, options));
  }

  /** Writes a sample log in a new directory in `place`. @returns the log's path @throws AppError STORAGE_UNSAFE, … */
  async createSample(place: string, options: RunOptions): Promise<string> {
    return (await this.#tracked(this.#parts.runs.call('run.sample', { place }, options))).path;
  }

  /**
   * Into a new log: takes no lock, for the log itself is only read.
   * @throws AppError ALREADY_THERE, INVALID_ARGUMENT, DISK_FULL, …
   */
  salvage({ path, name }: LogDirectory, into: string, options: RunOptions): Promise<SalvageReport> {
    return this.#tracked(this.#parts.runs.call('run.salvage', { path, name, into }, options));
  }

  /** @throws as `applyRetention`; CORRUPT where a batch is damaged; cancelled, the log is as it was */
  async compact(
    log: LogDirectory,
    confirmed: ConfirmedCompaction,
    { brokerConfigPath, copyTo }: Omit<RetentionPlaces, 'archiveTo'>,
    { signal, onProgress }: RunOptions,
  ): Promise<Run> {
    const { scans, runs } = this.#parts;
    const broker = await scans.call('directory.brokerState', { path: log.path });
    const task = { log, broker, confirmed, brokerConfigPath };
    const behind = progressBehind(onProgress);
    const copying = { signal, onProgress: behind.first };
    const target = copyTo === null ? log : await this.#copy(log, copyTo, copying);
    return this.#underLock(target, (locked) =>
      runs.call('run.compaction', { ...task, locked }, { signal, onProgress: behind.second }),
    );
  }

  /** @throws as `compact` */
  async rebuildIndexes(
    log: LogDirectory,
    confirmed: ConfirmedIndexRebuild,
    options: RunOptions,
  ): Promise<Run> {
    const { scans, runs } = this.#parts;
    const broker = await scans.call('directory.brokerState', { path: log.path });
    return this.#underLock(log, (locked) =>
      runs.call('run.rebuildIndexes', { log, locked, broker, confirmed }, options),
    );
  }

  /** @throws AppError NOT_FOUND, STORAGE_UNSAFE, LOCKED, READ_ONLY, PERMISSION_DENIED */
  undo(log: LogPath, runId: string): Promise<Run> {
    return this.#underLock(log, (locked) => this.#parts.runs.call('run.undo', { locked, runId }));
  }

  /** @throws as `undo` */
  purge(log: LogPath, runId: string): Promise<Run> {
    return this.#underLock(log, (locked) => this.#parts.runs.call('run.purge', { locked, runId }));
  }

  /** Resolves when no change is under way any more: the time to end the worker. */
  async settled(): Promise<void> {
    while (this.#changing.size > 0) await Promise.allSettled(this.#changing);
  }

  async #underLock(log: LogPath, change: (locked: LockedDirectory) => Promise<Run>): Promise<Run> {
    const run = await this.#tracked(this.#lockAndChange(log, change));
    if (run.state === 'done') this.#parts.onRunEnded(log.path);
    return run;
  }

  async #tracked<T>(change: Promise<T>): Promise<T> {
    this.#changing.add(change);
    try {
      return await change;
    } finally {
      this.#changing.delete(change);
    }
  }

  async #lockAndChange(log: LogPath, change: (locked: LockedDirectory) => Promise<Run>): Promise<Run> {
    const lock = await lockLogDirectory(this.#parts.fs, log.path);
    try {
      return await change({ directory: lock.directory, dataDirectory: lock.dataDirectory });
    } finally {
      await lock.release();
    }
  }
}
