/**
 * The schema of `strata diff`, `strata.diff/1`: what two states of a directory, or two copies of a log, have of each other.
 *
 * Before is the first that was named, after the second. Sizes in bytes, times in ms since the epoch, end offsets exclusive.
 */
import { z } from 'zod';

const Int = z.number().int();
const Count = Int.nonnegative();
/** unreadable: on one side at least it could not be read, so that it cannot be compared. */
const LOG_CHANGES = ['same', 'changed', 'gone', 'new', 'unreadable'] as const;
const SEGMENT_CHANGES = ['changed', 'gone', 'new'] as const;

const SideSchema = z.object({
  path: z.string(),
  hostName: z.string().nullable(),
  /** When it was looked at. */
  madeAtMs: Int,
  isReport: z.boolean(),
});

const SegmentStateSchema = z.object({
  lastOffset: Int.nullable(),
  sizeInBytes: Count,
  /** null where it was not counted. */
  recordCount: Count.nullable(),
});

const LogStateSchema = z.object({
  segmentCount: Count,
  sizeInBytes: Count,
  logStartOffset: Int,
  logEndOffset: Int,
  recordCount: Count.nullable(),
  problemCount: Count,
});

/** Where the records of two copies differ first, in the offsets that both have. */
export const FirstDifferenceSchema = z.object({
  offset: Int,
  /** only-before, only-after: the other copy has no record at the offset. */
  kind: z.enum([
    'only-before',
    'only-after',
    'timestamp',
    'key',
    'value',
    'headers',
    'damaged-before',
    'damaged-after',
  ]),
});
export type FirstDifference = z.infer<typeof FirstDifferenceSchema>;

export const LogDiffSchema = z.object({
  name: z.string(),
  change: z.enum(LOG_CHANGES),
  /** Why it could not be read; null where it could. */
  error: z.string().nullable(),
  /** null where the log is not there, or could not be read. */
  before: LogStateSchema.nullable(),
  after: LogStateSchema.nullable(),
  /** Those that are not the same, ascending. */
  segments: z.array(
    z.object({
      baseOffset: Int,
      change: z.enum(SEGMENT_CHANGES),
      before: SegmentStateSchema.nullable(),
      after: SegmentStateSchema.nullable(),
    }),
  ),
  /** null where records were not compared: one side is a report, or the log is on one side only. */
  records: z
    .object({
      /** The offsets that both have: the first, and the end, which is exclusive. */
      fromOffset: Int,
      endOffset: Int,
      /** null where all of them are the same. */
      firstDifference: FirstDifferenceSchema.nullable(),
    })
    .nullable(),
  /** Where records are not to be had on both sides, but both list their batches; null otherwise. */
  batches: z
    .object({
      /** The offsets that both have: the first, and the end, which is exclusive. */
      fromOffset: Int,
      endOffset: Int,
      /** Base offset of the first batch that the other side has not, or not so; null where all are the same. */
      firstDifferenceOffset: Int.nullable(),
      /** False where their CRCs cannot be compared: hashes of different keys. Then only headers were. */
      comparesContents: z.boolean(),
    })
    .nullable(),
});
export type LogDiff = z.infer<typeof LogDiffSchema>;

export const DirectoryDiffSchema = z.object({
  schema: z.literal('strata.diff/1'),
  before: SideSchema,
  after: SideSchema,
  sizeBefore: Count,
  sizeAfter: Count,
  /** Of the sizes between the two times; null where the first is not the earlier one. */
  growthBytesPerMs: z.number().nullable(),
  logs: z.array(LogDiffSchema),
});
export type DirectoryDiff = z.infer<typeof DirectoryDiffSchema>;

/** A log that is not the same on both sides, or a segment of it. */
export const ComparisonRowSchema = z.object({
  logName: z.string(),
  /** null for the log as a whole. */
  baseOffset: Int.nullable(),
  change: z.enum(LOG_CHANGES),
  before: z.object({ sizeInBytes: Count, lastOffset: Int.nullable() }).nullable(),
  after: z.object({ sizeInBytes: Count, lastOffset: Int.nullable() }).nullable(),
});
export type ComparisonRow = z.infer<typeof ComparisonRowSchema>;

/** A comparison without its rows, which the window asks for page by page. */
export const ComparisonSchema = DirectoryDiffSchema.omit({ logs: true }).extend({
  logCount: Count,
  differingLogCount: Count,
  rowCount: Count,
  /** How many logs and segments there are of each change; none of those that are the same. */
  changes: z.array(z.object({ of: z.enum(['log', 'segment']), change: z.enum(LOG_CHANGES), count: Count })),
  /** What records and batches have of each other, and why a log could not be read: a line a log, the first of them. */
  lines: z.array(z.string()),
  lineCount: Count,
});
export type Comparison = z.infer<typeof ComparisonSchema>;
