/**
 * Plays through what a broker does to a data directory, or to one log of it, when it starts (LogManager.loadLogs): a
 * plan, and no change. The newest rules, Kafka 4.4.0; one data directory, as most brokers have it.
 *
 * What a start does to a log's files is startup-log.ts's. Here: names of directories, the marker and the checkpoints,
 * and which directories are set aside.
 */
import { basename, dirname, join } from 'node:path';
import { AppError } from '../../../shared/errors';
import type { StartupReason, StartupStep } from '../../../shared/plan/startup-reasons';
import type { Bytes, Offset } from '../../../shared/units';
import type { ReadingFileSystem } from '../file-system';
import {
  CLEANER_CHECKPOINT,
  LOG_START_CHECKPOINT,
  RECOVERY_POINT_CHECKPOINT,
  REPLICATION_CHECKPOINT,
  readOffsetCheckpoint,
} from '../format/checkpoint-files';
import {
  CLEAN_SHUTDOWN_MARKER,
  CLUSTER_METADATA_TOPIC,
  DATA_DIRECTORY_FILES,
  parseSegmentFileName,
} from '../format/file-names';
import {
  type BrokerDirectoryName,
  brokerDirectoryName,
  directoryRefusals,
  REMOTE_INDEX_CACHE,
} from '../rules/startup-names';
import { pathsIn, statusesOf } from '../statuses';
import { type BrokerState, readBrokerState } from './broker-state';
import { listLogs } from './list-logs';
import { readSmallFile } from './read-small-file';
import { type LogStart, simulateLogStart } from './startup-log';
import { type DirectoryPolicies, readDirectoryPolicies } from './topic-policy';

const INDEX_INTERVAL_BYTES_DEFAULT = 4096;
const CHECKPOINTS = [
  RECOVERY_POINT_CHECKPOINT,
  LOG_START_CHECKPOINT,
  REPLICATION_CHECKPOINT,
  CLEANER_CHECKPOINT,
];

export interface StartupLog {
  readonly name: string;
  readonly state: 'current' | 'future' | 'deleted' | 'stray' | 'metadata';
  readonly logStartOffset: Offset;
  /** Exclusive, after the start. */
  readonly logEndOffset: Offset;
  readonly bytesToCheck: Bytes;
  readonly bytesToReplay: Bytes;
}

export interface StartupPlan {
  readonly directory: string;
  readonly kind: 'log' | 'data-directory';
  /** false too where the directory is no broker's: a start then takes it for one of a crash. */
  readonly hadCleanShutdown: boolean;
  /** Who is at work there: the next start depends on how it stops, and what is said here holds for a crash right now. */
  readonly liveWriter: BrokerState['writer'];
  /** Whether the cluster metadata tells which partitions this broker is to have. */
  readonly areAssignmentsKnown: boolean;
  /** True where the broker stops at a name before it loads a log: then only the marker is gone. */
  readonly stopsBeforeLoading: boolean;
  readonly logs: readonly StartupLog[];
  readonly steps: readonly StartupStep[];
}

export interface SimulateOptions {
  readonly signal?: AbortSignal;
  /** Bytes that are checked; called after each piece. The total is an upper bound. */
  readonly onProgress?: (progress: { bytesDone: Bytes; bytesTotal: Bytes }) => void;
}

interface NamedLog {
  readonly name: string;
  readonly path: string;
  /** null for a directory that is no topic-partition: only where it was opened by itself. */
  readonly parsed: BrokerDirectoryName | null;
}

/** @throws AppError NOT_FOUND, NOT_A_DIRECTORY, PERMISSION_DENIED, EMPTY_DIRECTORY, NOT_A_LOG; the signal's reason */
export async function simulateStartup(
  fs: ReadingFileSystem,
  path: string,
  options: SimulateOptions = {},
): Promise<StartupPlan> {
  const { path: directory, kind } = await listLogs(fs, path);
  const root = kind === 'log' ? dirname(directory) : directory;
  const simulation = new Simulation(fs, root, await readSurroundings(fs, root), options);
  if (kind === 'log') {
    const name = basename(directory);
    await simulation.loadOne({ name, path: directory, parsed: brokerDirectoryName(name) });
  } else {
    await simulation.lookAtRoot();
    await simulation.loadLogs(await simulation.logsToLoad());
    simulation.addMissing();
  }
  return simulation.plan(directory, kind);
}

