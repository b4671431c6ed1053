/**
 * Two states of a directory side by side: reads each, a directory or a report's file, and of two directories the records
 * that both have; where one side is a report that lists its batches, the batches of both. Writes nothing.
 */
import { join } from 'node:path';
import { AppError } from '../../shared/errors';
import type { Report } from '../../shared/report';
import type { DirectoryDiff, LogDiff } from '../../shared/report-diff';
import type { Bytes, TimestampMs } from '../../shared/units';
import type { ReadingFileSystem } from '../engine/file-system';
import { firstDifference } from './compare-records';
import { diffReports, type Side } from './diff-reports';
import { redactReport } from './redaction';
import { readReport } from './report-file';
import { makeReport } from './report-model';

export interface ComparisonProgress {
  /** Bytes of one side are read, then of the other, then the records compared: each from 0 to its own total. */
  readonly step: 'read' | 'compared';
  readonly bytesDone: Bytes;
  readonly bytesTotal: Bytes;
}

export interface Watched {
  readonly signal?: AbortSignal;
  readonly onProgress: (progress: ComparisonProgress) => void;
}

export interface SideOptions {
  /** Of the program. */
  readonly version: string;
  /** The same for both sides: two directories are then of one time, and nothing has grown between them. */
  readonly nowMs: TimestampMs;
  /** Counts the records of a data directory, too. */
  readonly counts: boolean;
  /** Of the hashes: asked for only where a report is redacted, and a directory is compared with it. */
  readonly redactionKey: () => Promise<string>;
  /** Asked once for each side that is read. */
  readonly watch: () => Watched;
}

/**
 * A directory that is compared with a report is taken as that was: with its batches where the report lists them, and
 * with the same hashes where they are of the same key.
 *
 * @throws AppError NOT_A_REPORT for a file that is none; INVALID_ARGUMENT where the names of a report are hashes of another
 * key; what reading a directory throws
 */
export async function readSides(
  fs: ReadingFileSystem,
  [before, after]: readonly [before: string, after: string],
  options: SideOptions,
): Promise<[before: Side, after: Side]> {
  const saved = [await savedSide(fs, before), await savedSide(fs, after)] as const;
  const [reportBefore, reportAfter] = saved.map((side) => side?.report ?? null);
  return [
    saved[0] ?? (await directorySide(fs, before, reportAfter ?? null, options)),
    saved[1] ?? (await directorySide(fs, after, reportBefore ?? null, options)),
  ];
}

async function savedSide(fs: ReadingFileSystem, path: string): Promise<Side | null> {
  const isFile = (await fs.status(path))?.kind === 'file';
  return isFile ? { report: await readReport(fs, path), isReport: true } : null;
}

async function directorySide(
  fs: ReadingFileSystem,
  path: string,
  other: Report | null,
  { version, nowMs, counts, redactionKey, watch }: SideOptions,
): Promise<Side> {
  const { signal, onProgress } = watch();
  const made = await makeReport(fs, path, {
    ...{ version, nowMs, depth: counts ? 'headers' : null, ...(signal === undefined ? {} : { signal }) },
    ...{ analysesCompaction: false, readsStatistics: false, hostName: null, brokerConfig: null },
    stateDirectory: null,
    ...{ listsTransactions: false, plansIndexRebuild: false, plansStartup: false },
    listsBatches: other?.logs.some(({ batches }) => batches !== null) === true,
    onProgress: (progress) => onProgress({ step: 'read', ...progress }),
  });
  const report = other?.redaction.isOn ? await redactedLike(other, made, redactionKey) : made;
  return { report, isReport: false };
}

/** Paths stay as they are: this side is before the eyes of who asked. */
async function redactedLike(
  { redaction: { hashesTopics, keyId } }: Report,
  made: Report,
  redactionKey: () => Promise<string>,
): Promise<Report> {
  const redacted = redactReport(made, { key: await redactionKey(), hashesTopics, ownHostName: '' });
  if (redacted.redaction.keyId === keyId) return { ...redacted, directory: made.directory };
  if (!hashesTopics) return made;
  throw new AppError(
    'INVALID_ARGUMENT',
    'The names in the report are hashes of another key than the one of this machine: --redaction-key-file names it.',
  );
}

/** With the records of both where both are directories. @throws AppError where one of them can no longer be read */
export async function compareSides(
  fs: ReadingFileSystem,
  before: Side,
  after: Side,
  { signal, onProgress }: Watched,
): Promise<DirectoryDiff> {
  const found = diffReports(before, after);
  if (before.isReport || after.isReport) return found;
  const bytesTotal = found.logs.reduce((sum, log) => sum + bytesToCompare(log), 0);
  const logs: LogDiff[] = [];
  let bytesPassed = 0;
  for (const log of found.logs) {
    const onBytes = (bytes: Bytes) =>
      onProgress({
        step: 'compared',
        bytesDone: bytesPassed + bytes,
        bytesTotal,
      });
    logs.push(withRecords(log, await compareRecords(fs, log, before, after, { signal, onBytes })));
    bytesPassed += bytesToCompare(log);
  }
  return { ...found, logs };
}

function bytesToCompare({ before, after }: LogDiff): Bytes {
  return before === null || after === null ? 0 : before.sizeInBytes;
}

/** Copies of the same sizes may have other records. */
function withRecords(log: LogDiff, records: LogDiff['records']): LogDiff {
  const differs = log.change === 'same' && (records?.firstDifference ?? null) !== null;
  return { ...log, records, change: differs ? 'changed' : log.change };
}

async function compareRecords(
  fs: ReadingFileSystem,
  log: LogDiff,
  before: Side,
  after: Side,
  options: {
    readonly signal: AbortSignal | undefined;
    readonly onBytes: (bytesDone: Bytes) => void;
  },
): Promise<LogDiff['records']> {
  if (log.before === null || log.after === null) return null;
  const fromOffset = Math.max(log.before.logStartOffset, log.after.logStartOffset);
  const endOffset = Math.max(fromOffset, Math.min(log.before.logEndOffset, log.after.logEndOffset));
  const found = await firstDifference(fs, pathOf(before, log.name), pathOf(after, log.name), {
    ...{ fromOffset, endOffset, ...options },
  });
  return { fromOffset, endOffset, firstDifference: found };
}

function pathOf({ report: { directory } }: Side, name: string): string {
  return directory.kind === 'log' ? directory.path : join(directory.path, name);
}
