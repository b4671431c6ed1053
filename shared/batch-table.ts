/**
 * The schema of a log's batches in a report: all spans of all segments as columns, so that a million of them is small.
 *
 * What the list of batches shows of each. Row by row a segment's spans tile its file, so that positions need not be told.
 * Sizes in bytes, times in ms since the epoch (UTC).
 */
import { z } from 'zod';
import { CodecSchema, ProblemSchema, SpanSchema } from './inspection';

const Int = z.number().int();
const Count = Int.nonnegative();
const Ints = z.instanceof(Int32Array);
const Floats = z.instanceof(Float64Array);

/** What a number in `kinds` and `codecs` stands for. */
export const SPAN_KINDS = SpanSchema.shape.kind.options;
export const SPAN_CODECS = CodecSchema.options;
/** Bits of `flags`. */
export const SPAN_FLAGS = {
  ...{ isTransactional: 1, isControl: 2, hasDeleteHorizon: 4 },
  /** Else CreateTime. */
  isLogAppendTime: 8,
} as const;

/** Of a span that is no batch, all columns but kind and size hold -1. */
const COLUMNS = {
  kinds: Ints,
  sizesInBytes: Floats,
  baseOffsets: Floats,
  /** Inclusive. */
  lastOffsets: Floats,
  /** -1 where it is not known. */
  recordCounts: Ints,
  magics: Ints,
  codecs: Ints,
  flags: Ints,
  baseTimestampsMs: Floats,
  maxTimestampsMs: Floats,
  /** -1 where the batch has none, as on disk; so are the next two. */
  producerIds: Floats,
  producerEpochs: Ints,
  baseSequences: Ints,
  partitionLeaderEpochs: Ints,
  /** As signed numbers; in a redacted report keyed hashes of them, for over few bytes a CRC tells what they are. */
  crcs: Ints,
};
export const BATCH_COLUMN_NAMES = Object.keys(COLUMNS) as (keyof typeof COLUMNS)[];

export const BatchTableSchema = z
  .object({
    /** Ascending; the spans of one follow those of the one before. */
    segments: z.array(z.object({ baseOffset: Int, spanCount: Count })),
    ...COLUMNS,
    /** Of the spans that have one, by row. */
    problems: z.array(z.object({ row: Count, problem: ProblemSchema })),
  })
  .refine(
    (table) => {
      const count = table.segments.reduce((sum, { spanCount }) => sum + spanCount, 0);
      return BATCH_COLUMN_NAMES.every((name) => table[name].length === count);
    },
    { message: 'its columns have not as many rows as its segments have batches' },
  );
export type BatchTable = z.infer<typeof BatchTableSchema>;