interface Surroundings {
  readonly hadCleanShutdown: boolean;
  readonly liveWriter: BrokerState['writer'];
  /** By `topic partition`; empty where the file tells nothing. */
  readonly recoveryPoints: ReadonlyMap<string, Offset>;
  readonly logStarts: ReadonlyMap<string, Offset>;
  readonly policies: DirectoryPolicies | null;
}

async function readSurroundings(fs: ReadingFileSystem, root: string): Promise<Surroundings> {
  const names = new Set((await fs.list(root).catch(() => [])).map(({ name }) => name));
  if (!DATA_DIRECTORY_FILES.some((name) => names.has(name)))
    return {
      hadCleanShutdown: false,
      liveWriter: null,
      recoveryPoints: new Map(),
      logStarts: new Map(),
      policies: null,
    };
  const { verdict, writer } = await readBrokerState(fs, root);
  return {
    hadCleanShutdown: names.has(CLEAN_SHUTDOWN_MARKER),
    liveWriter: verdict === 'live' ? writer : null,
    recoveryPoints: await checkpointOf(fs, join(root, RECOVERY_POINT_CHECKPOINT)),
    logStarts: await checkpointOf(fs, join(root, LOG_START_CHECKPOINT)),
    policies: await readDirectoryPolicies(fs, join(root, 'any'), null),
  };
}

async function checkpointOf(fs: ReadingFileSystem, path: string): Promise<Map<string, Offset>> {
  const bytes = await readSmallFile(fs, path).catch((error: unknown) => {
    if (error instanceof AppError) return null; // as for a broker: its offsets count as 0
    throw error;
  });
  const entries = bytes === null ? [] : readOffsetCheckpoint(bytes.toString('utf8'));
  if (typeof entries === 'string') return new Map();
  return new Map(entries.map(({ topic, partition, offset }) => [`${topic} ${partition}`, offset]));
}

class Simulation {
  readonly #fs: ReadingFileSystem;
  readonly #root: string;
  readonly #around: Surroundings;
  readonly #options: SimulateOptions;
  readonly #steps: StartupStep[] = [];
  readonly #logs: StartupLog[] = [];
  #stopsBeforeLoading = false;
  #bytesDone = 0;
  #bytesTotal = 0;

  constructor(fs: ReadingFileSystem, root: string, around: Surroundings, options: SimulateOptions) {
    this.#fs = fs;
    this.#root = root;
    this.#around = around;
    this.#options = options;
  }

  plan(directory: string, kind: StartupPlan['kind']): StartupPlan {
    return {
      directory,
      kind,
      hadCleanShutdown: this.#around.hadCleanShutdown,
      liveWriter: this.#around.liveWriter,
      areAssignmentsKnown: this.#brokerId() !== null,
      stopsBeforeLoading: this.#stopsBeforeLoading,
      logs: this.#logs,
      steps: this.#steps,
    };
  }

