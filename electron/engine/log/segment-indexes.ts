/**
 * The indexes of closed segments, read when somebody looks something up, and kept as long as memory allows: the least
 * recently used go first. The active segment's are in its writer. Writes nothing.
 */
import type { Bytes, TimestampMs } from '../../../shared/units';
import { OFFSET_INDEX_SUFFIX, TIME_INDEX_SUFFIX } from '../format/file-names';
import { readOffsetIndexEntries, readTimeIndexEntries, TIME_INDEX_ENTRY_SIZE } from '../format/index-files';
import { readInt64 } from '../format/int64';
import { NO_TIMESTAMP } from '../format/record-batch';
import { readFully } from './atomic-file';
import { OffsetIndexColumns, TimeIndexColumns } from './index-columns';
import type { OpenFiles } from './open-files';
import type { Segment } from './segment';

type Columns = OffsetIndexColumns | TimeIndexColumns;

export class SegmentIndexes {
  readonly #files: OpenFiles;
  readonly #bytesMax: Bytes;
  /** By path, in order of last use. */
  readonly #known = new Map<string, Columns>();
  #bytes = 0;

  constructor(files: OpenFiles, bytesMax: Bytes) {
    this.#files = files;
    this.#bytesMax = bytesMax;
  }

  offsetsOf(segment: Segment): Promise<OffsetIndexColumns> {
    return this.#columns(
      segment.pathOf(OFFSET_INDEX_SUFFIX),
      (view) => new OffsetIndexColumns(readOffsetIndexEntries(view)),
    );
  }

  timesOf(segment: Segment): Promise<TimeIndexColumns> {
    return this.#columns(
      segment.pathOf(TIME_INDEX_SUFFIX),
      (view) => new TimeIndexColumns(readTimeIndexEntries(view)),
    );
  }

  /** The last entry's timestamp (LogSegment.largestTimestamp), or NO_TIMESTAMP where the time index is empty. */
  async largestTimestampOf(segment: Segment): Promise<TimestampMs> {
    if (segment.largestTimestampMs === null) {
      const bytes = await this.#files.use(segment.pathOf(TIME_INDEX_SUFFIX), async (file) => {
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
      const path = segment.pathOf(suffix);
      this.#bytes -= this.#known.get(path)?.sizeInMemory ?? 0;
      this.#known.delete(path);
    }
  }

  async #columns<C extends Columns>(path: string, decode: (view: DataView) => C): Promise<C> {
    const known = this.#known.get(path);
    const columns = (known as C | undefined) ?? decode(viewOf(await this.#read(path)));
    if (!this.#known.delete(path)) this.#bytes += columns.sizeInMemory;
    this.#known.set(path, columns);
    for (const [oldest, { sizeInMemory }] of this.#known) {
      if (this.#bytes <= this.#bytesMax || oldest === path) break;
      this.#known.delete(oldest);
      this.#bytes -= sizeInMemory;
    }
    return columns;
  }

  #read(path: string): Promise<Uint8Array> {
    return this.#files.use(path, async (file) => {
      const { sizeInBytes } = await file.status();
      const bytes = Buffer.alloc(sizeInBytes);
      return bytes.subarray(0, await readFully(file, bytes, 0));
    });
  }
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
