/**
 * The schema of `strata diff`, `strata.diff/1`: what two states of a directory, or two copies of a log, have of each other.
 *
 * Before is the first that was named, after the second. Sizes in bytes, times in ms since the epoch, end offsets exclusive.
 */
import { z } from 'zod';

const Int = z.number().int();
const Count = Int.nonnegative();
const CHANGES = ['same', 'changed', 'gone', 'new'] as const;

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
  change: z.enum(CHANGES),
  /** null where the log is not there, or could not be read. */
  before: LogStateSchema.nullable(),
  after: LogStateSchema.nullable(),
  /** Those that are not the same, ascending. */
  segments: z.array(
    z.object({
      baseOffset: Int,
      change: z.enum(CHANGES),
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
