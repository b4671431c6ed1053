/**
 * Which batches of a segment get index entries, where the segment is written or read from its beginning in one go.
 *
 * As LogSegment.append does since 4.1, and LogSegment.recover: per batch, when more than index.interval.bytes lie
 * behind the last entry; a time entry beside it where the largest timestamp has grown, and one at the end. The writer
 * of the active segment keeps its own, which it can cut back.
 */
import type { Bytes, FilePosition, Offset, TimestampMs } from '../../../shared/units';
import { NO_TIMESTAMP } from '../format/record-batch';
import type { OffsetIndexColumns, TimeIndexColumns } from './index-columns';

export interface IndexedBatch {
  readonly lastOffset: Offset;
  readonly maxTimestampMs: TimestampMs;
}

export class DueIndexEntries {
  readonly #baseOffset: Offset;
  readonly #indexIntervalBytes: Bytes;
  readonly #offsets: OffsetIndexColumns;
  readonly #times: TimeIndexColumns;
  #indexedAt: FilePosition = 0;
  #largestTimestampMs = NO_TIMESTAMP;
  #largestTimestampOffset: Offset;

  constructor(
    { baseOffset, indexIntervalBytes }: { readonly baseOffset: Offset; readonly indexIntervalBytes: Bytes },
    { offsets, times }: { readonly offsets: OffsetIndexColumns; readonly times: TimeIndexColumns },
  ) {
    this.#baseOffset = baseOffset;
    this.#indexIntervalBytes = indexIntervalBytes;
    this.#offsets = offsets;
    this.#times = times;
    this.#largestTimestampOffset = baseOffset;
  }

  add({ lastOffset, maxTimestampMs }: IndexedBatch, position: FilePosition): void {
    if (maxTimestampMs > this.#largestTimestampMs) {
      this.#largestTimestampMs = maxTimestampMs;
      this.#largestTimestampOffset = lastOffset;
    }
    if (position - this.#indexedAt <= this.#indexIntervalBytes) return;
    this.#offsets.push({ relativeOffset: lastOffset - this.#baseOffset, position });
    this.finish();
    this.#indexedAt = position;
  }

  /** A time entry, where the largest timestamp has grown (TimeIndex.maybeAppend). */
  finish(): void {
    if (this.#largestTimestampMs <= (this.#times.last?.timestampMs ?? NO_TIMESTAMP)) return;
    const relativeOffset = this.#largestTimestampOffset - this.#baseOffset;
    this.#times.push({ timestampMs: this.#largestTimestampMs, relativeOffset });
  }
}
