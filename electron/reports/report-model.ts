/**
 * Makes a report of a directory: what the screens would show of it, read once from disk. Reads only.
 *
 * Holds nothing of any record's content. Redaction comes afterwards (redaction.ts); formats are other files' business.
 */

import type { CompactionAnalysis, CompactionWish } from '../../shared/compaction';
import { AppError } from '../../shared/errors';
import type { Depth } from '../../shared/inspection';
import { projectGrowth } from '../../shared/plan/growth-projection';
import { ingestRates } from '../../shared/plan/ingest-rate';
import { REPORT_SCHEMA, type Report, type ReportLog } from '../../shared/report';
import type { Bytes, TimestampMs } from '../../shared/units';
import type { ReadingFileSystem } from '../engine/file-system';
import { type BrokerState, readBrokerState } from '../engine/inspect/broker-state';
import { inspectLog } from '../engine/inspect/inspect-log';
import { type LogDirectory, listLogs } from '../engine/inspect/list-logs';
import { listLogFiles } from '../engine/inspect/log-files';
import { readRetentionPlan } from '../engine/inspect/read-retention-plan';
import { type DirectoryPolicies, readDirectoryPolicies } from '../engine/inspect/topic-policy';
import { analyseForWindow, compactionFactsForWindow } from '../workers/analyse-for-window';
import { directorySpace } from '../workers/disk-surroundings';
import { readFileStates } from '../workers/file-states';
import { logUsage } from '../workers/log-usage';

export interface ReportOptions {
  /** Of the program. */
  readonly version: string;
  readonly nowMs: TimestampMs;
  /** null for: every header of a single log, a glance at each log of a data directory. */
  readonly depth: Depth | null;
  /** Reads the cleanable part of each compacted log twice. */
  readonly analysesCompaction: boolean;
  /** null where the report shall not tell it. */
  readonly hostName: string | null;
  /** Path of a server.properties, or null. */
  readonly brokerConfig: string | null;
  readonly signal?: AbortSignal;
  /** Bytes of .log files, once for each pass over them. */
  readonly onProgress?: (progress: { bytesDone: Bytes; bytesTotal: Bytes }) => void;
}

/** @throws AppError where the directory cannot be listed or is no log; the signal's reason when aborted */
export async function makeReport(
  fs: ReadingFileSystem,
  path: string,
  options: ReportOptions,
): Promise<Report> {
  const listing = await listLogs(fs, path);
  const depth = options.depth ?? (listing.kind === 'log' ? 'headers' : 'glance');
  const { version, nowMs, hostName } = options;
  const listed: { log: LogDirectory; files: ReportLog['files'] | AppError }[] = [];
  for (const log of listing.logs)
    listed.push({ log, files: await appErrorOr(() => listFiles(fs, log.path)) });
  const broker = await readBrokerState(fs, listing.path);
  const policies = await readDirectoryPolicies(fs, listing.logs[0]!.path, options.brokerConfig);
  const surroundings = { broker, policies };
  const pace = new Pace(
    listed.map(({ files }) => logBytes(files)),
    options,
  );
  const logs: ReportLog[] = [];
  for (const { log, files } of listed) {
    options.signal?.throwIfAborted();
    const found =
      files instanceof AppError
        ? files
        : await appErrorOr(() => readLog(fs, log, { ...surroundings, ...options, depth, pace, files }));
    logs.push(found instanceof AppError ? unreadableLog(log, found) : found);
    pace.finishLog();
  }
  return {
    schema: REPORT_SCHEMA,
    ...{ madeAtMs: nowMs, hostName, depth, version },
    redaction: { isOn: false, hashesTopics: false, keyId: null },
    directory: { name: listing.name, path: listing.path, kind: listing.kind },
    broker,
    space: await directorySpace(fs, listing.path, listing.kind),
    logs,
  };
}

async function appErrorOr<T>(read: () => Promise<T>): Promise<T | AppError> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof AppError && error.code !== 'CANCELLED') return error;
    throw error;
  }
}

const identity = ({ name, topic, partition, state, format }: LogDirectory) => ({
  ...{ name, topic, partition, state, format },
});

function unreadableLog(log: LogDirectory, error: AppError): ReportLog {
  const nothing = { inspection: null, files: [], usage: null, retention: null, compaction: null };
  return { ...identity(log), error: error.toWire(), ...nothing };
}

async function listFiles(fs: ReadingFileSystem, path: string): Promise<ReportLog['files']> {
  const { segments } = await listLogFiles(fs, path);
  return segments.flatMap(({ baseOffset, all }) =>
    all.map(({ name, sizeInBytes, modifiedAtMs }) => ({
      ...{ baseOffset, suffix: name.slice(name.indexOf('.') + 1), sizeInBytes, modifiedAtMs },
    })),
  );
}

