/**
 * Plays through what a broker does to one log's directory when it starts (LogLoader.load, UnifiedLog.create), and
 * changes nothing. In numbered passes, as the broker's own; each says why a file goes or is written.
 *
 * Leader epochs and producer state are not built: only which files hold them afterwards. A split of a segment whose
 * offsets overflow is named and not played through.
 */
import { join } from 'node:path';
import { AppError } from '../../../shared/errors';
import { countBelow } from '../../../shared/plan/count-below';
import type { Bytes, Offset } from '../../../shared/units';
import type { DirectoryEntry, ReadingFileSystem } from '../file-system';
import { LEADER_EPOCH_CHECKPOINT, readLeaderEpochs } from '../format/checkpoint-files';
import {
  LOG_SUFFIX,
  lacksOffsetInName,
  OFFSET_INDEX_SUFFIX,
  offsetName,
  parseSegmentFileName,
  SEGMENT_SUFFIXES,
  SNAPSHOT_SUFFIX,
  SWAP_SUFFIX,
  TIME_INDEX_SUFFIX,
  TRANSACTION_INDEX_SUFFIX,
} from '../format/file-names';
import { PARTITION_METADATA_FILE, readTopicId } from '../format/partition-metadata';
import { readProducerSnapshot } from '../format/producer-snapshot';
import { firstLeftovers, replacedBySwap, swapSegments } from '../rules/leftovers';
import { type FileFate, LogImage } from '../rules/log-image';
import { SnapshotFiles, StartupSnapshots } from '../rules/startup-snapshots';
import { pathsIn, statusesOf } from '../statuses';
import { readSmallFile } from './read-small-file';
import { type CheckedSegment, checkSegment } from './startup-check';
import {
  hasCorruptTransactionIndex,
  positionOf,
  readNextOffset,
  StartEnds,
  type StartingSegment,
} from './startup-segment';

export interface StartingLog {
  readonly path: string;
  /** -delete: the log's end is not looked for. */
  readonly isDeleted: boolean;
  readonly hadCleanShutdown: boolean;
  /** 0 where the checkpoint tells nothing, likewise the next. */
  readonly recoveryPoint: Offset;
  readonly logStartCheckpoint: Offset;
  readonly indexIntervalBytes: Bytes;
}

export interface StartOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called with bytes as they are read. */
  readonly onBytes?: ((bytes: Bytes) => void) | undefined;
}

export interface LogStart {
  readonly fates: readonly FileFate[];
  /** Where the broker stops, or where prediction does; null where the log is loaded. */
  readonly end: StartEnds | null;
  readonly logStartOffset: Offset;
  /** Exclusive. */
  readonly logEndOffset: Offset;
  /** Of the segments whose every byte is read. */
  readonly bytesToCheck: Bytes;
  /** Behind the newest snapshot, from which the producer state is read again. */
  readonly bytesToReplay: Bytes;
  /** null where partition.metadata is missing. */
  readonly topicId: string | null;
}

/** @throws AppError where the directory cannot be listed; the signal's reason when aborted */
export async function simulateLogStart(
  fs: ReadingFileSystem,
  log: StartingLog,
  options: StartOptions,
): Promise<LogStart> {
  const files: { name: string; sizeInBytes: Bytes }[] = [];
  const entries = await fs.list(log.path);
  const nameOf = ({ name }: DirectoryEntry) => name;
  const names = entries.filter(({ kind }) => kind === 'file').map(nameOf);
  const others = entries.filter(({ kind }) => kind !== 'file').map(nameOf);
  const statuses = await statusesOf(fs, pathsIn(log.path, names), options.signal);
  for (const [index, status] of statuses.entries())
    if (status === null) others.push(names[index]!);
    else files.push({ name: names[index]!, sizeInBytes: status.sizeInBytes });
  const start = new Start(fs, log, new LogImage(files), options);
  const end = await start.run();
  return start.outcome(end, others.map(passedOver));
}

