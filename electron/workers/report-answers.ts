/**
 * What a scan worker would answer of a directory, answered from a report of it. What a report does not hold (records), or
 * what was not asked for when it was made (statistics, batches, transactions, the next start-up), is refused with NOT_IN_REPORT. Opens nothing.
 */
import { join } from 'node:path';
import type { LogPolicy } from '../../shared/disk-usage';
import { AppError } from '../../shared/errors';
import type { IndexFacts } from '../../shared/index-facts';
import type { Depth } from '../../shared/inspection';
import { parseCleanupPolicy } from '../../shared/plan/cleanup-policy';
import type { StartupReason, StartupStep } from '../../shared/plan/startup-reasons';
import type { Report, ReportLog } from '../../shared/report';
import type { Handlers } from '../../shared/rpc';
import { sentAnalysis } from '../../shared/sent-analysis';
import type { StartupPlan } from '../../shared/startup';
import { spansOf } from '../reports/batch-table';
import { limitOf } from './disk-surroundings';
import { totalsOf } from './log-totals';
import { packFiles } from './packed-files';
import { packInspection, packStartup } from './packed-inspection';
import { packList } from './packed-list';
import type { scanContract } from './scan-contract';

type ScanHandlers = Handlers<typeof scanContract>;
/** Some of a scan worker's answers. */
export type ReportAnswers = Partial<ScanHandlers>;

const DEPTHS: readonly Depth[] = ['glance', 'headers', 'records'];
const OFFSET_DIGITS = 20;
/** In the place of whatever stands against a change on disk. */
const REFUSAL = 'This is a saved report: what it shows cannot be changed from here.';

export function notInReport(what: string): AppError {
  return new AppError('NOT_IN_REPORT', `${what} not in a saved report. Open the directory itself.`);
}

/**
 * @param path Of the report's file. Its logs have paths below it, at which nothing is on any disk; made of their numbers
 * and not of their names, for a report comes from anybody, and a name may lead elsewhere.
 */
