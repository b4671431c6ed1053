/**
 * Schema of the statistics of a log or of a segment: the shape of `strata stats --json` and of the window's boundary.
 *
 * Bytes of records are as decompressed; sizes in bytes, offsets of records, shares from 0 to 1. Control records are
 * counted apart and are in no distribution and no list.
 */
import { z } from 'zod';
import { CodecSchema } from './inspection';

const Int = z.number().int();
const Count = Int.nonnegative();

/** The least size that so many percent do not exceed. Not exact: at most a 128th above it. */
const PercentileSchema = z.object({ percent: z.number(), size: Count, isExact: z.boolean() });
const DistributionSchema = z.object({
  count: Count,
  sum: Count,
  min: Count,
  max: Count,
  percentiles: z.array(PercentileSchema),
});
export type DistributionRow = z.infer<typeof DistributionSchema>;

const TopSchema = z.object({
  /** Text, or base64 where the name is no UTF-8; of a long name the first 256 bytes. */
  nameText: z.string().nullable().optional(),
  nameBase64: z.string().optional(),
  nameSizeInBytes: Count,
  /** The bytes lie between the two; where both are equal they are exact. */
  bytesMin: Count,
  bytesMax: Count,
});
export type TopRow = z.infer<typeof TopSchema>;

const LargeRecordSchema = z.object({
  offset: Int,
  segmentBaseOffset: Int,
  sizeInBytes: Count,
  /** null for a null key, and for a null value. */
  keySizeInBytes: Count.nullable(),
  valueSizeInBytes: Count.nullable(),
});
export type LargeRecordRow = z.infer<typeof LargeRecordSchema>;

const CodecShareSchema = z.object({
  codec: CodecSchema,
  batchCount: Count,
  recordCount: Count,
  /** Records as stored, without batch headers, and decompressed; without control records and what cannot be read. */
  storedBytes: Count,
  contentBytes: Count,
});
export type CodecShareRow = z.infer<typeof CodecShareSchema>;

/** Every byte of the files: all parts together, minus `compressionGain`, are `total`. */
export const BytesByPartSchema = z.object({
  keys: Count,
  values: Count,
  headerNames: Count,
  headerValues: Count,
  /** Lengths, deltas and attributes of records. */
  recordOverhead: Count,
  /** Headers of batches, and of wrappers of message sets. */
  batchOverhead: Count,
  controlRecords: Count,
  /** Used entries of index files. */
  indexes: Count,
  /** Snapshots, checkpoints, metadata, leftovers. */
  sideFiles: Count,
  /** Preallocated or zeroed room of indexes and segments. */
  slack: Count,
  /** Neither batches nor zeros, or batches whose records cannot be read. */
  damaged: Count,
  /** Decompressed minus stored; negative where compression made the records larger. */
  compressionGain: Int,
  total: Count,
});
export type BytesByPart = z.infer<typeof BytesByPartSchema>;

export const StatisticsSchema = z.object({
  name: z.string(),
  /** null for the whole log. */
  segmentBaseOffset: Int.nullable(),
  segmentCount: Count,
  /** False where bytes are damaged, so that records may be missing from every count. */
  isComplete: z.boolean(),
  counts: z.object({
    batches: Count,
    controlBatches: Count,
    /** Their records are not counted. */
    unreadableBatches: Count,
    records: Count,
    controlRecords: Count,
    tombstones: Count,
    nullKeys: Count,
    headers: Count,
    recordsWithHeaders: Count,
  }),
  /** null where they were not to be counted. The error is a share of the count, 0 where exact. */
  uniqueKeys: z
    .object({ count: Count, isExact: z.boolean(), standardError: z.number().nonnegative() })
    .nullable(),
  bytes: BytesByPartSchema,
  codecs: z.array(CodecShareSchema),
  sizes: z.object({
    record: DistributionSchema,
    key: DistributionSchema,
    value: DistributionSchema,
    batch: DistributionSchema,
    recordsPerBatch: DistributionSchema,
  }),
  /** The largest first. */
  largestRecords: z.array(LargeRecordSchema),
  /** By the bytes of all records with the key, and of the name with its values. */
  topKeys: z.array(TopSchema),
  topHeaderNames: z.array(TopSchema),
});
export type Statistics = z.infer<typeof StatisticsSchema>;

export const StatisticsReportSchema = z.object({
  schema: z.literal('strata.stats/1'),
  directory: z.string(),
  logs: z.array(StatisticsSchema),
});
export type StatisticsReport = z.infer<typeof StatisticsReportSchema>;
