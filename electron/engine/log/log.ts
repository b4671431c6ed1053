/**
 * A log on disk in Kafka's format: append, read, roll, retain, close. The engine's main export.
 *
 * One process writes a log at a time; any may read. Calls may overlap freely: appends that wait together are written
 * together, and readers are never held up. Which files there are, and what is in them, others know.
 */
import { resolve } from 'node:path';
import { AppError } from '../../../shared/errors';
import type { RetentionPlan } from '../../../shared/plan/retention-plan';
import type { Bytes, Milliseconds, Offset, TimestampMs } from '../../../shared/units';
import { type Clock, systemClock } from '../clock';
import type { DirectoryLock } from '../directory-lock';
import { type DiskSpace, type FileSystem, nodeFileSystem } from '../file-system';
import {
  LOG_START_CHECKPOINT,
  RECOVERY_POINT_CHECKPOINT,
  REPLICATION_CHECKPOINT,
} from '../format/checkpoint-files';
import type { LogRecord } from '../format/records';
import { Mutex } from '../mutex';
import { type AppendedRange, AppendGroup, AppendQueue } from './append-queue';
import type { Checkpoint, DataDirectory } from './data-directory';
import { checkTransaction, type Transaction } from './encode-transaction';
import type { LogBatch } from './log-batch';
import { type CompactionReport, type CompactOptions, LogCleaner } from './log-cleaner';
import { AppendCounters, type LogMetrics } from './log-metrics';
import { offsetForTimestamp, readBatches, readRecords } from './log-reader';
import { LogStore, type Seams } from './log-store';
import { MetricsFile } from './metrics-file';
import { leaveDirectory, type OpenedDirectory, openLogDirectory } from './open-log';
import { checkReadOptions, type ReadOptions } from './read-options';
import { checkRecords, type RecordInput } from './record-input';
import type { RecoveryReport } from './recover-log';
import {
  compactsByPolicy,
  completeSettings,
  deletesByPolicy,
  type LogSettings,
  requireDirtyRatio,
} from './settings';

const PERCENT = 100;
const DISK_CHECK_INTERVAL_MS = 1000;

export interface OpenOptions extends Partial<Seams> {
  /** Recover also what a broker left: cut off what is not sound, drop leftovers. Default: only what Strata left. */
  readonly recover?: boolean;
}

export class Log implements AsyncDisposable {
  /** What was done to a log that had not been closed; null where it had. */
  readonly recovery: RecoveryReport | null;
  readonly #store: LogStore;
  readonly #lock: DirectoryLock;
  readonly #dataDirectory: DataDirectory | null;
  readonly #fs: FileSystem;
  readonly #clock: Clock;
  readonly #queue: AppendQueue;
  readonly #cleaner: LogCleaner;
  readonly #changes = new Mutex();
  readonly #counters: AppendCounters;
  readonly #metricsFile: MetricsFile | null;
  /** Each cancels a timer that runs. */
  readonly #timers = new Set<() => void>();
  #isFlushDue = false;
  #failedRetentionCount = 0;
  #diskCheckedAtMs = Number.NEGATIVE_INFINITY;
  /** What the next append joins; null where it begins a new one. */
  #gathering: AppendGroup | null = null;
  #closing: Promise<void> | null = null;

