/**
 * From a directory to the files of a report: made, redacted, written. The way that the command line and the window share.
 */
import { hostname } from 'node:os';
import type { Report } from '../../shared/report';
import type { ReportContents } from '../../shared/report-request';
import type { ReadingFileSystem } from '../engine/file-system';
import { batchRows } from './batch-rows';
import { redactReport } from './redaction';
import { makeReport, type ReportOptions } from './report-model';
import { type WriteOptions, type WrittenFile, writeReport } from './write-report';

export interface ReportTask
  extends Pick<ReportOptions, 'version' | 'nowMs' | 'brokerConfig' | 'signal' | 'onProgress'> {
  /** Of the directory. */
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

/** @throws as `makeReport`; what reading the key throws */
export async function produceReport(fs: ReadingFileSystem, task: ReportTask): Promise<ProducedReport> {
  const { path, contents, redactionKey, ...rest } = task;
  const { depth, analysesCompaction, tellsHostName, isRedacted, hashesTopics } = contents;
  const hostName = tellsHostName ? hostname() : null;
  const made = await makeReport(fs, path, { ...rest, depth, analysesCompaction, hostName });
  if (!isRedacted) return { made, shown: made };
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
