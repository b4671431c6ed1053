/**
 * `strata compact`: what the cleaner would do now, what that frees, and why it does not run; with --apply, does it.
 *
 * The plan is made by electron/engine/inspect/compaction-inputs.ts; this file prints it, and runs it.
 */
import { resolve } from 'node:path';
import type { CompactionLogPlan, CompactionReport } from '../../shared/compaction';
import { AppError } from '../../shared/errors';
import { lockLogDirectory } from '../engine/directory-lock';
import { nodeFileSystem as fs } from '../engine/file-system';
import { type BrokerState, readBrokerState } from '../engine/inspect/broker-state';
import { type LogCompaction, readCompactionPlan } from '../engine/inspect/compaction-inputs';
import type { LogDirectory } from '../engine/inspect/list-logs';
import { type DirectoryPolicies, readDirectoryPolicies } from '../engine/inspect/topic-policy';
import { runCompaction } from '../engine/log/compaction-run';
import { copyLog } from '../engine/log/copy-log';
import { RunJournal, stateDirectory } from '../engine/log/run-journal';
import { type Command, type ExitStatus, onlyDirectory, type Terminal, usageError } from './command';
import { compactionText } from './compaction-text';
import { parseDuration, parseOptions, parseRatio, parseTime } from './parse-values';
import { givenPolicy, logsToPlan } from './planned-logs';
import { progressLine } from './progress-line';

export const compact: Command = {
  name: 'compact',
  usage:
    'DIR [--topic T] [--cleanup-policy P] [--min-cleanable-dirty-ratio R] [--min-compaction-lag-ms N] [--delete-retention-ms N] [--broker-config FILE] [--now T] [--apply] [--copy-to DIR] [--json]',
  summary: 'What compaction keeps and frees, and why it does not run; or compacts',
  options: [
    '--topic T                      only the partitions of this topic',
    '--cleanup-policy P             delete, compact or compact,delete',
    '--min-cleanable-dirty-ratio R  compact only above this share, 0 to 1',
    '--min-compaction-lag-ms N      or 12h, 7d: leave younger segments alone',
    '--delete-retention-ms N        or 12h, 7d: how long tombstones stay',
    '--broker-config FILE           server.properties of the broker, whose static values are in no log',
    '--now T                        plan as of this time (ms since the epoch, or ISO 8601)',
    '--apply                        compact: old segments become .deleted until `strata purge`; `strata undo` takes it back',
    '--copy-to DIR                  apply to a copy that is made there',
    '--json                         as JSON',
  ],
  async run(args, terminal) {
    const { values, positionals } = parseOptions(args, {
      topic: { type: 'string' },
      'cleanup-policy': { type: 'string' },
      'min-cleanable-dirty-ratio': { type: 'string' },
      'min-compaction-lag-ms': { type: 'string' },
      'delete-retention-ms': { type: 'string' },
      'broker-config': { type: 'string' },
      now: { type: 'string' },
      apply: { type: 'boolean' },
      'copy-to': { type: 'string' },
      json: { type: 'boolean' },
    });
    const given = givenPolicy(values['cleanup-policy']);
    const settings = {
      'min.cleanable.dirty.ratio': parseRatio(
        'min-cleanable-dirty-ratio',
        values['min-cleanable-dirty-ratio'],
      ),
      'min.compaction.lag.ms': parseDuration('min-compaction-lag-ms', values['min-compaction-lag-ms']),
      'delete.retention.ms': parseDuration('delete-retention-ms', values['delete-retention-ms']),
    };
    for (const [name, value] of Object.entries(settings))
      if (value !== undefined) given.set(name, String(value));
    const { path, logs } = await logsToPlan(fs, onlyDirectory(positionals), values.topic);
    const wish: Wish = {
      given,
      nowMs: parseTime('now', values.now) ?? terminal.now(),
      apply: values.apply ?? false,
      copyTo: values['copy-to'] ?? null,
      groupId: RunJournal.newId(terminal.now()),
    };
    if (!wish.apply && wish.copyTo !== null) throw usageError('--copy-to goes with --apply.');
    return planAndRun(path, logs, values['broker-config'] ?? null, wish, terminal, values.json ?? false);
  },
};

interface Wish {
  readonly given: ReadonlyMap<string, string>;
  readonly nowMs: number;
  readonly apply: boolean;
  readonly copyTo: string | null;
  readonly groupId: string;
}

async function planAndRun(
  directory: string,
  logs: readonly LogDirectory[],
  brokerConfig: string | null,
  wish: Wish,
  terminal: Terminal,
  isJson: boolean,
): Promise<ExitStatus> {
  const [first] = logs;
  const policies = first === undefined ? null : await readDirectoryPolicies(fs, first.path, brokerConfig);
  const broker = await readBrokerState(fs, first?.path ?? directory);
  const plans: CompactionLogPlan[] = [];
  for (const log of logs) {
    terminal.signal.throwIfAborted();
    plans.push(await planAndApply(log, { policies: policies!, broker, wish, terminal }));
  }
  const report: CompactionReport = {
    schema: 'strata.compaction-plan/1',
    directory,
    nowMs: wish.nowMs,
    logs: plans,
  };
  await terminal.out(isJson ? `${JSON.stringify(report)}\n` : compactionText(report, wish.apply));
  if (!wish.apply) return 0;
  const isDone = plans.every(({ eligible, applied }) => !eligible || applied !== null);
  return isDone && plans.some(({ applied }) => applied !== null) ? 0 : 1;
}

interface Surroundings {
  readonly policies: DirectoryPolicies;
  readonly broker: BrokerState;
  readonly wish: Wish;
  readonly terminal: Terminal;
}

async function planAndApply(log: LogDirectory, around: Surroundings): Promise<CompactionLogPlan> {
  const { policies, broker, wish, terminal } = around;
  const line = progressLine(terminal, 'analysed');
  const compaction = await readCompactionPlan(fs, log, {
    policies,
    broker,
    given: wish.given,
    nowMs: wish.nowMs,
    signal: terminal.signal,
    onProgress: (progress) => line.show(progress),
  });
  line.clear();
  const { shown, damage } = compaction;
  const refusal = wish.copyTo === null ? shown.refusal : damage;
  if (!wish.apply || refusal !== null || !shown.eligible) return { ...shown, refusal, applied: null };
  try {
    return { ...shown, refusal, applied: await apply(log, compaction, wish, terminal) };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { ...shown, refusal: error.message, applied: null };
  }
}

/** In place or on a copy, under the lock. */
async function apply(
  log: LogDirectory,
  { facts, task, indexIntervalBytes, fileDeleteDelayMs }: LogCompaction,
  { copyTo, groupId }: Wish,
  { now, signal }: Terminal,
): Promise<CompactionLogPlan['applied']> {
  const directory = copyTo === null ? log.path : await copyLog(fs, log.path, resolve(copyTo), { signal });
  const lock = await lockLogDirectory(fs, directory);
  try {
    const done = await runCompaction(fs, {
      lock,
      segments: facts.segments,
      task: task!,
      indexIntervalBytes,
      journal: new RunJournal(fs, stateDirectory(process.env)),
      groupId,
      nowMs: now(),
      fileDeleteDelayMs,
      signal,
    });
    return {
      runId: done.runId,
      directory,
      deletedSegmentCount: done.deletedBaseOffsets.length,
      newSegmentCount: done.newBaseOffsets.length,
      freedBytes: done.freedBytes,
      purgeDueAtMs: done.purgeDueAtMs,
    };
  } finally {
    await lock.release();
  }
}