  private constructor(
    { lock, dataDirectory, opened, recovery }: OpenedDirectory,
    settings: LogSettings,
    seams: Seams,
  ) {
    this.recovery = recovery;
    this.#store = new LogStore(opened, settings, seams);
    this.#lock = lock;
    this.#dataDirectory = dataDirectory;
    this.#fs = seams.fs;
    this.#clock = seams.clock;
    this.#queue = new AppendQueue(settings);
    this.#counters = new AppendCounters(settings.slowAppendMs);
    this.#cleaner = new LogCleaner(this.#store, seams.clock, dataDirectory, (names) =>
      this.#purgeLater(names),
    );
    this.#retainLater();
    this.#compactLater();
    this.#metricsFile = this.#startMetricsFile();
  }

  /**
   * Opens a log for reading and writing; makes a new one where the directory is not there, or has no segment.
   *
   * @param directory `<data directory>/<topic>-<partition>`; any other name is a topic with partition 0. Where its
   * parent is missing too, it becomes a data directory of the engine's own, with checkpoints and a shutdown marker.
   * A log that the engine had open when the process or the machine stopped is recovered; `recovery` tells what was lost.
   * @throws AppError LOCKED where a broker or another Strata has it; RECOVERY_NEEDED where somebody else did not close
   * it and `recover` is not set; CORRUPT; INVALID_ARGUMENT for a setting; NOT_A_LOG where the directory
   * is a data directory; NOT_A_DIRECTORY, NOT_FOUND, READ_ONLY, PERMISSION_DENIED, DISK_FULL;
   * STORAGE_UNSAFE for the cluster's metadata log, and for a name that would stop a broker
   */
  static async open(
    directory: string,
    settings: Partial<LogSettings> = {},
    { fs = nodeFileSystem, clock = systemClock, recover = false }: OpenOptions = {},
  ): Promise<Log> {
    if (directory === '') throw new AppError('INVALID_ARGUMENT', 'The path of the directory is empty.');
    const complete = completeSettings(settings);
    const seams = { fs, clock };
    return new Log(await openLogDirectory(resolve(directory), complete, seams, recover), complete, seams);
  }

  get directory(): string {
    return this.#store.directory;
  }

  get settings(): LogSettings {
    return this.#store.settings;
  }

  /** The first offset that can be read. Records below it are deleted. */
  get logStartOffset(): Offset {
    return this.#store.logStartOffset;
  }

  /** Exclusive: the offset that the next record gets. */
  get logEndOffset(): Offset {
    return this.#store.logEndOffset;
  }

  /** Sum of the .log files. */
  get sizeInBytes(): Bytes {
    return this.#store.sizeInBytes;
  }

  /** Ascending; the last is the active segment. */
  get segments(): readonly { readonly baseOffset: Offset; readonly sizeInBytes: Bytes }[] {
    return this.#store.segments.map(({ baseOffset, sizeInBytes }) => ({ baseOffset, sizeInBytes }));
  }

  /**
   * Appends one record. @returns its offset, when the record counts as written (settings.fsync)
   * @throws AppError INVALID_RECORD, INVALID_TIMESTAMP, RECORD_TOO_LARGE, LOG_CLOSED, STORAGE_FAILED; DiskFullError
   */
  async append(record: RecordInput): Promise<Offset> {
    return (await this.#appendAll([record], false)).firstOffset;
  }

  /**
   * Appends records one after another. Either all of them are in the log, or, after an error, at most those before a
   * segment's end; `logEndOffset` tells. The records must not be changed before that; the list may be.
   * @throws AppError as `append`, before anything is written where a record is not allowed; INVALID_ARGUMENT for none
   */
  async appendMany(records: readonly RecordInput[]): Promise<AppendedRange> {
    return this.#appendAll(records, true);
  }

  async #appendAll(inputs: readonly RecordInput[], areKept: boolean): Promise<AppendedRange> {
    this.#requireOpen();
    requireRecords(inputs);
    const nowMs = this.#clock.now();
    const records = checkRecords(inputs, this.settings, nowMs, areKept);
    const group = this.#gathering ?? new AppendGroup();
    if (this.#gathering === null) {
      this.#gathering = group;
      void this.#changes.run(() => this.#drain(group));
    }
    return group.add({ records, nowMs, elapsedMs: this.#clock.elapsedMs() });
  }

  /**
   * Appends a whole transaction: its records as one batch, and the marker behind it. Readers see aborted records too,
   * as a consumer with read_uncommitted does. @returns the records' offsets; the marker has the next one
   * @throws AppError as `appendMany`; RECORD_TOO_LARGE where the batch is above max.message.bytes, or
   * with its marker above segment.bytes
   */
  async appendTransaction(records: readonly RecordInput[], transaction: Transaction): Promise<AppendedRange> {
    this.#requireOpen();
    requireRecords(records);
    checkTransaction(transaction);
    const nowMs = this.#clock.now();
    const checked = checkRecords(records, this.settings, nowMs, false);
    this.#gathering = null; // later appends come behind it
    return this.#changes.run(() => this.#store.appendTransaction(checked, transaction, nowMs));
  }

  /**
   * Reads data records in the order of offsets, up to the log end offset of now. Segments that retention deletes
   * meanwhile are skipped.
   * @throws AppError INVALID_ARGUMENT; OFFSET_OUT_OF_RANGE (details: logStartOffset, logEndOffset); CORRUPT; LOG_CLOSED; the signal's
   * reason
   */
  async *read(options: ReadOptions = {}): AsyncGenerator<LogRecord, void, void> {
    checkReadOptions(options);
    const { recordsMax = Number.POSITIVE_INFINITY } = options;
    const range = await this.#rangeOf(options);
    let count = 0;
    if (range === null || recordsMax <= 0) return;
    for await (const record of readRecords(this.#store, range)) {
      yield record;
      count++;
      if (count >= recordsMax) return;
    }
  }

  /** As `read`, batch by batch, control batches too; `recordsMax` does not apply. The fastest way through a log. */
  async *readBatches(options: Omit<ReadOptions, 'recordsMax'> = {}): AsyncGenerator<LogBatch, void, void> {
    checkReadOptions(options);
    const range = await this.#rangeOf(options);
    if (range !== null) yield* readBatches(this.#store, range);
  }

  /** Offset of the first record with a timestamp at or after the given one; null where all are older. */
  async offsetForTimestamp(timestampMs: TimestampMs, signal?: AbortSignal): Promise<Offset | null> {
    this.#requireOpen();
    checkReadOptions({ fromTimestampMs: timestampMs });
    const { logStartOffset: from, logEndOffset: to } = this;
    return offsetForTimestamp(this.#store, timestampMs, { from, to, signal });
  }

  /** Largest timestamp of a segment's records, -1 where it has none. @throws AppError NOT_FOUND */
  async largestTimestampOf(baseOffset: Offset): Promise<TimestampMs> {
    this.#requireOpen();
    const segment = this.#store.segments.find((one) => one.baseOffset === baseOffset);
    if (segment === undefined)
      throw new AppError('NOT_FOUND', `There is no segment ${baseOffset}.`, { baseOffset });
    return this.#store.largestTimestampOf(segment);
  }

  /** Makes all records durable. Their index entries are in the files then, too, for other programs to read. */
  flush(): Promise<void> {
    return this.#change(() => this.#store.flush(true));
  }

  /** Begins a new segment now; an empty active one stays. */
  roll(): Promise<void> {
    return this.#change(async () => {
      if (this.#store.segments.at(-1)!.sizeInBytes > 0) await this.#store.roll();
    });
  }

  /**
   * Deletes what retention.ms and retention.bytes let go (cleanup.policy delete). The files become `.deleted` at once,
   * and are removed file.delete.delay.ms later, or when the log is closed. Runs by itself every retentionCheckIntervalMs.
   */
  applyRetention(): Promise<RetentionPlan> {
    return this.#change(() => this.#retain());
  }

  /**
   * Compacts the log where it is due (cleanup.policy compact): of the records of a key in closed segments the last one
   * stays, with its offset. Goes on beside appends, reads, rolls and retention. The old files become `.deleted`, as with
   * retention. Runs by itself every cleanerBackoffMs.
   * @returns whether it was due, why, and what was done
   * @throws AppError LOG_CLOSED where the log is closed meanwhile; CORRUPT where a batch is damaged, or where the
   * verification of the result finds a record missing; DISK_FULL, also where an append needed the space; the signal's
   * reason. The log is then as it was. STORAGE_FAILED where writing has stopped, by this or by what an append met meanwhile
   */
  async compact(options: CompactOptions = {}): Promise<CompactionReport> {
    this.#requireOpen();
    if (options.minCleanableDirtyRatio !== undefined) requireDirtyRatio(options.minCleanableDirtyRatio);
    return this.#cleaner.run(options);
  }

  /** Of the file system that the log is on. `usedPercent` is what `df` shows: of what an ordinary user may have. */
  async diskSpace(): Promise<DiskSpace & { readonly usedPercent: number }> {
    const space = await this.#fs.diskSpace(this.directory);
    const { usedBytes, availableBytes } = space;
    return { ...space, usedPercent: (usedBytes / Math.max(1, usedBytes + availableBytes)) * PERCENT };
  }

  /** What the log has done since it was opened. */
  metrics(): LogMetrics {
    const { appendedBytes, rollCount, deletedSegmentCount, diskFullCount } = this.#store;
    const { segments, sizeInBytes, files } = this.#store;
    return {
      ...this.#counters.read(),
      appendedBytes,
      rollCount,
      deletedSegmentCount,
      diskFullCount,
      failedRetentionCount: this.#failedRetentionCount,
      compactionCount: this.#cleaner.doneCount,
      compactionFreedBytes: this.#cleaner.freedBytes,
      failedCompactionCount: this.#cleaner.failedCount,
      isUncleanable: this.#cleaner.isUncleanable,
      isStopped: this.#store.failure !== null,
      failedMetricsCount: this.#metricsFile?.failedCount ?? 0,
      segmentCount: segments.length,
      sizeInBytes,
      openFileCount: files.openCount,
      openFileCountMax: files.openCountMax,
    };
  }

  /** Ends appends, reads and the lock; everything is durable. A second call does nothing. */
  close(): Promise<void> {
    this.#closing ??= this.#changes.run(() => this.#close());
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #requireOpen(): void {
    if (this.#closing !== null || this.#store.isClosed)
      throw new AppError('LOG_CLOSED', `${this.directory} is closed; open it again.`, {
        path: this.directory,
      });
    this.#store.requireWritable();
  }

  async #change<T>(change: () => Promise<T>): Promise<T> {
    this.#requireOpen();
    return this.#changes.run(change);
  }

  async #drain(group: AppendGroup): Promise<void> {
    if (this.#gathering === group) this.#gathering = null;
    await this.#queue.drain(group, this.#store, (sinceMs, recordCount) => {
      if (recordCount === 0) this.#counters.failed();
      else this.#counters.done(this.#clock.elapsedMs() - sinceMs, recordCount);
    });
    this.#flushLater();
    await this.#checkDisk();
  }

  /** Runs once after the delay, unless the log is closed before. */
  #later(delayMs: Milliseconds, run: () => void): void {
    const cancel = this.#clock.after(delayMs, () => {
      this.#timers.delete(cancel);
      run();
    });
    this.#timers.add(cancel);
  }

  /** flush.ms: at most so long after the first record that is not durable yet. */
  #flushLater(): void {
    const { fsync } = this.settings;
    if (typeof fsync !== 'object' || this.#isFlushDue || this.#store.failure !== null) return;
    this.#isFlushDue = true;
    this.#later(fsync.intervalMs, () => {
      this.#isFlushDue = false;
      // An fsync's error stays in the store, and every later append is told; index entries that cannot be written wait for it.
      this.#changes.run(() => this.#store.flush(false)).catch(() => {});
    });
  }

  #retainLater(): void {
    const { retentionCheckIntervalMs } = this.settings;
    if (retentionCheckIntervalMs === null || !deletesByPolicy(this.settings)) return;
    this.#later(retentionCheckIntervalMs, () => {
      this.applyRetention()
        .catch(() => this.#failedRetentionCount++)
        .finally(() => {
          if (this.#closing === null) this.#retainLater();
        });
    });
  }

  #compactLater(): void {
    const { cleanerBackoffMs } = this.settings;
    if (cleanerBackoffMs === null || !compactsByPolicy(this.settings)) return;
    this.#later(cleanerBackoffMs, () => {
      if (this.#cleaner.isUncleanable) return;
      this.compact()
        .catch(() => {}) // the cleaner counts what failed
        .finally(() => {
          if (this.#closing === null) this.#compactLater();
        });
    });
  }

  /** Retention before the disk is full, where a threshold was set. Part of a change already. */
  async #checkDisk(): Promise<void> {
    const { diskUsedPercentMax } = this.settings;
    const nowMs = this.#clock.elapsedMs();
    if (diskUsedPercentMax === null || nowMs - this.#diskCheckedAtMs < DISK_CHECK_INTERVAL_MS) return;
    this.#diskCheckedAtMs = nowMs;
    try {
      if ((await this.diskSpace()).usedPercent > diskUsedPercentMax) await this.#retain();
    } catch {
      this.#failedRetentionCount++; // appends go on; a full disk has its own way out
    }
  }

  async #rangeOf(options: Omit<ReadOptions, 'recordsMax'>) {
    if (this.#store.isClosed) this.#requireOpen();
    const { logStartOffset, logEndOffset } = this;
    const { fromTimestampMs, toOffset = logEndOffset, signal } = options;
    let from = options.fromOffset ?? logStartOffset;
    if (!Number.isSafeInteger(from) || from < logStartOffset || from > logEndOffset)
      throw outOfRange(from, { logStartOffset, logEndOffset });
    const to = Math.min(toOffset, logEndOffset);
    if (fromTimestampMs !== undefined) {
      const found = await offsetForTimestamp(this.#store, fromTimestampMs, { from, to, signal });
      if (found === null) return null;
      from = found;
    }
    return { from, to, signal };
  }

  async #retain(): Promise<RetentionPlan> {
    const raiseStart = async (offset: Offset) => {
      if (this.#dataDirectory?.isOwn !== true) return false;
      await this.#checkpoint(LOG_START_CHECKPOINT, offset);
      return true;
    };
    try {
      return await this.#store.retain(this.#clock.now(), (names) => this.#purgeLater(names), raiseStart);
    } finally {
      await this.#checkpointStart();
    }
  }

  #purgeLater(names: readonly string[]): void {
    this.#store.purges.add(names);
    this.#later(this.settings.fileDeleteDelayMs, () => {
      // What fails stays .deleted, and goes when the log is closed or the disk is full.
      this.#store.purge(names).catch(() => this.#failedRetentionCount++);
    });
  }

  /** Kafka keeps the log start offset only where it is not the first segment's base offset anyway. */
  async #checkpointStart(): Promise<void> {
    const { logStartOffset, segments } = this.#store;
    const offset = logStartOffset > segments[0]!.baseOffset ? logStartOffset : null;
    await this.#checkpoint(LOG_START_CHECKPOINT, offset);
  }

  async #checkpoint(file: Checkpoint, offset: Offset | null): Promise<void> {
    this.#store.requireWritable();
    await this.#dataDirectory?.setOffset(this.#store.fs, file, this.directory, offset);
  }

  #startMetricsFile(): MetricsFile | null {
    const { metricsIntervalMs: intervalMs, slowAppendMs } = this.settings;
    if (intervalMs === null) return null;
    const readState = () => {
      const { logStartOffset, logEndOffset } = this;
      return { logStartOffset, logEndOffset, slowAppendMs, metrics: this.metrics() };
    };
    return new MetricsFile({
      ...{ fs: this.#fs, clock: this.#clock, directory: this.directory, intervalMs, readState },
    });
  }

  async #close(): Promise<void> {
    await this.#cleaner.close();
    for (const cancel of this.#timers) cancel();
    try {
      await this.#store.close();
      this.#store.requireWritable();
      await this.#store.purges.purgeAll();
      await this.#checkpointStart();
      await this.#checkpoint(RECOVERY_POINT_CHECKPOINT, this.logEndOffset);
      await this.#checkpoint(REPLICATION_CHECKPOINT, this.logEndOffset);
      await this.#metricsFile?.close(true);
      await this.#lock.markClosed();
    } catch (error) {
      await this.#metricsFile?.close(false);
      await leaveDirectory(this.#dataDirectory, this.#lock, false).catch(() => {}); // the first error is the one to tell
      throw error;
    }
    await leaveDirectory(this.#dataDirectory, this.#lock, true);
  }
}

function requireRecords(records: readonly RecordInput[]): void {
  if (!Array.isArray(records) || records.length === 0)
    throw new AppError('INVALID_ARGUMENT', 'There is no record to append.');
}

function outOfRange(
  offset: Offset,
  { logStartOffset, logEndOffset }: Pick<Log, 'logStartOffset' | 'logEndOffset'>,
): AppError {
  const has =
    logStartOffset < logEndOffset
      ? `has ${logStartOffset} to ${logEndOffset - 1}`
      : `is empty up to ${logEndOffset}`;
  return new AppError('OFFSET_OUT_OF_RANGE', `Offset ${offset} is not in the log, which ${has}.`, {
    ...{ offset, logStartOffset, logEndOffset },
  });
}
