/**
 * Makes a report of a directory: what the screens would show of it, read once from disk. Reads only.
 *
 * Of record contents it holds the keys and names of headers that the screens name, and those only where they were asked
 * for. Redaction comes afterwards (redaction.ts); what is read of each log is report-log.ts's business.
 */
import { join } from 'node:path';
import { AppError } from '../../shared/errors';
import type { Depth } from '../../shared/inspection';
import { REPORT_SCHEMA, type Report, type ReportLog } from '../../shared/report';
import type { Bytes } from '../../shared/units';
import type { ReadingFileSystem } from '../engine/file-system';
import { parseSegmentFileName } from '../engine/format/file-names';
import { brokerStateOfEach, readBrokerState } from '../engine/inspect/broker-state';
import { type LogDirectory, listLogs } from '../engine/inspect/list-logs';
import { simulateStartup } from '../engine/inspect/simulate-startup';
import { readDirectoryPolicies } from '../engine/inspect/topic-policy';
import { type RunRecord, runsOn } from '../engine/log/run-journal';
import { mapConcurrently } from '../engine/map-concurrently';
import { directorySpace } from '../workers/disk-surroundings';
import { ReportBudget, readReportLog, runsOfLog } from './report-log';
import type { ReportOptions } from './report-options';
import { ReportProgress } from './report-progress';

/** @throws AppError where the directory cannot be listed or is no log; the signal's reason when aborted */
export async function makeReport(
  fs: ReadingFileSystem,
  path: string,
  options: ReportOptions,
): Promise<Report> {
  const listing = await listLogs(fs, path);
  const depth: Depth = options.depth ?? (listing.kind === 'log' ? 'headers' : 'glance');
  const { version, nowMs, hostName, signal } = options;
  const broker = await readBrokerState(fs, listing.path);
  const brokerOf = await brokerStateOfEach(fs, listing.path);
  const runs = options.stateDirectory === null ? [] : await runsOn(fs, options.stateDirectory, listing.path);
  const policies = await readDirectoryPolicies(fs, listing.logs[0]!.path, options.brokerConfig);
  const sizes = await mapConcurrently(listing.logs, (log) => logFileBytes(fs, log.path));
  const progress = new ReportProgress(sizes, options);
  const budget = new ReportBudget();
  const logs: ReportLog[] = [];
  for (const log of listing.logs) {
    signal?.throwIfAborted();
    progress.startLog();
    const found = await appErrorOr(async () => {
      const around = { broker: await brokerOf(log.path), policies, runs };
      return readReportLog(fs, log, { ...options, ...around, depth, progress, budget });
    });
    logs.push(found instanceof AppError ? unreadableLog(log, found, runs) : found);
  }
  const startup = options.plansStartup ? await planStartup(fs, listing.path, { progress, signal }) : null;
  progress.finish();
  return {
    schema: REPORT_SCHEMA,
    ...{ madeAtMs: nowMs, hostName, depth, version },
    redaction: { isOn: false, hashesTopics: false, keyId: null },
    directory: { name: listing.name, path: listing.path, kind: listing.kind },
    broker,
    space: await directorySpace(fs, listing.path, listing.kind),
    logs,
    startup,
  };
}

/** What cannot be played through is told, for the logs are a report without it, too. */
async function planStartup(
  fs: ReadingFileSystem,
  path: string,
  { progress, signal }: { readonly progress: ReportProgress; readonly signal: AbortSignal | undefined },
): Promise<Report['startup']> {
  const show = progress.startPassOverAll();
  const onProgress = ({ bytesDone }: { bytesDone: Bytes }) => show(bytesDone);
  const found = await appErrorOr(() =>
    simulateStartup(fs, path, { onProgress, ...(signal === undefined ? {} : { signal }) }),
  );
  if (found instanceof AppError) return { plan: null, error: found.toWire() };
  const { directory: _, logs, steps, ...facts } = found;
  return { plan: { ...facts, logs: [...logs], steps: [...steps] }, error: null };
}

/** Of the .log files; 0 where the directory cannot be read, which reading the log will say. */
async function logFileBytes(fs: ReadingFileSystem, path: string): Promise<Bytes> {
  const entries = (await appErrorOr(() => fs.list(path))) ?? [];
  if (entries instanceof AppError) return 0;
  const logs = entries.filter(({ name }) => {
    const parsed = parseSegmentFileName(name);
    return parsed?.kind === 'log' && parsed.state === 'current';
  });
  const sizes = await Promise.all(
    logs.map(async ({ name }) => (await fs.status(join(path, name)))?.sizeInBytes ?? 0),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

async function appErrorOr<T>(read: () => Promise<T>): Promise<T | AppError> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof AppError && error.code !== 'CANCELLED') return error;
    throw error;
  }
}

function unreadableLog(log: LogDirectory, error: AppError, runs: readonly RunRecord[]): ReportLog {
  const { name, topic, partition, state, format } = log;
  return {
    ...{ name, topic, partition, state, format, error: error.toWire(), inspection: null, files: [] },
    ...{ usage: null, retention: null, compaction: null, statistics: null, batches: null },
    ...{ transactions: null, indexRebuild: null, writer: null, runs: runsOfLog(runs, log) },
  };
}
