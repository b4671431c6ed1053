/**
 * The index file of an active segment: preallocated, appended to, trimmed when the segment is closed.
 *
 * What kind of index it is stands in an `IndexKind`. Entries go into the columns first and to the file with the next
 * `write`; `cutBack` forgets the latest of them on both. Says when it is full; when an entry is due, others know.
 */
import type { Bytes } from '../../../shared/units';
import type { WritableFile } from '../file-system';
import { OFFSET_INDEX_ENTRY_SIZE, TIME_INDEX_ENTRY_SIZE } from '../format/index-files';
import {
  type OffsetIndexEntry,
  type TimeIndexEntry,
  writeOffsetIndexEntry,
  writeTimeIndexEntry,
} from '../format/index-writer';
import { OffsetIndexColumns, TimeIndexColumns } from './index-columns';

interface Columns<Entry> {
  count: number;
  push(entry: Entry): void;
  entryAt(slot: number): Entry;
}

interface IndexKind<Entry> {
  readonly entrySize: Bytes;
  write(view: DataView, at: number, entry: Entry): void;
}

const OFFSET_INDEX: IndexKind<OffsetIndexEntry> = {
  entrySize: OFFSET_INDEX_ENTRY_SIZE,
  write: writeOffsetIndexEntry,
};
const TIME_INDEX: IndexKind<TimeIndexEntry> = {
  entrySize: TIME_INDEX_ENTRY_SIZE,
  write: writeTimeIndexEntry,
};

export class IndexFile<Entry, C extends Columns<Entry>> {
  readonly columns: C;
  readonly #file: WritableFile;
  readonly #kind: IndexKind<Entry>;
  readonly #slotCount: number;
  #writtenCount: number;

  constructor(kind: IndexKind<Entry>, file: WritableFile, columns: C, maxBytes: Bytes) {
    this.#kind = kind;
    this.#file = file;
    this.columns = columns;
    this.#slotCount = Math.floor(maxBytes / kind.entrySize);
    this.#writtenCount = columns.count;
  }

  /** Slots that are left. */
  get freeCount(): number {
    return this.#slotCount - this.columns.count;
  }

  /** Entries that are not in the file yet. */
  get waitingCount(): number {
    return this.columns.count - this.#writtenCount;
  }

  /** To its full size, zeros behind the entries: they take no space. */
  preallocate(): Promise<void> {
    return this.#file.truncate(Math.max(this.#slotCount, this.columns.count) * this.#kind.entrySize);
  }

  /** Brings the entries that were pushed since the last time into the file. */
  async write(): Promise<void> {
    const { columns } = this;
    const { count } = columns; // more may come meanwhile
    if (count === this.#writtenCount) return;
    const bytes = bytesOf(this.#kind, columns, this.#writtenCount);
    await this.#file.write(bytes, this.#writtenCount * this.#kind.entrySize);
    this.#writtenCount = count;
  }

  /**
   * Forgets the entries from `count` on. The file gets its zeros back, also where half an entry was written; what it does
   * not hold yet, it gets with the next `write`, for there may be no space now.
   */
  async cutBack(count: number): Promise<void> {
    this.columns.count = count;
    this.#writtenCount = Math.min(this.#writtenCount, count);
    await this.#file.truncate(this.#writtenCount * this.#kind.entrySize);
    await this.preallocate();
  }

  async trim(): Promise<void> {
    await this.write();
    await this.#file.truncate(this.columns.count * this.#kind.entrySize);
  }

  sync(): Promise<void> {
    return this.#file.sync();
  }
}

/** All entries as the bytes of a closed segment's file. */
export function offsetIndexBytes(columns: OffsetIndexColumns): Uint8Array {
  return bytesOf(OFFSET_INDEX, columns, 0);
}

/** As `offsetIndexBytes`. */
export function timeIndexBytes(columns: TimeIndexColumns): Uint8Array {
  return bytesOf(TIME_INDEX, columns, 0);
}

function bytesOf<Entry>(kind: IndexKind<Entry>, columns: Columns<Entry>, from: number): Uint8Array {
  const bytes = new Uint8Array((columns.count - from) * kind.entrySize);
  const view = new DataView(bytes.buffer);
  for (let slot = from; slot < columns.count; slot++)
    kind.write(view, (slot - from) * kind.entrySize, columns.entryAt(slot));
  return bytes;
}

export type OffsetIndexFile = IndexFile<OffsetIndexEntry, OffsetIndexColumns>;
export type TimeIndexFile = IndexFile<TimeIndexEntry, TimeIndexColumns>;

export function offsetIndexFile(
  file: WritableFile,
  maxBytes: Bytes,
  columns = new OffsetIndexColumns(),
): OffsetIndexFile {
  return new IndexFile(OFFSET_INDEX, file, columns, maxBytes);
}

export function timeIndexFile(
  file: WritableFile,
  maxBytes: Bytes,
  columns = new TimeIndexColumns(),
): TimeIndexFile {
  return new IndexFile(TIME_INDEX, file, columns, maxBytes);
}
