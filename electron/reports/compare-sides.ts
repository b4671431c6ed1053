/**
 * Two states of a directory side by side: reads each, a directory or a report's file, and of two directories the records
 * that both have. The command line and the window show what comes of it. Writes nothing.
 */
import { join } from 'node:path';
import type { DirectoryDiff, LogDiff } from '../../shared/report-diff';
import type { Bytes, TimestampMs } from '../../shared/units';
import type { ReadingFileSystem } from '../engine/file-system';
import { firstDifference } from './compare-records';
import { diffReports, type Side } from './diff-reports';
import { readReport } from './report-file';
import { makeReport } from './report-model';

export interface ComparisonProgress {
  /** Bytes of one side are read, then of the other, then the records compared: each from 0 to its own total. */
  readonly step: 'read' | 'compared';
  readonly bytesDone: Bytes;
  readonly bytesTotal: Bytes;
}

interface Watched {
  readonly signal?: AbortSignal;
  readonly onProgress: (progress: ComparisonProgress) => void;
}

export interface SideOptions extends Watched {
  /** Of the program. */
  readonly version: string;
  /** The same for both sides: two directories are then of one time, and nothing has grown between them. */
  readonly nowMs: TimestampMs;
  /** Counts the records of a data directory, too. */
  readonly counts: boolean;
}

/** @throws AppError NOT_A_REPORT for a file that is none, and what reading a directory throws */
export async function readSide(fs: ReadingFileSystem, path: string, options: SideOptions): Promise<Side> {
  if ((await fs.status(path))?.kind === 'file') return { report: await readReport(fs, path), isReport: true };
  const { version, nowMs, counts, signal, onProgress } = options;
  const report = await makeReport(fs, path, {
    ...{
      version,
      nowMs,
      depth: counts ? 'headers' : null,
      ...(signal === undefined ? {} : { signal }),
    },
    ...{ analysesCompaction: false, readsStatistics: false, listsBatches: false },
    ...{ hostName: null, brokerConfig: null },
    onProgress: (progress) => onProgress({ step: 'read', ...progress }),
  });
  return { report, isReport: false };
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