export function reportAnswers(report: Report, path: string): ReportAnswers {
  const { directory, madeAtMs, hostName, depth } = report;
  const byPath = new Map(report.logs.map((log, index) => [join(path, String(index)), log]));
  const entryAt = (logPath: string): ReportLog => {
    const log = byPath.get(logPath);
    // The file is read again after a worker died, and may be another one by then.
    if (log === undefined)
      throw new AppError('NOT_FOUND', 'This log is not in the report, or no longer. Open the report again.');
    return log;
  };
  const logAt = (logPath: string): ReportLog => {
    const log = entryAt(logPath);
    if (log.error !== null) throw AppError.fromWire(log.error as Parameters<typeof AppError.fromWire>[0]);
    return log;
  };
  return {
    async 'directory.list'() {
      const logs = [...byPath].map(([logPath, { name, topic, partition, state, format }]) => ({
        ...{ name, topic, partition, state, format, path: logPath },
      }));
      const { isOn: isRedacted } = report.redaction;
      const savedReport = { madeAtMs, hostName, depth, path: directory.path, isRedacted };
      return { name: directory.name, path, kind: directory.kind, logs, savedReport };
    },
    'directory.problems': async () => [], // names that no broker starts with are in the next start-up, if anywhere
    'directory.brokerState': async () => report.broker,
    async 'directory.startup'({ path: wanted }) {
      const plan = startupOf(report);
      return packStartup(wanted === path ? plan : planOfLog(plan, logAt(wanted).name));
    },
    async 'logs.glance'({ logs }) {
      return logs.map(({ path: logPath }) => {
        const { inspection, error, usage } = entryAt(logPath);
        const totals = inspection === null ? null : totalsOf(inspection);
        return { totals, usage, error, files: null };
      });
    },
    'logs.policies': async ({ logs }) => logs.map(({ path: logPath }) => policyOf(entryAt(logPath))),
    'directory.space': async () => report.space,
    'logs.files': async ({ paths }) => paths.map(() => null), // nothing to watch
    'runs.on': async () => [], // none that could be purged or undone from here
    'log.runs': async ({ path: logPath }) => logAt(logPath).runs,
    async 'log.engineWriter'({ path: logPath }) {
      const { writer } = logAt(logPath);
      return writer && { ...writer, metrics: writer.metrics && { ...writer.metrics, hostName: '' } };
    },
    async 'log.inspect'({ log, depth: wanted }) {
      const { inspection } = logAt(log.path);
      if (DEPTHS.indexOf(wanted) > DEPTHS.indexOf(depth)) throw notInReport('More than was read for it is');
      return {
        ...{ depth, files: packFiles([]), usage: null, segments: await packList([]) },
        ...{ inspection: await packInspection(inspection!), totals: totalsOf(inspection!) },
      };
    },
    async 'log.retentionFacts'({ log, cleanupPolicy, clock, brokerConfigPath }) {
      if (brokerConfigPath !== null) throw notInReport('What another server.properties would change is');
      const { retention, files } = logAt(log.path);
      if (retention === null) throw notInReport('Retention of a log that is not current is');
      const { facts } = retention;
      const given = cleanupPolicy === null ? null : parseCleanupPolicy(cleanupPolicy);
      return {
        ...facts,
        ...(given === null ? {} : { policy: given, policySource: 'given' as const }),
        segments: clock === 'kafka' ? facts.segments : byModificationTime(facts.segments, files),
        refusal: REFUSAL,
      };
    },
    async 'log.compactionFacts'({ log, cleanupPolicy }) {
      const facts = logAt(log.path).compaction?.facts;
      if (facts === undefined) throw notInReport('At a glance, what compaction needs to know is');
      const given = cleanupPolicy === null ? null : parseCleanupPolicy(cleanupPolicy);
      const policy = given === null ? {} : { policy: given, policySource: 'given' as const };
      return { ...facts, ...policy, refusal: REFUSAL };
    },
    async 'log.compaction'({ log, cleanupPolicy, minCompactionLagMs, deleteRetentionMs, kafkaVersion }) {
      const analysis = logAt(log.path).compaction?.analysis ?? null;
      if (analysis === null) throw notInReport('An analysis of compaction that was not asked for is');
      // The other settings only say whether the cleaner takes the log, which is told without reading it.
      const others = [cleanupPolicy, minCompactionLagMs, deleteRetentionMs, kafkaVersion];
      if (others.some((setting) => setting !== null)) throw notInReport('An analysis with other settings is');
      // Of one that damage ended, the refusal says what is damaged.
      if (analysis.plan.reasons.includes('damaged')) return sentAnalysis(analysis);
      return sentAnalysis({ ...analysis, plan: { ...analysis.plan, refusal: REFUSAL } });
    },
    async 'log.statistics'({ log, segmentBaseOffset }) {
      const { statistics } = logAt(log.path);
      if (statistics === null) throw notInReport('Statistics that were not asked for are');
      if (segmentBaseOffset === null) return statistics.log;
      const found = statistics.segments.find((each) => each.segmentBaseOffset === segmentBaseOffset);
      if (found === undefined)
        throw notInReport('Statistics of single segments, of which there were too many, are');
      return found;
    },
    async 'log.transactions'({ path: logPath, limit }) {
      const { transactions } = logAt(logPath);
      if (transactions === null) throw notInReport('Transactions that were not asked for are');
      return { ...transactions, transactions: transactions.transactions.slice(-limit) };
    },
    async 'log.indexRebuildPlan'({ log, indexIntervalBytes }) {
      const { indexRebuild } = logAt(log.path);
      if (indexRebuild === null) throw notInReport('A plan to rebuild indexes that was not asked for is');
      if (indexIntervalBytes !== null) throw notInReport('A plan for another index.interval.bytes is');
      return { ...indexRebuild, refusal: REFUSAL, applied: null };
    },
    async 'log.indexFacts'({ log }) {
      return batchesOf(logAt(log.path)).indexes;
    },
    async 'segment.spans'({ path: logPath, ...page }) {
      const found = spansOf(batchesOf(logAt(logPath)).table, page);
      if (found === null)
        throw new AppError('NOT_FOUND', `The segment ${page.baseOffset} is not in the report.`);
      // Those of a redacted report are hashes.
      if (!report.redaction.isOn) return found;
      return { ...found, rows: found.rows.map((row) => ({ ...row, crc: null })) };
    },
    async 'segment.offsetIndex'({ path: logPath, baseOffset, limit }) {
      return offsetEntries(batchesOf(logAt(logPath)).indexes, baseOffset, limit);
    },
    async 'segment.files'({ path: logPath, baseOffset }) {
      const name = String(baseOffset).padStart(OFFSET_DIGITS, '0');
      return logAt(logPath)
        .files.filter((file) => file.baseOffset === baseOffset)
        .map(({ suffix, sizeInBytes, modifiedAtMs }) => ({
          ...{ name: `${name}.${suffix}`, sizeInBytes, modifiedAtMs },
        }));
    },
  };
}

