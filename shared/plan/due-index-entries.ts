/**
 * Which batches of a segment get index entries, where the segment is written or read from its beginning in one go.
 *
 * As LogSegment.append does since 4.1, and LogSegment.recover: per batch, when more than index.interval.bytes lie
 * behind the last entry (the first batch: none), a time entry beside it where the largest timestamp has grown, and one at
 * the end. The one rule for compaction, recovery, rebuilt indexes and the what-if; the writer of an active segment
 * keeps its own, which it can cut back. Pure.
 */
import type { Bytes, FilePosition, Offset, TimestampMs } from '../units';

const NO_TIMESTAMP = -1;

export interface IndexedBatch {
  readonly lastOffset: Offset;
  readonly maxTimestampMs: TimestampMs;
}

/** Where entries go, in ascending order; offsets are relative to the segment's base. */
export interface IndexSinks {
  readonly offsets: {
    push(entry: { readonly relativeOffset: Offset; readonly position: FilePosition }): void;
  };
  readonly times: {
    push(entry: { readonly timestampMs: TimestampMs; readonly relativeOffset: Offset }): void;
  };
}

export class DueIndexEntries {
  readonly #baseOffset: Offset;
  readonly #indexIntervalBytes: Bytes;
  readonly #sinks: IndexSinks;
  #indexedAt: FilePosition = 0;
  #largestTimestampMs = NO_TIMESTAMP;
  #largestTimestampOffset: Offset;
  #indexedTimestampMs = NO_TIMESTAMP;

  constructor(
    { baseOffset, indexIntervalBytes }: { readonly baseOffset: Offset; readonly indexIntervalBytes: Bytes },
    sinks: IndexSinks,
  ) {
    this.#baseOffset = baseOffset;
    this.#indexIntervalBytes = indexIntervalBytes;
    this.#sinks = sinks;
    this.#largestTimestampOffset = baseOffset;
  }

  add({ lastOffset, maxTimestampMs }: IndexedBatch, position: FilePosition): void {
    if (maxTimestampMs > this.#largestTimestampMs) {
      this.#largestTimestampMs = maxTimestampMs;
      this.#largestTimestampOffset = lastOffset;
    }
    if (position - this.#indexedAt <= this.#indexIntervalBytes) return;
    this.#sinks.offsets.push({ relativeOffset: lastOffset - this.#baseOffset, position });
    this.finish();
    this.#indexedAt = position;
  }

  /** A time entry, where the largest timestamp has grown (TimeIndex.maybeAppend). */
  finish(): void {
    if (this.#largestTimestampMs <= this.#indexedTimestampMs) return;
    const relativeOffset = this.#largestTimestampOffset - this.#baseOffset;
    this.#sinks.times.push({ timestampMs: this.#largestTimestampMs, relativeOffset });
    this.#indexedTimestampMs = this.#largestTimestampMs;
  }
}
