/**
 * The state of an open log: its segments, the writer of the active one, epochs, producers; and every change of them.
 *
 * One append or roll at a time: its owner (`Log`) sees to that. What changes closed segments (retention, a full disk, a
 * compaction's swap, the end) comes one after the other by itself, so that no append waits for a swap. Readers look at
 * `segments` at any moment; it is replaced, never changed. An fsync that failed, of whatever file, leaves unknown what is on
 * the disk, so nothing is written any more after it, and nothing removed.
 */
import { AppError } from '../../../shared/errors';
import type { RetentionPlan } from '../../../shared/plan/retention-plan';
import type { Bytes, Milliseconds, Offset, TimestampMs } from '../../../shared/units';
import type { Clock } from '../clock';
import type { FileSystem } from '../file-system';
import type { LeaderEpoch } from '../format/checkpoint-files';
import { LOG_SUFFIX, TRANSACTION_INDEX_SUFFIX } from '../format/file-names';
import type { FinishedBatch, GivenRecord } from '../format/record-batch-writer';
import type { AbortedTransaction } from '../format/transaction-index';
import { Mutex } from '../mutex';
import { ProducerStates } from '../rules/producer-states';
import { accountTransaction, addAborted } from './aborted-transactions';
import type { AppendedRange, AppendTarget } from './append-queue';
import { cutEpochs } from './cut-epochs';
import { markSegmentsDeleted } from './delete-segments';
import { DiskFullError } from './disk-full-error';
import { encodeTransaction, requireTransactionSize, type Transaction } from './encode-transaction';
import type { OffsetIndexColumns, TimeIndexColumns } from './index-columns';
import type { ReadableLog } from './log-reader';
import type { OngoingCompaction } from './ongoing-compaction';
import { OpenFiles } from './open-files';
import { PendingPurges } from './pending-purges';
import { planLogRetention } from './plan-log-retention';
import { removeCleaned } from './replace-segments';
import type { Segment } from './segment';
import { SegmentIndexes } from './segment-indexes';
import { SegmentWriter } from './segment-writer';
import { compactsByPolicy, type LogSettings } from './settings';
import { stoppingSyncs, writingStopped } from './stopping-syncs';
import { type CleanedReplacement, SwapIn } from './swap-in';
import { unlinkSegment } from './unlink-segment';
import { writeSnapshot } from './write-snapshot';

/** What opening found, or made. */
export interface OpenedLog {
  readonly directory: string;
  readonly closedSegments: readonly Segment[];
  readonly writer: SegmentWriter;
  readonly epochs: readonly LeaderEpoch[];
  readonly producers: ProducerStates;
  readonly logStartOffset: Offset;
}

/** Has it written durably that the log begins there. @returns false where there is no place for that */
export type RaiseStart = (offset: Offset) => Promise<boolean>;
type OnDeleted = (names: readonly string[]) => void;

/** What it costs to raise the log's start and to take that back: a file and its directory, twice. Fewer segments go one by one. */
const RAISING_SYNCS = 4;

export interface Seams {
  readonly fs: FileSystem;
  readonly clock: Clock;
}

export class LogStore implements AppendTarget, ReadableLog {
  readonly directory: string;
  readonly settings: LogSettings;
  readonly files: OpenFiles;
  readonly producers: ProducerStates;
  segments: readonly Segment[];
  logStartOffset: Offset;
  isClosed = false;
  /** Whoever compacts this log; null where nobody does. */
  compaction: OngoingCompaction | null = null;
  readonly purges: PendingPurges;
  /** To .log files. */
  appendedBytes = 0;
  rollCount = 0;
  deletedSegmentCount = 0;
  /** How often space had to be made for a write or a roll. */
  diskFullCount = 0;
  /** Its fsyncs stop writing where they fail: for all that is written of the log, its checkpoints included. */
  readonly fs: FileSystem;
  readonly #clock: Clock;
  /** Held by whoever changes closed segments (`#changeClosed`); nothing rolls under it. */
  readonly #closedSegments = new Mutex();
  readonly #indexes: SegmentIndexes;
  readonly #segmentMs: Milliseconds;
  #writer: SegmentWriter;
  #epochs: readonly LeaderEpoch[];
  #failure: AppError | null = null;
  /** Of a write that was cut off and comes again when there is space: they count for `shouldRoll` all the time. */
  #cutOff: readonly FinishedBatch[] = [];

