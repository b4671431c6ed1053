/**
 * One opened directory: its logs with their ids, their summaries as they become known, and its watcher.
 *
 * A data directory answers with what is known after a moment; the summaries still missing are read in batches
 * and announced by `directory.changed`. Ids stay the same over refreshes. Reads no file itself.
 */
import type { contract, Directory } from '../../shared/contract';
import type { DiskUsage, LogPolicy } from '../../shared/disk-usage';
import { AppError } from '../../shared/errors';
import type { CallContext, Result } from '../../shared/rpc';
import type { Milliseconds } from '../../shared/units';
import type { Timers } from '../watch/coalesce-changes';
import { type LogDirWatcher, type Subscribe, watchLogDirs } from '../watch/log-dir-watcher';
import type { LogDirectory, scanContract } from '../workers/scan-contract';
import type { ScanPool } from '../workers/scan-pool';
import { listDirectoryProblems, verifyLogs } from './directory-problems';
import { diskUsage } from './disk-usage';
import { type LogPage, OpenLog, type ScanProgress } from './open-log';

/** How long an answer waits for summaries; after that it goes with what is known. */
const FIRST_ANSWER_MS: Milliseconds = 400;
/** Between two announcements that more summaries are known. */
const ANNOUNCE_INTERVAL_MS: Milliseconds = 1_000;
/** A lock that is taken or given up changes no file: whether somebody is at work is asked again and again. */
const WRITER_INTERVAL_MS: Milliseconds = 5_000;
/** Each question looks at the status of every log, perhaps over a network: thousands of them are asked for less often. */
const WRITER_INTERVAL_MS_PER_LOG: Milliseconds = 10;
/** It looks at the name of every file, too: of a million that takes seconds, and no more than this share of the time. */
const WRITER_SHARE_MAX = 0.02;
/** However long an answer took: it may have waited for a disk or a thread, and the next comes at once. */
const WRITER_PAUSE_MS_MAX: Milliseconds = 120_000;
/** Refreshes in quick succession share one look at the disk. */
const LOOK_INTERVAL_MS: Milliseconds = 2_000;
const LOGS_PER_GLANCE = 32;
/** Before a verification: of what changes all the time, or always fails, no look would be the last. */
const GLANCE_ROUNDS_MAX = 3;

export interface OpenDirectoryParts {
  readonly pool: ScanPool<typeof scanContract>;
  readonly subscribe: Subscribe;
  readonly timers: Timers;
  readonly newId: (prefix: string) => string;
  readonly onLogChanged: (logId: string, generation: number) => void;
  readonly onDirectoryChanged: (directoryId: string) => void;
  /** Of the directory itself; what is in its logs is told of each log. */
  readonly onEntriesChanged: (directoryId: string) => void;
  readonly onFailed: (where: string, error: unknown) => void;
}

const NOT_FOUND = { totals: null, usage: null, error: null, files: null };

type Listing = Awaited<ReturnType<typeof listDirectory>>;

function listDirectory(pool: ScanPool<typeof scanContract>, path: string) {
  return Promise.all([pool.call('directory.list', { path }), pool.call('directory.brokerState', { path })]);
}

/** @throws AppError NOT_FOUND, NOT_A_DIRECTORY, EMPTY_DIRECTORY, NOT_A_LOG, PERMISSION_DENIED */
export async function openDirectory(path: string, parts: OpenDirectoryParts): Promise<OpenDirectory> {
  const directory = new OpenDirectory(path, await listDirectory(parts.pool, path), parts);
  try {
    await directory.readFirstSummaries();
    directory.watchWriter();
    return directory;
  } catch (error) {
    await directory.close();
    throw error;
  }
}

export class OpenDirectory {
  readonly directoryId: string;
  readonly path: string;
  readonly #parts: OpenDirectoryParts;
  readonly #watcher: LogDirWatcher;
  #listing: Listing;
  #listedAtMs: number;
  #logs = new Map<string, OpenLog>();
  #glancing: Promise<void> | null = null;
  /** In the order of the listing that they were read for. */
  #policies: Promise<LogPolicy[]> | null = null;
  #isClosed = false;
  #stopAsking: () => void = () => {};

