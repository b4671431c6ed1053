/**
 * From a directory to the files of a report: made, redacted, written. The way that the command line and the window share.
 */
import { hostname } from 'node:os';
import type { Report } from '../../shared/report';
import type { ReportContents } from '../../shared/report-request';
import type { ReadingFileSystem } from '../engine/file-system';
import { batchBytesToRead, batchRows } from './batch-rows';
import { redactReport } from './redaction';
import { readReport } from './report-file';
import { makeReport } from './report-model';
import type { ReportOptions } from './report-options';
import { WholeProgress } from './report-progress';
import { type WriteOptions, type WrittenFile, writeReport } from './write-report';

export interface ReportTask
  extends Pick<
    ReportOptions,
    'version' | 'nowMs' | 'brokerConfig' | 'stateDirectory' | 'signal' | 'onProgress'
  > {
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
  /** Read from the file of a report: its directory may be elsewhere, so that nothing more is read of it. */
  readonly isSaved: boolean;
  readonly progress: WholeProgress;
}

/**
 * A file is taken for a report, which other formats can be made of: it is as deep as it is, and once redacted it stays so.
 *
 * @throws as `makeReport` and `readReport`; what reading the key throws
 */
export async function produceReport(fs: ReadingFileSystem, task: ReportTask): Promise<ProducedReport> {
  const { path, contents, redactionKey, onProgress, ...rest } = task;
  const { tellsHostName, isRedacted, hashesTopics } = contents;
  const isSaved = (await fs.status(path))?.kind === 'file';
  const hostName = tellsHostName ? hostname() : null;
  const progress = new WholeProgress(contents, onProgress);
  const made = isSaved
    ? await readReport(fs, path)
    : await makeReport(fs, path, { ...rest, ...contents, hostName, onProgress: progress.made });
  if (!isRedacted || made.redaction.isOn) return { made, shown: made, isSaved, progress };
  const options = { key: await redactionKey(), hashesTopics, ownHostName: hostname() };
  return { made, shown: redactReport(made, options), isSaved, progress };
}

/**
 * What is read for its files is told to who watched it being made.
 * @throws as `writeReport`; what reading the batches throws
 */
export function writeProduced(
  fs: ReadingFileSystem,
  { progress, ...produced }: ProducedReport,
  options: Omit<WriteOptions, 'batches'>,
): Promise<WrittenFile[]> {
  const { signal } = options;
  progress.batchesMissing(batchBytesToRead(produced.made));
  const batches = batchRows(fs, { ...produced, signal, onProgress: progress.written });
  return writeReport(produced.shown, { ...options, batches });
}
