/**
 * Opens the directory of a log for writing: creates what is not there, or loads what was closed in order.
 *
 * Its side files in the data directory are data-directory.ts's. A log that a crash left is recovered first (recover-log.ts),
 * where the engine had it open or where that is asked for.
 */
import { randomBytes } from 'node:crypto';
import { basename, dirname, join } from 'node:path';
import { AppError } from '../../../shared/errors';
import type { Offset } from '../../../shared/units';
import { type DirectoryLock, isDataDirectory, lockDataDirectory, lockLogDirectory } from '../directory-lock';
import type { FileSystem } from '../file-system';
import {
  encodeLeaderEpochs,
  LEADER_EPOCH_CHECKPOINT,
  type LeaderEpoch,
  LOG_START_CHECKPOINT,
  RECOVERY_POINT_CHECKPOINT,
  readLeaderEpochs,
} from '../format/checkpoint-files';
import {
  BROKER_PROPERTIES_FILE,
  DATA_DIRECTORY_FILES,
  LOG_SUFFIX,
  OFFSET_INDEX_SUFFIX,
  offsetName,
  parseLogDirectoryName,
  parseSegmentFileName,
  SNAPSHOT_SUFFIX,
  SWAP_SUFFIX,
  TIME_INDEX_SUFFIX,
} from '../format/file-names';
import { TIME_INDEX_ENTRY_SIZE } from '../format/index-files';
import { encodePartitionMetadata, PARTITION_METADATA_FILE, topicIdOf } from '../format/partition-metadata';
import { readProducerSnapshot } from '../format/producer-snapshot';
import { ProducerStates } from '../rules/producer-states';
import { readWhole, writeAtomically } from './atomic-file';
import { DataDirectory } from './data-directory';
import type { OffsetIndexColumns, TimeIndexColumns } from './index-columns';
import { isTrimmedIndex } from './is-trimmed-index';
import { loadSegment } from './load-segment';
import { readBatches } from './log-reader';
import { logStartOf, loneLogStart, requireStartInLog } from './log-start';
import type { OpenedLog, Seams } from './log-store';
import { OpenFiles } from './open-files';
import { type RecoveryReport, recoverLog } from './recover-log';
import { Segment, type SegmentFileSuffix, segmentPath } from './segment';
import { SegmentIndexes } from './segment-indexes';
import { SegmentWriter } from './segment-writer';
import { segmentsOnDisk } from './segments-on-disk';
import type { LogSettings } from './settings';

const SMALL_FILE_MAX = 64 * 1024 * 1024;
const TOPIC_ID_BYTES = 16;

export interface OpenedDirectory {
  readonly lock: DirectoryLock;
  readonly dataDirectory: DataDirectory | null;
  readonly opened: OpenedLog;
  /** null where the log had been closed. */
  readonly recovery: RecoveryReport | null;
}

/** @throws AppError as `Log.open` */
export async function openLogDirectory(
  directory: string,
  settings: LogSettings,
  seams: Seams,
  recover: boolean,
): Promise<OpenedDirectory> {
  const { fs } = seams;
  await createDirectory(fs, directory);
  const lock = await lockLogDirectory(fs, directory);
  let dataDirectory: DataDirectory | null = null;
  let isMarked = lock.wasLeftOpen;
  try {
    if (lock.dataDirectory !== null) dataDirectory = await DataDirectory.enter(fs, lock.dataDirectory);
    if (settings.metricsIntervalMs !== null && dataDirectory?.isOwn !== true)
      throw noPlaceForMetrics(directory);
    let baseOffsets = await segmentsOnDisk(fs, directory);
    const isClosed = await wasClosed(fs, lock, dataDirectory);
    if (!isClosed && !lock.wasLeftOpen && !recover) throw recoveryNeeded(directory);
    const recovery = isClosed ? null : await recoverHere(fs, { lock, dataDirectory, settings });
    // Not before a foreign log is recovered: after a crash on the way, all of it has to be recovered again.
    await lock.markOpen();
    isMarked = true;
    if (recovery !== null) baseOffsets = await segmentsOnDisk(fs, directory);
    const opened =
      baseOffsets.length === 0
        ? await createLog(directory, settings, seams)
        : await loadLog(directory, baseOffsets, { settings, seams, dataDirectory });
    return { lock, dataDirectory, opened, recovery };
  } catch (error) {
    // Nothing has been appended. Where files could not be brought back to how they were, it is recovered next time.
    const isAsFound = !lock.wasLeftOpen && (!isMarked || (await isTrimmed(fs, directory).catch(() => false)));
    if (isMarked && isAsFound) await lock.markClosed().catch(() => {});
    await leaveDirectory(dataDirectory, lock, isAsFound).catch(() => {});
    throw error;
  }
}

