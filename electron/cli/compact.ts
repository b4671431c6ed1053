/**
 * `strata compact`: what the cleaner would do now, what that frees, and why it does not run; with --apply, does it.
 *
 * The plan is made by electron/engine/inspect/compaction-inputs.ts; this file prints it, and runs it.
 */
import { resolve } from 'node:path';
import type { CompactionLogPlan, CompactionReport, WorstKey } from '../../shared/compaction';
import { AppError } from '../../shared/errors';
import { type CleanerVersion, cleanerVersionOf } from '../../shared/plan/cleaner-version';
import { givenSettings } from '../../shared/plan/topic-settings';
import { lockLogDirectory } from '../engine/directory-lock';
import { nodeFileSystem as fs } from '../engine/file-system';
import { type LogCompaction, readCompactionPlan } from '../engine/inspect/compaction-inputs';
import type { LogDirectory } from '../engine/inspect/list-logs';
import { textOrBase64 } from '../engine/inspect/record-row';
import { runCompaction } from '../engine/log/compaction-run';
import { copyLog } from '../engine/log/copy-log';
import { RunJournal, stateDirectory } from '../engine/log/run-journal';
import { quickReadingFileSystem } from '../engine/quick-file-system';
import { type WorstKey as FoundKey, KEY_BYTES_MAX, WORST_KEYS_MAX } from '../engine/rules/top-keys';
import { type Command, onlyDirectory, type Terminal, usageError } from './command';
import { compactionText, type ExplainedPlan } from './compaction-text';
import { parseDuration, parseInteger, parseOptions, parseRatio, parseTime } from './parse-values';
import {
  appliedStatus,
  logsToPlan,
  planEachLog,
  requireCleanupPolicy,
  requireKafka,
  type Surroundings,
} from './planned-logs';
import { progressLine } from './progress-line';

export const compact: Command = {
  name: 'compact',
  usage:
    'DIR [--topic T] [--cleanup-policy P] [--min-cleanable-dirty-ratio R] [--min-compaction-lag-ms N] [--max-compaction-lag-ms N] [--delete-retention-ms N] [--broker-config FILE] [--kafka-version V] [--exact] [--worst-keys N] [--now T] [--apply] [--copy-to DIR] [--json]',
  summary: 'What compaction keeps and frees, and why it does not run; or compacts',
  options: [
    '--topic T                      only the partitions of this topic',
    "--cleanup-policy P             delete, compact, compact,delete, or '' for neither",
    '--min-cleanable-dirty-ratio R  compact only above this share, 0 to 1',
    '--min-compaction-lag-ms N      or 12h, 7d: leave younger segments alone',
    '--max-compaction-lag-ms N      or 12h, 7d: compact whatever the ratio when a dirty record is older',
    '--delete-retention-ms N        or 12h, 7d: how long tombstones stay',
    '--broker-config FILE           server.properties of the broker, whose static values are in no log',
    '--kafka-version V              clean as a broker of this version does (by default 4.4)',
    '--exact                        compress anew what is compressed, for sizes as a run of Strata gives them',
    `--worst-keys N                 name the N keys with the most superseded bytes, at most ${WORST_KEYS_MAX}: contents of records`,
    '--now T                        plan as of this time (ms since the epoch, or ISO 8601)',
    '--apply                        compact: old segments become .deleted until `strata purge`; `strata undo` takes it back',
    '--copy-to DIR                  apply to a copy that is made there',
    '--json                         as JSON',
  ],
  async run(args, terminal) {
    const { values, positionals } = parseOptions(
      args,
      {
        topic: { type: 'string' },
        'cleanup-policy': { type: 'string' },
        'min-cleanable-dirty-ratio': { type: 'string' },
        'min-compaction-lag-ms': { type: 'string' },
        'max-compaction-lag-ms': { type: 'string' },
        'delete-retention-ms': { type: 'string' },
        'broker-config': { type: 'string' },
        'kafka-version': { type: 'string' },
        exact: { type: 'boolean' },
        'worst-keys': { type: 'string' },
        now: { type: 'string' },
        apply: { type: 'boolean' },
        'copy-to': { type: 'string' },
        json: { type: 'boolean' },
      },
      ['cleanup-policy'],
    );
    requireCleanupPolicy(values['cleanup-policy']);
    const given = givenSettings({
      'cleanup.policy': values['cleanup-policy'],
      'min.cleanable.dirty.ratio': parseRatio(
        'min-cleanable-dirty-ratio',
        values['min-cleanable-dirty-ratio'],
      ),
      'min.compaction.lag.ms': parseDuration('min-compaction-lag-ms', values['min-compaction-lag-ms']),
      'max.compaction.lag.ms': parseDuration('max-compaction-lag-ms', values['max-compaction-lag-ms']),
      'delete.retention.ms': parseDuration('delete-retention-ms', values['delete-retention-ms']),
    });
    const { path, logs } = await logsToPlan(quickReadingFileSystem, onlyDirectory(positionals), values.topic);
    requireKafka(logs);
    const wish: Wish = {
      given,
      kafkaVersion: parseKafkaVersion(values['kafka-version']),
      recompresses: values.exact ?? false,
      worstKeyCount: parseInteger('worst-keys', values['worst-keys'], { min: 1, max: WORST_KEYS_MAX }) ?? 0,
      nowMs: parseTime('now', values.now) ?? terminal.now(),
      apply: values.apply ?? false,
      copyTo: values['copy-to'] ?? null,
      groupId: RunJournal.newId(terminal.now()),
    };
    if (!wish.apply && wish.copyTo !== null) throw usageError('--copy-to goes with --apply.');
    const { signal } = terminal;
    const brokerConfig = values['broker-config'] ?? null;
    const explained = await planEachLog(
      quickReadingFileSystem,
      logs,
      { brokerConfig, signal },
      (log, around) => planAndApply(log, { ...around, wish, terminal }),
    );
    const plans = explained.map(({ plan }) => plan);
    const report: CompactionReport = {
      schema: 'strata.compaction-plan/1',
      directory: path,
      nowMs: wish.nowMs,
      logs: plans,
    };
    await terminal.out(
      values.json ? `${JSON.stringify(report)}\n` : compactionText(report, explained, wish.apply),
    );
    return wish.apply ? appliedStatus(plans, ({ eligible }) => eligible) : 0;
  },
};

