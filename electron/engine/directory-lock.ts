/**
 * The right to write in a log's directory: against brokers, and against a second Strata.
 *
 * A broker holds an exclusive lock on `.lock` in the root of its data directory while it runs (LogManager.lockLogDirs).
 * Where the directory above a log is a data directory, that lock is taken too, once for the whole process and however
 * many logs; a lock file of our own in the log's directory keeps a second Strata out, of this process or another.
 * Lock files that were not there before go away with the lock. Nothing here reads or writes a log.
 */
import { basename, dirname, join, resolve } from 'node:path';
import { AppError } from '../../shared/errors';
import type { FileSystem, WritableFile } from './file-system';
import {
  BROKER_LOCK_FILE,
  CLUSTER_METADATA_TOPIC,
  DATA_DIRECTORY_FILES,
  LOG_LOCK_FILE,
  parseLogDirectoryName,
} from './format/file-names';

/** A broker that stops unlinks its lock file, maybe between our opening and our locking it. */
const ATTEMPTS_MAX = 5;

/** What stands in the lock file of a log while it is open for appending. */
const OPEN_MARK = Buffer.from('open\n');

/** What is locked; who only works in it, and does not hold the lock itself, needs no more. */
export interface LockedDirectory {
  /** The log's own directory. */
  readonly directory: string;
  /** The data directory that was locked with it; null where the log stands alone. */
  readonly dataDirectory: string | null;
}

export interface DirectoryLock extends LockedDirectory, AsyncDisposable {
  /** The last Strata that appended here did not close the log: `markOpen` without `markClosed`. */
  readonly wasLeftOpen: boolean;
  /** Remembers, durably, that the log is open for appending. */
  markOpen(): Promise<void>;
  /** The log is closed, and everything in it is durable. */
  markClosed(): Promise<void>;
  /** Ends the right to write. A second call does nothing. */
  release(): Promise<void>;
}

/**
 * Locks one log's directory for writing, and the data directory around it where there is one.
 *
 * @throws AppError LOCKED where a broker or another Strata holds it; READ_ONLY, PERMISSION_DENIED where nothing can
 * be written; STORAGE_FAILED where the file system cannot lock; STORAGE_UNSAFE for the cluster's metadata log
 */
export async function lockLogDirectory(fs: FileSystem, directory: string): Promise<DirectoryLock> {
  const path = resolve(directory);
  if (parseLogDirectoryName(basename(path))?.topic === CLUSTER_METADATA_TOPIC)
    throw new AppError(
      'STORAGE_UNSAFE',
      'The metadata log has snapshot rules of its own; nothing may change it.',
      {
        path,
      },
    );
  const parent = dirname(path);
  const dataDirectory = (await isDataDirectory(fs, parent)) ? parent : null;
  const outer = dataDirectory === null ? null : await shareBrokerLock(fs, dataDirectory);
  try {
    const inner = await takeLock(fs, join(path, LOG_LOCK_FILE));
    const { wasLeftOpen, mark } = inner;
    return directoryLock({ directory: path, dataDirectory, wasLeftOpen, mark }, async () => {
      try {
        await inner.release();
      } finally {
        await outer?.release();
      }
    });
  } catch (error) {
    await outer?.release();
    throw error;
  }
}

/**
 * Locks a data directory as a broker does, shared by everything in this process that writes in it.
 * @throws as `lockLogDirectory`
 */
export async function lockDataDirectory(fs: FileSystem, directory: string): Promise<DirectoryLock> {
  const path = resolve(directory);
  const held = await shareBrokerLock(fs, path);
  const { wasLeftOpen, mark } = held;
  return directoryLock({ directory: path, dataDirectory: path, wasLeftOpen, mark }, () => held.release());
}

/** Whether it has files that only the root of a data directory has. */
export async function isDataDirectory(fs: FileSystem, directory: string): Promise<boolean> {
  return (await fs.list(directory)).some(({ name }) => DATA_DIRECTORY_FILES.includes(name));
}

interface Held {
  readonly wasLeftOpen: boolean;
  mark(isOpen: boolean): Promise<void>;
  release(): Promise<void>;
}

