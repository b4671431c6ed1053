/**
 * `strata retention`: what retention would delete now and why the rest stays; with --apply, deletes exactly that.
 *
 * The plan is made by shared/plan/retention-plan.ts from what engine/inspect reads; this file prints it, and runs it.
 */
import { resolve } from 'node:path';
import { AppError } from '../../shared/errors';
import type { RetentionPlan } from '../../shared/plan/retention-plan';
import { givenSettings, settingNumber } from '../../shared/plan/topic-settings';
import type { FutureRecord, KeptSurroundings } from '../../shared/plan/why-kept';
import type { RetentionLogPlan, RetentionReport } from '../../shared/retention';
import { lockLogDirectory } from '../engine/directory-lock';
import { nodeFileSystem as fs } from '../engine/file-system';
import { readFutureRecords } from '../engine/inspect/future-records';
import type { LogDirectory } from '../engine/inspect/list-logs';
import { readRetentionPlan } from '../engine/inspect/read-retention-plan';
import type { RetentionClock } from '../engine/inspect/retention-facts';
import type { RetentionInputs } from '../engine/inspect/retention-inputs';
import { copyLog } from '../engine/log/copy-log';
import { runRetention } from '../engine/log/retention-run';
import { RunJournal, stateDirectory } from '../engine/log/run-journal';
import { quickReadingFileSystem } from '../engine/quick-file-system';
import { type Command, onlyDirectory, type Terminal, usageError } from './command';
import { parseDuration, parseOptions, parseSize, parseTime } from './parse-values';
import {
  appliedStatus,
  logsToPlan,
  planEachLog,
  requireCleanupPolicy,
  type Surroundings,
} from './planned-logs';
import { type ExplainedPlan, retentionText } from './retention-text';

export const retention: Command = {
  name: 'retention',
  usage:
    'DIR [--topic T] [--cleanup-policy P] [--retention-ms N] [--retention-bytes N] [--broker-config FILE] [--now T] [--clock kafka|mtime] [--apply] [--copy-to DIR] [--archive-to DIR] [--json]',
  summary: 'What retention deletes now, when the rest goes and why it stays; or deletes it',
  options: [
    '--topic T             only the partitions of this topic',
    "--cleanup-policy P    delete, compact, compact,delete, or '' for neither",
    '--retention-ms N      or 12h, 7d; -1 for no limit',
    '--retention-bytes N   or 512MiB, 1GiB; -1 for no limit',
    '--broker-config FILE  server.properties of the broker, whose static values are in no log',
    '--now T               plan as of this time (ms since the epoch, or ISO 8601)',
    '--clock kafka|mtime   largest timestamps as Kafka takes them, or modification times',
    '--apply               delete: files become .deleted until `strata purge`; `strata undo` takes it back',
    '--copy-to DIR         apply to a copy that is made there',
    '--archive-to DIR      copy what is deleted there first',
    '--json                as JSON',
  ],
  async run(args, terminal) {
    const { values, positionals } = parseOptions(
      args,
      {
        topic: { type: 'string' },
        'cleanup-policy': { type: 'string' },
        'retention-ms': { type: 'string' },
        'retention-bytes': { type: 'string' },
        'broker-config': { type: 'string' },
        now: { type: 'string' },
        clock: { type: 'string' },
        apply: { type: 'boolean' },
        'copy-to': { type: 'string' },
        'archive-to': { type: 'string' },
        json: { type: 'boolean' },
      },
      ['cleanup-policy'],
    );
    requireCleanupPolicy(values['cleanup-policy']);
    const given = givenSettings({
      'cleanup.policy': values['cleanup-policy'],
      'retention.ms': parseDuration('retention-ms', values['retention-ms']),
      'retention.bytes': parseSize('retention-bytes', values['retention-bytes']),
    });
    if (values.clock !== undefined && values.clock !== 'kafka' && values.clock !== 'mtime')
      throw usageError(`--clock takes kafka or mtime, not ${values.clock}.`);
    const { path, logs } = await logsToPlan(quickReadingFileSystem, onlyDirectory(positionals), values.topic);
    const wish: Wish = {
      given,
      nowMs: parseTime('now', values.now) ?? terminal.now(),
      clock: values.clock === 'mtime' ? 'modification-time' : 'kafka',
      apply: values.apply ?? false,
      copyTo: values['copy-to'] ?? null,
      archiveTo: values['archive-to'] ?? null,
      groupId: RunJournal.newId(terminal.now()),
    };
    if (!wish.apply && (wish.copyTo ?? wish.archiveTo) !== null)
      throw usageError('--copy-to and --archive-to go with --apply.');
    const { signal } = terminal;
    const brokerConfig = values['broker-config'] ?? null;
    const plans = await planEachLog(quickReadingFileSystem, logs, { brokerConfig, signal }, (log, around) =>
      planAndApply(log, { ...around, wish, terminal, tellsWhy: !values.json }),
    );
    const report: RetentionReport = {
      schema: 'strata.retention-plan/1',
      directory: path,
      nowMs: wish.nowMs,
      clock: wish.clock,
      logs: plans.map(({ shown }) => shown),
    };
    await terminal.out(
      values.json ? `${JSON.stringify(report)}\n` : retentionText({ ...report, plans }, wish.apply),
    );
    return wish.apply ? appliedStatus(report.logs, ({ deletions }) => deletions.length > 0) : 0;
  },
};

