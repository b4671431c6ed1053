/**
 * `strata compact`: what the cleaner would do now, what that frees, and why it does not run.
 *
 * The plan is made by electron/engine/inspect/plan-compaction.ts; this file gathers what it needs and prints it.
 */
import type { CompactionLogPlan, CompactionReport } from '../../shared/compaction';
import { cleanupPolicyText } from '../../shared/plan/cleanup-policy';
import { settingNumber, settingOf } from '../../shared/plan/topic-settings';
import { nodeFileSystem as fs } from '../engine/file-system';
import { type BrokerState, readBrokerState } from '../engine/inspect/broker-state';
import { readCompactionFacts } from '../engine/inspect/compaction-facts';
import type { LogDirectory } from '../engine/inspect/list-logs';
import { planCompaction } from '../engine/inspect/plan-compaction';
import { policyOf, refusalOf } from '../engine/inspect/policy-refusal';
import {
  type DirectoryPolicies,
  readDirectoryPolicies,
  settingPlacesOf,
} from '../engine/inspect/topic-policy';
import { type Command, type ExitStatus, onlyDirectory, type Terminal } from './command';
import { compactionText } from './compaction-text';
import { parseDuration, parseOptions, parseRatio, parseTime } from './parse-values';
import { givenPolicy, logsToPlan } from './planned-logs';
import { progressLine } from './progress-line';

export const compact: Command = {
  name: 'compact',
  usage:
    'DIR [--topic T] [--cleanup-policy P] [--min-cleanable-dirty-ratio R] [--min-compaction-lag-ms N] [--delete-retention-ms N] [--broker-config FILE] [--now T] [--json]',
  summary: 'What compaction would keep and free, and why it does not run',
  options: [
    '--topic T                      only the partitions of this topic',
    '--cleanup-policy P             delete, compact or compact,delete',
    '--min-cleanable-dirty-ratio R  compact only above this share, 0 to 1',
    '--min-compaction-lag-ms N      or 12h, 7d: leave younger segments alone',
    '--delete-retention-ms N        or 12h, 7d: how long tombstones stay',
    '--broker-config FILE           server.properties of the broker, whose static values are in no log',
    '--now T                        plan as of this time (ms since the epoch, or ISO 8601)',
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
    const wish: Wish = { given, nowMs: parseTime('now', values.now) ?? terminal.now() };
    return planAll(path, logs, values['broker-config'] ?? null, wish, terminal, values.json ?? false);
  },
};

interface Wish {
  readonly given: ReadonlyMap<string, string>;
  readonly nowMs: number;
}

async function planAll(
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
    plans.push(await planOne(log, { policies: policies!, broker, wish, terminal }));
  }
  const report: CompactionReport = {
    schema: 'strata.compaction-plan/1',
    directory,
    nowMs: wish.nowMs,
    logs: plans,
  };
  await terminal.out(isJson ? `${JSON.stringify(report)}\n` : compactionText(report));
  return 0;
}

interface Surroundings {
  readonly policies: DirectoryPolicies;
  readonly broker: BrokerState;
  readonly wish: Wish;
  readonly terminal: Terminal;
}

/** log.cleaner.dedupe.buffer.size, producer.id.expiration.ms: Kafka's defaults, which topics cannot change. */
const DEDUPE_BUFFER_BYTES = 134_217_728;
const PRODUCER_EXPIRATION_MS = 86_400_000;

async function planOne(log: LogDirectory, around: Surroundings): Promise<CompactionLogPlan> {
  const { policies, broker, wish, terminal } = around;
  const places = settingPlacesOf(policies, log, wish.given);
  const known = policyOf(log, places);
  const settings = {
    'min.cleanable.dirty.ratio': settingOf('min.cleanable.dirty.ratio', places),
    'min.compaction.lag.ms': settingOf('min.compaction.lag.ms', places),
    'max.compaction.lag.ms': settingOf('max.compaction.lag.ms', places),
    'delete.retention.ms': settingOf('delete.retention.ms', places),
    'segment.bytes': settingOf('segment.bytes', places),
  };
  const numberOf = (name: keyof typeof settings) => settingNumber(settings[name]) ?? 0;
  const facts = await readCompactionFacts(fs, log, {
    broker: broker.verdict,
    replicaCount: places.metadataTopic?.replicaCounts.get(log.partition ?? -1) ?? null,
    signal: terminal.signal,
  });
  const line = progressLine(terminal, 'analysed');
  const { plan, damage } = await planCompaction(
    fs,
    facts,
    {
      compacts: known.policy.compacts,
      minCleanableDirtyRatio: numberOf('min.cleanable.dirty.ratio'),
      minCompactionLagMs: numberOf('min.compaction.lag.ms'),
      maxCompactionLagMs: numberOf('max.compaction.lag.ms'),
    },
    {
      deleteRetentionMs: numberOf('delete.retention.ms'),
      segmentBytes: numberOf('segment.bytes'),
      segmentIndexBytes: settingNumber(settingOf('segment.index.bytes', places)) ?? 0,
      dedupeBufferBytes: DEDUPE_BUFFER_BYTES,
      producerExpirationMs: PRODUCER_EXPIRATION_MS,
    },
    wish.nowMs,
    { signal: terminal.signal, onProgress: (progress) => line.show(progress) },
  );
  line.clear();
  return {
    name: log.name,
    cleanupPolicy: cleanupPolicyText(known.policy),
    policySource: known.source,
    settings,
    ...plan,
    refusal: damage ?? refusalOf(log, known, broker),
  };
}
