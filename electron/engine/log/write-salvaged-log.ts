/**
 * Writes sound batches of a damaged log into a new log: bytes as they are, indexes and producer state made anew.
 *
 * Which batches those are, others found out. The new log is recovered as after a crash, so that whatever reads it meets
 * what a recovery leaves, and closed in order. The damaged log is only read.
 */
import { dirname, join } from 'node:path';
import { AppError } from '../../../shared/errors';
import type { Bytes, FilePosition, Offset, TimestampMs } from '../../../shared/units';
import { lockLogDirectory } from '../directory-lock';
import type { FileSystem } from '../file-system';
import { LOG_SUFFIX } from '../format/file-names';
import { PARTITION_METADATA_FILE } from '../format/partition-metadata';
import { readFully } from '../read-fully';
import { readWhole, writeWhole } from './atomic-file';
import { DataDirectory } from './data-directory';
import { Log } from './log';
import { requireElsewhere } from './require-elsewhere';
import { segmentPath } from './segment';

const PIECE_SIZE = 1024 * 1024;
const SMALL_FILE_MAX = 1024 * 1024;

export interface SalvagedSegment {
  readonly baseOffset: Offset;
  readonly file: { readonly path: string; readonly modifiedAtMs: TimestampMs };
  readonly runs: readonly { readonly position: FilePosition; readonly sizeInBytes: Bytes }[];
}

export interface SalvageTask {
  /** Of the damaged log. */
  readonly source: string;
  /** Must not be there. Its parent becomes a data directory where it is missing. */
  readonly target: string;
  readonly segments: readonly SalvagedSegment[];
}

/** @throws AppError ALREADY_THERE; INVALID_ARGUMENT where the target is no place for it; as `Log.open`; the signal's reason */
export async function writeSalvagedLog(
  fs: FileSystem,
  { source, target, segments }: SalvageTask,
  signal?: AbortSignal,
): Promise<void> {
  if ((await fs.status(target)) !== null)
    throw new AppError('ALREADY_THERE', `${target} is there already; nothing is overwritten.`, {
      path: target,
    });
  await requireElsewhere(fs, { source, into: dirname(target) });
  if ((await fs.status(dirname(target))) === null) await DataDirectory.create(fs, dirname(target));
  await fs.createDirectory(target);
  try {
    await writeBatches(fs, { source, target, segments }, signal);
    const log = await Log.open(target, { retentionMs: -1, retentionBytes: -1 }, { fs });
    await log.close();
  } catch (error) {
    await removeWithFiles(fs, target).catch(() => {}); // what came first is what went wrong
    throw error;
  }
  for (const { baseOffset, file } of segments)
    await fs.setModifiedAt(segmentPath(target, baseOffset, LOG_SUFFIX), file.modifiedAtMs);
}

async function removeWithFiles(fs: FileSystem, directory: string): Promise<void> {
  for (const { name } of await fs.list(directory)) await fs.removeFile(join(directory, name));
  await fs.removeDirectory(directory);
}

/** Marked as open and not closed: opening it next recovers it. */
async function writeBatches(
  fs: FileSystem,
  { source, target, segments }: SalvageTask,
  signal: AbortSignal | undefined,
): Promise<void> {
  await using lock = await lockLogDirectory(fs, target);
  await lock.markOpen();
  const metadata = await readWhole(fs, join(source, PARTITION_METADATA_FILE), SMALL_FILE_MAX);
  if (metadata !== null) await writeWhole(fs, join(target, PARTITION_METADATA_FILE), metadata);
  for (const segment of segments) await writeSegment(fs, target, segment, signal);
}

async function writeSegment(
  fs: FileSystem,
  target: string,
  { baseOffset, file, runs }: SalvagedSegment,
  signal: AbortSignal | undefined,
): Promise<void> {
  const from = await fs.openForReading(file.path);
  try {
    const to = await fs.openForWriting(segmentPath(target, baseOffset, LOG_SUFFIX), 'new');
    try {
      const piece = Buffer.allocUnsafe(PIECE_SIZE);
      let written = 0;
      for (const { position, sizeInBytes } of runs) {
        for (let done = 0; done < sizeInBytes; ) {
          signal?.throwIfAborted();
          const wanted = piece.subarray(0, Math.min(PIECE_SIZE, sizeInBytes - done));
          if ((await readFully(from, wanted, position + done)) < wanted.length)
            throw new AppError('CORRUPT', `${file.path} became shorter.`, { path: file.path });
          await to.write(wanted, written);
          done += wanted.length;
          written += wanted.length;
        }
      }
      await to.sync();
    } finally {
      await to.close();
    }
  } finally {
    await from.close();
  }
}