interface Wish {
  readonly given: ReadonlyMap<string, string>;
  readonly nowMs: number;
  readonly clock: RetentionClock;
  readonly apply: boolean;
  readonly copyTo: string | null;
  readonly archiveTo: string | null;
  readonly groupId: string;
}

interface PlanningLog extends Surroundings {
  readonly wish: Wish;
  readonly terminal: Terminal;
  /** As text does; JSON has no use for what reasons are told with. */
  readonly tellsWhy: boolean;
}

async function planAndApply(log: LogDirectory, around: PlanningLog): Promise<ExplainedPlan> {
  const { policies, broker, wish, terminal } = around;
  const given = { given: wish.given, clock: wish.clock };
  const options = { policies, broker, ...given, signal: terminal.signal };
  const { inputs, plan, shown } = await readRetentionPlan(quickReadingFileSystem, log, options, wish.nowMs);
  const explained = { around: await surroundingsOf(log, inputs, plan, around) };
  const refusal = wish.copyTo === null ? inputs.refusal : null;
  if (!wish.apply || refusal !== null || plan.deletions.length === 0)
    return { ...explained, shown: { ...shown, refusal, applied: null } };
  try {
    const fileDeleteDelayMs = settingNumber(inputs.settings['file.delete.delay.ms']) ?? 0;
    const applied = await apply(
      log,
      wish,
      (lock, journal) =>
        runRetention(fs, {
          lock,
          plan,
          logEndOffset: inputs.facts.logEndOffset,
          journal,
          groupId: wish.groupId,
          nowMs: terminal.now(),
          fileDeleteDelayMs,
        }),
      plan.deletions.map(({ baseOffset }) => baseOffset),
    );
    return { ...explained, shown: { ...shown, refusal: null, applied } };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { ...explained, shown: { ...shown, refusal: error.message, applied: null } };
  }
}

/** What the reasons of the plan are told with. */
async function surroundingsOf(
  log: LogDirectory,
  { facts, policy, settings }: RetentionInputs,
  { freedBytes }: RetentionPlan,
  { wish: { nowMs }, terminal: { signal }, tellsWhy }: PlanningLog,
): Promise<KeptSurroundings> {
  const futureRecords = tellsWhy ? await futureRecordsOf(log, facts, { nowMs, signal }) : NO_RECORDS;
  return {
    ...{ policy, nowMs, log: facts },
    keptBytes: facts.sizeInBytes - freedBytes,
    segmentMs: settingNumber(settings['segment.ms']) ?? Number.POSITIVE_INFINITY,
    futureRecordOf: (baseOffset) => futureRecords.get(baseOffset) ?? null,
  };
}

const NO_RECORDS: ReadonlyMap<number, FutureRecord> = new Map();

/** None where they cannot be read: the plan stands without them. */
async function futureRecordsOf(
  log: LogDirectory,
  { segments }: RetentionInputs['facts'],
  options: { readonly nowMs: number; readonly signal: AbortSignal },
): Promise<ReadonlyMap<number, FutureRecord>> {
  try {
    return await readFutureRecords(quickReadingFileSystem, log.path, segments, options);
  } catch (error) {
    if (!(error instanceof AppError) || options.signal.aborted) throw error;
    return NO_RECORDS;
  }
}

type Run = Awaited<ReturnType<typeof runRetention>>;
type RunUnderLock = (lock: Awaited<ReturnType<typeof lockLogDirectory>>, journal: RunJournal) => Promise<Run>;

/** In place or on a copy, under the lock, with what goes archived first. */
async function apply(
  log: LogDirectory,
  { copyTo, archiveTo }: Wish,
  run: RunUnderLock,
  deleted: readonly number[],
): Promise<RetentionLogPlan['applied']> {
  const directory = copyTo === null ? log.path : await copyLog(fs, log.path, resolve(copyTo));
  const lock = await lockLogDirectory(fs, directory);
  try {
    if (archiveTo !== null)
      await copyLog(fs, directory, resolve(archiveTo), { baseOffsets: new Set(deleted) });
    const done = await run(lock, new RunJournal(fs, stateDirectory(process.env)));
    return {
      runId: done.runId,
      directory,
      deletedSegmentCount: done.deletedBaseOffsets.length,
      purgeDueAtMs: done.purgeDueAtMs,
    };
  } finally {
    await lock.release();
  }
}