  constructor(opened: OpenedLog, settings: LogSettings, { fs, clock }: Seams) {
    this.directory = opened.directory;
    this.settings = settings;
    this.fs = stoppingSyncs(fs, (error) => this.#stop(error));
    this.#clock = clock;
    this.files = new OpenFiles(this.fs, settings.openFilesMax);
    this.purges = new PendingPurges(this.fs, opened.directory, this.files);
    this.#indexes = new SegmentIndexes(this.files, settings.indexCacheBytes);
    this.#writer = opened.writer;
    this.segments = [...opened.closedSegments, opened.writer.segment];
    this.#epochs = opened.epochs;
    this.producers = opened.producers;
    this.logStartOffset = opened.logStartOffset;
    // What has to be compacted by then is closed by then (LogConfig.maxSegmentMs).
    const lagMs = compactsByPolicy(settings) ? settings.maxCompactionLagMs : Number.POSITIVE_INFINITY;
    const segmentMs = Math.min(settings.segmentMs, lagMs);
    const jitterMs = Math.floor(Math.random() * Math.min(settings.segmentJitterMs, segmentMs));
    this.#segmentMs = segmentMs - jitterMs;
  }

  /** Exclusive end of what readers see. */
  get logEndOffset(): Offset {
    return this.segments.at(-1)!.nextOffset;
  }

  get sizeInBytes(): Bytes {
    return this.segments.reduce((sum, segment) => sum + segment.sizeInBytes, 0);
  }

  get nextOffset(): Offset {
    return this.#writer.nextOffset;
  }

  get leaderEpoch(): number {
    return this.#epochs.at(-1)!.epoch;
  }

  /** What stopped writing for good, or null. */
  get failure(): AppError | null {
    return this.#failure;
  }

  async offsetIndexOf(segment: Segment): Promise<OffsetIndexColumns> {
    return segment === this.#writer.segment ? this.#writer.offsets : this.#indexes.offsetsOf(segment);
  }

  async timeIndexOf(segment: Segment): Promise<TimeIndexColumns> {
    return segment === this.#writer.segment ? this.#writer.times : this.#indexes.timesOf(segment);
  }

  largestTimestampOf(segment: Segment): Promise<TimestampMs> {
    return this.#indexes.largestTimestampOf(segment);
  }

  shouldRoll(batch: FinishedBatch, pending: readonly FinishedBatch[], pendingBytes: Bytes): boolean {
    const cutOff = this.#cutOff;
    return this.#writer.shouldRoll(batch, {
      clock: this.#clock,
      segmentMs: this.#segmentMs,
      pending: cutOff.length === 0 ? pending : [...cutOff, ...pending],
      pendingBytes: cutOff.reduce((sum, { sizeInBytes }) => sum + sizeInBytes, pendingBytes),
    });
  }

  /**
   * All or nothing: after an error the files are cut back to where they stood.
   * @param aborted The transaction that the batches abort, for the transaction index.
   * @throws DiskFullError where no space can be made
   */
  write(
    bytes: Uint8Array,
    batches: readonly FinishedBatch[],
    aborted: AbortedTransaction | null = null,
  ): Promise<void> {
    this.requireWritable();
    return this.#withSpace(async () => {
      const before = this.#writer.standing();
      this.#cutOff = [];
      try {
        await this.#writer.append(bytes, batches, this.#clock.elapsedMs());
        const index = this.#writer.segment.pathOf(TRANSACTION_INDEX_SUFFIX);
        if (aborted !== null)
          await addAborted(this.fs, index, aborted, (operation) => this.#orFail(operation));
        this.appendedBytes += bytes.length;
      } catch (error) {
        this.#cutOff = batches;
        await this.#orFail(() => this.#writer.cutBack(before));
        throw error;
      }
    }).finally(() => {
      this.#cutOff = [];
    });
  }

  /**
   * Appends a transaction that begins and ends here, its marker behind it, in one segment; all or nothing.
   * The sequence goes on from the producer's last one.
   * @param nowMs Timestamp of records that have none.
   */
  async appendTransaction(
    given: readonly GivenRecord[],
    transaction: Transaction,
    nowMs: TimestampMs,
  ): Promise<AppendedRange> {
    const { producerId, producerEpoch, outcome } = transaction;
    const baseOffset = this.nextOffset;
    const { bytes, batches } = encodeTransaction(given, {
      nowMs,
      baseOffset,
      leaderEpoch: this.leaderEpoch,
      codec: this.settings.compressionType,
      producerId,
      producerEpoch,
      baseSequence: this.producers.nextSequenceOf(producerId, producerEpoch),
      outcome,
    });
    const [records, marker] = batches;
    requireTransactionSize(records.sizeInBytes, this.settings.maxMessageBytes);
    requireTransactionSize(bytes.length, this.settings.segmentBytes);
    const whole = { ...records, lastOffset: marker.lastOffset, sizeInBytes: bytes.length };
    if (this.shouldRoll(whole, [], 0)) await this.roll();
    // On a copy: a write that fails must not have begun a transaction.
    const aborted =
      outcome === 'abort'
        ? accountTransaction(new ProducerStates(this.producers.entries()), bytes, batches)
        : null;
    await this.write(bytes, batches, aborted);
    accountTransaction(this.producers, bytes, batches);
    await this.commit();
    return { firstOffset: baseOffset, lastOffset: records.lastOffset };
  }

  /** Publishes what was written; with fsync 'always', durably. */
  async commit(): Promise<void> {
    this.requireWritable();
    if (this.settings.fsync === 'always') await this.syncLog();
    this.#writer.publish();
  }

  /** Makes all records durable. An error ends writing: the system may have dropped what it could not write. */
  syncLog(): Promise<void> {
    this.requireWritable();
    return this.#orFail(() => this.#writer.syncLog());
  }

  /**
   * As `syncLog`; the index files get what waits for the next append.
   * @param makesRoom Whether something may be given up for their space.
   */
  async flush(makesRoom: boolean): Promise<void> {
    await this.syncLog();
    const writeIndexes = () => this.#writer.writeIndexes();
    await (makesRoom ? this.#withSpace(writeIndexes) : writeIndexes());
  }

  /**
   * Closes the active segment and begins a new one at the log end offset. The closed one is durable, so that recovery
   * after a crash only ever concerns the last (the broker's recovery point); its indexes are trimmed when the new one
   * is there, so that a full disk leaves the old one in use.
   */
  roll(): Promise<void> {
    this.requireWritable();
    return this.#withSpace(() => this.#roll());
  }

  async #roll(): Promise<void> {
    const closing = this.#writer;
    const baseOffset = closing.nextOffset;
    await closing.addLastEntries();
    await this.#orFail(() => closing.sync());
    await this.#writeSnapshot();
    const writer = await SegmentWriter.open(
      this.fs,
      { directory: this.directory, baseOffset },
      this.settings,
      { loaded: null, nowMs: this.#clock.now() },
    );
    closing.publish();
    this.#writer = writer;
    this.segments = [...this.segments, writer.segment];
    this.rollCount++;
    await this.#orFail(() => closing.trimAndClose());
  }

  #writeSnapshot(): Promise<void> {
    return writeSnapshot(this.fs, this.directory, this.nextOffset, this.producers);
  }

  /**
   * A full disk is met in this order: the failed write was cut off already; a compaction gives back the space that it
   * has taken; what waits to be purged goes, then what retention lets go, unlinked without a renaming, because that may need space; then one more attempt. Readers let go
   * of the files first: an open file keeps its space.
   */
  async #withSpace(operation: () => Promise<void>): Promise<void> {
    try {
      return await operation();
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'DISK_FULL') throw error;
      this.diskFullCount++;
      const givenBack = (await this.compaction?.giveUp()) ?? 0;
      const freedBytes = givenBack + (await this.#changeClosed(() => this.#freeSpace()));
      if (freedBytes === 0) throw new DiskFullError(error, 0);
      try {
        return await operation();
      } catch (again) {
        throw again instanceof AppError && again.code === 'DISK_FULL'
          ? new DiskFullError(again, freedBytes)
          : again;
      }
    }
  }

  /** @returns bytes of .log files */
  async #freeSpace(): Promise<Bytes> {
    let freedBytes = await this.purges.purgeAll();
    const plan = await planLogRetention(this.fs, this, this.#clock.now());
    const victimCount = Math.min(plan.deletions.length, this.segments.length - 1);
    for (let count = 0; count < victimCount; count++) {
      const segment = this.segments[0]!;
      await this.#dropFirst(() => unlinkSegment(this.fs, this.files, segment));
      await this.fs.syncDirectory(this.directory); // unlinks, too, reach the disk in any order
      freedBytes += segment.sizeInBytes;
    }
    return freedBytes;
  }

  /**
   * Deletes a prefix of the log by retention.ms and retention.bytes, and rolls first where everything goes. After an
   * error the segments from the one that it concerns on are still there.
   * @param onDeleted Called for each segment with the names of its `.deleted` files.
   * @returns what was deleted
   */
  async retain(nowMs: TimestampMs, onDeleted: OnDeleted, raiseStart: RaiseStart): Promise<RetentionPlan> {
    const first = await this.#changeClosed(() => planLogRetention(this.fs, this, nowMs));
    if (first.deletions.length === 0) return first;
    const { rollsActiveSegment } = first;
    if (rollsActiveSegment) await this.roll();
    return this.#changeClosed(async () => {
      const plan = await planLogRetention(this.fs, this, nowMs);
      const count = plan.deletions.length;
      const isRaised = count > RAISING_SYNCS && (await this.#raised(count, raiseStart));
      await this.#deleteFirst(count, onDeleted, isRaised);
      return { ...plan, rollsActiveSegment };
    });
  }

  /** Deletes what is below the log start, of which a deletion that was cut off may have left a part. `onDeleted`: see `retain` */
  deleteBelowStart(onDeleted: OnDeleted): Promise<void> {
    return this.#changeClosed(async () => {
      const first = this.segments.findIndex(({ nextOffset }) => nextOffset > this.logStartOffset);
      await this.#deleteFirst(first < 0 ? this.segments.length - 1 : first, onDeleted, false);
    });
  }

  /**
   * Has the log begin behind its first segments before these go: what is below no longer counts, so that one sync does for
   * all of their renames (delete-prefix.ts). Where some cannot be renamed the start stays, and the next retention has them.
   * @returns false where there is no place or no room for it
   */
  async #raised(count: number, raiseStart: RaiseStart): Promise<boolean> {
    const before = this.logStartOffset;
    // First: nobody is to read what is gone after a loss of power. A sync that fails leaves open which start there is then.
    this.logStartOffset = Math.max(before, this.segments[count]!.baseOffset);
    try {
      if (await raiseStart(this.logStartOffset)) return true;
      this.logStartOffset = before;
      return false;
    } catch (error) {
      if (this.#failure === null) this.logStartOffset = before;
      if (error instanceof AppError && error.code === 'DISK_FULL') return false;
      throw error;
    }
  }

  /** @param isSyncedOnce Where the log's start is behind them, durably; otherwise each is synced before the next one goes. */
  async #deleteFirst(count: number, onDeleted: OnDeleted, isSyncedOnce: boolean): Promise<void> {
    if (count === 0) return;
    for (const { baseOffset } of this.segments.slice(0, count))
      await this.#dropFirst(async () => {
        onDeleted(await markSegmentsDeleted(this.fs, this.directory, [baseOffset], { isSyncedOnce }));
      });
    if (isSyncedOnce) await this.fs.syncDirectory(this.directory);
    this.#epochs = await cutEpochs(this.fs, this.directory, this.#epochs, this.logStartOffset);
  }

  /**
   * Puts cleaned segments in the place of those they were made from: for readers first, then on the disk.
   * @param onDeleted Called with the names of the `.deleted` files of the old ones.
   * @throws the signal's reason where it comes before anything was done, or what the first renaming throws: the log is as
   * it was then, and the cleaned files are gone. STORAGE_FAILED where writing stops: they are the next start's business
   */
  replaceSegments(replacement: CleanedReplacement, signal: AbortSignal, onDeleted: OnDeleted): Promise<void> {
    const { sources } = replacement;
    return this.#changeClosed(async () => {
      const swap = new SwapIn(this.fs, this.files, replacement);
      try {
        signal.throwIfAborted();
        if (!sources.every((segment, index) => segment === this.segments[index]))
          throw outdated(this.directory);
        await this.purges.purgeSegments(new Set(sources.map(({ baseOffset }) => baseOffset)));
        await swap.prepare();
        this.requireWritable(); // an append may have failed meanwhile
      } catch (error) {
        if (this.#failure === null) await this.#orFail(() => removeCleaned(this.fs, this.directory));
        throw error;
      }
      this.segments = [...swap.segments, ...this.segments.slice(sources.length)];
      onDeleted(await this.#orFail(() => swap.finish()));
      for (const segment of sources) this.#indexes.forget(segment);
    });
  }

  /** Frees the space of `.deleted` files. */
  purge(names: readonly string[]): Promise<Bytes> {
    return this.#changeClosed(() => this.purges.purge(names));
  }

  #changeClosed<T>(change: () => Promise<T>): Promise<T> {
    return this.#closedSegments.run(() => {
      this.requireWritable(); // it may have waited
      return change();
    });
  }

  /** Readers lose sight of the first segment before its files go, and see it again where they stay. */
  async #dropFirst(removeFiles: () => Promise<void>): Promise<void> {
    this.requireWritable(); // an append may have failed since the one before
    const [first, ...others] = this.segments;
    const { logStartOffset } = this;
    this.segments = others;
    this.logStartOffset = Math.max(logStartOffset, others[0]!.baseOffset);
    try {
      await removeFiles();
    } catch (error) {
      if ((await this.fs.status(first!.pathOf(LOG_SUFFIX))) !== null) {
        this.segments = [first!, ...this.segments];
        this.logStartOffset = logStartOffset;
      }
      throw error;
    }
    this.compaction?.restart();
    this.#indexes.forget(first!);
    this.deletedSegmentCount++;
  }

  /** Seals and trims the active segment, and writes the snapshot that the next start begins with. */
  close(): Promise<void> {
    this.isClosed = true;
    return this.#closedSegments.run(async () => {
      try {
        if (this.#failure !== null) await this.#writer.close();
        else await this.#closeWriter();
      } finally {
        await this.files.close();
      }
    });
  }

  async #closeWriter(): Promise<void> {
    try {
      await this.#writer.addLastEntries();
      await this.#writer.sync();
      await this.#writeSnapshot();
    } catch (error) {
      await this.#writer.close();
      throw error;
    }
    await this.#writer.trimAndClose();
    await this.fs.syncDirectory(this.directory);
  }

  /** @throws AppError what stopped writing */
  requireWritable(): void {
    if (this.#failure !== null) throw this.#failure;
  }

  async #orFail<T>(operation: () => Promise<T>): Promise<T> {
    try {
      return await operation();
    } catch (error) {
      throw this.#stop(error);
    }
  }

  /** @returns what every further change is refused with */
  #stop(error: unknown): AppError {
    this.#failure ??= writingStopped(this.directory, error);
    this.compaction?.end(this.#failure);
    return this.#failure;
  }
}

function outdated(directory: string): AppError {
  return new AppError('PLAN_OUTDATED', 'Segments went while they were compacted; nothing was done.', {
    path: directory,
  });
}
