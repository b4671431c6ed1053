/** One segment's rows of the columns of a log, as views. Pure. */
import type { BatchColumns, IndexColumns, OffsetEntryColumns, TimeEntryColumns } from './index-columns';

interface Rows {
  readonly from: number;
  readonly count: number;
}

/** Of a log: the rows of its segments one after the other. */
export interface LogColumns {
  readonly batches: Omit<BatchColumns, 'sizeInBytes'>;
  readonly offsetEntries: OffsetEntryColumns;
  readonly timeEntries: TimeEntryColumns;
}

export interface SegmentRows {
  readonly sizeInBytes: number;
  readonly rows: { readonly batches: Rows; readonly offsets: Rows; readonly times: Rows } | null;
}

/** null where the segment has no rows. */
export function segmentColumns(
  { batches, offsetEntries, timeEntries }: LogColumns,
  { rows, sizeInBytes }: SegmentRows,
): { readonly batches: BatchColumns; readonly indexes: IndexColumns } | null {
  if (rows === null) return null;
  const ints = (column: Int32Array, { from, count }: Rows) => column.subarray(from, from + count);
  const floats = (column: Float64Array, { from, count }: Rows) => column.subarray(from, from + count);
  return {
    batches: {
      positions: ints(batches.positions, rows.batches),
      lastOffsets: ints(batches.lastOffsets, rows.batches),
      recordCounts: ints(batches.recordCounts, rows.batches),
      maxTimestampsMs: floats(batches.maxTimestampsMs, rows.batches),
      sizeInBytes,
    },
    indexes: {
      offsets: {
        relativeOffsets: ints(offsetEntries.relativeOffsets, rows.offsets),
        positions: ints(offsetEntries.positions, rows.offsets),
      },
      times: {
        timestampsMs: floats(timeEntries.timestampsMs, rows.times),
        relativeOffsets: ints(timeEntries.relativeOffsets, rows.times),
      },
    },
  };
}