  /** The marker and the checkpoints. */
  async lookAtRoot(): Promise<void> {
    for (const name of [CLEAN_SHUTDOWN_MARKER, ...CHECKPOINTS]) {
      const status = await this.#fs.status(join(this.#root, name));
      if (status === null && name === CLEAN_SHUTDOWN_MARKER) continue;
      const { sizeInBytes } = status ?? { sizeInBytes: null };
      const step = { log: null, file: name, toName: null, sizeInBytes, detail: null };
      if (name === CLEAN_SHUTDOWN_MARKER)
        this.#steps.push({
          ...step,
          action: 'delete',
          sizeAfterInBytes: null,
          reason: 'clean-shutdown-marker',
        });
      else if (sizeInBytes === null)
        this.#steps.push({ ...step, action: 'create', sizeAfterInBytes: 0, reason: 'checkpoint-missing' });
      else this.#steps.push(await this.#checkpointStep({ ...step, sizeInBytes }));
    }
  }

  async #checkpointStep(
    step: Pick<StartupStep, 'log' | 'file' | 'toName' | 'sizeInBytes' | 'detail'>,
  ): Promise<StartupStep> {
    const bytes = await readSmallFile(this.#fs, join(this.#root, step.file)).catch(() => null);
    const entries = bytes === null ? 'it cannot be read' : readOffsetCheckpoint(bytes.toString('utf8'));
    const same = { action: 'keep', sizeAfterInBytes: step.sizeInBytes } as const;
    return typeof entries === 'string'
      ? { ...step, ...same, reason: 'checkpoint-malformed', detail: `${entries}.` }
      : { ...step, ...same, reason: 'unchanged' };
  }

  /** Every directory but the metadata log's and the cache of tiered indexes; a name that is none stops the broker. */
  async logsToLoad(): Promise<NamedLog[]> {
    const logs: NamedLog[] = [];
    const entries = (await this.#fs.list(this.#root)).filter(({ kind }) => kind === 'directory');
    const names = entries.map(({ name }) => name).filter((name) => name !== REMOTE_INDEX_CACHE);
    if (names.length < entries.length) this.#directoryStep(REMOTE_INDEX_CACHE, 'keep', 'index-cache');
    for (const { name, reason, other } of directoryRefusals(names)) {
      this.#stopsBeforeLoading ||= reason === 'name-not-topic-partition';
      this.#directoryStep(name, 'refuse', reason, {
        detail: other === null ? null : `The other is ${other}.`,
      });
    }
    for (const name of names.sort()) {
      const parsed = brokerDirectoryName(name);
      if (parsed?.topic === CLUSTER_METADATA_TOPIC) await this.#metadataLog(name);
      else if (parsed !== null) logs.push({ name, path: join(this.#root, name), parsed });
    }
    return logs;
  }

  async loadOne(log: NamedLog): Promise<void> {
    if (log.parsed?.topic === CLUSTER_METADATA_TOPIC) await this.#metadataLog(log.name);
    else await this.loadLogs([log]);
  }

  async loadLogs(logs: readonly NamedLog[]): Promise<void> {
    if (this.#options.onProgress !== undefined)
      for (const log of logs) this.#bytesTotal += await this.#bytesToRead(log);
    for (const log of logs) {
      this.#options.signal?.throwIfAborted();
      await this.#loadLog(log);
    }
  }

  /** Partitions that the metadata gives to this broker, and that no directory holds once all are loaded. */
  addMissing(): void {
    const brokerId = this.#brokerId();
    if (brokerId === null) return;
    const isGone = ({ action, file }: StartupStep) =>
      file === '' && (action === 'set-aside' || action === 'delete-later');
    const gone = new Set(this.#steps.filter(isGone).map(({ log }) => log));
    const held = new Set<string>();
    for (const { name, state } of this.#logs) {
      const parsed = state === 'current' && !gone.has(name) ? brokerDirectoryName(name) : null;
      if (parsed !== null) held.add(`${parsed.topic} ${parsed.partition}`);
    }
    for (const { topic, partition } of this.#around.policies!.metadata!.partitionsOf(brokerId))
      if (!held.has(`${topic} ${partition}`))
        this.#directoryStep(`${topic}-${partition}`, 'create', 'assigned-and-missing');
  }

  async #loadLog({ name, path, parsed }: NamedLog): Promise<void> {
    const key = `${parsed?.topic} ${parsed?.partition}`;
    const start = await simulateLogStart(
      this.#fs,
      {
        path,
        isDeleted: parsed?.state === 'deleted',
        hadCleanShutdown: this.#around.hadCleanShutdown,
        recoveryPoint: this.#around.recoveryPoints.get(key) ?? 0,
        logStartCheckpoint: this.#around.logStarts.get(key) ?? 0,
        indexIntervalBytes: this.#indexIntervalBytes(parsed?.topic ?? ''),
      },
      {
        signal: this.#options.signal,
        onBytes: (bytes) => {
          this.#bytesDone += bytes;
          const bytesTotal = Math.max(this.#bytesTotal, this.#bytesDone);
          this.#options.onProgress?.({ bytesDone: this.#bytesDone, bytesTotal });
        },
      },
    );
    const { logStartOffset, logEndOffset, bytesToCheck, bytesToReplay } = start;
    const offsets = { logStartOffset, logEndOffset, bytesToCheck, bytesToReplay };
    this.#logs.push({ name, state: parsed?.state ?? 'current', ...offsets });
    this.#decideDirectory(name, parsed, start);
    this.#addFates(name, start);
  }

  #addFates(log: string, { fates, end }: LogStart): void {
    if (end !== null) {
      const { action, file, reason, detail } = end;
      const found = fates.find((fate) => fate.file === file || fate.toName === file);
      const { sizeInBytes = null } = found ?? {};
      this.#steps.push({
        log,
        file,
        action,
        toName: null,
        sizeInBytes,
        sizeAfterInBytes: sizeInBytes,
        reason,
        detail,
      });
    }
    for (const fate of fates) if (fate.file !== end?.file) this.#steps.push({ log, ...fate });
  }

  #decideDirectory(name: string, parsed: BrokerDirectoryName | null, { end, topicId }: LogStart): void {
    if (end !== null) return;
    if (parsed === null) this.#directoryStep(name, 'refuse', 'name-not-topic-partition');
    else if (parsed.state === 'deleted') this.#directoryStep(name, 'delete-later', 'deletion-decided');
    else if (parsed.state === 'stray') this.#directoryStep(name, 'keep', 'set-aside-before');
    else {
      const brokerId = this.#brokerId();
      const renamed = { toName: `${parsed.topic}-${parsed.partition}.…-stray` };
      if (brokerId === null) return;
      const replicas =
        topicId === null ? null : this.#around.policies!.metadata!.replicasOf(topicId, parsed.partition);
      if (topicId === null) this.#directoryStep(name, 'set-aside', 'topic-id-missing', renamed);
      else if (replicas === null || !replicas.includes(brokerId))
        this.#directoryStep(name, 'set-aside', 'not-assigned', renamed);
    }
  }

  async #metadataLog(name: string): Promise<void> {
    const path = join(this.#root, name);
    this.#directoryStep(name, 'keep', 'metadata-log');
    const bytesToCheck = await this.#sizeOfSegments(path, 0);
    const none = { logStartOffset: 0, logEndOffset: 0, bytesToReplay: 0 };
    this.#logs.push({ name, state: 'metadata', ...none, bytesToCheck });
  }

  #directoryStep(
    log: string,
    action: 'refuse' | 'keep' | 'delete-later' | 'set-aside' | 'create',
    reason: StartupReason,
    more: { readonly toName?: string; readonly detail?: string | null } = {},
  ): void {
    const { toName = null, detail = null } = more;
    const sizes = { sizeInBytes: null, sizeAfterInBytes: null };
    this.#steps.push({ log, file: '', action, toName, ...sizes, reason, detail });
  }

  async #bytesToRead({ path, parsed }: NamedLog): Promise<Bytes> {
    if (this.#around.hadCleanShutdown || parsed?.state === 'deleted') return 0;
    const recoveryPoint = this.#around.recoveryPoints.get(`${parsed?.topic} ${parsed?.partition}`) ?? 0;
    return this.#sizeOfSegments(path, recoveryPoint);
  }

  /** Of the .log files from the one that holds the offset on. */
  async #sizeOfSegments(path: string, from: Offset): Promise<Bytes> {
    const entries = await this.#fs.list(path);
    const segments = entries.flatMap(({ name }) => {
      const parsed = parseSegmentFileName(name);
      return parsed?.kind === 'log' && parsed.state === 'current' ? [{ name, base: parsed.baseOffset }] : [];
    });
    const first = segments.reduce((most, { base }) => (base <= from ? Math.max(most, base) : most), -1);
    const read = segments.filter(({ base }) => base >= first);
    const paths = pathsIn(
      path,
      read.map(({ name }) => name),
    );
    const statuses = await statusesOf(this.#fs, paths, this.#options.signal);
    return statuses.reduce((total, status) => total + (status?.sizeInBytes ?? 0), 0);
  }

  /** null where the metadata does not tell. */
  #brokerId(): number | null {
    const { policies } = this.#around;
    if (policies === null || policies.metadata === null || policies.nodeId === '') return null;
    return policies.metadata.malformedCount > 0 ? null : Number(policies.nodeId);
  }

  #indexIntervalBytes(topic: string): Bytes {
    const given = this.#around.policies?.metadata?.configs('topic', topic).get('index.interval.bytes');
    return given === undefined ? INDEX_INTERVAL_BYTES_DEFAULT : Number(given);
  }
}
