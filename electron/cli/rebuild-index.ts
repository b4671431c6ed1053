/**
 * `strata rebuild-index`: which index files do not fit their log, and what a rebuild would write; with --apply, writes it.
 *
 * The plan is made by engine/inspect/plan-index-rebuild.ts; this file prints it and runs it.
 */
import { AppError } from '../../shared/errors';
import type { IndexRebuildLogPlan, IndexRebuildReport } from '../../shared/index-rebuild';
import { givenSettings } from '../../shared/plan/topic-settings';
import { lockLogDirectory } from '../engine/directory-lock';
import { nodeFileSystem as fs } from '../engine/file-system';
import type { LogDirectory } from '../engine/inspect/list-logs';
import { type IndexRebuildInputs, planIndexRebuild } from '../engine/inspect/plan-index-rebuild';
import { rebuildIndexes } from '../engine/log/rebuild-indexes';
import { RunJournal, stateDirectory } from '../engine/log/run-journal';
import { type Command, onlyDirectory, type Terminal } from './command';
import { indexRebuildText } from './index-rebuild-text';
import { parseOptions, parseSize } from './parse-values';
import { appliedStatus, logsToPlan, planEachLog, requireKafka, type Surroundings } from './planned-logs';

export const rebuildIndex: Command = {
  name: 'rebuild-index',
  usage: 'DIR [--topic T] [--index-interval-bytes N] [--broker-config FILE] [--apply] [--json]',
  summary: 'Index files that are missing or do not fit the log, and what a rebuild writes; or rebuilds them',
  options: [
    '--topic T                 only the partitions of this topic',
    '--index-interval-bytes N  or 4KiB; indexes of another interval are then rebuilt too',
    '--broker-config FILE      server.properties of the broker, whose static values are in no log',
    '--apply                   rebuild: old files become .deleted until `strata purge`; `strata undo` takes it back',
    '--json                    as JSON',
  ],
  async run(args, terminal) {
    const { values, positionals } = parseOptions(args, {
      topic: { type: 'string' },
      'index-interval-bytes': { type: 'string' },
      'broker-config': { type: 'string' },
      apply: { type: 'boolean' },
      json: { type: 'boolean' },
    });
    const interval = parseSize('index-interval-bytes', values['index-interval-bytes']);
    const given = givenSettings({ 'index.interval.bytes': interval });
    const { path, logs } = await logsToPlan(fs, onlyDirectory(positionals), values.topic);
    requireKafka(logs);
    const { signal } = terminal;
    const groupId = RunJournal.newId(terminal.now());
    const isApplied = values.apply ?? false;
    const brokerConfig = values['broker-config'] ?? null;
    const plans = await planEachLog(fs, logs, { brokerConfig, signal }, (log, around) =>
      planAndApply(log, { ...around, given, terminal, apply: isApplied ? groupId : null }),
    );
    const report: IndexRebuildReport = {
      schema: 'strata.rebuild-index-plan/1',
      directory: path,
      logs: plans,
    };
    await terminal.out(values.json ? `${JSON.stringify(report)}\n` : indexRebuildText(report, isApplied));
    return isApplied ? appliedStatus(plans, ({ files }) => files.length > 0) : 0;
  },
};

interface PlanningLog extends Surroundings {
  readonly given: ReadonlyMap<string, string>;
  readonly terminal: Terminal;
  /** Group of the runs; null where only the plan is wanted. */
  readonly apply: string | null;
}

async function planAndApply(
  log: LogDirectory,
  { apply: groupId, terminal, ...around }: PlanningLog,
): Promise<IndexRebuildLogPlan> {
  const inputs = await planIndexRebuild(fs, log, { ...around, signal: terminal.signal });
  const { plan } = inputs;
  if (groupId === null || plan.refusal !== null || plan.files.length === 0) return { ...plan, applied: null };
  try {
    return { ...plan, applied: await apply(log, inputs, groupId, terminal) };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { ...plan, refusal: error.message, applied: null };
  }
}

async function apply(
  log: LogDirectory,
  { plan, segments, indexIntervalBytes, fileDeleteDelayMs }: IndexRebuildInputs,
  groupId: string,
  terminal: Terminal,
): Promise<IndexRebuildLogPlan['applied']> {
  const lock = await lockLogDirectory(fs, log.path);
  try {
    const run = await rebuildIndexes(fs, {
      ...{ lock, segments, files: plan.files, indexIntervalBytes, groupId, fileDeleteDelayMs },
      journal: new RunJournal(fs, stateDirectory(process.env)),
      nowMs: terminal.now(),
      signal: terminal.signal,
    });
    return {
      ...{ runId: run.runId, directory: log.path, purgeDueAtMs: run.purgeDueAtMs },
      fileCount: plan.files.length,
    };
  } finally {
    await lock.release();
  }
}