/** @throws AppError NOT_IN_REPORT; why it could not be played through */
function startupOf({ startup, directory }: Report): StartupPlan {
  const plan = startup?.plan ?? null;
  if (plan === null && startup?.error != null)
    throw AppError.fromWire(startup.error as Parameters<typeof AppError.fromWire>[0]);
  if (plan === null) throw notInReport('A next start-up that was not asked for is');
  return { schema: 'strata.startup/1', directory: directory.path, ...plan };
}

/** Of other directories, and so not in the plan of one log. */
const ABOUT_TWO_DIRECTORIES: readonly StartupReason[] = ['partition-twice', 'future-beside-current'];

/** What a plan of this log alone says. */
function planOfLog({ logs, steps, ...facts }: StartupPlan, wanted: string): StartupPlan {
  if (facts.kind === 'log') return { ...facts, logs, steps };
  const isOfLog = ({ log, reason }: StartupStep) => log === wanted && !ABOUT_TWO_DIRECTORIES.includes(reason);
  return {
    ...{ ...facts, kind: 'log', stopsBeforeLoading: false },
    ...{ logs: logs.filter(({ name }) => name === wanted), steps: steps.filter(isOfLog) },
  };
}

function batchesOf({ batches }: ReportLog): NonNullable<ReportLog['batches']> {
  if (batches === null)
    throw notInReport('Batches and index entries that were not asked for, or were too many, are');
  return batches;
}

/** Thinned evenly to the limit, as they are of a directory. */
function offsetEntries({ segments, offsetEntries: all }: IndexFacts, baseOffset: number, limit: number) {
  const rows = segments.find((segment) => segment.baseOffset === baseOffset)?.rows?.offsets;
  const { from, count: entryCount } = rows ?? { from: 0, count: 0 };
  const count = Math.min(entryCount, limit);
  const pick = (slot: number) => from + Math.floor((slot * entryCount) / count);
  return {
    entryCount,
    offsets: Float64Array.from({ length: count }, (_, slot) => baseOffset + all.relativeOffsets[pick(slot)]!),
    positions: Float64Array.from({ length: count }, (_, slot) => all.positions[pick(slot)]!),
  };
}

/** Of a log without a retention plan nothing is known, and so nothing is taken to be deleted. */
function policyOf({ retention }: ReportLog): LogPolicy {
  if (retention === null)
    return { deletes: false, compacts: false, retentionMs: -1, retentionBytes: -1, source: 'assumed' };
  const { policy, policySource, settings } = retention.facts;
  return {
    ...{ ...policy, source: policySource },
    retentionMs: limitOf(settings['retention.ms']),
    retentionBytes: limitOf(settings['retention.bytes']),
  };
}

type Segments = NonNullable<ReportLog['retention']>['facts']['segments'];

function byModificationTime(segments: Segments, files: ReportLog['files']): Segments {
  const modifiedAtMs = new Map(
    files.flatMap((file) => (file.suffix === 'log' ? [[file.baseOffset, file.modifiedAtMs]] : [])),
  );
  return segments.map((segment) => ({
    ...segment,
    largestTimestampMs: modifiedAtMs.get(segment.baseOffset) ?? segment.largestTimestampMs,
    largestTimestampSource: 'modification-time',
  }));
}