function parseKafkaVersion(text: string | undefined): CleanerVersion | undefined {
  if (text === undefined) return undefined;
  const version = cleanerVersionOf(text);
  if (version === null) throw usageError(`--kafka-version takes a version like 3.9 or 4.4.0, not ${text}.`);
  return version;
}

interface Wish {
  readonly given: ReadonlyMap<string, string>;
  readonly kafkaVersion: CleanerVersion | undefined;
  readonly recompresses: boolean;
  readonly worstKeyCount: number;
  readonly nowMs: number;
  readonly apply: boolean;
  readonly copyTo: string | null;
  readonly groupId: string;
}

interface PlanningLog extends Surroundings {
  readonly wish: Wish;
  readonly terminal: Terminal;
}

async function planAndApply(log: LogDirectory, around: PlanningLog): Promise<ExplainedPlan> {
  const { policies, broker, wish, terminal } = around;
  const line = progressLine(terminal, 'analysed');
  const compaction = await readCompactionPlan(quickReadingFileSystem, log, {
    policies,
    broker,
    given: wish.given,
    kafkaVersion: wish.kafkaVersion,
    recompresses: wish.recompresses,
    nowMs: wish.nowMs,
    signal: terminal.signal,
    onProgress: (progress) => line.show(progress),
  });
  line.clear();
  const { damage, surroundings, findings } = compaction;
  const worst = findings?.worstKeys.slice(0, wish.worstKeyCount) ?? [];
  const shown = {
    ...compaction.shown,
    ...(wish.worstKeyCount === 0 ? {} : { worstKeys: worst.map(shownKey) }),
  };
  const explain = (plan: CompactionLogPlan): ExplainedPlan => ({ plan, surroundings });
  const refusal = wish.copyTo === null ? shown.refusal : damage;
  if (!wish.apply || refusal !== null || !shown.eligible)
    return explain({ ...shown, refusal, applied: null });
  try {
    return explain({ ...shown, refusal, applied: await apply(log, compaction, wish, terminal) });
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return explain({ ...shown, refusal: error.message, applied: null });
  }
}

function shownKey({ key, ...sums }: FoundKey): WorstKey {
  return { ...textOrBase64('key', key, KEY_BYTES_MAX), ...sums };
}

/** In place or on a copy, under the lock. */
async function apply(
  log: LogDirectory,
  { facts, task, indexIntervalBytes, fileDeleteDelayMs }: LogCompaction,
  { copyTo, groupId }: Wish,
  terminal: Terminal,
): Promise<CompactionLogPlan['applied']> {
  const { now, signal } = terminal;
  const directory = copyTo === null ? log.path : await copyLog(fs, log.path, resolve(copyTo), { signal });
  const lock = await lockLogDirectory(fs, directory);
  const line = progressLine(terminal, 'compacted');
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
      onProgress: (progress) => line.show(progress),
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
    line.clear();
    await lock.release();
  }
}
