/**
 * Schemas of a compaction plan: the shape of `strata compact --json` and of the window's boundary, one and the same.
 *
 * Units: sizes in bytes, times in ms since the epoch (UTC), end offsets exclusive. Counts of a log are over the whole
 * log, the active segment included; those of a segment over the segments that it is made from.
 */
import { z } from 'zod';
import { CLEANER_VERSIONS } from './plan/cleaner-version';
import { PolicySourceSchema, SettingSchema } from './retention';

const Int = z.number().int();
const Count = Int.nonnegative();

const BeforeAndAfter = {
  recordsBefore: Count,
  recordsAfter: Count,
  bytesBefore: Count,
  bytesAfter: Count,
  /** False where a compressed batch is rebuilt: Kafka's codecs may give some bytes more or less. */
  bytesAfterIsExact: z.boolean(),
};

/** What goes, and why; what else was seen. */
const CleaningCounts = {
  /** Records with a later one of the same key. */
  supersededCount: Count,
  nullKeyCount: Count,
  /** Records of aborted transactions. */
  abortedCount: Count,
  tombstonesKeptCount: Count,
  tombstonesDroppedCount: Count,
  controlRecordsCount: Count,
  /** Batches that are kept without records, for a producer's last sequence. */
  emptyBatchesKeptCount: Count,
  /** From when on the tombstones and markers that stay may go; null where there are none. */
  deleteHorizonMinMs: Int.nullable(),
  deleteHorizonMaxMs: Int.nullable(),
};

export const CompactionSegmentPlanSchema = z.object({
  /** As it is named afterwards. */
  baseOffset: Int,
  sourceBaseOffsets: z.array(Int),
  /** Whether the cleaner writes it anew. */
  isCleaned: z.boolean(),
  ...BeforeAndAfter,
  ...CleaningCounts,
});
export type CompactionSegmentPlan = z.infer<typeof CompactionSegmentPlanSchema>;

/** A segment as it is before, and what becomes of it. */
export const CompactionSourceSchema = z.object({
  baseOffset: Int,
  /** Base offset of the segment that holds what is left of it. */
  becomesBaseOffset: Int,
  isCleaned: z.boolean(),
  /** Keys that it has records of; null where its records were not read. */
  uniqueKeyCount: Count.nullable().default(null),
  ...BeforeAndAfter,
  ...CleaningCounts,
});
export type CompactionSource = z.infer<typeof CompactionSourceSchema>;

/** Where a report of before does not tell it: as a broker has it that was told nothing. */
const laterSetting = (value: string) => SettingSchema.default({ value, source: 'default' });

const CompactionSettingsSchema = z.object({
  'min.cleanable.dirty.ratio': SettingSchema,
  'min.compaction.lag.ms': SettingSchema,
  'max.compaction.lag.ms': SettingSchema,
  'delete.retention.ms': SettingSchema,
  'segment.bytes': SettingSchema,
  'segment.ms': SettingSchema,
  /** These three are the broker's: they determine how many keys fit the cleaner's offset map. */
  'log.cleaner.dedupe.buffer.size': laterSetting('134217728'),
  'log.cleaner.threads': laterSetting('1'),
  'log.cleaner.io.buffer.load.factor': laterSetting('0.9'),
});

/** keyText where the bytes are valid UTF-8, keyBase64 where not. */
const KeySchema = {
  keyText: z.string().nullable().optional(),
  keyBase64: z.string().optional(),
  /** Of the whole key, of which at most 512 bytes are shown. */
  keySizeInBytes: Count,
};

export const WorstKeySchema = z.object({
  ...KeySchema,
  /** Of the records that go, uncompressed. */
  supersededBytes: Count,
  supersededCount: Count,
  /** Of the record that stays. */
  latestOffset: Int,
});
export type WorstKey = z.infer<typeof WorstKeySchema>;

export const CompactionLogPlanSchema = z.object({
  name: z.string(),
  /** delete, compact, compact,delete or empty. */
  cleanupPolicy: z.string(),
  policySource: PolicySourceSchema,
  /** Whose cleaner's rules the plan follows: the first version with them. */
  kafkaVersion: z.enum(CLEANER_VERSIONS),
  settings: CompactionSettingsSchema,
  /** Whether the cleaner takes the log now. The figures tell what it would do in any case. */
  eligible: z.boolean(),
  reasons: z.array(
    z.enum([
      'policy',
      'empty',
      'active-segment',
      'min-compaction-lag',
      'open-transaction',
      'high-watermark',
      'dirty-ratio',
      'dirty-ratio-exceeded',
      'max-compaction-lag-exceeded',
      'damaged',
    ]),
  ),
  dirtyRatio: z.number().min(0).max(1),
  cleanBytes: Count,
  cleanableBytes: Count,
  firstDirtyOffset: Int,
  firstDirtyOffsetSource: z.enum(['checkpoint', 'log-start-offset']),
  firstUncleanableOffset: Int,
  uncleanableReason: z.enum(['active-segment', 'min-compaction-lag', 'open-transaction', 'high-watermark']),
  /** firstUncleanableOffset, rounded down to a segment's base. */
  cleanableEndOffset: Int,
  logStartOffset: Int,
  logEndOffset: Int,
  ...BeforeAndAfter,
  /** Keys in the offset map, summed over its rounds. */
  uniqueKeyCount: Count,
  /** How often the offset map is filled; more than one where the keys do not fit. */
  roundCount: Count,
  /** Keys that fit the cleaner's map in one round, by the broker's settings. */
  offsetMapCapacity: Count,
  /** Whether compressed batches were compressed anew for their sizes: those of a run of ours, Kafka's may differ. */
  isRecompressed: z.boolean(),
  /** As they are afterwards. */
  segments: z.array(CompactionSegmentPlanSchema),
  /** As they are before, ascending. */
  sources: z.array(CompactionSourceSchema),
  /** By bytes superseded, the most first; only where they are asked for, since keys are contents. */
  worstKeys: z.array(WorstKeySchema).optional(),
  /** Why the plan would not be, or was not, applied to this directory; null where nothing stands against it. */
  refusal: z.string().nullable(),
  /** What was done, where it was to be applied. */
  applied: z
    .object({
      runId: z.string(),
      directory: z.string(),
      deletedSegmentCount: Count,
      newSegmentCount: Count,
      freedBytes: Int,
      purgeDueAtMs: Int,
    })
    .nullable(),
});
export type CompactionLogPlan = z.infer<typeof CompactionLogPlanSchema>;

