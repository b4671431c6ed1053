/**
 * The active segment's files: batches go into the log, entries into both indexes when they are due (LogSegment.append).
 *
 * Knows when the segment is full or too old (LogSegment.shouldRoll), and goes back to where it stood when a write failed.
 * What is written here is not yet published: `publish` makes it count for readers.
 */
import { dirname } from 'node:path';
import type { Bytes, Milliseconds, Offset, TimestampMs } from '../../../shared/units';
import type { Clock } from '../clock';
import { closeAll, type FileSystem, type WritableFile } from '../file-system';
import { LOG_SUFFIX, OFFSET_INDEX_SUFFIX, TIME_INDEX_SUFFIX } from '../format/file-names';
import { NO_TIMESTAMP } from '../format/record-batch';
import type { FinishedBatch } from '../format/record-batch-writer';
import type { OffsetIndexColumns, TimeIndexColumns } from './index-columns';
import { type OffsetIndexFile, offsetIndexFile, type TimeIndexFile, timeIndexFile } from './index-file';
import { Segment, type SegmentFileSuffix, segmentPath } from './segment';
import type { LogSettings } from './settings';

const OFFSET_RANGE_MAX = 2 ** 31 - 1;
/** Each call of the system to write takes longer than encoding some thousand entries. */
const WAITING_ENTRIES_MAX = 2048;
const INDEXES_BEHIND_MS = 50;

/** How far an active segment has come. */
export interface Mark {
  readonly sizeInBytes: Bytes;
  readonly nextOffset: Offset;
  /** Largest timestamp of the first batch; null where there is no batch. */
  readonly firstBatchTimestampMs: TimestampMs | null;
  readonly largestTimestampMs: TimestampMs;
  /** Last offset of the batch that has it. */
  readonly largestTimestampOffset: Offset;
  readonly bytesSinceIndexEntry: Bytes;
}

export interface Standing {
  readonly mark: Mark;
  readonly offsetCount: number;
  readonly timeCount: number;
}

export interface LoadedSegment {
  readonly mark: Mark;
  readonly offsets: OffsetIndexColumns;
  readonly times: TimeIndexColumns;
}

export interface RollContext {
  /** Asked only where batches have no timestamps. */
  readonly clock: Clock;
  /** segment.ms less this log's share of segment.jitter.ms */
  readonly segmentMs: number;
  /** Batches that will have been written before this one. */
  readonly pending: readonly FinishedBatch[];
  readonly pendingBytes: Bytes;
}

export class SegmentWriter {
  readonly segment: Segment;
  readonly #files: readonly WritableFile[];
  readonly #log: WritableFile;
  readonly #offsetIndex: OffsetIndexFile;
  readonly #timeIndex: TimeIndexFile;
  readonly #settings: LogSettings;
  readonly #openedAtMs: TimestampMs;
  #mark: Mark;
  /** Since the last append. */
  #hasPublished = false;
  /** By the running clock. */
  #indexesWrittenMs: Milliseconds = Number.NEGATIVE_INFINITY;

  private constructor(files: OpenedFiles, segment: Segment, mark: Mark, openedAtMs: TimestampMs) {
    this.segment = segment;
    this.#files = files.all;
    this.#log = files.log;
    this.#offsetIndex = files.offsetIndex;
    this.#timeIndex = files.timeIndex;
    this.#settings = files.settings;
    this.#mark = mark;
    this.#openedAtMs = openedAtMs;
  }

  /** Opens the files, preallocates the indexes, and makes that durable. Files of a new segment must not be there. */
  static async open(
    fs: FileSystem,
    { directory, baseOffset }: { directory: string; baseOffset: Offset },
    settings: LogSettings,
    { loaded, nowMs }: { loaded: LoadedSegment | null; nowMs: TimestampMs },
  ): Promise<SegmentWriter> {
    const mark = loaded?.mark ?? emptyMark(baseOffset);
    const segment = new Segment(directory, baseOffset, mark);
    const files = await openFiles(fs, segment, settings, loaded);
    return new SegmentWriter(files, segment, mark, nowMs);
  }

  get nextOffset(): Offset {
    return this.#mark.nextOffset;
  }

  get sizeInBytes(): Bytes {
    return this.#mark.sizeInBytes;
  }

