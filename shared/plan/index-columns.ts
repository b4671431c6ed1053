/**
 * The batches of a segment and the entries of its indexes as columns of numbers, and the entries that Kafka's rule gives
 * for a value of index.interval.bytes. Offsets are relative to the segment's base. Pure.
 */
import type { Bytes } from '../units';
import { DueIndexEntries } from './due-index-entries';

/** In file order; what could not be read as a batch has no row. */
export interface BatchColumns {
  readonly positions: Int32Array;
  /** Of the last record of each batch, inclusive. */
  readonly lastOffsets: Int32Array;
  readonly recordCounts: Int32Array;
  /** Of each batch; -1 for none. */
  readonly maxTimestampsMs: Float64Array;
  /** Size of the segment's file. */
  readonly sizeInBytes: Bytes;
}

export interface OffsetEntryColumns {
  readonly relativeOffsets: Int32Array;
  readonly positions: Int32Array;
}

export interface TimeEntryColumns {
  readonly timestampsMs: Float64Array;
  readonly relativeOffsets: Int32Array;
}

export interface IndexColumns {
  readonly offsets: OffsetEntryColumns;
  readonly times: TimeEntryColumns;
}

/** What a segment's indexes would hold, had they been written with this index.interval.bytes. */
export function plannedIndexes(batches: BatchColumns, indexIntervalBytes: Bytes): IndexColumns {
  const { positions, lastOffsets, maxTimestampsMs } = batches;
  const offsets = new OffsetEntryList(positions.length);
  const times = new TimeEntryList(positions.length + 1);
  const due = new DueIndexEntries({ baseOffset: 0, indexIntervalBytes }, { offsets, times });
  const batch = { lastOffset: 0, maxTimestampMs: 0 };
  for (let index = 0; index < positions.length; index++) {
    batch.lastOffset = lastOffsets[index]!;
    batch.maxTimestampMs = maxTimestampsMs[index]!;
    due.add(batch, positions[index]!);
  }
  due.finish();
  return { offsets: offsets.columns(), times: times.columns() };
}

class OffsetEntryList {
  readonly #relativeOffsets: Int32Array;
  readonly #positions: Int32Array;
  #count = 0;

  constructor(capacity: number) {
    this.#relativeOffsets = new Int32Array(capacity);
    this.#positions = new Int32Array(capacity);
  }

  push({ relativeOffset, position }: { readonly relativeOffset: number; readonly position: number }): void {
    this.#relativeOffsets[this.#count] = relativeOffset;
    this.#positions[this.#count++] = position;
  }

  columns(): OffsetEntryColumns {
    const [relativeOffsets, positions] = [this.#relativeOffsets, this.#positions];
    return {
      relativeOffsets: relativeOffsets.subarray(0, this.#count),
      positions: positions.subarray(0, this.#count),
    };
  }
}

class TimeEntryList {
  readonly #timestampsMs: Float64Array;
  readonly #relativeOffsets: Int32Array;
  #count = 0;

  constructor(capacity: number) {
    this.#timestampsMs = new Float64Array(capacity);
    this.#relativeOffsets = new Int32Array(capacity);
  }

  push({ timestampMs, relativeOffset }: { readonly timestampMs: number; readonly relativeOffset: number }) {
    this.#timestampsMs[this.#count] = timestampMs;
    this.#relativeOffsets[this.#count++] = relativeOffset;
  }

  columns(): TimeEntryColumns {
    return {
      timestampsMs: this.#timestampsMs.subarray(0, this.#count),
      relativeOffsets: this.#relativeOffsets.subarray(0, this.#count),
    };
  }
}
