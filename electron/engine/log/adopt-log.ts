/**
 * Hands a closed log to a Kafka broker: copies its files into the partition of a topic that was made for them.
 *
 * A KRaft broker sets aside a partition directory whose topic id it does not know, so the files go beside the
 * partition.metadata that the broker wrote, under leader epoch 0, while it is down. The source stays as it is.
 */
import { basename, join } from 'node:path';
import { AppError } from '../../../shared/errors';
import type { Bytes, Offset } from '../../../shared/units';
import { isDataDirectory, lockLogDirectory } from '../directory-lock';
import type { FileSystem } from '../file-system';
import { LEADER_EPOCH_CHECKPOINT, readLeaderEpochs } from '../format/checkpoint-files';
import {
  BROKER_PROPERTIES_FILE,
  CLEAN_SHUTDOWN_MARKER,
  LOG_SUFFIX,
  OFFSET_INDEX_SUFFIX,
  parseSegmentFileName,
  type SegmentFileName,
} from '../format/file-names';
import { PARTITION_METADATA_FILE } from '../format/partition-metadata';
import { readWhole } from './atomic-file';
import { copyFile } from './copy-log';
import { isTrimmedIndex } from './is-trimmed-index';
import { loadSegment } from './load-segment';
import { logStartOf, requireStartInLog, setLogStart } from './log-start';
import { segmentPath } from './segment';
import { inWriteMode } from './write-mode';

const SMALL_FILE_MAX = 1024 * 1024;

export interface Adoption {
  readonly source: string;
  /** The broker's data directory. */
  readonly dataDirectory: string;
  readonly topic: string;
  readonly partition: number;
  readonly signal?: AbortSignal;
}

export interface AdoptedLog {
  /** The broker's directory of the partition. */
  readonly path: string;
  readonly segmentCount: number;
  /** Of all files that were copied. */
  readonly sizeInBytes: Bytes;
  /** Where its log begins: the first that a consumer reads. */
  readonly firstOffset: Offset;
  /** Exclusive. */
  readonly logEndOffset: Offset;
}

interface LogFile {
  readonly name: string;
  readonly parsed: SegmentFileName;
  readonly sizeInBytes: Bytes;
}

/**
 * @throws AppError NOT_FOUND where the broker has no such partition; LOCKED while it runs; RECOVERY_NEEDED where it or
 * the source was not closed; INVALID_ARGUMENT where the partition has records, or the source was led by a broker; CORRUPT as `logStartOf`, and where the source begins behind its end;
 * DISK_FULL before anything is changed
 */
export async function adoptLog(fs: FileSystem, adoption: Adoption): Promise<AdoptedLog> {
  const { source, dataDirectory, topic, partition } = adoption;
  const path = join(dataDirectory, `${topic}-${partition}`);
  await requirePartition(fs, dataDirectory, path);
  await using from = await lockLogDirectory(fs, source);
  await using lock = await lockLogDirectory(fs, path);
  const logStart = (await logStartOf(fs, from)) ?? 0;
  const files = fromSegmentOf(logStart, await filesOf(fs, source));
  const bases = basesOf(files);
  const last = bases.at(-1);
  if (last === undefined) throw new AppError('NOT_A_LOG', `${source} has no segment.`, { path: source });
  const isClosed = await isTrimmedIndex(fs, segmentPath(source, last, OFFSET_INDEX_SUFFIX));
  if (from.wasLeftOpen || !isClosed) throw notClosed(source, 'recover it first');
  if ((await fs.status(join(dataDirectory, CLEAN_SHUTDOWN_MARKER))) === null)
    throw notClosed(dataDirectory, 'start the broker and stop it in order');
  await requireFirstEpoch(fs, source);
  const replaced = await filesOf(fs, path);
  if (replaced.some(({ parsed, sizeInBytes }) => parsed.kind === 'log' && sizeInBytes > 0))
    throw new AppError('INVALID_ARGUMENT', `${basename(path)} has records already.`, { path });
  const sizeInBytes = files.reduce((sum, file) => sum + file.sizeInBytes, 0);
  const { availableBytes } = await fs.diskSpace(dataDirectory);
  if (sizeInBytes > availableBytes)
    throw new AppError('DISK_FULL', `${sizeInBytes} bytes are needed, ${availableBytes} are free.`, { path });
  const { mark } = await loadSegment(fs, source, last);
  const firstOffset = Math.max(logStart, bases[0]!);
  requireStartInLog(source, firstOffset, mark.nextOffset);
  await inWriteMode(fs, lock, async (changing) => {
    // Takes an entry of the broker away, too: of records that the topic once had. First, while the topic is empty: a start
    // after a crash is to show none of the deleted records, and to delete nothing for an entry that is not of this log.
    await setLogStart(changing, lock, firstOffset > bases[0]! ? firstOffset : null);
    await replaceFiles(changing, { path, source, replaced, files }, adoption.signal);
  });
  return { path, segmentCount: bases.length, sizeInBytes, firstOffset, logEndOffset: mark.nextOffset };
}