/** What the user set; null where the topic's own setting holds. */
export const CompactionWishSchema = z.object({
  cleanupPolicy: z.enum(['delete', 'compact', 'compact,delete']).nullable(),
  minCleanableDirtyRatio: z.number().min(0).max(1).nullable(),
  minCompactionLagMs: Count.nullable(),
  /** -1 for never: Kafka's Long.MAX_VALUE is no number here. */
  maxCompactionLagMs: Int.min(-1).nullable(),
  deleteRetentionMs: Count.nullable(),
  /** null: the present version's rules. */
  kafkaVersion: z.enum(CLEANER_VERSIONS).nullable(),
});
export type CompactionWish = z.infer<typeof CompactionWishSchema>;

/** What is known without reading the log: shared/plan/compaction-eligibility.ts answers the sliders from it. */
export const CompactionFactsSchema = z.object({
  policy: z.object({ deletes: z.boolean(), compacts: z.boolean() }),
  policySource: PolicySourceSchema,
  settings: CompactionSettingsSchema,
  /** Why nothing may be applied here with this policy; null where nothing stands against it. */
  refusal: z.string().nullable(),
  state: z.object({
    /** Ascending; the last is the active one. */
    segments: z.array(
      z.object({
        baseOffset: Int,
        sizeInBytes: Count,
        largestTimestampMs: Int,
        firstBatchMaxTimestampMs: Int,
      }),
    ),
    logStartOffset: Int,
    logEndOffset: Int,
    highWatermark: Int,
    firstOpenTransactionOffset: Int.nullable(),
    cleanerCheckpoint: Int.nullable(),
  }),
});
export type CompactionFacts = z.infer<typeof CompactionFactsSchema>;

export const TombstoneBatchSchema = z.object({
  segmentBaseOffset: Int,
  baseOffset: Int,
  /** Inclusive. */
  lastOffset: Int,
  tombstoneCount: Count,
  /** Of a transaction: it goes by the same horizon. */
  isMarker: z.boolean(),
  /** From when on its tombstones may go; null for those of old formats, which go by their segment's modification time. */
  deleteHorizonMs: Int.nullable(),
});
export type TombstoneBatch = z.infer<typeof TombstoneBatchSchema>;

/** From which later segments the records of each are superseded; at most 256 blocks a side. */
export const SupersessionMatrixSchema = z.object({
  /** How many neighbouring segments share a row and a column. */
  segmentsPerBlock: Count,
  /** Of the first segment of each block, ascending. */
  baseOffsets: z.array(Int),
  /** Row by row: records of the row's block of which the next of their key is in the column's block. */
  counts: z.instanceof(Float64Array),
  /** Their bytes, uncompressed. */
  bytes: z.instanceof(Float64Array),
});
export type SupersessionMatrix = z.infer<typeof SupersessionMatrixSchema>;

/** What an analysis saw beyond the plan. */
export const CompactionFindingsSchema = z.object({
  matrix: SupersessionMatrixSchema,
  /** By bytes superseded, the most first, at most 100. */
  worstKeys: z.array(WorstKeySchema),
  /** In the order of the log, at most 2000. */
  tombstoneBatches: z.array(TombstoneBatchSchema),
  tombstoneBatchCount: Count,
  /** Offsets of the first 20 records without a key. */
  nullKeyOffsets: z.array(Int),
});
export type CompactionFindings = z.infer<typeof CompactionFindingsSchema>;

export const CompactionAnalysisSchema = z.object({
  plan: CompactionLogPlanSchema,
  nowMs: Int,
  /** null where nothing is cleaned. */
  findings: CompactionFindingsSchema.nullable(),
});
export type CompactionAnalysis = z.infer<typeof CompactionAnalysisSchema>;

/** As it goes from thread to thread: sent-analysis.ts. */
export const SentAnalysisSchema = CompactionAnalysisSchema.extend({
  plan: CompactionLogPlanSchema.omit({ segments: true, sources: true }),
  /** The plan's, as packed-rows.ts packs them, in JSON. */
  segmentLists: z.string(),
});
export type SentAnalysis = z.infer<typeof SentAnalysisSchema>;

/** A plan as the user confirmed it: it is made again, and run only where it comes out the same. */
export const ConfirmedCompactionSchema = CompactionWishSchema.extend({
  /** The time that the plan was made for. */
  nowMs: Int,
  firstDirtyOffset: Int,
  cleanableEndOffset: Int,
  bytesBefore: Count,
  recordsAfter: Count,
});
export type ConfirmedCompaction = z.infer<typeof ConfirmedCompactionSchema>;

export const CompactionReportSchema = z.object({
  schema: z.literal('strata.compaction-plan/1'),
  directory: z.string(),
  nowMs: Int,
  logs: z.array(CompactionLogPlanSchema),
});
export type CompactionReport = z.infer<typeof CompactionReportSchema>;