  get largestTimestampMs(): TimestampMs {
    return this.#mark.largestTimestampMs;
  }

  get offsets(): OffsetIndexColumns {
    return this.#offsetIndex.columns;
  }

  get times(): TimeIndexColumns {
    return this.#timeIndex.columns;
  }

  /** Whether this batch belongs into a new segment (LogSegment.shouldRoll). */
  shouldRoll(batch: FinishedBatch, { clock, segmentMs, pending, pendingBytes }: RollContext): boolean {
    const sizeInBytes = this.#mark.sizeInBytes + pendingBytes;
    if (sizeInBytes === 0) return false;
    const first = this.#mark.firstBatchTimestampMs ?? pending[0]!.maxTimestampMs;
    const waitedMs = first >= 0 ? batch.maxTimestampMs - first : clock.now() - this.#openedAtMs;
    return (
      sizeInBytes > this.#settings.segmentBytes - batch.sizeInBytes ||
      waitedMs > segmentMs ||
      // Every pending batch may take an entry, and the time index keeps a slot for the roll.
      this.#offsetIndex.freeCount <= pending.length ||
      this.#timeIndex.freeCount <= pending.length + 1 ||
      batch.lastOffset - this.segment.baseOffset > OFFSET_RANGE_MAX
    );
  }

  /**
   * Writes batches that follow one another in `bytes`. After an error, `cutBack` mends the files. The index files are behind,
   * so that nobody waits for them and no entry ever points behind the end of the log file: by what was published since the
   * last append, or within 50 ms before it, or by 2048 entries. Where no append follows, that stays out of them until
   * `writeIndexes`, however long it takes.
   * @param elapsedMs Now, by the running clock.
   */
  async append(bytes: Uint8Array, batches: readonly FinishedBatch[], elapsedMs: Milliseconds): Promise<void> {
    const position: number = this.#mark.sizeInBytes;
    const isTime = this.#hasPublished && elapsedMs - this.#indexesWrittenMs >= INDEXES_BEHIND_MS;
    const isDue = isTime || this.#offsetIndex.waitingCount >= WAITING_ENTRIES_MAX;
    const earlierEntries = isDue ? this.writeIndexes() : Promise.resolve();
    if (isTime) this.#indexesWrittenMs = elapsedMs;
    this.#hasPublished = false;
    for (const batch of batches) this.#account(batch);
    await allOf([this.#log.write(bytes, position), earlierEntries]);
  }

  /** All entries so far. Not while an append is under way. */
  writeIndexes(): Promise<void> {
    return allOf([this.#offsetIndex.write(), this.#timeIndex.write()]);
  }

  /** What `cutBack` goes back to. */
  standing(): Standing {
    return { mark: this.#mark, offsetCount: this.offsets.count, timeCount: this.times.count };
  }

  /** Shortens the files to where they stood. Needs no space on the disk. */
  async cutBack({ mark, offsetCount, timeCount }: Standing): Promise<void> {
    this.#mark = mark;
    await this.#log.truncate(mark.sizeInBytes);
    await this.#offsetIndex.cutBack(offsetCount);
    await this.#timeIndex.cutBack(timeCount);
  }

  publish(): void {
    this.#hasPublished = true;
    const { sizeInBytes, nextOffset, largestTimestampMs } = this.#mark;
    this.segment.sizeInBytes = sizeInBytes;
    this.segment.nextOffset = nextOffset;
    this.segment.largestTimestampMs = largestTimestampMs;
  }

  syncLog(): Promise<void> {
    return this.#log.sync();
  }

  /** All entries into the files; the largest timestamp becomes the last of the time index (LogSegment.onBecomeInactiveSegment). */
  async addLastEntries(): Promise<void> {
    this.#addTimeEntry();
    await this.writeIndexes();
  }

  /** Log and indexes. */
  async sync(): Promise<void> {
    await this.#log.sync();
    await this.#offsetIndex.sync();
    await this.#timeIndex.sync();
  }

  /** Trims the indexes, durably, and closes the files. After `addLastEntries` and `sync`. */
  async trimAndClose(): Promise<void> {
    try {
      for (const index of [this.#offsetIndex, this.#timeIndex]) {
        await index.trim();
        await index.sync();
      }
    } finally {
      await this.close();
    }
  }

  /** Closes the files as they are. */
  close(): Promise<void> {
    return closeAll(this.#files);
  }

  #account(batch: FinishedBatch): void {
    const { baseOffset } = this.segment;
    const mark = this.#mark;
    const isLarger = batch.maxTimestampMs > mark.largestTimestampMs;
    const isDue = mark.bytesSinceIndexEntry > this.#settings.indexIntervalBytes;
    const position: number = mark.sizeInBytes;
    this.#mark = {
      sizeInBytes: position + batch.sizeInBytes,
      nextOffset: batch.lastOffset + 1,
      firstBatchTimestampMs: mark.firstBatchTimestampMs ?? batch.maxTimestampMs,
      largestTimestampMs: isLarger ? batch.maxTimestampMs : mark.largestTimestampMs,
      largestTimestampOffset: isLarger ? batch.lastOffset : mark.largestTimestampOffset,
      bytesSinceIndexEntry: (isDue ? 0 : mark.bytesSinceIndexEntry) + batch.sizeInBytes,
    };
    if (!isDue) return;
    this.offsets.push({ relativeOffset: batch.lastOffset - baseOffset, position });
    this.#addTimeEntry();
  }

  /** Timestamps in the index only grow (TimeIndex.maybeAppend). */
  #addTimeEntry(): void {
    const { largestTimestampMs, largestTimestampOffset } = this.#mark;
    if (largestTimestampMs <= (this.times.last?.timestampMs ?? NO_TIMESTAMP)) return;
    const relativeOffset = largestTimestampOffset - this.segment.baseOffset;
    this.times.push({ timestampMs: largestTimestampMs, relativeOffset });
  }
}

/** Waits for each of them, also where one fails. @throws the first error */
async function allOf(writes: readonly Promise<void>[]): Promise<void> {
  for (const result of await Promise.allSettled(writes))
    if (result.status === 'rejected') throw result.reason;
}

interface OpenedFiles {
  readonly all: readonly WritableFile[];
  readonly log: WritableFile;
  readonly offsetIndex: OffsetIndexFile;
  readonly timeIndex: TimeIndexFile;
  readonly settings: LogSettings;
}

function emptyMark(baseOffset: Offset): Mark {
  return {
    sizeInBytes: 0,
    nextOffset: baseOffset,
    firstBatchTimestampMs: null,
    largestTimestampMs: NO_TIMESTAMP,
    largestTimestampOffset: baseOffset,
    bytesSinceIndexEntry: 0,
  };
}

/** Indexes first: a broker recovers a .log that has none. What was created goes away again after an error. */
async function openFiles(
  fs: FileSystem,
  segment: Segment,
  settings: LogSettings,
  loaded: LoadedSegment | null,
): Promise<OpenedFiles> {
  const mode = loaded === null ? 'new' : 'existing';
  const opened: { file: WritableFile; path: string }[] = [];
  const open = async (suffix: SegmentFileSuffix) => {
    const path = segmentPath(segment.directory, segment.baseOffset, suffix);
    const file = await fs.openForWriting(path, mode);
    opened.push({ file, path });
    return file;
  };
  const indexes: (OffsetIndexFile | TimeIndexFile)[] = [];
  try {
    const bytes = settings.segmentIndexBytes;
    const offsetIndex = offsetIndexFile(await open(OFFSET_INDEX_SUFFIX), bytes, loaded?.offsets);
    const timeIndex = timeIndexFile(await open(TIME_INDEX_SUFFIX), bytes, loaded?.times);
    const log = await open(LOG_SUFFIX);
    indexes.push(offsetIndex, timeIndex);
    for (const index of indexes) {
      await index.preallocate();
      await index.sync();
    }
    await fs.syncDirectory(dirname(segment.pathOf(LOG_SUFFIX)));
    return { all: opened.map(({ file }) => file), log, offsetIndex, timeIndex, settings };
  } catch (error) {
    // Back to what was found, as far as it goes; the first error is the one to tell.
    const isNew = mode === 'new';
    for (const index of isNew ? [] : indexes) await index.trim().catch(() => {});
    await closeAll(opened.map(({ file }) => file)).catch(() => {});
    for (const { path } of isNew ? opened.toReversed() : []) await fs.removeFile(path).catch(() => {});
    throw error;
  }
}
