/**
 * Compacts an open log (LogCleaner, Cleaner.doClean): looks whether it is due, writes the cleaned segments beside the old
 * ones, and has the store put them in their place.
 *
 * One run at a time. Reading, appending, rolling and retention go on meanwhile: the run works on closed segments, in
 * slices, and begins anew where retention took some of them away. Until the last moment it can be given up, and then
 * leaves the log as it was. When it runs by itself, the log knows.
 */
import { join } from 'node:path';
import { AppError } from '../../../shared/errors';
import type { Eligibility } from '../../../shared/plan/compaction-eligibility';
import type { Bytes, Offset } from '../../../shared/units';
import type { Clock } from '../clock';
import { CLEANER_CHECKPOINT } from '../format/checkpoint-files';
import { CLEANED_SUFFIX, LOG_SUFFIX } from '../format/file-names';
import { Mutex } from '../mutex';
import { WorkSlices } from '../work-slices';
import type { DataDirectory } from './data-directory';
import type { LogStore } from './log-store';
import type { OngoingCompaction } from './ongoing-compaction';
import { planLogCompaction } from './plan-log-compaction';
import { type CleanedLog, writeCleaned } from './write-cleaned';

export interface CompactOptions {
  /** In place of the log's own minCleanableDirtyRatio: compacts where the share of dirty bytes is above it. */
  readonly minCleanableDirtyRatio?: number;
  /** Leaves the log as it was. */
  readonly signal?: AbortSignal;
}

/** What a run left of the segments that it cleaned. */
export interface CompactionSummary {
  readonly recordsBefore: number;
  readonly recordsAfter: number;
  /** Of the .log files. */
  readonly bytesBefore: Bytes;
  readonly bytesAfter: Bytes;
  readonly segmentsBefore: number;
  readonly segmentsAfter: number;
  /** Keys in the offset map, summed over its rounds. */
  readonly uniqueKeyCount: number;
  readonly roundCount: number;
}

export interface CompactionReport extends Eligibility {
  /** null where the log was not eligible: `reasons` say why. */
  readonly done: CompactionSummary | null;
}

export class LogCleaner implements OngoingCompaction {
  doneCount = 0;
  /** Bytes of .log files, by all runs. */
  freedBytes: Bytes = 0;
  /** Runs that failed, or that a full disk stopped; the log was left as it was. */
  failedCount = 0;
  /**
   * A run has met a damaged batch, or the verification did not agree: the cleaner keeps away from the log by itself
   * (LogCleanerManager.markPartitionUncleanable).
   */
  isUncleanable = false;
  readonly #store: LogStore;
  readonly #clock: Clock;
  readonly #dataDirectory: DataDirectory | null;
  readonly #onDeleted: (names: readonly string[]) => void;
  readonly #runs = new Mutex();
  /** The run under way; settles with it, and never rejects. null where there is none. */
  #current: Promise<void> | null = null;
  #stop = new AbortController();
  #isClosed = false;
  /** How far the log is clean, as long as it is open; null where at most the checkpoint knows. */
  #cleanedUpTo: Offset | null = null;

  /** @param onDeleted Gets the names of `.deleted` files that have to be purged some time. */
  constructor(
    store: LogStore,
    clock: Clock,
    dataDirectory: DataDirectory | null,
    onDeleted: (names: readonly string[]) => void,
  ) {
    this.#store = store;
    this.#clock = clock;
    this.#dataDirectory = dataDirectory;
    this.#onDeleted = onDeleted;
    store.compaction = this;
  }

