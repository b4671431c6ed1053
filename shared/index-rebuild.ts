/**
 * Schemas of a plan to rebuild indexes: the shape of `strata rebuild-index --json` and of the window's boundary.
 *
 * Units: sizes in bytes, times in ms since the epoch (UTC).
 */
import { z } from 'zod';
import { SettingSchema } from './retention';

const Int = z.number().int();
const Count = Int.nonnegative();

export const PlannedIndexFileSchema = z.object({
  name: z.string(),
  /** Of its segment. */
  baseOffset: Int,
  kind: z.enum(['offset-index', 'time-index', 'transaction-index']),
  /**
   * missing: there is no such file. damaged: it does not fit the log. not-trimmed: zeros behind the last entry of a closed
   * segment. coarse: a look-up may pass over much more than index.interval.bytes. other-interval: it has other entries than
   * the interval that was given makes. unneeded: it has no segment, or nothing to say; it goes.
   */
  reason: z.enum(['missing', 'damaged', 'not-trimmed', 'coarse', 'other-interval', 'unneeded']),
  /** The reason in a sentence, with numbers. */
  why: z.string(),
  /** null where there is no file, before or afterwards. */
  entriesBefore: Count.nullable(),
  bytesBefore: Count.nullable(),
  entriesAfter: Count.nullable(),
  bytesAfter: Count.nullable(),
});
export type PlannedIndexFile = z.infer<typeof PlannedIndexFileSchema>;

export const IndexRebuildLogPlanSchema = z.object({
  name: z.string(),
  settings: z.object({ 'index.interval.bytes': SettingSchema }),
  /** What is written anew or goes; empty where all indexes are as they should be. In the order of the log. */
  files: z.array(PlannedIndexFileSchema),
  segmentCount: Count,
  /** Segments whose indexes stay as they are because some of their bytes are no batches. */
  blocked: z.array(z.object({ baseOffset: Int, why: z.string() })),
  /** Why the plan would not be, or was not, applied to this directory; null where nothing stands against it. */
  refusal: z.string().nullable(),
  /** What was done, where it was to be applied. */
  applied: z
    .object({ runId: z.string(), directory: z.string(), fileCount: Count, purgeDueAtMs: Int })
    .nullable(),
});
export type IndexRebuildLogPlan = z.infer<typeof IndexRebuildLogPlanSchema>;

/** As a report has it, which applies nothing. */
export const ReportedRebuildSchema = IndexRebuildLogPlanSchema.omit({ applied: true });

export const IndexRebuildReportSchema = z.object({
  schema: z.literal('strata.rebuild-index-plan/1'),
  directory: z.string(),
  logs: z.array(IndexRebuildLogPlanSchema),
});
export type IndexRebuildReport = z.infer<typeof IndexRebuildReportSchema>;

/** What the user set; null where the topic's own setting holds. */
export const IndexRebuildWishSchema = z.object({ indexIntervalBytes: Count.nullable() });
export type IndexRebuildWish = z.infer<typeof IndexRebuildWishSchema>;

/** A plan as the user confirmed it: it is made again, and run only where it comes out the same. */
export const ConfirmedIndexRebuildSchema = IndexRebuildWishSchema.extend({
  files: z
    .array(
      PlannedIndexFileSchema.pick({ name: true, bytesBefore: true, entriesAfter: true, bytesAfter: true }),
    )
    .min(1),
});
export type ConfirmedIndexRebuild = z.infer<typeof ConfirmedIndexRebuildSchema>;
