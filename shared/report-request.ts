/** What a report shall hold and how it is written: what the window asks for and the command line's options mean. */
import { z } from 'zod';
import { DepthSchema } from './inspection';
import { TABLE_NAMES } from './report-tables-list';

/** In the order they are offered. Made into files by electron/reports; pdf by the window alone, from the HTML. */
export const REPORT_FORMATS = ['json', 'html', 'csv', 'md', 'parquet'] as const;
export const ReportFormatSchema = z.enum(REPORT_FORMATS);
export type ReportFormat = z.infer<typeof ReportFormatSchema>;

const TableNameSchema = z.enum(TABLE_NAMES);

export const ReportContentsSchema = z.object({
  formats: z.array(ReportFormatSchema),
  /** Of CSV; null for all that have a row. */
  tables: z.array(TableNameSchema).min(1).nullable(),
  /** null for: every header of a single log, a glance at each log of a data directory. */
  depth: DepthSchema.nullable(),
  /** Reads the cleanable part of each compacted log twice. */
  analysesCompaction: z.boolean(),
  /** Reads every byte; of up to 500 segments twice, for each is measured on its own, too. */
  readsStatistics: z.boolean(),
  /** Every batch and index entry, of up to a million batches: reads every byte. */
  listsBatches: z.boolean(),
  /** How each transaction ended: reads every byte. */
  listsTransactions: z.boolean(),
  /** Compares every index file with what a recovery would write: reads every byte. */
  plansIndexRebuild: z.boolean(),
  /** Plays through a broker's next start: reads what a broker would check. */
  plansStartup: z.boolean(),
  tellsHostName: z.boolean(),
  isRedacted: z.boolean(),
  /** Only where it is redacted. */
  hashesTopics: z.boolean(),
});
export type ReportContents = z.infer<typeof ReportContentsSchema>;
