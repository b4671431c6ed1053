/**
 * Schemas of a retention plan: the shape of `strata retention --json` and of the window's boundary, one and the same.
 *
 * Units: sizes in bytes, times in ms since the epoch (UTC), end offsets exclusive.
 */
import { z } from 'zod';
import { DELETION_REASONS, KEEP_REASONS } from './plan/retention-plan';

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
export type PolicySource = z.infer<typeof PolicySourceSchema>;

const SegmentTime = {
  largestTimestampMs: Int,
  largestTimestampSource: z.enum(['batch-headers', 'time-index', 'modification-time']),
};

const DeletionSchema = z.object({
  baseOffset: Int,
  endOffset: Int,
  sizeInBytes: Count,
  reason: z.enum(DELETION_REASONS),
  ...SegmentTime,
});

const LogState = {
  logStartOffset: Int,
  logStartOffsetSource: z.enum(['checkpoint', 'first-segment']),
  logEndOffset: Int,
  highWatermark: Int,
  highWatermarkSource: z.enum(['checkpoint', 'log-end-offset']),
};

/** Whose clock tells how old a segment is. */
export const RetentionClockSchema = z.enum(['kafka', 'modification-time']);

export const RetentionLogPlanSchema = z.object({
  name: z.string(),
  /** delete, compact, compact,delete or empty. */
  cleanupPolicy: z.string(),
  policySource: PolicySourceSchema,
  settings: z.object({ 'retention.ms': SettingSchema, 'retention.bytes': SettingSchema }),
  deletions: z.array(DeletionSchema),
  kept: z.array(
    z.object({
      baseOffset: Int,
      sizeInBytes: Count,
      reason: z.enum(KEEP_REASONS),
      /** First ms at which retention by time takes it; null where it never does. */
      dueAtMs: Int.nullable(),
      ...SegmentTime,
    }),
  ),
  sizeInBytes: Count,
  freedBytes: Count,
  ...LogState,
  logStartOffsetAfter: Int,
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
  clock: RetentionClockSchema,
  logs: z.array(RetentionLogPlanSchema),
});
export type RetentionReport = z.infer<typeof RetentionReportSchema>;

/** Everything that a plan of one log is made from, so that it can be made anew with every move of a slider. */
export const RetentionFactsSchema = z.object({
  /** Ascending; the last is the active one. */
  segments: z.array(z.object({ baseOffset: Int, sizeInBytes: Count, ...SegmentTime })),
  ...LogState,
  sizeInBytes: Count,
  policy: z.object({ deletes: z.boolean(), compacts: z.boolean() }),
  policySource: PolicySourceSchema,
  settings: z.object({
    'cleanup.policy': SettingSchema,
    'retention.ms': SettingSchema,
    'retention.bytes': SettingSchema,
    'segment.ms': SettingSchema,
    'segment.bytes': SettingSchema,
    'file.delete.delay.ms': SettingSchema,
  }),
  /** Why nothing may be applied here with this policy; null where nothing stands against it. */
  refusal: z.string().nullable(),
});
export type RetentionFacts = z.infer<typeof RetentionFactsSchema>;

/** What the user set; null where the topic's own setting holds. -1 is Kafka's "no limit". */
export const RetentionWishSchema = z.object({
  cleanupPolicy: z.enum(['delete', 'compact', 'compact,delete']).nullable(),
  retentionMs: Int.min(-1).nullable(),
  retentionBytes: Int.min(-1).nullable(),
  clock: RetentionClockSchema,
});
export type RetentionWish = z.infer<typeof RetentionWishSchema>;

/** A plan as the user confirmed it: it is made again, and run only where the same segments go. */
export const ConfirmedRetentionSchema = RetentionWishSchema.extend({
  /** The time that the plan was made for. */
  nowMs: Int,
  /** Ascending. */
  deletions: z.array(DeletionSchema.pick({ baseOffset: true, sizeInBytes: true })).min(1),
});
export type ConfirmedRetention = z.infer<typeof ConfirmedRetentionSchema>;

/** A change that was made to a log's files, until it is undone or its space is freed. */
export const RunSchema = z.object({
  runId: z.string(),
  /** Runs over several logs that were started together share it. */
  groupId: z.string(),
  kind: z.enum(['retention', 'compaction', 'rebuild-index']),
  startedAtMs: Int,
  /** running: begun and not known to have ended. */
  state: z.enum(['running', 'done', 'undone', 'purged']),
  deletedSegmentCount: Count,
  freedBytes: Count,
  /** When the space may be freed: file.delete.delay.ms after the run. */
  purgeDueAtMs: Int,
});
export type Run = z.infer<typeof RunSchema>;
