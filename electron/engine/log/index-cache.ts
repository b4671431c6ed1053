/**
 * Indexes of closed segments in memory, within a budget: the least recently used go. Those of the active segment
 * come from its writer. A damaged or missing index is no error here: reading then begins at the segment's start.
 */
import { AppError } from '../../../shared/errors';
import type { Bytes } from '../../../shared/units';
import { OFFSET_INDEX_SUFFIX, TIME_INDEX_SUFFIX } from '../format/file-names';
import { readOffsetIndexEntries, readTimeIndexEntries } from '../format/index-files';
import { readFully } from './atomic-file';
import { OffsetIndexColumns, TimeIndexColumns } from './index-columns';
import type { OpenFiles } from './open-files';
import type { Segment, SegmentIndexes } from './segment';

interface CachedIndexes {
  offsets: OffsetIndexColumns | null;
  times: TimeIndexColumns | null;
}

export class IndexCache implements SegmentIndexes {
  readonly #files: OpenFiles;
  readonly #maxBytes: Bytes;
  /** In order of last use, oldest first. */
  readonly #cached = new Map<Segment, CachedIndexes>();
  #bytes: Bytes = 0;

  constructor(files: OpenFiles, maxBytes: Bytes) {
    this.#files = files;
    this.#maxBytes = maxBytes;
  }

  async offsetIndex(segment: Segment): Promise<OffsetIndexColumns> {
    if (segment.writer !== null) return segment.writer.offsetIndex.columns;
    const known = this.#touch(segment).offsets;
    if (known !== null) return known;
    const view = await this.#load(segment, OFFSET_INDEX_SUFFIX);
    const columns = new OffsetIndexColumns(readOffsetIndexEntries(view));
    if (segment.writer === null)
      this.#keep(segment, columns, (entry) => {
        entry.offsets = columns;
      });
    return columns;
  }

  async timeIndex(segment: Segment): Promise<TimeIndexColumns> {
    if (segment.writer !== null) return segment.writer.timeIndex.columns;
    const known = this.#touch(segment).times;
    if (known !== null) return known;
    const view = await this.#load(segment, TIME_INDEX_SUFFIX);
    const columns = new TimeIndexColumns(readTimeIndexEntries(view));
    if (segment.writer === null)
      this.#keep(segment, columns, (entry) => {
        entry.times = columns;
      });
    return columns;
  }

  forget(segment: Segment): void {
    const entry = this.#cached.get(segment);
    if (entry === undefined) return;
    this.#cached.delete(segment);
    this.#bytes -= sizeOf(entry);
  }

  #touch(segment: Segment): CachedIndexes {
    const entry = this.#cached.get(segment);
    if (entry === undefined) return { offsets: null, times: null };
    this.#cached.delete(segment);
    this.#cached.set(segment, entry);
    return entry;
  }

  #keep(segment: Segment, columns: { sizeInMemory: Bytes }, set: (entry: CachedIndexes) => void): void {
    const entry = this.#cached.get(segment) ?? { offsets: null, times: null };
    this.forget(segment);
    set(entry);
    if (columns.sizeInMemory > this.#maxBytes) return;
    this.#cached.set(segment, entry);
    this.#bytes += sizeOf(entry);
    for (const oldest of this.#cached.keys()) {
      if (this.#bytes <= this.#maxBytes) break;
      this.forget(oldest);
    }
  }

  async #load(
    segment: Segment,
    suffix: typeof OFFSET_INDEX_SUFFIX | typeof TIME_INDEX_SUFFIX,
  ): Promise<DataView> {
    try {
      return await this.#files.use(segment.path(suffix), async (file) => {
        const bytes = new Uint8Array((await file.status()).sizeInBytes);
        return new DataView(bytes.buffer, 0, await readFully(file, bytes, 0));
      });
    } catch (error) {
      if (error instanceof AppError && error.code === 'NOT_FOUND') return new DataView(new ArrayBuffer(0));
      throw error;
    }
  }
}

function sizeOf({ offsets, times }: CachedIndexes): Bytes {
  return (offsets?.sizeInMemory ?? 0) + (times?.sizeInMemory ?? 0);
}
