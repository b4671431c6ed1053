/**
 * Schema of what the Index screen is made from: each segment's index files, and the batches and entries of the log as
 * columns, so that shared/plan answers what-if questions without reading again.
 *
 * Units: sizes and positions in bytes, times in ms since the epoch (UTC); offsets in columns are relative to the base
 * offset of their segment.
 */
import { z } from 'zod';
import { SettingSchema } from './retention';

const Int = z.number().int();
const Count = Int.nonnegative();
const Ints = z.instanceof(Int32Array);
const Floats = z.instanceof(Float64Array);

/** Rows [from, from + count) of columns. */
const RowsSchema = z.object({ from: Count, count: Count });

const IndexFileSchema = z.object({
  entryCount: Count,
  sizeInBytes: Count,
  /** Zeros behind the last entry: room for more in an active segment, a mistake in a closed one. */
  zeroTailBytes: Count,
});

export const IndexSegmentSchema = z.object({
  baseOffset: Int,
  isActive: z.boolean(),
  sizeInBytes: Count,
  recordCount: Count.nullable(),
  /** null where the file is missing or cannot be read. */
  offsetIndex: IndexFileSchema.nullable(),
  timeIndex: IndexFileSchema.nullable(),
  /** null where the segment has none: it ends no aborted transaction. */
  transactionIndex: z.object({ entryCount: Count, sizeInBytes: Count }).nullable(),
  /** Where its rows are in the columns; null where its headers were not read, or some bytes are no batches. */
  rows: z.object({ batches: RowsSchema, offsets: RowsSchema, times: RowsSchema }).nullable(),
});
export type IndexSegment = z.infer<typeof IndexSegmentSchema>;

export const IndexFactsSchema = z.object({
  settings: z.object({ 'index.interval.bytes': SettingSchema, 'segment.index.bytes': SettingSchema }),
  /** Ascending; the last is the active one. */
  segments: z.array(IndexSegmentSchema),
  batches: z.object({
    positions: Ints,
    lastOffsets: Ints,
    recordCounts: Ints,
    maxTimestampsMs: Floats,
  }),
  offsetEntries: z.object({ relativeOffsets: Ints, positions: Ints }),
  timeEntries: z.object({ timestampsMs: Floats, relativeOffsets: Ints }),
});
export type IndexFacts = z.infer<typeof IndexFactsSchema>;

const LookupCostSchema = z.object({
  lookupCount: Count,
  bytesMean: z.number().nonnegative(),
  bytesMax: Count,
  headersMean: z.number().nonnegative(),
  headersMax: Count,
});

/** As shared/plan/index-what-if.ts has it. */
export const IndexOutcomeSchema = z.object({
  offsetEntryCount: Count,
  timeEntryCount: Count,
  indexBytes: Count,
  costs: z.object({ byOffset: LookupCostSchema, byTime: LookupCostSchema }),
});
