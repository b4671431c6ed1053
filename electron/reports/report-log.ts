/**
 * What a report holds of one log: its inspection, files, plans, and where asked for statistics and batches. Its directory
 * is listed once for all of them. Reads only.
 */
import { join } from 'node:path';
import type { Depth } from '../../shared/inspection';
import { projectGrowth } from '../../shared/plan/growth-projection';
import { ingestRates } from '../../shared/plan/ingest-rate';
import type { ReportLog } from '../../shared/report';
import type { Statistics } from '../../shared/statistics';
import type { ReadingFileSystem } from '../engine/file-system';
import type { BrokerState } from '../engine/inspect/broker-state';
import { readCompactionInputs } from '../engine/inspect/compaction-inputs';
import { inspectLog, type LogInspection } from '../engine/inspect/inspect-log';
import type { LogDirectory } from '../engine/inspect/list-logs';
import { type LogFiles, listLogFiles } from '../engine/inspect/log-files';
import { planIndexRebuild } from '../engine/inspect/plan-index-rebuild';
import { readIndexFacts } from '../engine/inspect/read-index-facts';
import { readRetentionPlan } from '../engine/inspect/read-retention-plan';
import { readStatistics } from '../engine/inspect/read-statistics';
import { readTransactions } from '../engine/inspect/read-transactions';
import type { RetentionFacts } from '../engine/inspect/retention-facts';
import type { DirectoryPolicies } from '../engine/inspect/topic-policy';
import type { RunRecord } from '../engine/log/run-journal';
import { analyseWith, shownCompactionFacts } from '../workers/analyse-for-window';
import { readEngineWriter } from '../workers/engine-writer';
import { logUsage } from '../workers/log-usage';
import { runRow } from '../workers/run-row';
import { readBatchTable } from './batch-table';
import { rememberingReads } from './remembered-reads';
import type { ReportOptions } from './report-options';
import type { ReportProgress } from './report-progress';

const BATCHES_MAX = 1_000_000;
const MEASURED_SEGMENTS_MAX = 500;
const TRANSACTIONS_MAX = 200_000;
/** Of one log: what the window lists. */
const LOG_TRANSACTIONS_MAX = 5_000;
/** Of the largest records, keys and names of headers: what the window shows. */
const LIST_LENGTH = 10;

/** What of a report grows with its logs, so that it has an end over all of them. */
export class ReportBudget {
  batchesLeft = BATCHES_MAX;
  measuredSegmentsLeft = MEASURED_SEGMENTS_MAX;
  transactionsLeft = TRANSACTIONS_MAX;
}

export interface LogTask extends ReportOptions {
  readonly depth: Depth;
  readonly broker: BrokerState;
  readonly policies: DirectoryPolicies;
  /** On all logs of the directory, the latest first. */
  readonly runs: readonly RunRecord[];
  readonly progress: ReportProgress;
  readonly budget: ReportBudget;
}

/** @throws AppError where the directory or a file cannot be read; the signal's reason when aborted */
export async function readReportLog(
  disk: ReadingFileSystem,
  log: LogDirectory,
  task: LogTask,
): Promise<ReportLog> {
  const { depth, nowMs, signal, progress } = task;
  const fs = rememberingReads(disk);
  const listed = await listLogFiles(fs, log.path);
  const show = progress.startPass();
  const inspection = await inspectLog(fs, log, {
    ...{ depth, nowMs, listed, ...(signal === undefined ? {} : { signal }) },
    onProgress: ({ bytesDone }) => show(bytesDone),
  });
  const isPlanned = log.state === 'current';
  const retention = isPlanned ? await readRetention(fs, log, listed, task) : null;
  const { name, topic, partition, state, format } = log;
  return {
    ...{ name, topic, partition, state, format, error: null, inspection },
    files: listed.segments.flatMap(({ baseOffset, all }) =>
      all.map((file) => ({
        ...{ baseOffset, suffix: file.name.slice(file.name.indexOf('.') + 1) },
        ...{ sizeInBytes: file.sizeInBytes, modifiedAtMs: file.modifiedAtMs },
      })),
    ),
    usage: await readUsage(fs, log, listed, inspection),
    writer: await readWriter(disk, log),
    runs: runsOfLog(task.runs, log),
    retention: retention?.shown ?? null,
    compaction: retention === null ? null : await readCompaction(fs, log, { ...task, listed, ...retention }),
    statistics: task.readsStatistics ? await measure(fs, log, listed, task) : null,
    batches: task.listsBatches ? await readBatches(fs, log, listed, task) : null,
    indexRebuild: task.plansIndexRebuild && log.format === 'kafka' ? await planRebuild(fs, log, task) : null,
    transactions: task.listsTransactions ? await listTransactions(fs, log, task) : null,
  };
}