/** Gives up the right to write, also where something fails on the way. */
export async function leaveDirectory(
  dataDirectory: DataDirectory | null,
  lock: DirectoryLock,
  isClean: boolean,
): Promise<void> {
  try {
    await dataDirectory?.leave(isClean);
  } finally {
    await lock.release();
  }
}

/** The log's directory, and one level above it a data directory of the engine's own. */
async function createDirectory(fs: FileSystem, directory: string): Promise<void> {
  const status = await fs.status(directory);
  if (status?.kind === 'directory') return requireNoDataDirectory(fs, directory);
  if (status !== null)
    throw new AppError('NOT_A_DIRECTORY', `${directory} is not a directory.`, { path: directory });
  const parent = dirname(directory);
  if ((await fs.status(parent)) === null) await DataDirectory.create(fs, parent);
  const lock = (await isDataDirectory(fs, parent)) ? await lockDataDirectory(fs, parent) : null;
  try {
    const hasOwner = (await fs.status(join(parent, BROKER_PROPERTIES_FILE))) !== null;
    if (hasOwner && parseLogDirectoryName(basename(directory)) === null)
      throw new AppError(
        'STORAGE_UNSAFE',
        `${basename(directory)} is no name of a partition: a broker does not start with it in its data directory.`,
        { path: directory },
      );
    await fs.createDirectory(directory);
    await fs.syncDirectory(parent);
  } finally {
    await lock?.release();
  }
}

/** A log's files in a data directory itself would stop a broker, and be no log to anybody. */
async function requireNoDataDirectory(fs: FileSystem, directory: string): Promise<void> {
  const entries = await fs.list(directory);
  if (entries.some(({ name }) => parseSegmentFileName(name) !== null)) return;
  for (const { name, kind } of entries)
    if (DATA_DIRECTORY_FILES.includes(name) || (kind === 'directory' && (await isLog(fs, directory, name))))
      throw new AppError(
        'NOT_A_LOG',
        `${directory} is a data directory, as its ${name} tells: name a directory of a log in it.`,
        { path: directory },
      );
}

/** Many a directory has a name with a number behind a dash; one that cannot be looked into is no sign. */
async function isLog(fs: FileSystem, dataDirectory: string, name: string): Promise<boolean> {
  if (parseLogDirectoryName(name) === null) return false;
  const files = await fs.list(join(dataDirectory, name)).catch(() => []);
  return files.some((file) => parseSegmentFileName(file.name) !== null);
}

async function wasClosed(
  fs: FileSystem,
  lock: DirectoryLock,
  dataDirectory: DataDirectory | null,
): Promise<boolean> {
  if (lock.wasLeftOpen) return false;
  if (dataDirectory !== null && !dataDirectory.isOwn && !dataDirectory.isClean) return false;
  // A compaction of the closed log was interrupted: some segments have no other file.
  if ((await fs.list(lock.directory)).some(({ name }) => name.endsWith(SWAP_SUFFIX))) return false;
  return isTrimmed(fs, lock.directory);
}

