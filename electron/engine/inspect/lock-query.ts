/**
 * Asks the system whether some process holds an fcntl lock on a file. Only asks: takes no lock, writes nothing.
 *
 * `fcntl(F_GETLK)` through koffi on a read-only descriptor. It sees POSIX locks (Java's FileChannel.lock) and OFD
 * locks (open file description: the engine's own), across PID namespaces too, where /proc/locks does not. Linux only:
 * elsewhere it is known of a missing file that nobody holds it, and of any other nothing.
 */
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { endianness } from 'node:os';

/** absent: there is no such file. unknown: the query failed, or this system has none. */
export type LockState = 'held' | 'free' | 'absent' | 'unknown';

export interface LockAnswer {
  readonly state: LockState;
  /** Why it is unknown, else empty. */
  readonly reason: string;
  /** Held as Java never holds one, and the engine always: by an opened file, not by a process. */
  readonly isOpenFileLock?: boolean;
}

/** From Linux' fcntl.h, the same on every 64-bit architecture. */
const F_GETLK = 5;
const F_WRLCK = 1;
const F_UNLCK = 2;

/**
 * struct flock on 64-bit Linux, positions in bytes:
 *    0  l_type    int16
 *    2  l_whence  int16   0: from the start of the file
 *    4  padding
 *    8  l_start   int64   0
 *   16  l_len     int64   0: to the end, however far it grows
 *   24  l_pid     int32   of the holder; -1 for an OFD lock
 *   28  padding
 */
const FLOCK_SIZE = 32;
const TYPE_POSITION = 0;
const HOLDER_POSITION = 24;
const OPEN_FILE_HOLDER = -1;

type Fcntl = (descriptor: number, command: number, argument: Uint8Array) => number;
interface Koffi {
  load(path: string | null): { func(prototype: string): unknown };
  errno(): number;
}

/** Loaded on first use, so that a system without koffi's binary can still read logs. */
let loaded: { readonly fcntl: Fcntl; readonly errno: () => number } | null = null;

function loadFcntl() {
  if (loaded === null) {
    const koffi = createRequire(import.meta.url)('koffi') as Koffi;
    const variadic = koffi.load(null).func('int fcntl(int fd, int cmd, ...)') as (
      ...args: unknown[]
    ) => number;
    const fcntl: Fcntl = (descriptor, command, argument) => variadic(descriptor, command, 'void *', argument);
    loaded = { fcntl, errno: () => koffi.errno() };
  }
  return loaded;
}

/** Never throws: a query that fails is `unknown`, with the reason. */
export async function queryLock(
  path: string,
  platform: NodeJS.Platform = process.platform,
): Promise<LockAnswer> {
  const { O_RDONLY, O_NONBLOCK, O_NOFOLLOW } = constants;
  try {
    const handle = await open(path, O_RDONLY | O_NONBLOCK | O_NOFOLLOW);
    try {
      if (platform !== 'linux') return unknown(`locks cannot be queried on ${platform}`);
      if (!(await handle.stat()).isFile()) return unknown('the lock file is not a regular file');
      return askForDescriptor(handle.fd);
    } finally {
      await handle.close();
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { state: 'absent', reason: '' };
    return unknown(error instanceof Error ? error.message : String(error));
  }
}

function askForDescriptor(descriptor: number): LockAnswer {
  const { fcntl, errno } = loadFcntl();
  const flock = Buffer.alloc(FLOCK_SIZE);
  const isLittleEndian = endianness() === 'LE';
  if (isLittleEndian) flock.writeInt16LE(F_WRLCK, TYPE_POSITION);
  else flock.writeInt16BE(F_WRLCK, TYPE_POSITION);
  if (fcntl(descriptor, F_GETLK, flock) === -1) return unknown(`fcntl failed with errno ${errno()}`);
  const type = isLittleEndian ? flock.readInt16LE(TYPE_POSITION) : flock.readInt16BE(TYPE_POSITION);
  if (type === F_UNLCK) return { state: 'free', reason: '' };
  const holder = isLittleEndian ? flock.readInt32LE(HOLDER_POSITION) : flock.readInt32BE(HOLDER_POSITION);
  return { state: 'held', reason: '', isOpenFileLock: holder === OPEN_FILE_HOLDER };
}

function unknown(reason: string): LockAnswer {
  return { state: 'unknown', reason };
}
