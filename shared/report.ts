/**
 * The schema of a report, `strata.report/1`: everything that the screens show of a directory except record contents.
 *
 * Made of the schemas of inspections and plans, so that what they gain is in the report, too. In a file the lists
 * inside it are packed (packed-rows.ts). Units: sizes in bytes, times in ms since the epoch (UTC), end offsets exclusive.
 *
 * From the first release on fields only come in addition within a version: one that came later has a default, which stands for it in a file
 * that was written before, and a field that is not known is passed over.
 */
import { z } from 'zod';
import { BatchTableSchema } from './batch-table';
import { CompactionAnalysisSchema, CompactionFactsSchema } from './compaction';
import { DirectorySchema, ErrorSchema, LogSummarySchema, SavedReportSchema } from './contract';
import { DirectorySpaceSchema, LogUsageSchema } from './disk-usage';
import { ReportedWriterSchema } from './engine-writer';
import { IndexFactsSchema } from './index-facts';
import { ReportedRebuildSchema } from './index-rebuild';
import { BrokerStateSchema, LogSchema, TransactionsSchema } from './inspection';
import { RetentionFactsSchema, RetentionLogPlanSchema, RunSchema } from './retention';
import { StartupPlanSchema } from './startup';
import { StatisticsSchema } from './statistics';

const Int = z.number().int();
const Count = Int.nonnegative();

export const REPORT_SCHEMA = 'strata.report/1';

/** A size that is coming, an estimate; null where the rate cannot be seen. */
const GrowthSchema = z.object({
  bytesPerMs: z.number().nonnegative(),
  /** The span the rate was seen over, by the log's own timestamps. */
  spanMs: Count,
  points: z.array(z.object({ atMs: Int, withPolicyBytes: Count, withoutPolicyBytes: Count })),
});

export const ReportLogSchema = z.object({
  ...LogSummarySchema.pick({ name: true, topic: true, partition: true, state: true, format: true }).shape,
  /** Why the log could not be read; what follows is then null. */
  error: ErrorSchema.nullable(),
  inspection: LogSchema.nullable(),
  /** Of every segment: what follows its base offset in the file's name, as in `log` or `index`. */
  files: z.array(z.object({ baseOffset: Int, suffix: z.string(), sizeInBytes: Count, modifiedAtMs: Int })),
  /** What takes its space, files that are no segment's included. */
  usage: LogUsageSchema.nullable(),
  /** Who writes it with the engine, and what that program has counted; null where nothing says that one ever did. */
  writer: ReportedWriterSchema.nullable().default(null),
  /** Made by Strata on the machine of the report, the latest first; those that were taken back are left out. */
  runs: z.array(RunSchema).default([]),
  /** Of current logs only: a broker plans nothing for the others. Made for `madeAtMs`. */
  retention: z
    .object({ facts: RetentionFactsSchema, plan: RetentionLogPlanSchema, growth: GrowthSchema.nullable() })
    .nullable(),
  /** Of current logs, and not at a glance: it reads what is behind the newest snapshot. */
  compaction: z
    .object({
      facts: CompactionFactsSchema,
      /** null where it was not asked for: it reads the cleanable part of the log twice. */
      analysis: CompactionAnalysisSchema.nullable(),
    })
    .nullable(),
  /** null where they were not asked for: every byte is read for them. Lists of at most ten, as the window shows them. */
  statistics: z
    .object({
      log: StatisticsSchema,
      /** Of each segment, ascending; none where the report has more than 500 segments. */
      segments: z.array(StatisticsSchema),
    })
    .nullable(),
  /** null where they were not asked for, or where the report has no room left for those of this log. */
  batches: z
    .object({
      table: BatchTableSchema,
      /** The entries of its indexes with what the Index screen derives from them. */
      indexes: IndexFactsSchema,
    })
    .nullable(),
  /**
   * Which index files would be written anew, and why, for the topic's own index.interval.bytes. null where it was not asked
   * for, because every byte is read for it, and for the original log manager's format.
   */
  indexRebuild: ReportedRebuildSchema.nullable().default(null),
  /**
   * null where they were not asked for: every byte is read for them. The newest 5,000, as the window lists them; fewer
   * where the transactions of many logs together would be more than 200,000.
   */
  transactions: TransactionsSchema.extend({
    /** Of all, listed or not; none in a report that was saved before they were counted. */
    counts: z.object({ committed: Count, aborted: Count, open: Count }).optional(),
  })
    .nullable()
    .default(null),
});
export type ReportLog = z.infer<typeof ReportLogSchema>;

export const ReportSchema = z.object({
  schema: z.literal(REPORT_SCHEMA),
  ...SavedReportSchema.shape,
  /** Of the program that made it. */
  version: z.string(),
  redaction: z.object({
    /** On: paths are cut to their last name, and texts that Strata does not know to be harmless are keyed hashes. */
    isOn: z.boolean(),
    hashesTopics: z.boolean(),
    /** Two reports with the same one have the same hash for the same text; null where redaction is off. */
    keyId: z.string().nullable(),
  }),
  directory: DirectorySchema.pick({ name: true, path: true, kind: true }),
  broker: BrokerStateSchema,
  /** Of the disk that the directory was on. */
  space: DirectorySpaceSchema,
  logs: z.array(ReportLogSchema),
  /** What a broker's next start would do; null where it was not asked for: it checks what a broker would check. */
  startup: z
    .object({
      /** null where it could not be played through, and then why. */
      plan: StartupPlanSchema.omit({ schema: true, directory: true }).nullable(),
      error: ErrorSchema.nullable(),
    })
    .nullable()
    .default(null),
});
export type Report = z.infer<typeof ReportSchema>;