  /** @throws as `Log.compact` */
  run(options: CompactOptions): Promise<CompactionReport> {
    return this.#runs.run(async () => {
      const run = this.#untilDone(options);
      this.#current = run.then(ignore, ignore); // the caller is told
      try {
        return await run;
      } catch (error) {
        if (!this.#isClosed && options.signal?.aborted !== true) this.failedCount++;
        this.isUncleanable ||= error instanceof AppError && error.code === 'CORRUPT';
        throw error;
      } finally {
        this.#current = null;
      }
    });
  }

  restart(): void {
    this.#stop.abort(BEGIN_ANEW);
  }

  end(reason: AppError): void {
    this.#stop.abort(reason);
  }

  /** Ends a run under way, and all that wait; the log is as before it, or as after it. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#stop.abort(this.#closedError());
    await this.#runs.run(async () => {});
  }

  async giveUp(): Promise<Bytes> {
    if (this.#current === null) return 0;
    const { fs, directory } = this.#store;
    let sizeInBytes = 0;
    for (const { name } of await fs.list(directory))
      if (name.endsWith(LOG_SUFFIX + CLEANED_SUFFIX))
        sizeInBytes += (await fs.status(join(directory, name)))?.sizeInBytes ?? 0;
    this.#stop.abort(new AppError('DISK_FULL', 'The compaction was given up: records needed its space.'));
    await this.#current;
    return sizeInBytes;
  }

  async #untilDone(options: CompactOptions): Promise<CompactionReport> {
    for (;;) {
      if (this.#isClosed) throw this.#closedError();
      this.#store.requireWritable();
      options.signal?.throwIfAborted();
      this.#stop = new AbortController();
      const stop = this.#stop.signal;
      try {
        return await this.#attempt(
          options.minCleanableDirtyRatio ?? this.#store.settings.minCleanableDirtyRatio,
          options.signal === undefined ? stop : AbortSignal.any([stop, options.signal]),
        );
      } catch (error) {
        if (stop.reason !== BEGIN_ANEW) throw stop.aborted ? stop.reason : error;
      }
    }
  }

  async #attempt(ratio: number, signal: AbortSignal): Promise<CompactionReport> {
    const store = this.#store;
    const { fs } = store;
    const checkpoint = await this.#checkpoint();
    const plan = await planLogCompaction(fs, store, { checkpoint, ratio, nowMs: this.#clock.now() });
    signal.throwIfAborted();
    const { eligibility, task, segments, sources } = plan;
    if (task === null) return { ...eligibility, done: null };
    await store.deleteBelowStart(this.#onDeleted);
    signal.throwIfAborted();
    const { directory, settings } = store;
    const cleaned = await writeCleaned(fs, {
      directory,
      segments,
      task,
      indexIntervalBytes: settings.indexIntervalBytes,
      slices: new WorkSlices(this.#clock),
      signal,
    });
    const { segments: written, newEndOffset } = cleaned;
    const replacement = { directory, sources, cleaned: written, endOffset: task.endOffset, newEndOffset };
    await store.replaceSegments(replacement, signal, this.#onDeleted);
    this.doneCount++;
    this.freedBytes += cleaned.sizeBefore - cleaned.sizeAfter;
    await this.#setCheckpoint(task.endOffset);
    return { ...eligibility, done: summaryOf(cleaned) };
  }

  async #checkpoint(): Promise<Offset | null> {
    if (this.#cleanedUpTo !== null) return this.#cleanedUpTo;
    return (await this.#dataDirectory?.offsetOf(CLEANER_CHECKPOINT, this.#store.directory)) ?? null;
  }

  /** On the disk only where no broker owns the data directory; else it holds as long as the log is open. */
  async #setCheckpoint(offset: Offset): Promise<void> {
    this.#cleanedUpTo = offset;
    this.#store.requireWritable();
    const { fs, directory } = this.#store;
    await this.#dataDirectory?.setOffset(fs, CLEANER_CHECKPOINT, directory, offset);
  }

  #closedError(): AppError {
    return new AppError('LOG_CLOSED', 'The log was closed.', { path: this.#store.directory });
  }
}

const BEGIN_ANEW = new AppError('CANCELLED', 'Retention took segments away that were being compacted.');

function summaryOf({
  segments,
  replacedBaseOffsets,
  sizeBefore,
  sizeAfter,
  result,
}: CleanedLog): CompactionSummary {
  const sum = (name: 'recordsBefore' | 'recordsAfter') =>
    result.segments.reduce((total, { counts }) => total + counts[name], 0);
  return {
    recordsBefore: sum('recordsBefore'),
    recordsAfter: sum('recordsAfter'),
    bytesBefore: sizeBefore,
    bytesAfter: sizeAfter,
    segmentsBefore: replacedBaseOffsets.length,
    segmentsAfter: segments.length,
    uniqueKeyCount: result.uniqueKeyCount,
    roundCount: result.roundCount,
  };
}

function ignore(): void {}