function logBytes(files: ReportLog['files'] | AppError): Bytes {
  if (files instanceof AppError) return 0;
  return files.reduce((sum, { suffix, sizeInBytes }) => sum + (suffix === 'log' ? sizeInBytes : 0), 0);
}

/** Progress over all logs; each counts as often as it is read. */
class Pace {
  readonly #sizes: readonly Bytes[];
  readonly #options: ReportOptions;
  readonly #passes: number;
  readonly #bytesTotal: Bytes;
  #log = 0;
  #bytesBefore: Bytes = 0;

  constructor(sizes: readonly Bytes[], options: ReportOptions) {
    this.#sizes = sizes;
    this.#options = options;
    this.#passes = options.analysesCompaction ? 3 : 1;
    this.#bytesTotal = sizes.reduce((sum, size) => sum + size, 0) * this.#passes;
  }

  /** @param bytesDone Of the log that is being read. */
  show(bytesDone: Bytes): void {
    this.#options.onProgress?.({ bytesDone: this.#bytesBefore + bytesDone, bytesTotal: this.#bytesTotal });
  }

  finishLog(): void {
    this.#bytesBefore += (this.#sizes[this.#log++] ?? 0) * this.#passes;
    this.show(0);
  }
}

interface LogTask extends ReportOptions {
  readonly depth: Depth;
  readonly broker: BrokerState;
  readonly policies: DirectoryPolicies;
  readonly pace: Pace;
  readonly files: ReportLog['files'];
}

async function readLog(fs: ReadingFileSystem, log: LogDirectory, task: LogTask): Promise<ReportLog> {
  const { depth, nowMs, signal, pace, files } = task;
  const stop = signal === undefined ? {} : { signal };
  const inspection = await inspectLog(fs, log, {
    ...{ depth, nowMs, ...stop },
    onProgress: ({ bytesDone }) => pace.show(bytesDone),
  });
  const isPlanned = log.state === 'current';
  const retention = isPlanned ? await readRetention(fs, log, task) : null;
  const analyses = task.analysesCompaction && retention?.facts.policy.compacts === true;
  const analysis = analyses
    ? await analyseForWindow(fs, log, NO_WISH, nowMs, {
        ...stop,
        onProgress: ({ bytesDone }) => pace.show(logBytes(files) + bytesDone),
      })
    : null;
  const hasFacts = isPlanned && (analyses || depth !== 'glance');
  const compaction = hasFacts
    ? {
        facts: await compactionFactsForWindow(fs, log, NO_WISH, signal ?? NEVER),
        analysis: planned(analysis),
      }
    : null;
  const usage = logUsage(await readFileStates(fs, log.path), inspection.segments);
  return { ...identity(log), error: null, inspection, files, usage, retention, compaction };
}

/** Keys are contents of records: of an analysis, a report holds the plan alone. */
function planned(analysis: CompactionAnalysis | null): CompactionAnalysis | null {
  return analysis === null ? null : { ...analysis, findings: null };
}

const NEVER = new AbortController().signal;
/** The topic's own settings hold. */
const NO_WISH: CompactionWish = {
  cleanupPolicy: null,
  minCleanableDirtyRatio: null,
  minCompactionLagMs: null,
  maxCompactionLagMs: null,
  deleteRetentionMs: null,
  kafkaVersion: null,
};

const DAY_MS = 86_400_000;
const GROWTH_DAYS = 14;
const NOTHING_GIVEN: ReadonlyMap<string, string> = new Map();

async function readRetention(
  fs: ReadingFileSystem,
  log: LogDirectory,
  { broker, policies, nowMs, signal }: LogTask,
): Promise<ReportLog['retention']> {
  const options = { broker, policies, given: NOTHING_GIVEN, clock: 'kafka' as const, signal };
  const { inputs, shown } = await readRetentionPlan(fs, log, options, nowMs);
  const { facts, known, settings, refusal, policy } = inputs;
  const segments = [...facts.segments];
  const rate = ingestRates(segments, nowMs).overall;
  const horizon = { nowMs, horizonMs: GROWTH_DAYS * DAY_MS, pointCount: GROWTH_DAYS };
  const points = projectGrowth(segments, policy, rate, horizon).flatMap(
    ({ atMs, withPolicyBytes, withoutPolicyBytes }) =>
      withPolicyBytes === null || withoutPolicyBytes === null
        ? []
        : [
            {
              atMs: Math.round(atMs),
              withPolicyBytes: Math.round(withPolicyBytes),
              withoutPolicyBytes: Math.round(withoutPolicyBytes),
            },
          ],
  );
  return {
    facts: {
      ...facts,
      ...{ segments, settings, refusal, policy: known.policy, policySource: known.source },
    },
    plan: { ...shown, refusal, applied: null },
    growth: rate === null ? null : { bytesPerMs: rate.bytesPerMs, spanMs: Math.round(rate.spanMs), points },
  };
}