  constructor(path: string, listing: Listing, parts: OpenDirectoryParts) {
    this.directoryId = parts.newId('directory');
    this.path = path;
    this.#parts = parts;
    this.#watcher = watchLogDirs({
      directory: path,
      subscribe: parts.subscribe,
      timers: parts.timers,
      readFiles: (paths) => parts.pool.call('logs.files', { paths: [...paths] }),
      onLogChanged: (logPath) => this.#logChanged(logPath),
      onListingChanged: () => {
        parts.onEntriesChanged(this.directoryId);
        void this.#relistAfterChange();
      },
      onFailed: (error) => parts.onFailed('watch', error),
    });
    this.#listing = listing;
    this.#listedAtMs = parts.timers.now();
    this.#takeListing(listing);
  }

  log(logId: string): OpenLog | null {
    for (const log of this.#logs.values()) if (log.logId === logId) return log;
    return null;
  }

  describe(): Directory {
    const [{ logs: _, ...listed }, broker] = this.#listing;
    const logs = [...this.#logs.values()].map((log) => log.summary());
    return { directoryId: this.directoryId, ...listed, broker, logs };
  }

  /** For one log its summary, or the error that keeps it from being read; for many, what a moment brings. */
  async readFirstSummaries(): Promise<void> {
    const [{ kind }] = this.#listing;
    if (kind === 'data-directory') return this.#glanceForAMoment();
    for (const log of this.#logs.values()) await log.segments({ from: 0, limit: 1 });
  }

  async refresh(): Promise<Directory> {
    const { now } = this.#parts.timers;
    if (this.#glancing === null && now() - this.#listedAtMs >= LOOK_INTERVAL_MS) {
      await this.#relist();
      await this.#watcher.reconcile();
    }
    await this.#glanceForAMoment();
    return this.describe();
  }

  /** What is known after a moment of what takes the space. */
  async usage(): Promise<DiskUsage> {
    const { pool } = this.#parts;
    await this.#glanceForAMoment();
    const logs = [...this.#logs.values()].filter(({ usage }) => usage !== null);
    this.#policies ??= pool.call('logs.policies', { logs: this.#listing[0].logs });
    const policies = await this.#policies;
    const indexes = new Map(this.#listing[0].logs.map(({ path }, index) => [path, index]));
    return diskUsage({
      isComplete: logs.length === this.#logs.size,
      logs: logs.map(({ logId, usage }) => ({ logId, usage: usage! })),
      policies: logs.map(({ directory }) => policies[indexes.get(directory.path)!]!),
      space: await pool.call('directory.space', { path: this.path, kind: this.#listing[0].kind }),
    });
  }

  /** Of the directory and of all its logs, as far as they are known after a moment. */
  async problems(page: LogPage, signal: AbortSignal): Promise<Result<typeof contract, 'directory.problems'>> {
    await this.#glanceForAMoment();
    const own = await this.#parts.pool.call('directory.problems', { path: this.path }, { signal });
    const logs = [...this.#logs.values()];
    const { savedReport } = this.#listing[0];
    const isSaved = savedReport !== undefined;
    const found = await listDirectoryProblems(logs, own, page, { signal, isSaved });
    if (savedReport?.depth !== 'records') return found;
    // For such a report every byte was read, whatever is asked of it now.
    return { ...found, verifiedLogCount: logs.filter(({ error }) => error === null).length };
  }

  /** Begins when every log was looked at: before that nobody knows how many bytes there are. */
  async verify(
    context: Pick<CallContext<ScanProgress>, 'signal' | 'progress'>,
  ): Promise<Result<typeof contract, 'directory.verify'>> {
    // A look under way knows nothing of the logs that were listed, or changed, since it began.
    for (let round = 0; round < GLANCE_ROUNDS_MAX; round++) {
      await unlessAborted(this.#glanceAtAll(), context.signal);
      if (![...this.#logs.values()].some((log) => log.needsGlance)) break;
    }
    return verifyLogs([...this.#logs.values()], context);
  }

  focus(log: OpenLog): void {
    this.#watcher.focus(log.directory.path);
  }

  /** From now on tells when somebody begins or ends to be at work; on a saved report nobody is. */
  watchWriter(tookMs: Milliseconds = 0): void {
    if (this.#isClosed || this.#listing[0].savedReport !== undefined) return;
    const intervalMs = Math.max(
      WRITER_INTERVAL_MS,
      this.#logs.size * WRITER_INTERVAL_MS_PER_LOG,
      Math.min(tookMs / WRITER_SHARE_MAX, WRITER_PAUSE_MS_MAX),
    );
    this.#stopAsking = this.#parts.timers.after(intervalMs, () => void this.#askWriter());
  }

  async #askWriter(): Promise<void> {
    const { now } = this.#parts.timers;
    const beganAtMs = now();
    try {
      const broker = await this.#parts.pool.call('directory.brokerState', { path: this.path });
      const [listed, { reason }] = this.#listing;
      if (reason !== broker.reason && !this.#isClosed) {
        this.#listing = [listed, broker];
        this.#parts.onDirectoryChanged(this.directoryId);
      }
    } catch (error) {
      // A directory that went away is told of where its files are looked at.
      if (!(error instanceof AppError) && !this.#isClosed) this.#parts.onFailed('writer', error);
    }
    this.watchWriter(now() - beganAtMs);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#stopAsking();
    await this.#watcher.close();
  }

  async #relist(): Promise<boolean> {
    // A look that fails does not count: the page's own refresh makes it again, and hears why.
    this.#listedAtMs = Number.NEGATIVE_INFINITY;
    const listing = await listDirectory(this.#parts.pool, this.path);
    this.#listedAtMs = this.#parts.timers.now();
    const before = this.#stateText();
    this.#takeListing(listing);
    return before !== this.#stateText();
  }

  /** Which logs there are, and who writes them. */
  #stateText(): string {
    return [...[...this.#logs.keys()].sort(), this.#listing[1].reason].join('\n');
  }

  async #relistAfterChange(): Promise<void> {
    try {
      if ((await this.#relist()) && !this.#isClosed) this.#parts.onDirectoryChanged(this.directoryId);
    } catch (error) {
      // The directory went away or was emptied: the page learns it from its own refresh.
      if (!(error instanceof AppError)) this.#parts.onFailed('relist', error);
      if (!this.#isClosed) this.#parts.onDirectoryChanged(this.directoryId);
    }
  }

  #takeListing(listing: Listing): void {
    this.#listing = listing;
    this.#policies = null;
    const before = this.#logs;
    this.#logs = new Map();
    for (const directory of listing[0].logs) {
      this.#logs.set(directory.path, before.get(directory.path) ?? this.#newLog(directory));
      before.delete(directory.path);
    }
    for (const path of before.keys()) this.#watcher.unwatch(path);
  }

  #newLog(directory: LogDirectory): OpenLog {
    this.#watcher.watch(directory.path, null);
    return new OpenLog(this.#parts.newId('log'), directory, this.#parts.pool);
  }

  #logChanged(path: string): void {
    const log = this.#logs.get(path);
    if (log !== undefined) this.#parts.onLogChanged(log.logId, log.startGeneration());
  }

  async #glanceForAMoment(): Promise<void> {
    const { after } = this.#parts.timers;
    await Promise.race([
      this.#glanceAtAll(),
      new Promise<void>((resolve) => after(FIRST_ANSWER_MS, resolve)),
    ]);
  }

  #glanceAtAll(): Promise<void> {
    this.#glancing ??= this.#glanceAll().finally(() => {
      this.#glancing = null;
    });
    return this.#glancing;
  }

  async #glanceAll(): Promise<void> {
    const { now } = this.#parts.timers;
    const startedAtMs = now();
    let announcedAtMs = startedAtMs;
    const waiting = [...this.#logs.values()].filter((log) => log.needsGlance);
    while (waiting.length > 0 && !this.#isClosed) {
      await this.#glanceBatch(waiting.splice(0, LOGS_PER_GLANCE));
      const isLast = waiting.length === 0 && now() - startedAtMs > FIRST_ANSWER_MS;
      if (this.#isClosed || !(isLast || now() - announcedAtMs > ANNOUNCE_INTERVAL_MS)) continue;
      announcedAtMs = now();
      this.#parts.onDirectoryChanged(this.directoryId);
    }
  }

  async #glanceBatch(logs: readonly OpenLog[]): Promise<void> {
    const generations = logs.map((log) => log.generation);
    try {
      const found = await this.#parts.pool.call('logs.glance', { logs: logs.map((log) => log.directory) });
      logs.forEach((log, index) => {
        const { totals, usage, error, files } = found[index] ?? NOT_FOUND;
        const failure =
          error === null ? null : AppError.fromWire(error as Parameters<typeof AppError.fromWire>[0]);
        const generation = generations[index] ?? 0;
        if (totals !== null) log.takeGlance(generation, totals, usage);
        else log.setTotals(generation, null, failure);
        this.#watcher.watch(log.directory.path, files);
      });
      for (const log of logs) await this.#countAgain(log);
    } catch (error) {
      if (this.#isClosed) return;
      const failure =
        error instanceof AppError ? error : new AppError('INTERNAL', 'The log could not be read.');
      if (!(error instanceof AppError)) this.#parts.onFailed('glance', error);
      logs.forEach((log, index) => void log.setTotals(generations[index] ?? 0, null, failure));
    }
  }

  async #countAgain(log: OpenLog): Promise<void> {
    try {
      await log.countAgain();
    } catch (error) {
      if (!(error instanceof AppError)) this.#parts.onFailed('glance', error); // of another, the log knows
    }
  }
}

/** Waits for what goes on by itself. @throws the signal's reason as soon as it is aborted */
async function unlessAborted(running: Promise<void>, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  let stop: () => void = () => {};
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
  });
  await Promise.race([running, aborted]).finally(() => signal.removeEventListener('abort', stop));
}
