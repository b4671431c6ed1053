/**
 * Is somebody at work in this directory, a broker or Strata's engine, and if not, how did the last one stop?
 *
 * Read from the files in the root of a data directory, from the engine's lock files in the logs, and from the locks on
 * them, which are queried and never taken: a probe that takes one can make a starting broker fail. Opens no log.
 */
import { basename, dirname, join } from 'node:path';
import { AppError } from '../../../shared/errors';
import type { DirectoryEntry, ReadingFileSystem } from '../file-system';
import {
  BROKER_LOCK_FILE,
  BROKER_PROPERTIES_FILE,
  CLEAN_SHUTDOWN_MARKER,
  DATA_DIRECTORY_FILES,
  LOG_LOCK_FILE,
  parseLogDirectoryName,
} from '../format/file-names';
import { mapConcurrently } from '../map-concurrently';
import { type LockAnswer, queryLock } from './lock-query';

export interface BrokerState {
  /**
   * live: somebody holds the lock. crashed: somebody stopped without saying so, and left a lock file. clean: the last one
   * stopped in order. detached: a copy or a partition on its own. unknown: the query failed.
   */
  readonly verdict: 'live' | 'crashed' | 'clean' | 'detached' | 'unknown';
  /**
   * Who that is. engine: a program with Strata's engine, or a run of Strata. null where nobody has left a trace, or where
   * nothing tells whose it is.
   */
  readonly writer: 'broker' | 'engine' | null;
  readonly reason: string;
}

type Query = (path: string) => Promise<LockAnswer>;

/**
 * @param path A data directory, or the directory of one partition, whose parent then counts.
 * @param query Answers for a lock file; another one in tests.
 * @throws AppError where `path` itself cannot be listed
 */
export async function readBrokerState(
  fs: ReadingFileSystem,
  path: string,
  query: Query = queryLock,
): Promise<BrokerState> {
  const look = new Look(fs, query);
  const own = await fs.list(path);
  if (isRoot(own)) return look.dataDirectory(path, own, path);
  const parent = dirname(path);
  try {
    const entries = await fs.list(parent);
    if (isRoot(entries)) return await look.dataDirectory(parent, entries, path);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const reason = `The directory above cannot be read: ${error.message}`;
    return (await look.loneLogs(path, own)) ?? { verdict: 'unknown', writer: null, reason };
  }
  const reason = `Neither ${basename(path)} nor the directory above has the files of a data directory.`;
  return (await look.loneLogs(path, own)) ?? { verdict: 'detached', writer: null, reason };
}

/**
 * For whoever asks about several logs of one directory: in a data directory they have one state, read once for all; where
 * there is none, each log has its own, read when it is asked for.
 * @param path As of `readBrokerState`, whose errors these are.
 */
export async function brokerStateOfEach(
  fs: ReadingFileSystem,
  path: string,
): Promise<(log: string) => Promise<BrokerState>> {
  if (!(await haveOneWriter(fs, path))) return (log) => readBrokerState(fs, log);
  const state = await readBrokerState(fs, path);
  return () => Promise.resolve(state);
}

/** Whether the logs below are in a data directory, with one state for all. @throws AppError as `readBrokerState` */
export async function haveOneWriter(fs: ReadingFileSystem, path: string): Promise<boolean> {
  return isRoot(await fs.list(path)) || (await isRootDirectory(fs, dirname(path)));
}

/** false, too, where it cannot be listed. */
async function isRootDirectory(fs: ReadingFileSystem, path: string): Promise<boolean> {
  try {
    return isRoot(await fs.list(path));
  } catch (error) {
    if (error instanceof AppError) return false;
    throw error;
  }
}

function isRoot(entries: readonly DirectoryEntry[]): boolean {
  return entries.some(({ name }) => DATA_DIRECTORY_FILES.includes(name));
}

/** What the engine's lock file says of one log. */
interface LoggedWriter {
  readonly path: string;
  readonly lock: LockAnswer;
  /** A program that opened it has not closed it, or not yet. */
  readonly isMarkedOpen: boolean;
}

class Look {
  readonly #fs: ReadingFileSystem;
  readonly #query: Query;

  constructor(fs: ReadingFileSystem, query: Query) {
    this.#fs = fs;
    this.#query = query;
  }