interface LockedPlace extends Omit<Held, 'release'> {
  readonly directory: string;
  readonly dataDirectory: string | null;
}

function directoryLock(
  { directory, dataDirectory, wasLeftOpen, mark }: LockedPlace,
  free: () => Promise<void>,
): DirectoryLock {
  let released: Promise<void> | null = null;
  const release = () => {
    released ??= free();
    return released;
  };
  return {
    directory,
    dataDirectory,
    wasLeftOpen,
    markOpen: () => mark(true),
    markClosed: () => mark(false),
    release,
    [Symbol.asyncDispose]: release,
  };
}

interface SharedLock {
  readonly held: Promise<Held>;
  holderCount: number;
  /** Settles when a lock given back by its last holder is gone, so that the next one can be taken. */
  isFreed: Promise<void> | null;
}

const sharedLocks = new WeakMap<FileSystem, Map<string, SharedLock>>();

async function shareBrokerLock(fs: FileSystem, dataDirectory: string): Promise<Held> {
  const locks = sharedLocks.get(fs) ?? new Map<string, SharedLock>();
  sharedLocks.set(fs, locks);
  let shared = locks.get(dataDirectory);
  while (shared?.isFreed) {
    await shared.isFreed;
    shared = locks.get(dataDirectory);
  }
  if (shared === undefined) {
    shared = { held: takeLock(fs, join(dataDirectory, BROKER_LOCK_FILE)), holderCount: 0, isFreed: null };
    locks.set(dataDirectory, shared);
  }
  const own = shared;
  own.holderCount++;
  const giveBack = async (free: (() => Promise<void>) | null) => {
    own.holderCount--;
    if (own.holderCount > 0) return;
    own.isFreed = (free?.() ?? Promise.resolve()).finally(() => locks.delete(dataDirectory));
    await own.isFreed;
  };
  try {
    const held = await own.held;
    return { ...held, release: () => giveBack(() => held.release()) };
  } catch (error) {
    await giveBack(null);
    throw error;
  }
}

async function takeLock(fs: FileSystem, path: string): Promise<Held> {
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
    const wasThere = (await fs.status(path)) !== null;
    const file = await fs.openForWriting(path, 'existing-or-new');
    if (await isLockedInPlace(fs, file, path)) return heldLock(fs, file, path, wasThere);
    await file.close();
  }
  throw locked(path);
}

/** @returns false where the locked file is no longer the one of that name */
async function isLockedInPlace(fs: FileSystem, file: WritableFile, path: string): Promise<boolean> {
  try {
    if (!file.tryLock()) throw locked(path);
    return (await file.status()).inode === (await fs.status(path))?.inode;
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** A lock file of our own goes away with the lock, also one that a crash left; not while it says `open`. */
async function heldLock(fs: FileSystem, file: WritableFile, path: string, wasThere: boolean): Promise<Held> {
  const isOurs = basename(path) === LOG_LOCK_FILE;
  const wasLeftOpen = isOurs && (await file.status()).sizeInBytes > 0;
  let isOpen = wasLeftOpen;
  return {
    wasLeftOpen,
    async mark(toOpen) {
      if (toOpen) await file.write(OPEN_MARK, 0);
      else await file.truncate(0);
      await file.sync();
      if (toOpen) await fs.syncDirectory(dirname(path));
      isOpen = toOpen;
    },
    release: () => giveUp(fs, file, path, isOpen || (wasThere && !isOurs)),
  };
}

/** Unlinks before it closes, while the lock still holds: whoever waits finds the inode changed. */
async function giveUp(fs: FileSystem, file: WritableFile, path: string, isKept: boolean): Promise<void> {
  try {
    if (!isKept) await fs.removeFile(path);
  } finally {
    await file.close();
  }
}

function locked(path: string): AppError {
  const holder = basename(path) === BROKER_LOCK_FILE ? 'A broker, or another Strata,' : 'Another Strata';
  return new AppError('LOCKED', `${holder} is at work in ${dirname(path)}: it holds ${basename(path)}.`, {
    path,
  });
}
