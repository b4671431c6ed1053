/**
 * Schemas of a log's indexes: each segment's index files, and the batches and entries of the log as columns, so that
 * shared/plan answers what-if questions without reading again; and the figures made from them, which is all that the
 * Index screen gets.
 *
 * Units: sizes and positions in bytes, times in ms since the epoch (UTC); offsets in columns are relative to the base
 * offset of their segment.
 */
import { z } from 'zod';
import { SettingSchema } from './retention';

const Int = z.number().int();
const Count = Int.nonnegative();
/** Of memory that threads share, or not. */
const Ints = z.custom<Int32Array>((value) => value instanceof Int32Array);
const Floats = z.custom<Float64Array>((value) => value instanceof Float64Array);

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

const LookupCostsSchema = z.object({ byOffset: LookupCostSchema, byTime: LookupCostSchema });

/** As shared/plan/index-what-if.ts has it. */
export const IndexOutcomeSchema = z.object({
  offsetEntryCount: Count,
  timeEntryCount: Count,
  indexBytes: Count,
  costs: LookupCostsSchema,
});

const BarsSchema = z.array(z.object({ from: Count, to: Count, count: Count }));

/** As shared/plan/index-figures.ts has it. */
export const IndexFiguresSchema = z.object({
  settings: IndexFactsSchema.shape.settings,
  /** Ascending; the last is the active one. */
  rows: z.array(
    IndexSegmentSchema.extend({
      gapBytesMean: z.number().nonnegative().nullable(),
      gapBytesMax: Count.nullable(),
      costs: LookupCostsSchema.nullable(),
    }),
  ),
  coveredCount: Count,
  coveredBytes: Count,
  present: IndexOutcomeSchema,
  gaps: z.object({ bytes: BarsSchema, records: BarsSchema }),
  density: z.array(z.object({ at: z.number(), meanBytes: z.number(), maxBytes: Count })),
});
export type IndexFigures = z.infer<typeof IndexFiguresSchema>;
export type IndexRow = IndexFigures['rows'][number];
