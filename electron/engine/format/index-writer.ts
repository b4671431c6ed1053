/** Entries of offset and time index as bytes (layout in index-files.ts). */
import type { FilePosition, Offset, TimestampMs } from '../../../shared/units';
import { writeInt64 } from './int64';

export interface OffsetIndexEntry {
  /** Last offset of the batch, minus the base offset of its segment. */
  readonly relativeOffset: Offset;
  /** Where that batch begins. */
  readonly position: FilePosition;
}

export interface TimeIndexEntry {
  readonly timestampMs: TimestampMs;
  /** Last offset of the batch that holds the timestamp, minus the base offset of its segment. */
  readonly relativeOffset: Offset;
}

/** Writes the entry at `at`; the caller has made sure of the room. */
export function writeOffsetIndexEntry(view: DataView, at: number, entry: OffsetIndexEntry): void {
  view.setInt32(at, entry.relativeOffset);
  view.setInt32(at + 4, entry.position);
}

/** As `writeOffsetIndexEntry`. */
export function writeTimeIndexEntry(view: DataView, at: number, entry: TimeIndexEntry): void {
  writeInt64(view, at, entry.timestampMs);
  view.setInt32(at + 8, entry.relativeOffset);
}