/**
 * Without segments that lie below the log start as a whole: a run that was cut off may have left only some of them, and a
 * broker is not to meet the holes between them.
 */
function fromSegmentOf(logStart: Offset, files: readonly LogFile[]): LogFile[] {
  const first = basesOf(files).findLast((baseOffset) => baseOffset <= logStart) ?? 0;
  return files.filter(({ parsed }) => parsed.baseOffset >= first);
}

function basesOf(files: readonly LogFile[]): Offset[] {
  return files.filter(({ parsed }) => parsed.kind === 'log').map(({ parsed }) => parsed.baseOffset);
}

async function requirePartition(fs: FileSystem, dataDirectory: string, path: string): Promise<void> {
  const isBrokers =
    (await isDataDirectory(fs, dataDirectory)) &&
    (await fs.status(join(dataDirectory, BROKER_PROPERTIES_FILE))) !== null;
  if (!isBrokers)
    throw new AppError(
      'NOT_FOUND',
      `${dataDirectory} is no data directory of a broker: it has no ${BROKER_PROPERTIES_FILE}.`,
      {
        path: dataDirectory,
      },
    );
  if ((await fs.status(join(path, PARTITION_METADATA_FILE))) === null)
    throw new AppError(
      'NOT_FOUND',
      `The broker has no ${basename(path)}. Create the topic there first (one replica), then stop the broker and try again.`,
      { path },
    );
}

/** The broker begins with leader epoch 0, and takes no log that is ahead of it. */
async function requireFirstEpoch(fs: FileSystem, source: string): Promise<void> {
  const bytes = await readWhole(fs, join(source, LEADER_EPOCH_CHECKPOINT), SMALL_FILE_MAX);
  const epochs = readLeaderEpochs(Buffer.from(bytes ?? []).toString('utf8'));
  if (typeof epochs === 'string' || epochs.some(({ epoch }) => epoch > 0))
    throw new AppError('INVALID_ARGUMENT', 'The log was led by a broker: its leader epochs go beyond 0.', {
      path: source,
    });
}

interface Replacement {
  readonly path: string;
  readonly source: string;
  readonly replaced: readonly LogFile[];
  readonly files: readonly LogFile[];
}

async function replaceFiles(
  fs: FileSystem,
  { path, source, replaced, files }: Replacement,
  signal: AbortSignal | undefined,
): Promise<void> {
  for (const { name } of replaced) await fs.removeFile(join(path, name));
  const epochs = join(path, LEADER_EPOCH_CHECKPOINT);
  if ((await fs.status(epochs)) !== null) await fs.removeFile(epochs);
  await fs.syncDirectory(path);
  const names = [...files.map(({ name }) => name), LEADER_EPOCH_CHECKPOINT];
  for (const name of names) {
    const [from, to] = [join(source, name), join(path, name)];
    await copyFile(fs, from, to, { signal });
  }
  await fs.syncDirectory(path);
}

/** Segments and snapshots, ascending, the log of each behind its indexes. */
async function filesOf(fs: FileSystem, directory: string): Promise<LogFile[]> {
  const files: LogFile[] = [];
  for (const { name } of await fs.list(directory)) {
    const parsed = parseSegmentFileName(name);
    if (parsed === null || parsed.state !== 'current') continue;
    const status = await fs.status(join(directory, name));
    files.push({ name, parsed, sizeInBytes: status?.sizeInBytes ?? 0 });
  }
  const rank = ({ name }: LogFile) => (name.endsWith(LOG_SUFFIX) ? 1 : 0);
  return files.sort((a, b) => a.parsed.baseOffset - b.parsed.baseOffset || rank(a) - rank(b));
}

function notClosed(path: string, remedy: string): AppError {
  return new AppError('RECOVERY_NEEDED', `${path} was not closed in order: ${remedy}.`, { path });
}
