/** The batch headers of one segment as growing columns of numbers. Offsets are relative to the segment's base. */
import type { FilePosition, Offset } from '../../../shared/units';
import type { RecordBatchHeader } from '../format/record-batch';

const FIRST_CAPACITY = 1_024;

export interface BatchColumnsRead {
  readonly positions: Int32Array<ArrayBuffer>;
  /** Inclusive. */
  readonly lastOffsets: Int32Array<ArrayBuffer>;
  readonly recordCounts: Int32Array<ArrayBuffer>;
  readonly maxTimestampsMs: Float64Array<ArrayBuffer>;
  readonly recordCount: number;
}

export class BatchColumnWriter {
  readonly #baseOffset: Offset;
  #positions = new Int32Array(FIRST_CAPACITY);
  #lastOffsets = new Int32Array(FIRST_CAPACITY);
  #recordCounts = new Int32Array(FIRST_CAPACITY);
  #maxTimestampsMs = new Float64Array(FIRST_CAPACITY);
  #recordCount = 0;
  count = 0;

  constructor(baseOffset: Offset) {
    this.#baseOffset = baseOffset;
  }

  push({ lastOffset, recordsCount, maxTimestampMs }: RecordBatchHeader, position: FilePosition): void {
    if (this.count === this.#positions.length) this.#grow();
    const records = Math.max(0, recordsCount); // a wrapper that cannot be opened has no known count
    this.#positions[this.count] = position;
    this.#lastOffsets[this.count] = lastOffset - this.#baseOffset;
    this.#recordCounts[this.count] = records;
    this.#maxTimestampsMs[this.count++] = maxTimestampMs;
    this.#recordCount += records;
  }

  columns(): BatchColumnsRead {
    return {
      positions: this.#positions.subarray(0, this.count),
      lastOffsets: this.#lastOffsets.subarray(0, this.count),
      recordCounts: this.#recordCounts.subarray(0, this.count),
      maxTimestampsMs: this.#maxTimestampsMs.subarray(0, this.count),
      recordCount: this.#recordCount,
    };
  }

  #grow(): void {
    this.#positions = grown(this.#positions);
    this.#lastOffsets = grown(this.#lastOffsets);
    this.#recordCounts = grown(this.#recordCounts);
    const timestamps = new Float64Array(2 * this.#maxTimestampsMs.length);
    timestamps.set(this.#maxTimestampsMs);
    this.#maxTimestampsMs = timestamps;
  }
}

function grown(column: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(2 * column.length);
  larger.set(column);
  return larger;
}
