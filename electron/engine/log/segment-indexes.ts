/**
 * The indexes of closed segments, read when somebody looks something up, and kept as long as memory allows: the least
 * recently used go first. The active segment's are in its writer. Writes nothing.
 */
import type { Bytes, TimestampMs } from '../../../shared/units';
import { OFFSET_INDEX_SUFFIX, TIME_INDEX_SUFFIX } from '../format/file-names';
import { readOffsetIndexEntries, readTimeIndexEntries, TIME_INDEX_ENTRY_SIZE } from '../format/index-files';
import { readInt64 } from '../format/int64';
import { NO_TIMESTAMP } from '../format/record-batch';
import { readFully } from '../read-fully';
import { OffsetIndexColumns, TimeIndexColumns } from './index-columns';
import type { OpenFiles } from './open-files';
import type { Segment } from './segment';
import { withSegmentFile } from './segment-files';

type Columns = OffsetIndexColumns | TimeIndexColumns;
type IndexSuffix = typeof OFFSET_INDEX_SUFFIX | typeof TIME_INDEX_SUFFIX;
type Key = symbol;

export class SegmentIndexes {
  readonly #files: OpenFiles;
  readonly #bytesMax: Bytes;
  /** In order of last use. */
  readonly #known = new Map<Key, Columns>();
  readonly #keys = new WeakMap<Segment, Record<IndexSuffix, Key>>();
  #bytes = 0;

  constructor(files: OpenFiles, bytesMax: Bytes) {
    this.#files = files;
    this.#bytesMax = bytesMax;
  }

  offsetsOf(segment: Segment): Promise<OffsetIndexColumns> {
    return this.#columns(
      segment,
      OFFSET_INDEX_SUFFIX,
      (view) => new OffsetIndexColumns(readOffsetIndexEntries(view)),
    );
  }

  timesOf(segment: Segment): Promise<TimeIndexColumns> {
    return this.#columns(
      segment,
      TIME_INDEX_SUFFIX,
      (view) => new TimeIndexColumns(readTimeIndexEntries(view)),
    );
  }

  /** The last entry's timestamp (LogSegment.largestTimestamp), or NO_TIMESTAMP where the time index is empty. */
  async largestTimestampOf(segment: Segment): Promise<TimestampMs> {
    if (segment.largestTimestampMs === null) {
      const bytes = await withSegmentFile(this.#files, segment, TIME_INDEX_SUFFIX, async (file) => {
        const { sizeInBytes } = await file.status();
        const last = Math.floor(sizeInBytes / TIME_INDEX_ENTRY_SIZE) - 1;
        const entry = Buffer.alloc(last < 0 ? 0 : TIME_INDEX_ENTRY_SIZE);
        return entry.subarray(0, await readFully(file, entry, last * TIME_INDEX_ENTRY_SIZE));
      });
      segment.largestTimestampMs =
        bytes.length < TIME_INDEX_ENTRY_SIZE ? NO_TIMESTAMP : readInt64(viewOf(bytes), 0);
    }
    return segment.largestTimestampMs;
  }

  /** Forgets a segment whose files were replaced or removed. */
  forget(segment: Segment): void {
    for (const suffix of [OFFSET_INDEX_SUFFIX, TIME_INDEX_SUFFIX] as const) {
      const key = this.#keyOf(segment, suffix);
      this.#bytes -= this.#known.get(key)?.sizeInMemory ?? 0;
      this.#known.delete(key);
    }
  }

  async #columns<C extends Columns>(
    segment: Segment,
    suffix: IndexSuffix,
    decode: (view: DataView) => C,
  ): Promise<C> {
    const key = this.#keyOf(segment, suffix);
    const known = this.#known.get(key);
    const columns = (known as C | undefined) ?? decode(viewOf(await this.#read(segment, suffix)));
    if (!this.#known.delete(key)) this.#bytes += columns.sizeInMemory;
    this.#known.set(key, columns);
    for (const [oldest, { sizeInMemory }] of this.#known) {
      if (this.#bytes <= this.#bytesMax || oldest === key) break;
      this.#known.delete(oldest);
      this.#bytes -= sizeInMemory;
    }
    return columns;
  }

  /** Not by path: the segment that a compaction puts in the place of another has the same one. */
  #keyOf(segment: Segment, suffix: IndexSuffix): Key {
    let keys = this.#keys.get(segment);
    if (keys === undefined) {
      keys = { [OFFSET_INDEX_SUFFIX]: Symbol(), [TIME_INDEX_SUFFIX]: Symbol() };
      this.#keys.set(segment, keys);
    }
    return keys[suffix];
  }

  #read(segment: Segment, suffix: IndexSuffix): Promise<Uint8Array> {
    return withSegmentFile(this.#files, segment, suffix, async (file) => {
      const { sizeInBytes } = await file.status();
      const bytes = Buffer.alloc(sizeInBytes);
      return bytes.subarray(0, await readFully(file, bytes, 0));
    });
  }
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