/** Whether the indexes of the last segment are those of a closed log. */
async function isTrimmed(fs: FileSystem, directory: string): Promise<boolean> {
  const last = (await segmentsOnDisk(fs, directory)).at(-1);
  if (last === undefined) return true;
  const path = (suffix: SegmentFileSuffix) => segmentPath(directory, last, suffix);
  return (
    (await isTrimmedIndex(fs, path(OFFSET_INDEX_SUFFIX))) &&
    (await isTrimmedIndex(fs, path(TIME_INDEX_SUFFIX), TIME_INDEX_ENTRY_SIZE))
  );
}

function noPlaceForMetrics(directory: string): AppError {
  return new AppError(
    'INVALID_ARGUMENT',
    `metricsIntervalMs needs a data directory that the engine made itself; ${dirname(directory)} is none.`,
    { setting: 'metricsIntervalMs', path: directory },
  );
}

function recoveryNeeded(directory: string): AppError {
  return new AppError(
    'RECOVERY_NEEDED',
    `${directory} was not closed in order, and not by Strata: open it with recover: true to cut off what is not sound.`,
    { path: directory },
  );
}

/** A log of the engine's own is durable up to its last segment; for another one, its checkpoint says how far. */
async function recoverHere(
  fs: FileSystem,
  { lock, dataDirectory, settings }: RecoveryPlace,
): Promise<RecoveryReport> {
  const { directory, wasLeftOpen } = lock;
  const foreignPoint = async () => (await dataDirectory?.offsetOf(RECOVERY_POINT_CHECKPOINT, directory)) ?? 0;
  const recoveryPoint = wasLeftOpen ? null : await foreignPoint();
  const logStartOffset = (await logStartOf(fs, lock)) ?? 0;
  return recoverLog(fs, { directory, settings, recoveryPoint, logStartOffset });
}

interface RecoveryPlace {
  readonly lock: DirectoryLock;
  readonly dataDirectory: DataDirectory | null;
  readonly settings: LogSettings;
}

async function createLog(directory: string, settings: LogSettings, { fs, clock }: Seams): Promise<OpenedLog> {
  const epochs: LeaderEpoch[] = [{ epoch: 0, startOffset: 0 }];
  const metadata = join(directory, PARTITION_METADATA_FILE);
  if ((await fs.status(metadata)) === null)
    await writeAtomically(fs, metadata, encodePartitionMetadata(topicIdOf(randomBytes(TOPIC_ID_BYTES))));
  await writeAtomically(fs, join(directory, LEADER_EPOCH_CHECKPOINT), encodeLeaderEpochs(epochs));
  const place = { directory, baseOffset: 0 };
  const writer = await SegmentWriter.open(fs, place, settings, { loaded: null, nowMs: clock.now() });
  const producers = new ProducerStates([]);
  return { directory, closedSegments: [], writer, epochs, producers, logStartOffset: 0 };
}

interface LoadContext {
  readonly settings: LogSettings;
  readonly seams: Seams;
  readonly dataDirectory: DataDirectory | null;
}

async function loadLog(
  directory: string,
  baseOffsets: readonly Offset[],
  { settings, seams, dataDirectory }: LoadContext,
): Promise<OpenedLog> {
  const { fs, clock } = seams;
  const closedSegments: Segment[] = [];
  for (const [index, baseOffset] of baseOffsets.slice(0, -1).entries()) {
    const status = await fs.status(segmentPath(directory, baseOffset, LOG_SUFFIX));
    const published = { sizeInBytes: status?.sizeInBytes ?? 0, nextOffset: baseOffsets[index + 1]! };
    closedSegments.push(new Segment(directory, baseOffset, published));
  }
  const baseOffset = baseOffsets.at(-1)!;
  const loaded = await loadSegment(fs, directory, baseOffset);
  const active = new Segment(directory, baseOffset, loaded.mark);
  const epochs = await loadEpochs(fs, directory, {
    epoch: Math.max(0, loaded.lastBatch?.header.partitionLeaderEpoch ?? 0),
    startOffset: loaded.mark.nextOffset,
  });
  const checkpoint = (await dataDirectory?.offsetOf(LOG_START_CHECKPOINT, directory)) ?? null;
  const raised = checkpoint ?? (await loneLogStart(fs, directory)) ?? 0;
  const logStartOffset = Math.max(raised, baseOffsets[0]!);
  requireStartInLog(directory, logStartOffset, active.nextOffset);
  const segments = [...closedSegments, active];
  const producers = await loadProducers(fs, directory, { segments, baseOffsets, logStartOffset });
  const writer = await SegmentWriter.open(fs, { directory, baseOffset }, settings, {
    loaded,
    nowMs: clock.now(),
  });
  return { directory, closedSegments, writer, epochs, producers, logStartOffset };
}

