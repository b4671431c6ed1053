/**
 * Schemas of what takes the space of a directory: per segment and kind of file, as columns; with the policies, the free
 * space, and what is no log's.
 *
 * Rows of all logs stand one after the other, in the order of `logIds`; `segmentCounts` says where each ends.
 */
import { z } from 'zod';

const Int = z.number().int();
const Count = Int.nonnegative();
const Column = z.instanceof(Float64Array);

const LogColumns = {
  /** Ascending within a log; those of deleted segments are among them. */
  baseOffsets: Column,
  /** Of the records, as a broker compares them; -1 where nothing tells. */
  largestTimestampsMs: Column,
  /** As many values a segment as there are kinds of files (file-kinds.ts). */
  bytes: Column,
};

/** Of one log. */
export const LogUsageSchema = z.object({
  ...LogColumns,
  /** Checkpoints, leftovers, and what else is there. */
  otherBytes: Count,
});
export type LogUsage = z.infer<typeof LogUsageSchema>;

/** -1: no limit. */
export const LogPolicySchema = z.object({
  deletes: z.boolean(),
  compacts: z.boolean(),
  retentionMs: Int.min(-1),
  retentionBytes: Int.min(-1),
  source: z.enum(['metadata', 'given', 'assumed']),
});
export type LogPolicy = z.infer<typeof LogPolicySchema>;

export const DirectorySpaceSchema = z.object({
  totalBytes: Count,
  /** For an ordinary user. */
  availableBytes: Count,
  /** Files of the data directory itself: checkpoints and the like. */
  rootFilesBytes: Count,
});
export type DirectorySpace = z.infer<typeof DirectorySpaceSchema>;

export const DiskUsageSchema = z.object({
  /** False while logs are still being read: those are missing here. */
  isComplete: z.boolean(),
  logIds: z.array(z.string()),
  segmentCounts: Column,
  ...LogColumns,
  otherBytes: Column,
  /** In the order of `logIds`. */
  policies: z.array(LogPolicySchema),
  /** Of a saved report, as it was then. */
  space: DirectorySpaceSchema,
});
export type DiskUsage = z.infer<typeof DiskUsageSchema>;
