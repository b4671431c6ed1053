/**
 * Is a broker at work in this directory, and if not, how did the last one stop?
 *
 * Read from the files that a broker keeps in the root of its data directory, and from the lock on `.lock`, which
 * is queried and never taken: a probe that takes it can make a starting broker fail. Opens no log.
 */
import { basename, dirname, join } from 'node:path';
import { AppError } from '../../../shared/errors';
import type { ReadingFileSystem } from '../file-system';
import { type LockAnswer, queryLock } from './lock-query';

/**
 * live: a broker holds the lock. crashed: it left the lock file, but no clean-shutdown marker.
 * clean: it stopped in order. detached: a copy or a partition on its own. unknown: the query failed.
 */
export interface BrokerState {
  readonly verdict: 'live' | 'crashed' | 'clean' | 'detached' | 'unknown';
  readonly reason: string;
}

const LOCK_FILE = '.lock';
const CLEAN_SHUTDOWN_MARKER = '.kafka_cleanshutdown';
/** What only the root of a broker's data directory has (LogManager, KafkaRaftServer). */
const ROOT_FILES = [
  LOCK_FILE,
  CLEAN_SHUTDOWN_MARKER,
  'meta.properties',
  'recovery-point-offset-checkpoint',
  'log-start-offset-checkpoint',
  'replication-offset-checkpoint',
  'cleaner-offset-checkpoint',
  'bootstrap.checkpoint',
];

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
  return new Set(names.filter((name) => ROOT_FILES.includes(name)));
}

async function judge(
  directory: string,
  files: ReadonlySet<string>,
  query: (path: string) => Promise<LockAnswer>,
): Promise<BrokerState> {
  const lock = await query(join(directory, LOCK_FILE));
  const hasMarker = files.has(CLEAN_SHUTDOWN_MARKER);
  switch (lock.state) {
    case 'held':
      return { verdict: 'live', reason: `A process holds the lock on ${LOCK_FILE}.` };
    case 'unknown':
      return { verdict: 'unknown', reason: `The lock on ${LOCK_FILE} could not be queried: ${lock.reason}.` };
    case 'free':
      return hasMarker
        ? { verdict: 'clean', reason: `${CLEAN_SHUTDOWN_MARKER} is there, and nobody holds ${LOCK_FILE}.` }
        : {
            verdict: 'crashed',
            reason: `${LOCK_FILE} was left behind, and ${CLEAN_SHUTDOWN_MARKER} is missing.`,
          };
    case 'absent':
      return hasMarker
        ? { verdict: 'clean', reason: `${CLEAN_SHUTDOWN_MARKER} is there, and no ${LOCK_FILE}.` }
        : {
            verdict: 'detached',
            reason: `No ${LOCK_FILE} and no ${CLEAN_SHUTDOWN_MARKER}: a copy, or files of a broker that never ran here.`,
          };
  }
}