  /** Of the engine alone: the log itself, or those in a directory that is none's data directory. null without a trace. */
  async loneLogs(path: string, entries: readonly DirectoryEntry[]): Promise<BrokerState | null> {
    const writers = [...(await this.#writersOf([path])), ...(await this.#writersBelow(path, entries))];
    const open = writers.find(({ lock }) => lock.state === 'held');
    if (open !== undefined) return { verdict: 'live', writer: 'engine', reason: openText(open, path) };
    return leftState(writers, path);
  }

  /** @param asked The directory itself, or one of its logs. */
  async dataDirectory(
    directory: string,
    entries: readonly DirectoryEntry[],
    asked: string,
  ): Promise<BrokerState> {
    const has = (file: string) => entries.some(({ name }) => name === file);
    const lock = await this.#query(join(directory, BROKER_LOCK_FILE));
    const owner = has(BROKER_PROPERTIES_FILE) ? 'broker' : 'engine';
    if (lock.state === 'unknown') return unknown(lock, BROKER_LOCK_FILE, owner);
    if (lock.state === 'held') return this.#held(directory, entries, { lock, asked });
    if (has(CLEAN_SHUTDOWN_MARKER)) {
      const isHere = lock.state === 'free' ? `nobody holds ${BROKER_LOCK_FILE}` : `no ${BROKER_LOCK_FILE}`;
      const whose =
        owner === 'broker' ? '' : `, without ${BROKER_PROPERTIES_FILE}: Strata's engine closed it`;
      const reason = `${CLEAN_SHUTDOWN_MARKER} is there, and ${isHere}${whose}.`;
      return { verdict: 'clean', writer: owner, reason };
    }
    const writers = await this.#writersBelow(directory, entries);
    const open = writers.find((writer) => writer.lock.state === 'held');
    if (open !== undefined) return { verdict: 'live', writer: 'engine', reason: openText(open, asked) };
    const left = leftState(writers, asked);
    if (left !== null) return left;
    if (lock.state === 'free') {
      const whose =
        owner === 'broker' ? '' : ` So is ${BROKER_PROPERTIES_FILE}: it was no broker, but Strata's engine.`;
      const reason = `${BROKER_LOCK_FILE} was left behind, and ${CLEAN_SHUTDOWN_MARKER} is missing.${whose}`;
      return { verdict: 'crashed', writer: owner, reason };
    }
    const reason = `No ${BROKER_LOCK_FILE} and no ${CLEAN_SHUTDOWN_MARKER}: a copy, or files that nobody has opened here.`;
    return { verdict: 'detached', writer: null, reason };
  }

  async #held(
    directory: string,
    entries: readonly DirectoryEntry[],
    { lock, asked }: { readonly lock: LockAnswer; readonly asked: string },
  ): Promise<BrokerState> {
    const held = `A process holds the lock on ${BROKER_LOCK_FILE}`;
    if (!lock.isOpenFileLock) return { verdict: 'live', writer: 'broker', reason: `${held}.` };
    const writers = await this.#writersBelow(directory, entries);
    const open = writers.find((writer) => writer.lock.state === 'held');
    const reason =
      open === undefined ? `${held}, as Strata's engine does and no broker can.` : openText(open, asked);
    return { verdict: 'live', writer: 'engine', reason };
  }

  #writersBelow(directory: string, entries: readonly DirectoryEntry[]): Promise<LoggedWriter[]> {
    const logs = entries.filter(({ kind }) => kind === 'directory').map(({ name }) => join(directory, name));
    return this.#writersOf(logs.sort());
  }

  async #writersOf(paths: readonly string[]): Promise<LoggedWriter[]> {
    const found = await mapConcurrently(paths, async (path): Promise<LoggedWriter | null> => {
      const file = join(path, LOG_LOCK_FILE);
      const status = await this.#fs.status(file).catch((error: unknown) => {
        if (error instanceof AppError) return null; // a directory that is closed to us tells nothing
        throw error;
      });
      if (status === null) return null;
      return {
        path,
        lock: await this.#query(file),
        isMarkedOpen: status.sizeInBytes > 0,
      };
    });
    return found.filter((writer) => writer !== null);
  }
}

function openText(writer: LoggedWriter, asked: string): string {
  return `A program with Strata's engine, or a run of Strata, has ${nameOf(writer, asked)} open: it holds the lock on ${LOG_LOCK_FILE} there.`;
}

/** Of logs that nobody is known to hold. One whose lock cannot be asked may be open still: it counts before those left. */
function leftState(writers: readonly LoggedWriter[], asked: string): BrokerState | null {
  const marked = writers.filter(({ isMarkedOpen }) => isMarkedOpen);
  const unsure = marked.find(({ lock }) => lock.state === 'unknown');
  if (unsure !== undefined) return unknown(unsure.lock, LOG_LOCK_FILE, 'engine');
  const [left] = marked;
  return left === undefined ? null : { verdict: 'crashed', writer: 'engine', reason: leftText(left, asked) };
}

function leftText(writer: LoggedWriter, asked: string): string {
  return `A program with Strata's engine ended without closing ${nameOf(writer, asked)}: ${LOG_LOCK_FILE} there says so, and nobody holds it.`;
}

/** Of what was asked for. Any other stays unnamed: a report of one log tells nothing of its neighbours. */
function nameOf({ path }: LoggedWriter, asked: string): string {
  const name = basename(path);
  const isAskedFor = path === asked || (dirname(path) === asked && parseLogDirectoryName(name) !== null);
  return isAskedFor ? name : 'another log';
}

function unknown({ reason }: LockAnswer, file: string, writer: BrokerState['writer']): BrokerState {
  return { verdict: 'unknown', writer, reason: `The lock on ${file} could not be queried: ${reason}.` };
}