/** @param missing What to begin with where there is no epoch. */
async function loadEpochs(fs: FileSystem, directory: string, missing: LeaderEpoch): Promise<LeaderEpoch[]> {
  const path = join(directory, LEADER_EPOCH_CHECKPOINT);
  const text = Buffer.from((await readWhole(fs, path, SMALL_FILE_MAX)) ?? []).toString('utf8');
  const epochs = readLeaderEpochs(text);
  if (typeof epochs === 'string')
    throw new AppError('CORRUPT', `${LEADER_EPOCH_CHECKPOINT}: ${epochs}.`, { path, reason: epochs });
  if (epochs.length > 0) return epochs;
  await writeAtomically(fs, path, encodeLeaderEpochs([missing]));
  return [missing];
}

interface LoadedSegments {
  readonly segments: readonly Segment[];
  readonly baseOffsets: readonly Offset[];
  readonly logStartOffset: Offset;
}

/**
 * From the newest snapshot, and the batches behind it that are not below the log start: segments there may be half deleted
 * (UnifiedLog.rebuildProducerState). Other snapshots than of segments and the newest one go.
 */
async function loadProducers(
  fs: FileSystem,
  directory: string,
  { segments, baseOffsets, logStartOffset }: LoadedSegments,
): Promise<ProducerStates> {
  const endOffset = segments.at(-1)!.nextOffset;
  const offsets: Offset[] = [];
  for (const { name } of await fs.list(directory)) {
    const parsed = parseSegmentFileName(name);
    if (parsed?.kind === 'snapshot' && parsed.state === 'current') offsets.push(parsed.baseOffset);
  }
  const newest = Math.max(-1, ...offsets.filter((offset) => offset <= endOffset));
  for (const offset of offsets)
    if (offset !== newest && !baseOffsets.includes(offset))
      await fs.removeFile(join(directory, offsetName(offset) + SNAPSHOT_SUFFIX));
  const states = new ProducerStates(newest < 0 ? [] : await readSnapshot(fs, directory, newest));
  const from = Math.max(newest, logStartOffset);
  if (from < endOffset) await replay(fs, segments, states, { from, to: endOffset });
  return states;
}

async function readSnapshot(fs: FileSystem, directory: string, offset: Offset) {
  const name = offsetName(offset) + SNAPSHOT_SUFFIX;
  const bytes = await readWhole(fs, join(directory, name), SMALL_FILE_MAX);
  const entries = readProducerSnapshot(bytes ?? new Uint8Array(0));
  if (typeof entries === 'string')
    throw new AppError('CORRUPT', `${name}: ${entries}.`, { file: name, reason: entries });
  return entries;
}

async function replay(
  fs: FileSystem,
  segments: readonly Segment[],
  states: ProducerStates,
  range: { from: Offset; to: Offset },
): Promise<void> {
  const files = new OpenFiles(fs, 1);
  const indexes = new SegmentIndexes(files, Number.POSITIVE_INFINITY);
  const log = {
    segments,
    files,
    isClosed: false,
    offsetIndexOf: (segment: Segment): Promise<OffsetIndexColumns> => indexes.offsetsOf(segment),
    timeIndexOf: (segment: Segment): Promise<TimeIndexColumns> => indexes.timesOf(segment),
    largestTimestampOf: (segment: Segment) => indexes.largestTimestampOf(segment),
  };
  try {
    for await (const batch of readBatches(log, range))
      if (batch.header.baseOffset >= range.from) states.update(batch.header, () => batch.records());
  } finally {
    await files.close();
  }
}
