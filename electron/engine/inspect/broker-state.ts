/**
 * Is a broker at work in this directory, and if not, how did the last one stop?
 *
 * Read from the files that a broker keeps in the root of its data directory, and from the lock on `.lock`, which
 * is queried and never taken: a probe that takes it can make a starting broker fail. Opens no log.
 */
import { basename, dirname, join } from 'node:path';
import { AppError } from '../../../shared/errors';
import type { ReadingFileSystem } from '../file-system';
import { BROKER_LOCK_FILE, CLEAN_SHUTDOWN_MARKER, DATA_DIRECTORY_FILES } from '../format/file-names';
import { type LockAnswer, queryLock } from './lock-query';

/**
 * live: a broker holds the lock. crashed: it left the lock file, but no clean-shutdown marker.
 * clean: it stopped in order. detached: a copy or a partition on its own. unknown: the query failed.
 */
export interface BrokerState {
  readonly verdict: 'live' | 'crashed' | 'clean' | 'detached' | 'unknown';
  readonly reason: string;
}

/**
 * @param path A data directory, or the directory of one partition, whose parent then counts.
 * @param query Answers for the lock file; another one in tests.
 * @throws AppError where `path` itself cannot be listed
 */
export async function readBrokerState(
  fs: ReadingFileSystem,
  path: string,
  query: (path: string) => Promise<LockAnswer> = queryLock,
): Promise<BrokerState> {
  const own = await rootFilesIn(fs, path);
  if (own.size > 0) return judge(path, own, query);
  const parent = dirname(path);
  try {
    const files = await rootFilesIn(fs, parent);
    if (files.size > 0) return judge(parent, files, query);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { verdict: 'unknown', reason: `The directory above cannot be read: ${error.message}` };
  }
  const reason = `Neither ${basename(path)} nor the directory above has the files of a broker's data directory.`;
  return { verdict: 'detached', reason };
}

async function rootFilesIn(fs: ReadingFileSystem, directory: string): Promise<ReadonlySet<string>> {
  const names = (await fs.list(directory)).map(({ name }) => name);
  return new Set(names.filter((name) => DATA_DIRECTORY_FILES.includes(name)));
}

async function judge(
  directory: string,
  files: ReadonlySet<string>,
  query: (path: string) => Promise<LockAnswer>,
): Promise<BrokerState> {
  const lock = await query(join(directory, BROKER_LOCK_FILE));
  const hasMarker = files.has(CLEAN_SHUTDOWN_MARKER);
  switch (lock.state) {
    case 'held':
      return { verdict: 'live', reason: `A process holds the lock on ${BROKER_LOCK_FILE}.` };
    case 'unknown':
      return {
        verdict: 'unknown',
        reason: `The lock on ${BROKER_LOCK_FILE} could not be queried: ${lock.reason}.`,
      };
    case 'free':
      return hasMarker
        ? {
            verdict: 'clean',
            reason: `${CLEAN_SHUTDOWN_MARKER} is there, and nobody holds ${BROKER_LOCK_FILE}.`,
          }
        : {
            verdict: 'crashed',
            reason: `${BROKER_LOCK_FILE} was left behind, and ${CLEAN_SHUTDOWN_MARKER} is missing.`,
          };
    case 'absent':
      return hasMarker
        ? { verdict: 'clean', reason: `${CLEAN_SHUTDOWN_MARKER} is there, and no ${BROKER_LOCK_FILE}.` }
        : {
            verdict: 'detached',
            reason: `No ${BROKER_LOCK_FILE} and no ${CLEAN_SHUTDOWN_MARKER}: a copy, or files of a broker that never ran here.`,
          };
  }
}