function passedOver(file: string): FileFate {
  const sizes = { sizeInBytes: null, sizeAfterInBytes: null };
  return { file, action: 'keep', toName: null, ...sizes, reason: 'not-a-file', detail: null };
}

class Start {
  readonly #fs: ReadingFileSystem;
  readonly #log: StartingLog;
  readonly #image: LogImage;
  readonly #options: StartOptions;
  #snapshotFiles: SnapshotFiles;
  #segments: StartingSegment[] = [];
  #topicId: string | null = null;
  #logEndOffset: Offset = 0;
  #logStartOffset: Offset = 0;
  #bytesToCheck: Bytes = 0;
  #bytesToReplay: Bytes = 0;

  constructor(fs: ReadingFileSystem, log: StartingLog, image: LogImage, options: StartOptions) {
    this.#fs = fs;
    this.#log = log;
    this.#image = image;
    this.#snapshotFiles = new SnapshotFiles(image);
    this.#options = options;
  }

  /** @returns Where the broker stops; null where it loads the log. */
  async run(): Promise<StartEnds | null> {
    try {
      await this.#readEpochs();
      this.#requireOffsetsInNames();
      this.#clearLeftovers();
      await this.#completeSwaps();
      await this.#readSnapshots();
      await this.#loadSegments();
      if (!this.#log.isDeleted) await this.#recover();
      else if (this.#segments.length === 0) this.#addEmptySegment(0);
      await this.#loadProducers();
      await this.#readTopic();
      return null;
    } catch (error) {
      if (error instanceof StartEnds) return error;
      throw error;
    }
  }

  outcome(end: StartEnds | null, others: readonly FileFate[]): LogStart {
    return {
      fates: [...this.#image.fates(), ...others],
      end,
      logStartOffset: this.#logStartOffset,
      logEndOffset: this.#logEndOffset,
      bytesToCheck: this.#bytesToCheck,
      bytesToReplay: this.#bytesToReplay,
      topicId: this.#topicId,
    };
  }

  /** Before the passes: the leader epochs are read first of all. */
  async #readEpochs(): Promise<void> {
    const bytes = await this.#small(LEADER_EPOCH_CHECKPOINT);
    if (!this.#log.isDeleted) this.#image.remove(`${LEADER_EPOCH_CHECKPOINT}.tmp`, 'epochs-temporary');
    if (bytes === null) {
      this.#image.write(LEADER_EPOCH_CHECKPOINT, 'leader-epoch-checkpoint-missing', 0);
      return;
    }
    const epochs = readLeaderEpochs(bytes.toString('utf8'));
    if (typeof epochs === 'string')
      throw new StartEnds('leader-epoch-checkpoint-malformed', LEADER_EPOCH_CHECKPOINT, `${epochs}.`);
  }

  /** A broker reads the offset from each of these names, and fails where there is none. */
  #requireOffsetsInNames(): void {
    const lacking = this.#image.names().find(lacksOffsetInName);
    if (lacking !== undefined) throw new StartEnds('offset-in-name-unreadable', lacking);
  }

  /** Once the leftovers are gone, and with them what a .swap segment covers. */
  async #readSnapshots(): Promise<void> {
    this.#snapshotFiles = new SnapshotFiles(this.#image);
    for (const offset of this.#snapshotFiles.offsets) {
      const bytes = await this.#small(offsetName(offset) + SNAPSHOT_SUFFIX);
      if (typeof readProducerSnapshot(bytes ?? Buffer.alloc(0)) === 'string')
        this.#snapshotFiles.unreadable.add(offset);
    }
  }

  /** 1. What a deletion or an unfinished cleaning left. */
  #clearLeftovers(): void {
    for (const { name, reason } of firstLeftovers(this.#image.names()).removals)
      this.#image.remove(name, reason);
  }

  /** 2. Files that swap segments replace. 3. The swap files get their names. */
  async #completeSwaps(): Promise<void> {
    const swaps = this.#image.names().filter((name) => name.endsWith(SWAP_SUFFIX));
    const bases = swapSegments(swaps);
    if (bases.length > 0) {
      let to: Offset = Number.NEGATIVE_INFINITY;
      for (const base of bases) {
        const segment = this.#segment(base, SWAP_SUFFIX);
        // Asking for the end opens the index, which makes one of zeros where there is none.
        if (segment.indexPath === null)
          this.#image.write(offsetName(base) + OFFSET_INDEX_SUFFIX + SWAP_SUFFIX, 'swap-index-missing');
        to = Math.max(to, await readNextOffset(this.#fs, segment, this.#options.signal));
      }
      for (const { name, reason } of replacedBySwap(this.#image.names(), { from: bases[0]!, to }))
        this.#image.remove(name, reason);
    }
    for (const name of this.#image.names().filter((one) => one.endsWith(SWAP_SUFFIX)))
      this.#image.rename(name, name.slice(0, -SWAP_SUFFIX.length), 'swap-complete');
  }

  /**
   * 4. Indexes without their log go; segments whose indexes will not do are checked. In the order of the names, which is
   * not that of the offsets where one of them has fewer than twenty digits.
   */
  async #loadSegments(): Promise<void> {
    for (const name of this.#image.names()) {
      const parsed = parseSegmentFileName(name);
      if (parsed === null || parsed.state !== 'current' || parsed.kind === 'snapshot') continue;
      if (parsed.kind === 'log') this.#take(await this.#load(parsed.baseOffset));
      else if (!this.#image.has(offsetName(parsed.baseOffset) + LOG_SUFFIX))
        this.#image.remove(name, 'orphaned-index');
    }
  }

  async #load(baseOffset: Offset): Promise<StartingSegment> {
    const base = offsetName(baseOffset);
    // A broker opens the file of twenty digits, whatever the name that it read the offset from, and so makes it.
    if (!this.#image.has(base + LOG_SUFFIX))
      this.#image.write(base + LOG_SUFFIX, 'name-without-twenty-digits', 0);
    const segment = this.#segment(baseOffset);
    if (!this.#image.has(base + OFFSET_INDEX_SUFFIX)) return this.#check(segment, 'offset-index-missing');
    if (!this.#image.has(base + TIME_INDEX_SUFFIX))
      this.#image.write(base + TIME_INDEX_SUFFIX, 'time-index-missing', 0);
    const name = this.#image.nameOnDisk(base + TRANSACTION_INDEX_SUFFIX);
    const isCorrupt =
      name !== null &&
      (await hasCorruptTransactionIndex(this.#fs, { name, path: this.#path(name) }, baseOffset));
    return isCorrupt ? this.#check(segment, 'transaction-index-corrupt') : segment;
  }

  /** Among the others by its offset; one of the same offset that was loaded before is forgotten. */
  #take(segment: StartingSegment): void {
    const index = this.#segmentCountBelow(segment.baseOffset);
    const isSame = this.#segments[index]?.baseOffset === segment.baseOffset;
    this.#segments.splice(index, isSame ? 1 : 0, segment);
  }

  /** 5. After an unclean stop, segments from the recovery point on. 6. A log that ends before its start goes. */
  async #recover(): Promise<void> {
    if (!this.#log.hadCleanShutdown) await this.#checkUnflushed();
    const { logStartCheckpoint } = this.#log;
    const last = this.#segments.at(-1);
    const end = last === undefined ? null : await readNextOffset(this.#fs, last, this.#options.signal);
    this.#logEndOffset = end ?? logStartCheckpoint;
    if (end !== null && end >= logStartCheckpoint) return;
    for (const { baseOffset } of this.#segments) this.#removeSegment(baseOffset, 'log-start-beyond-end');
    this.#segments = [];
    if (last !== undefined) this.#snapshots().restartAt(logStartCheckpoint);
    this.#logEndOffset = logStartCheckpoint;
    this.#addEmptySegment(logStartCheckpoint);
  }

  async #checkUnflushed(): Promise<void> {
    const bases = this.#segments.map(({ baseOffset }) => baseOffset);
    const from = Math.max(0, bases.filter((base) => base <= this.#log.recoveryPoint).length - 1);
    for (let index = from; index < this.#segments.length; index++) {
      const before = this.#segments[index]!;
      const checked = await this.#check(before, 'unflushed');
      this.#segments[index] = checked;
      if (checked.sizeInBytes === before.sizeInBytes) continue;
      for (const { baseOffset } of this.#segments.splice(index + 1)) {
        this.#removeSegment(baseOffset, 'behind-cut');
        this.#snapshotFiles.removeLater(baseOffset, 'behind-cut');
      }
    }
  }

  /** 7. Snapshots without a segment go, and the producer state is read from the newest that is left. */
  async #loadProducers(): Promise<void> {
    const bases = this.#segments.map(({ baseOffset }) => baseOffset);
    this.#logStartOffset = Math.max(this.#log.logStartCheckpoint, bases[0]!);
    const snapshots = this.#snapshots();
    snapshots.removeStray(bases);
    await this.#rebuildProducerState(snapshots, {
      logStartOffset: this.#logStartOffset,
      endOffset: this.#logEndOffset,
      skipsWithoutSnapshot: this.#log.hadCleanShutdown,
    });
  }

  async #readTopic(): Promise<void> {
    const bytes = await this.#small(PARTITION_METADATA_FILE);
    if (bytes === null) return;
    this.#topicId = readTopicId(bytes.toString('utf8'));
    if (this.#topicId === null) throw new StartEnds('partition-metadata-malformed', PARTITION_METADATA_FILE);
  }

  /** Every byte of a segment; its indexes are written anew, and two snapshots may be. */
  async #check(
    segment: StartingSegment,
    reason: 'offset-index-missing' | 'transaction-index-corrupt' | 'unflushed',
  ): Promise<StartingSegment> {
    const { baseOffset, logName } = segment;
    const snapshots = this.#snapshots();
    await this.#rebuildProducerState(snapshots, {
      logStartOffset: this.#log.logStartCheckpoint,
      endOffset: baseOffset,
      skipsWithoutSnapshot: false,
    });
    this.#bytesToCheck += segment.sizeInBytes;
    const checked = await this.#checkFile(segment);
    if (checked.isOutOfOrder && reason !== 'unflushed')
      throw new StartEnds('offsets-out-of-order', logName, checked.message);
    const base = offsetName(baseOffset);
    for (const suffix of [OFFSET_INDEX_SUFFIX, TIME_INDEX_SUFFIX]) this.#image.write(base + suffix, reason);
    if (this.#image.has(base + TRANSACTION_INDEX_SUFFIX) || checked.hasAbortMarker)
      this.#image.write(base + TRANSACTION_INDEX_SUFFIX, reason);
    if (checked.sizeInBytes < segment.sizeInBytes)
      this.#image.truncate(logName, checked.sizeInBytes, 'bad-batch', checked.message ?? '');
    else this.#image.check(logName, reason);
    if (checked.producersReach !== null) snapshots.reaches(checked.producersReach);
    if (!checked.isOutOfOrder) snapshots.take();
    const { sizeInBytes, nextOffset } = checked;
    return { ...segment, sizeInBytes, nextOffset, indexPath: null };
  }

  #checkFile(segment: StartingSegment): Promise<CheckedSegment> | CheckedSegment {
    const { indexIntervalBytes } = this.#log;
    if (this.#image.nameOnDisk(segment.logName) !== null)
      return checkSegment(this.#fs, segment, { ...this.#options, indexIntervalBytes });
    return {
      ...{ sizeInBytes: 0, nextOffset: segment.baseOffset, producersReach: null },
      ...{ hasAbortMarker: false, isOutOfOrder: false, message: null },
    };
  }

  /** UnifiedLog.rebuildProducerState */
  async #rebuildProducerState(
    snapshots: StartupSnapshots,
    range: { logStartOffset: Offset; endOffset: Offset; skipsWithoutSnapshot: boolean },
  ): Promise<void> {
    const { logStartOffset, endOffset } = range;
    const lastTwo = this.#segments.slice(-2).map(({ baseOffset }) => baseOffset);
    if (snapshots.isWithoutAny && range.skipsWithoutSnapshot) {
      for (const offset of [...lastTwo, endOffset]) {
        snapshots.reaches(offset);
        snapshots.take();
      }
      return;
    }
    const isNothingToLoad = snapshots.mapEnd >= endOffset;
    snapshots.reload(logStartOffset, endOffset);
    if (endOffset > snapshots.mapEnd && !isNothingToLoad)
      for (const segment of this.#segmentsFrom(snapshots.mapEnd, endOffset)) {
        const from = Math.max(segment.baseOffset, snapshots.mapEnd, logStartOffset);
        snapshots.reaches(from);
        if (lastTwo.includes(segment.baseOffset)) snapshots.take();
        const position = await positionOf(this.#fs, segment, from, this.#options.signal);
        if (position !== null) this.#bytesToReplay += Number(segment.sizeInBytes) - position;
      }
    snapshots.reaches(endOffset);
    snapshots.take();
  }

  /** Asked for each segment that is checked: a look at all of them would be as many looks as their square. */
  #segmentsFrom(from: Offset, to: Offset): StartingSegment[] {
    const first = this.#segmentCountBelow(from + 1) - 1;
    return this.#segments.slice(Math.max(first, 0), this.#segmentCountBelow(to));
  }

  #segmentCountBelow(offset: Offset): number {
    return countBelow(this.#segments.length, (index) => this.#segments[index]!.baseOffset, offset);
  }

  #removeSegment(baseOffset: Offset, reason: 'behind-cut' | 'log-start-beyond-end'): void {
    for (const suffix of SEGMENT_SUFFIXES) this.#image.removeLater(offsetName(baseOffset) + suffix, reason);
  }

  #addEmptySegment(baseOffset: Offset): void {
    const name = offsetName(baseOffset);
    this.#image.write(name + LOG_SUFFIX, 'no-segment', 0);
    if (!this.#log.isDeleted)
      for (const suffix of [OFFSET_INDEX_SUFFIX, TIME_INDEX_SUFFIX])
        this.#image.write(name + suffix, 'no-segment');
    const logName = name + LOG_SUFFIX;
    const nothing = { sizeInBytes: 0, indexPath: null, nextOffset: baseOffset };
    this.#segments.push({ baseOffset, logName, logPath: this.#path(logName), ...nothing });
  }

  #segment(baseOffset: Offset, suffix = ''): StartingSegment {
    const logName = offsetName(baseOffset) + LOG_SUFFIX + suffix;
    const onDisk = this.#image.nameOnDisk(logName) ?? logName;
    const index = this.#image.nameOnDisk(offsetName(baseOffset) + OFFSET_INDEX_SUFFIX + suffix);
    return {
      baseOffset,
      logName,
      logPath: this.#path(onDisk),
      sizeInBytes: this.#image.sizeOf(logName),
      indexPath: index === null ? null : this.#path(index),
      // What the start made is empty.
      nextOffset: this.#image.has(logName) && this.#image.nameOnDisk(logName) === null ? baseOffset : null,
    };
  }

  #snapshots(): StartupSnapshots {
    return new StartupSnapshots(this.#snapshotFiles);
  }

  async #small(name: string): Promise<Buffer | null> {
    try {
      return await readSmallFile(this.#fs, this.#path(name));
    } catch (error) {
      if (error instanceof AppError)
        throw new StartEnds('file-unreadable', name, `${error.code}: ${error.message}`);
      throw error;
    }
  }

  #path(name: string): string {
    return join(this.#log.path, name);
  }
}
