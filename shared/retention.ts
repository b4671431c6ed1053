/**
 * Schemas of a retention plan: the shape of `strata retention --json` and of the window's boundary, one and the same.
 *
 * Units: sizes in bytes, times in ms since the epoch (UTC), end offsets exclusive.
 */
import { z } from 'zod';

const Int = z.number().int();
const Count = Int.nonnegative();

export const SettingSchema = z.object({
  value: z.string(),
  source: z.enum([
    'given',
    'metadata-topic',
    'metadata-broker',
    'metadata-cluster',
    'broker-config',
    'default',
  ]),
});

export const PolicySourceSchema = z.enum(['metadata', 'given', 'assumed']);

const SegmentTime = {
  largestTimestampMs: Int,
  largestTimestampSource: z.enum(['batch-headers', 'time-index', 'modification-time']),
};

export const RetentionLogPlanSchema = z.object({
  name: z.string(),
  /** delete, compact, compact,delete or empty. */
  cleanupPolicy: z.string(),
  policySource: PolicySourceSchema,
  settings: z.object({ 'retention.ms': SettingSchema, 'retention.bytes': SettingSchema }),
  deletions: z.array(
    z.object({
      baseOffset: Int,
      endOffset: Int,
      sizeInBytes: Count,
      reason: z.enum(['time', 'size', 'log-start-offset']),
      ...SegmentTime,
    }),
  ),
  kept: z.array(
    z.object({
      baseOffset: Int,
      sizeInBytes: Count,
      reason: z.enum([
        'policy',
        'no-limit',
        'high-watermark',
        'active-empty',
        'future-timestamp',
        'time-not-reached',
        'size-not-reached',
        'behind-kept',
      ]),
      /** First ms at which retention by time takes it; null where it never does. */
      dueAtMs: Int.nullable(),
      ...SegmentTime,
    }),
  ),
  sizeInBytes: Count,
  freedBytes: Count,
  logStartOffset: Int,
  logStartOffsetSource: z.enum(['checkpoint', 'first-segment']),
  logStartOffsetAfter: Int,
  logEndOffset: Int,
  highWatermark: Int,
  highWatermarkSource: z.enum(['checkpoint', 'log-end-offset']),
  rollsActiveSegment: z.boolean(),
  /** Why the plan would not be, or was not, applied to this directory; null where nothing stands against it. */
  refusal: z.string().nullable(),
  /** What was done, where it was to be applied. */
  applied: z
    .object({ runId: z.string(), directory: z.string(), deletedSegmentCount: Count, purgeDueAtMs: Int })
    .nullable(),
});
export type RetentionLogPlan = z.infer<typeof RetentionLogPlanSchema>;

export const RetentionReportSchema = z.object({
  schema: z.literal('strata.retention-plan/1'),
  directory: z.string(),
  nowMs: Int,
  /** Whose clock tells how old a segment is. */
  clock: z.enum(['kafka', 'modification-time']),
  logs: z.array(RetentionLogPlanSchema),
});
export type RetentionReport = z.infer<typeof RetentionReportSchema>;
