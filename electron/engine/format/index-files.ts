/**
 * Offset and time index: fixed entries, big-endian, no checksum (a broker rebuilds them after a crash).
 *
 *   offset index, 8 bytes an entry:  int32 offset - base, int32 position
 *   time index, 12 bytes an entry:   int64 timestamp, int32 offset - base
 *
 * Files of an active segment are preallocated with zeros; an entry of zeros after the first slot is the end
 * (an offset of 0 relative to the base can only stand in the first slot). Entries come back as columns.
 */
import { readInt64 } from './int64';

export const OFFSET_INDEX_ENTRY_SIZE = 8;
export const TIME_INDEX_ENTRY_SIZE = 12;

export interface OffsetIndexEntries {
  readonly entryCount: number;
  /** Offset minus base offset. */
  readonly relativeOffsets: Int32Array;
  readonly positions: Int32Array;
}

export interface TimeIndexEntries {
  readonly entryCount: number;
  /** NaN where a timestamp is outside the safe integers. */
  readonly timestampsMs: Float64Array;
  readonly relativeOffsets: Int32Array;
}

/** Whether slot `slot` of an offset index is unused: zeros behind the first slot. */
export function isUnusedOffsetSlot(view: DataView, slot: number): boolean {
  const at = slot * OFFSET_INDEX_ENTRY_SIZE;
  return slot > 0 && view.getInt32(at) === 0 && view.getInt32(at + 4) === 0;
}

/** Whether slot `slot` of a time index is unused: a relative offset and a timestamp of zero behind the first slot. */
export function isUnusedTimeSlot(view: DataView, slot: number): boolean {
  const at = slot * TIME_INDEX_ENTRY_SIZE;
  return slot > 0 && view.getInt32(at + 8) === 0 && view.getInt32(at) === 0 && view.getInt32(at + 4) === 0;
}

/** Entries up to the zero tail. Bytes behind the last whole entry are left out. A first slot of zeros
 * is unused too, unless it is the only one (a trimmed file). */
export function readOffsetIndexEntries(view: DataView): OffsetIndexEntries {
  const slotCount = Math.floor(view.byteLength / OFFSET_INDEX_ENTRY_SIZE);
  const relativeOffsets = new Int32Array(slotCount);
  const positions = new Int32Array(slotCount);
  let entryCount = 0;
  while (entryCount < slotCount && !isUnusedOffsetSlot(view, entryCount)) {
    relativeOffsets[entryCount] = view.getInt32(entryCount * OFFSET_INDEX_ENTRY_SIZE);
    positions[entryCount] = view.getInt32(entryCount * OFFSET_INDEX_ENTRY_SIZE + 4);
    entryCount++;
  }
  if (slotCount > 1 && entryCount === 1 && relativeOffsets[0] === 0 && positions[0] === 0) entryCount = 0;
  return {
    entryCount,
    relativeOffsets: relativeOffsets.subarray(0, entryCount),
    positions: positions.subarray(0, entryCount),
  };
}

/** As `readOffsetIndexEntries`, for a time index. */
export function readTimeIndexEntries(view: DataView): TimeIndexEntries {
  const slotCount = Math.floor(view.byteLength / TIME_INDEX_ENTRY_SIZE);
  const timestampsMs = new Float64Array(slotCount);
  const relativeOffsets = new Int32Array(slotCount);
  let entryCount = 0;
  while (entryCount < slotCount && !isUnusedTimeSlot(view, entryCount)) {
    timestampsMs[entryCount] = readInt64(view, entryCount * TIME_INDEX_ENTRY_SIZE);
    relativeOffsets[entryCount] = view.getInt32(entryCount * TIME_INDEX_ENTRY_SIZE + 8);
    entryCount++;
  }
  if (slotCount > 1 && entryCount === 1 && timestampsMs[0] === 0 && relativeOffsets[0] === 0) entryCount = 0;
  return {
    entryCount,
    timestampsMs: timestampsMs.subarray(0, entryCount),
    relativeOffsets: relativeOffsets.subarray(0, entryCount),
  };
}