/** Those that were not taken back. */
export function runsOfLog(runs: readonly RunRecord[], { path }: LogDirectory): ReportLog['runs'] {
  return runs.filter(({ logPath, state }) => logPath === path && state !== 'undone').map(runRow);
}

/** As it is at this moment, whatever time is planned for, so that nothing remembered is asked. */
async function readWriter(disk: ReadingFileSystem, { path }: LogDirectory): Promise<ReportLog['writer']> {
  const writer = await readEngineWriter(disk, { path, nowMs: Date.now() });
  if (writer === null || writer.metrics === null) return writer && { ...writer, metrics: null };
  const { hostName: _, ...metrics } = writer.metrics;
  return { ...writer, metrics };
}

/** All files of the directory, those of no segment included. */
async function readUsage(
  fs: ReadingFileSystem,
  { path }: LogDirectory,
  { segments, snapshots }: LogFiles,
  inspection: LogInspection,
): Promise<ReportLog['usage']> {
  const sizes = new Map<string, number>();
  for (const { all } of segments)
    for (const { name, sizeInBytes, isRegular } of all) if (isRegular) sizes.set(name, sizeInBytes);
  for (const { file } of snapshots) if (file.isRegular) sizes.set(file.name, file.sizeInBytes);
  for (const { name, kind } of await fs.list(path)) {
    if (kind !== 'file' || sizes.has(name)) continue;
    const status = await fs.status(join(path, name));
    if (status?.kind === 'file') sizes.set(name, status.sizeInBytes);
  }
  const files = [...sizes].map(([name, sizeInBytes]) => ({ name, sizeInBytes }));
  return logUsage(files, inspection.segments);
}

const DAY_MS = 86_400_000;
const GROWTH_DAYS = 14;
const NOTHING_GIVEN: ReadonlyMap<string, string> = new Map();

interface FoundRetention {
  readonly shown: NonNullable<ReportLog['retention']>;
  readonly facts: RetentionFacts;
}

async function readRetention(
  fs: ReadingFileSystem,
  log: LogDirectory,
  listed: LogFiles,
  { broker, policies, nowMs, signal }: LogTask,
): Promise<FoundRetention> {
  const options = { broker, policies, given: NOTHING_GIVEN, clock: 'kafka' as const, signal, listed };
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
  const { policy: cleanup, source: policySource } = known;
  return {
    facts,
    shown: {
      facts: { ...facts, ...{ segments, settings, refusal, policy: cleanup, policySource } },
      plan: { ...shown, refusal, applied: null },
      growth: rate === null ? null : { bytesPerMs: rate.bytesPerMs, spanMs: Math.round(rate.spanMs), points },
    },
  };
}

interface CompactionTask extends LogTask {
  readonly listed: LogFiles;
  readonly shown: FoundRetention['shown'];
  readonly facts: RetentionFacts;
}

