/**
 * From a directory to the files of a report: made, redacted, written. The way that the command line and the window share.
 */
import { hostname } from 'node:os';
import { AppError } from '../../shared/errors';
import type { Report } from '../../shared/report';
import type { ReportContents } from '../../shared/report-request';
import type { ReadingFileSystem } from '../engine/file-system';
import { batchRows } from './batch-rows';
import { redactReport } from './redaction';
import { readReport } from './report-file';
import { makeReport, type ReportOptions } from './report-model';
import { type WriteOptions, type WrittenFile, writeReport } from './write-report';

export interface ReportTask
  extends Pick<ReportOptions, 'version' | 'nowMs' | 'brokerConfig' | 'signal' | 'onProgress'> {
  /** Of the directory, or of a report's file. */
  readonly path: string;
  readonly contents: ReportContents;
  /** Of the hashes; asked for only where the report is redacted. */
  readonly redactionKey: () => Promise<string>;
}

/** A report as it was made, and as it may be shown. */
export interface ProducedReport {
  readonly made: Report;
  readonly shown: Report;
}

/**
 * A file is taken for a report, which other formats can be made of: it is as deep as it is, and once redacted it stays so.
 *
 * @throws as `makeReport` and `readReport`; what reading the key throws; AppError NOT_IN_REPORT for batches of a report
 */
export async function produceReport(fs: ReadingFileSystem, task: ReportTask): Promise<ProducedReport> {
  const { path, contents, redactionKey, ...rest } = task;
  const { depth, analysesCompaction, tellsHostName, isRedacted, hashesTopics, formats } = contents;
  const isSaved = (await fs.status(path))?.kind === 'file';
  if (isSaved && formats.includes('parquet'))
    throw new AppError(
      'NOT_IN_REPORT',
      'Batches are not in a saved report: Parquet is made of the directory.',
    );
  const hostName = tellsHostName ? hostname() : null;
  const made = isSaved
    ? await readReport(fs, path)
    : await makeReport(fs, path, { ...rest, depth, analysesCompaction, hostName });
  if (!isRedacted || made.redaction.isOn) return { made, shown: made };
  const options = { key: await redactionKey(), hashesTopics, ownHostName: hostname() };
  return { made, shown: redactReport(made, options) };
}

/** @throws as `writeReport`; what reading the batches throws */
export function writeProduced(
  fs: ReadingFileSystem,
  { made, shown }: ProducedReport,
  options: Omit<WriteOptions, 'batches'>,
): Promise<WrittenFile[]> {
  const { signal } = options;
  return writeReport(shown, { ...options, batches: batchRows(fs, { made, shown, signal }) });
}
