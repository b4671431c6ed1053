/**
 * What look-ups through a segment's indexes cost: how far a broker has to go through the log behind the place that the
 * index led it to. Pure.
 *
 * By offset (LogSegment.translateOffset): the greatest entry at or below the offset gives a position; from there batch
 * headers are read until one ends at or behind the offset. An entry names the *last* offset of its batch, so that only a
 * look-up of that very record profits from it; the records before it in the batch are found from the entry before.
 * By time (LogSegment.findOffsetByTimestamp): the greatest time entry at or below the timestamp gives an offset, that one
 * a position as above; from there headers are read until a batch has a timestamp as large.
 *
 * Every record counts once, as a look-up of a record drawn at random would see it. Bytes are those from the place that
 * the index gave to the beginning of the batch that is found; headers are those of the batches on the way, the found one
 * included. By time a record counts with the largest timestamp of its batch, which is all that a header tells; batches
 * without a timestamp do not count.
 */
import type { Bytes } from '../units';
import type { BatchColumns, IndexColumns, OffsetEntryColumns, TimeEntryColumns } from './index-columns';

export interface LookupCost {
  /** Records that were looked up; 0 makes the rest 0. */
  readonly lookupCount: number;
  readonly bytesMean: number;
  readonly bytesMax: Bytes;
  readonly headersMean: number;
  readonly headersMax: number;
}

export interface LookupCosts {
  readonly byOffset: LookupCost;
  readonly byTime: LookupCost;
}

/** Over any number of segments. */
export class LookupTally {
  readonly #byOffset = new Tally();
  readonly #byTime = new Tally();

  add(batches: BatchColumns, { offsets, times }: IndexColumns): this {
    const batchOf = batchesOfEntries(batches, offsets);
    tallyOffsets(this.#byOffset, batches, offsets, batchOf);
    tallyTimes(this.#byTime, batches, times, entriesOfTimes(offsets, times), batchOf);
    return this;
  }

  /** As if the segments of the other had been added. */
  join(other: LookupTally): void {
    this.#byOffset.join(other.#byOffset);
    this.#byTime.join(other.#byTime);
  }

  costs(): LookupCosts {
    return { byOffset: this.#byOffset.cost(), byTime: this.#byTime.cost() };
  }
}

class Tally {
  #count = 0;
  #bytes = 0;
  #bytesMax = 0;
  #headers = 0;
  #headersMax = 0;

  /** @param headers Of the batches on the way, the found one included. */
  add(lookupCount: number, bytes: number, headers: number): void {
    if (lookupCount <= 0) return;
    this.#count += lookupCount;
    this.#bytes += lookupCount * bytes;
    this.#headers += lookupCount * headers;
    if (bytes > this.#bytesMax) this.#bytesMax = bytes;
    if (headers > this.#headersMax) this.#headersMax = headers;
  }

  join(other: Tally): void {
    this.#count += other.#count;
    this.#bytes += other.#bytes;
    this.#headers += other.#headers;
    this.#bytesMax = Math.max(this.#bytesMax, other.#bytesMax);
    this.#headersMax = Math.max(this.#headersMax, other.#headersMax);
  }

  cost(): LookupCost {
    const mean = (sum: number) => (this.#count === 0 ? 0 : sum / this.#count);
    return {
      lookupCount: this.#count,
      ...{ bytesMean: mean(this.#bytes), bytesMax: this.#bytesMax },
      ...{ headersMean: mean(this.#headers), headersMax: this.#headersMax },
    };
  }
}

/** For each entry, the first batch at or behind its position. */
function batchesOfEntries({ positions }: BatchColumns, entries: OffsetEntryColumns): Int32Array {
  let batch = 0;
  return entries.positions.map((position) => {
    while (batch < positions.length - 1 && positions[batch]! < position) batch++;
    return batch;
  });
}

/** For each time entry, the offset entry that its offset leads to, or -1. */
function entriesOfTimes({ relativeOffsets }: OffsetEntryColumns, times: TimeEntryColumns): Int32Array {
  let entry = -1;
  return times.relativeOffsets.map((offset) => {
    while (entry + 1 < relativeOffsets.length && relativeOffsets[entry + 1]! <= offset) entry++;
    return entry;
  });
}

function tallyOffsets(
  tally: Tally,
  { positions, lastOffsets, recordCounts }: BatchColumns,
  { relativeOffsets }: OffsetEntryColumns,
  batchOf: Int32Array,
): void {
  let entry = -1;
  const walk = (batch: number, lookupCount: number) => {
    const from = entry < 0 ? 0 : Math.min(batchOf[entry]!, batch);
    tally.add(lookupCount, positions[batch]! - positions[from]!, batch - from + 1);
  };
  for (let batch = 0; batch < positions.length; batch++) {
    const lastOffset = lastOffsets[batch]!;
    while (entry + 1 < relativeOffsets.length && relativeOffsets[entry + 1]! < lastOffset) entry++;
    walk(batch, recordCounts[batch]! - 1);
    while (entry + 1 < relativeOffsets.length && relativeOffsets[entry + 1]! <= lastOffset) entry++;
    walk(batch, Math.min(recordCounts[batch]!, 1));
  }
}

function tallyTimes(
  tally: Tally,
  { positions, recordCounts, maxTimestampsMs }: BatchColumns,
  { timestampsMs }: TimeEntryColumns,
  entryOfTime: Int32Array,
  batchOf: Int32Array,
): void {
  /** Batches whose largest timestamp is above all before them: those that a look-up can end at. */
  const records = new Int32Array(positions.length);
  let recordCount = 0;
  let largest = -1;
  let slot = -1;
  for (let batch = 0; batch < positions.length; batch++) {
    const timestampMs = maxTimestampsMs[batch]!;
    if (timestampMs < 0) continue;
    if (timestampMs > largest) {
      largest = timestampMs;
      records[recordCount++] = batch;
    }
    const found =
      timestampMs === largest && records[recordCount - 1] === batch
        ? batch
        : firstAtLeast(maxTimestampsMs, records, recordCount, timestampMs);
    slot = slotAtOrBelow(timestampsMs, timestampMs, slot);
    const entry = slot < 0 ? -1 : entryOfTime[slot]!;
    const from = entry < 0 ? 0 : Math.min(batchOf[entry]!, found);
    tally.add(recordCounts[batch]!, positions[found]! - positions[from]!, found - from + 1);
  }
}

/** The first of the rising batches whose timestamp is `target` or later; there is one. */
function firstAtLeast(values: Float64Array, rising: Int32Array, count: number, target: number): number {
  let low = 0;
  let high = count - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (values[rising[middle]!]! >= target) high = middle;
    else low = middle + 1;
  }
  return rising[low]!;
}

/** Slot of the greatest value at or below `target`, or -1; `hint` is the slot of the look-up before, mostly near. */
function slotAtOrBelow(values: Float64Array, target: number, hint: number): number {
  for (let slot = hint; slot <= hint + 1; slot++) {
    const isReached = slot < 0 || (slot < values.length && values[slot]! <= target);
    if (isReached && (slot + 1 >= values.length || values[slot + 1]! > target)) return slot;
  }
  let low = -1;
  let high = values.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (values[middle]! <= target) low = middle;
    else high = middle - 1;
  }
  return low;
}
