/**
 * One partition's offset in a checkpoint file of the data directory (OffsetCheckpointFile), and where a log begins.
 *
 * A file that is missing, unreadable or not of this shape tells nothing: the broker treats it as empty too. What is wrong
 * with it is reported where the side files are checked.
 */
import { dirname, join } from 'node:path';
import { AppError } from '../../../shared/errors';
import type { Offset } from '../../../shared/units';
import type { ReadingFileSystem } from '../file-system';
import {
  LOG_START_CHECKPOINT,
  LONE_LOG_START_FILE,
  readLoneLogStart,
  readOffsetCheckpoint,
} from '../format/checkpoint-files';
import type { LogDirectory } from './list-logs';
import { readSmallFile } from './read-small-file';

/** @returns The offset, or null where the file says nothing about this partition. */
export async function readCheckpointOffset(
  fs: ReadingFileSystem,
  path: string,
  { topic, partition }: { readonly topic: string; readonly partition: number | null },
): Promise<Offset | null> {
  try {
    const bytes = await readSmallFile(fs, path);
    const entries = bytes === null ? [] : readOffsetCheckpoint(bytes.toString('utf8'));
    if (typeof entries === 'string') return null;
    return entries.find((entry) => entry.topic === topic && entry.partition === partition)?.offset ?? null;
  } catch (error) {
    if (error instanceof AppError) return null;
    throw error;
  }
}

/**
 * Where the log begins whatever segments lie below: what the data directory says, or what a run of Strata that was cut off
 * left in the directory of a log that stands alone. A log that is being deleted or is a stray has no entry of its own.
 *
 * @returns null where nothing says more than the first segment does
 */
export async function readLogStart(
  fs: ReadingFileSystem,
  log: Pick<LogDirectory, 'path' | 'topic' | 'partition' | 'state'>,
): Promise<Offset | null> {
  const hasEntry = log.state === 'current' || log.state === 'future';
  const path = join(dirname(log.path), LOG_START_CHECKPOINT);
  return (hasEntry ? await readCheckpointOffset(fs, path, log) : null) ?? (await loneLogStart(fs, log.path));
}

async function loneLogStart(fs: ReadingFileSystem, directory: string): Promise<Offset | null> {
  try {
    const bytes = await readSmallFile(fs, join(directory, LONE_LOG_START_FILE));
    const offset = bytes === null ? null : readLoneLogStart(bytes.toString('utf8'));
    return typeof offset === 'string' ? null : offset;
  } catch (error) {
    if (error instanceof AppError) return null;
    throw error;
  }
}