async function readCompaction(
  fs: ReadingFileSystem,
  log: LogDirectory,
  { shown, facts: retention, ...task }: CompactionTask,
): Promise<ReportLog['compaction']> {
  const { depth, progress, nowMs } = task;
  const isAnalysed =
    task.analysesCompaction && shown.facts.policy.compacts === true && log.format === 'kafka';
  if (!isAnalysed && depth === 'glance') return null;
  const inputs = { ...task, retention, given: NOTHING_GIVEN };
  const facts = shownCompactionFacts(
    await readCompactionInputs(fs, log, { ...inputs, onProgress: undefined }),
  );
  if (!isAnalysed) return { facts, analysis: null };
  const show = progress.startPass();
  const onProgress = ({ bytesDone }: { bytesDone: number }) => show(bytesDone);
  const analysis = await analyseWith(fs, log, { ...inputs, nowMs, onProgress });
  progress.skipPass();
  return { facts, analysis };
}

async function measure(
  fs: ReadingFileSystem,
  log: LogDirectory,
  { segments }: LogFiles,
  { progress, budget, signal }: LogTask,
): Promise<ReportLog['statistics']> {
  const measured = async (segmentBaseOffset: number | null, show: (bytesDone: number) => void) => {
    const onProgress = ({ bytesDone }: { bytesDone: number }) => show(bytesDone);
    return shortened(await readStatistics(fs, log, { segmentBaseOffset, signal, onProgress }));
  };
  const whole = await measured(null, progress.startPass());
  const show = progress.startPass();
  const each: Statistics[] = [];
  if (segments.length <= budget.measuredSegmentsLeft) {
    budget.measuredSegmentsLeft -= segments.length;
    let bytesBefore = 0;
    for (const { baseOffset, log: file } of segments) {
      each.push(await measured(baseOffset, (bytesDone) => show(bytesBefore + bytesDone)));
      bytesBefore += file.sizeInBytes;
    }
  }
  return { log: whole, segments: each };
}

function shortened(statistics: Statistics): Statistics {
  return {
    ...statistics,
    largestRecords: statistics.largestRecords.slice(0, LIST_LENGTH),
    topKeys: statistics.topKeys.slice(0, LIST_LENGTH),
    topHeaderNames: statistics.topHeaderNames.slice(0, LIST_LENGTH),
  };
}

async function readBatches(
  fs: ReadingFileSystem,
  log: LogDirectory,
  { segments }: LogFiles,
  { progress, budget, policies, signal }: LogTask,
): Promise<ReportLog['batches']> {
  const table = await readBatchTable(fs, segments, {
    ...{ rowsMax: budget.batchesLeft, signal, onBytes: progress.startPass() },
  });
  if (table === null) return null;
  budget.batchesLeft -= table.kinds.length;
  const show = progress.startPass();
  const onProgress = ({ bytesDone }: { bytesDone: number }) => show(bytesDone);
  return { table, indexes: await readIndexFacts(fs, log, { policies, signal, onProgress }) };
}

async function planRebuild(
  fs: ReadingFileSystem,
  log: LogDirectory,
  { progress, broker, policies, signal }: LogTask,
): Promise<ReportLog['indexRebuild']> {
  const show = progress.startPass();
  const onProgress = ({ bytesDone }: { bytesDone: number }) => show(bytesDone);
  return (await planIndexRebuild(fs, log, { broker, policies, given: NOTHING_GIVEN, signal, onProgress }))
    .plan;
}

async function listTransactions(
  fs: ReadingFileSystem,
  { path }: LogDirectory,
  { progress, budget, signal }: LogTask,
): Promise<ReportLog['transactions']> {
  const show = progress.startPass();
  const onProgress = ({ bytesDone }: { bytesDone: number }) => show(bytesDone);
  const { all, firstOpenOffset } = await readTransactions(fs, path, { signal, onProgress });
  const count = Math.min(all.length, LOG_TRANSACTIONS_MAX, budget.transactionsLeft);
  budget.transactionsLeft -= count;
  const counts = { committed: 0, aborted: 0, open: 0 };
  for (const { state } of all) counts[state]++;
  return { transactions: all.slice(all.length - count), total: all.length, counts, firstOpenOffset };
}
