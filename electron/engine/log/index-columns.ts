/**
 * The entries of offset and time index in memory, as growing columns, and the look-ups in them.
 *
 * A look-up finds the greatest entry at or below the target (AbstractIndex.largestLowerBoundSlotFor): most readers
 * ask near the end, so the last 8192 bytes are tried first and stay warm. Writes no file.
 */
import type { FilePosition, Offset, TimestampMs } from '../../../shared/units';
import {
  OFFSET_INDEX_ENTRY_SIZE,
  type OffsetIndexEntries,
  TIME_INDEX_ENTRY_SIZE,
  type TimeIndexEntries,
} from '../format/index-files';
import type { OffsetIndexEntry, TimeIndexEntry } from '../format/index-writer';

const WARM_BYTES = 8192;
const FIRST_CAPACITY = 64;

/** Index of the greatest value at or below `target` among the first `count`, or -1. */
export function lowerBoundSlot(
  values: Int32Array | Float64Array,
  count: number,
  target: number,
  warmCount: number,
): number {
  let low = 0;
  let high = count - 1;
  const warmFrom = Math.max(0, count - warmCount);
  if (warmFrom > 0) {
    if (values[warmFrom]! <= target) low = warmFrom;
    else high = warmFrom - 1;
  }
  if (count === 0 || values[low]! > target) return -1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if (values[middle]! <= target) low = middle;
    else high = middle - 1;
  }
  return low;
}

export class OffsetIndexColumns {
  #offsets: Int32Array;
  #positions: Int32Array;
  count: number;

  constructor(entries?: OffsetIndexEntries) {
    this.#offsets = entries?.relativeOffsets ?? new Int32Array(FIRST_CAPACITY);
    this.#positions = entries?.positions ?? new Int32Array(FIRST_CAPACITY);
    this.count = entries?.entryCount ?? 0;
  }

  get sizeInMemory(): number {
    return this.#offsets.byteLength + this.#positions.byteLength;
  }

  push({ relativeOffset, position }: OffsetIndexEntry): void {
    if (this.count === this.#offsets.length) {
      this.#offsets = grown(this.#offsets);
      this.#positions = grown(this.#positions);
    }
    this.#offsets[this.count] = relativeOffset;
    this.#positions[this.count] = position;
    this.count++;
  }

  entryAt(slot: number): OffsetIndexEntry {
    return { relativeOffset: this.#offsets[slot]!, position: this.#positions[slot]! };
  }

  /**
   * Where to begin reading for an offset: 0 where no entry is at or below it. The offset's batch begins at the next entry's
   * position at the latest, so that it has ended at the position of the one after that; null where there is none.
   */
  stretchFor(relativeOffset: Offset): { readonly from: FilePosition; readonly to: FilePosition | null } {
    const warmCount = WARM_BYTES / OFFSET_INDEX_ENTRY_SIZE;
    const slot = lowerBoundSlot(this.#offsets, this.count, relativeOffset, warmCount);
    const to = slot + 2 < this.count ? this.#positions[slot + 2]! : null;
    return { from: slot < 0 ? 0 : this.#positions[slot]!, to };
  }
}

export class TimeIndexColumns {
  #timestamps: Float64Array;
  #offsets: Int32Array;
  count: number;

  constructor(entries?: TimeIndexEntries) {
    this.#timestamps = entries?.timestampsMs ?? new Float64Array(FIRST_CAPACITY);
    this.#offsets = entries?.relativeOffsets ?? new Int32Array(FIRST_CAPACITY);
    this.count = entries?.entryCount ?? 0;
  }

  get sizeInMemory(): number {
    return this.#timestamps.byteLength + this.#offsets.byteLength;
  }

  push({ timestampMs, relativeOffset }: TimeIndexEntry): void {
    if (this.count === this.#timestamps.length) {
      const timestamps = new Float64Array(Math.max(FIRST_CAPACITY, this.count * 2));
      timestamps.set(this.#timestamps);
      this.#timestamps = timestamps;
      this.#offsets = grown(this.#offsets);
    }
    this.#timestamps[this.count] = timestampMs;
    this.#offsets[this.count] = relativeOffset;
    this.count++;
  }

  entryAt(slot: number): TimeIndexEntry {
    return { timestampMs: this.#timestamps[slot]!, relativeOffset: this.#offsets[slot]! };
  }

  get last(): TimeIndexEntry | null {
    return this.count === 0 ? null : this.entryAt(this.count - 1);
  }

  /** Every batch up to this offset has a smaller timestamp; 0 where no entry is at or below the timestamp. */
  offsetFor(timestampMs: TimestampMs): Offset {
    const warmCount = Math.floor(WARM_BYTES / TIME_INDEX_ENTRY_SIZE);
    const slot = lowerBoundSlot(this.#timestamps, this.count, timestampMs, warmCount);
    return slot < 0 ? 0 : this.#offsets[slot]!;
  }
}

function grown(column: Int32Array): Int32Array {
  const larger = new Int32Array(Math.max(FIRST_CAPACITY, column.length * 2));
  larger.set(column);
  return larger;
}
