/**
 * The seam to the file system: every file operation of the engine goes through these interfaces.
 *
 * Tests pass an in-memory or a faulty one. Errors of Node are mapped to `AppError` here, once, by errno number
 * (Node has no code for some of them, RELIABILITY hazard 8). Reading never follows a link at the last step,
 * never blocks on a FIFO and accepts regular files only. Nothing here knows the format of any file.
 */
import { constants } from 'node:fs';
import {
  type FileHandle,
  lstat,
  mkdir,
  open,
  readdir,
  realpath,
  rename,
  rmdir,
  statfs,
  unlink,
  utimes,
} from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename } from 'node:path';
import { AppError, type ErrorCode } from '../../shared/errors';
import type { Bytes, TimestampMs } from '../../shared/units';

export interface FileStatus {
  readonly kind: 'file' | 'directory' | 'other';
  readonly sizeInBytes: Bytes;
  readonly modifiedAtMs: TimestampMs;
  /** Identity of the file: tells a replaced file from a grown one. */
  readonly inode: number;
}

export interface DirectoryEntry {
  readonly name: string;
  readonly kind: 'file' | 'directory' | 'other';
}

export interface ReadableFile {
  /** Reads up to `target.length` bytes at `position`; returns the number of bytes read, 0 at the end. */
  read(target: Uint8Array, position: number): Promise<number>;
  status(): Promise<FileStatus>;
  close(): Promise<void>;
}

/** What viewing needs. Has no way to change anything. */
export interface ReadingFileSystem {
  /** @throws AppError NOT_FOUND, PERMISSION_DENIED, NOT_A_REGULAR_FILE, … */
  openForReading(path: string): Promise<ReadableFile>;
  /** In no particular order. @throws AppError NOT_FOUND, NOT_A_DIRECTORY, PERMISSION_DENIED */
  list(directory: string): Promise<DirectoryEntry[]>;
  /** Of the entry itself, not of what a link points to; null where there is none. */
  status(path: string): Promise<FileStatus | null>;
  /** The path without a link in it; null where nothing is there, or a link points nowhere. @param path Absolute */
  realPath(path: string): Promise<string | null>;
  /** Of the file system that holds the path. */
  diskSpace(path: string): Promise<DiskSpace>;
}

export interface DiskSpace {
  readonly totalBytes: Bytes;
  /** In use by anybody. */
  readonly usedBytes: Bytes;
  /** Free for an ordinary user: less than total minus used where the file system keeps a reserve. */
  readonly availableBytes: Bytes;
}

export interface WritableFile extends ReadableFile {
  /** Writes all of `bytes` at `position`. After an error any part of them may be in the file. */
  write(bytes: Uint8Array, position: number): Promise<void>;
  /** Shortens the file, or extends it with zeros that take no space. */
  truncate(sizeInBytes: Bytes): Promise<void>;
  /** Makes content and size durable. After an error nothing is known about what was written since the last one. */
  sync(): Promise<void>;
  /**
   * Takes an exclusive lock for as long as the file stays open; excludes other processes, Kafka among them, and
   * other opened files of this one. @returns false where somebody else holds it
   */
  tryLock(): boolean;
}

/** How `openForWriting` treats what is there: must exist, must not exist, or either. */
export type WritingMode = 'existing' | 'new' | 'existing-or-new';

/** What the log engine needs. Names become durable with `syncDirectory`, content with `sync`. */
export interface FileSystem extends ReadingFileSystem {
  openForWriting(path: string, mode: WritingMode): Promise<WritableFile>;
  /** Replaces `to` where it exists. */
  rename(from: string, to: string): Promise<void>;
  removeFile(path: string): Promise<void>;
  /** One level. */
  createDirectory(path: string): Promise<void>;
  /** Only an empty one. */
  removeDirectory(path: string): Promise<void>;
  syncDirectory(path: string): Promise<void>;
  setModifiedAt(path: string, timestampMs: TimestampMs): Promise<void>;
}

/** Closes all of them, also where one of them fails. @throws the first error */
export async function closeAll(files: readonly ReadableFile[]): Promise<void> {
  const closed = await Promise.allSettled(files.map((file) => file.close()));
  for (const result of closed) if (result.status === 'rejected') throw result.reason;
}

/** Before the umask. */
const NEW_FILE_MODE = 0o666;
const MS_PER_SECOND = 1000;

const CODE_BY_ERRNO: Readonly<Record<number, ErrorCode>> = {
  1: 'PERMISSION_DENIED', // EPERM
  2: 'NOT_FOUND', // ENOENT
  13: 'PERMISSION_DENIED', // EACCES
  20: 'NOT_A_DIRECTORY', // ENOTDIR
  21: 'NOT_A_REGULAR_FILE', // EISDIR
  23: 'TOO_MANY_OPEN_FILES', // ENFILE
  24: 'TOO_MANY_OPEN_FILES', // EMFILE
  27: 'DISK_FULL', // EFBIG: a size limit
  28: 'DISK_FULL', // ENOSPC
  30: 'READ_ONLY', // EROFS
  40: 'NOT_A_REGULAR_FILE', // ELOOP: a link where O_NOFOLLOW forbids one
  122: 'DISK_FULL', // EDQUOT
};

/** What follows the path; the system's own words for the other codes. */
const WORDS_BY_CODE: Readonly<Partial<Record<ErrorCode, string>>> = {
  NOT_FOUND: 'there is no such file or directory',
  NOT_A_DIRECTORY: 'it is no directory, or lies below a file',
  NOT_A_REGULAR_FILE: 'it is a directory or a link, and a file is needed',
  PERMISSION_DENIED: 'the user of this process has no permission for it',
  READ_ONLY: 'its file system is mounted read-only',
  TOO_MANY_OPEN_FILES: 'too many files are open; raise the limit (ulimit -n)',
  DISK_FULL: 'the disk, or the quota on it, is full',
};

/** Turns an error of Node's file functions into an AppError; anything else is passed through. */
export function toStorageError(error: unknown, path: string): unknown {
  if (error instanceof AppError || !(error instanceof Error)) return error;
  const { errno, code: name, syscall } = error as NodeJS.ErrnoException;
  if (errno === undefined) return error;
  const code = CODE_BY_ERRNO[Math.abs(errno)] ?? 'STORAGE_FAILED';
  // Node's: `EIO: i/o error, read`, with the path behind it where it has more than a handle.
  const words = WORDS_BY_CODE[code] ?? error.message.replace(/^E\w+: /, '').replace(/, \w+( '.*)?$/s, '');
  const source = [name, syscall].filter((part) => part !== undefined).join(', ');
  const message = `${path}: ${words}${source && ` (${source})`}.`;
  return new AppError(code, message, { path, errno: Math.abs(errno) }, { cause: error });
}

/** What fails of it fails as an AppError. */
export async function mapErrors<T>(path: string, operation: () => Promise<T>): Promise<T> {
  try {
    return await operation();
  } catch (error) {
    throw toStorageError(error, path);
  }
}

class NodeReadableFile implements ReadableFile {
  readonly #handle: FileHandle;
  readonly #path: string;

  constructor(handle: FileHandle, path: string) {
    this.#handle = handle;
    this.#path = path;
  }

  read(target: Uint8Array, position: number): Promise<number> {
    return mapErrors(
      this.#path,
      async () => (await this.#handle.read(target, 0, target.length, position)).bytesRead,
    );
  }

  status(): Promise<FileStatus> {
    return mapErrors(this.#path, async () => toStatus(await this.#handle.stat()));
  }

  close(): Promise<void> {
    return mapErrors(this.#path, () => this.#handle.close());
  }
}

interface NodeStat {
  isFile(): boolean;
  isDirectory(): boolean;
  size: number;
  mtimeMs: number;
  ino: number;
}

export function toStatus(stat: NodeStat): FileStatus {
  return {
    kind: kindOf(stat),
    sizeInBytes: stat.size,
    modifiedAtMs: Math.floor(stat.mtimeMs),
    inode: stat.ino,
  };
}

function kindOf(entry: { isFile(): boolean; isDirectory(): boolean }): FileStatus['kind'] {
  if (entry.isFile()) return 'file';
  return entry.isDirectory() ? 'directory' : 'other';
}

async function openForReading(path: string): Promise<ReadableFile> {
  const { O_RDONLY, O_NONBLOCK = 0, O_NOFOLLOW = 0 } = constants;
  return new NodeReadableFile(await openRegular(path, O_RDONLY | O_NONBLOCK | O_NOFOLLOW), path);
}

async function openRegular(path: string, flags: number, mode?: number): Promise<FileHandle> {
  const handle = await open(path, flags, mode);
  try {
    requireRegular(await handle.stat(), path);
    return handle;
  } catch (error) {
    await handle.close();
    throw error;
  }
}

export function requireRegular(stat: Pick<NodeStat, 'isFile'>, path: string): void {
  if (!stat.isFile())
    throw new AppError('NOT_A_REGULAR_FILE', `${basename(path)} is not a regular file.`, { path });
}

function nullWhereMissing(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT') return null;
  throw error;
}

/** The real file system, reading part. */
export const nodeReadingFileSystem: ReadingFileSystem = {
  openForReading: (path) => mapErrors(path, () => openForReading(path)),
  list: (directory) =>
    mapErrors(directory, async () =>
      (await readdir(directory, { withFileTypes: true })).map((entry) => ({
        name: entry.name,
        kind: kindOf(entry),
      })),
    ),
  status: (path) =>
    mapErrors(path, async () => {
      const stat = await lstat(path).catch(nullWhereMissing);
      return stat === null ? null : toStatus(stat);
    }),
  realPath: (path) => mapErrors(path, () => realpath(path).catch(nullWhereMissing)),
  diskSpace: (path) => mapErrors(path, () => diskSpace(path)),
};

/** Loaded on first use, so that a system without its binary can still read logs. */
let tryLockDescriptor: ((descriptor: number) => boolean) | null = null;

function lockDescriptor(descriptor: number): boolean {
  if (tryLockDescriptor === null) {
    const extensions = createRequire(import.meta.url)('fs-native-extensions');
    tryLockDescriptor = extensions.tryLock as (descriptor: number) => boolean;
  }
  return tryLockDescriptor(descriptor);
}

class NodeWritableFile extends NodeReadableFile implements WritableFile {
  readonly #handle: FileHandle;
  readonly #path: string;

  constructor(handle: FileHandle, path: string) {
    super(handle, path);
    this.#handle = handle;
    this.#path = path;
  }

  write(bytes: Uint8Array, position: number): Promise<void> {
    return mapErrors(this.#path, async () => {
      for (let done = 0; done < bytes.length; ) {
        const { bytesWritten } = await this.#handle.write(bytes, done, bytes.length - done, position + done);
        done += bytesWritten;
      }
    });
  }

  truncate(sizeInBytes: Bytes): Promise<void> {
    return mapErrors(this.#path, () => this.#handle.truncate(sizeInBytes));
  }

  sync(): Promise<void> {
    return mapErrors(this.#path, () => this.#handle.sync());
  }

  tryLock(): boolean {
    try {
      return lockDescriptor(this.#handle.fd);
    } catch (error) {
      throw toStorageError(error, this.#path);
    }
  }
}

async function openForWriting(path: string, mode: WritingMode): Promise<WritableFile> {
  const { O_RDWR, O_CREAT, O_EXCL, O_NONBLOCK = 0, O_NOFOLLOW = 0 } = constants;
  const creation = { existing: 0, new: O_CREAT | O_EXCL, 'existing-or-new': O_CREAT }[mode];
  const flags = O_RDWR | creation | O_NONBLOCK | O_NOFOLLOW;
  return new NodeWritableFile(await openRegular(path, flags, NEW_FILE_MODE), path);
}

async function syncDirectory(path: string): Promise<void> {
  const handle = await open(path, constants.O_RDONLY | (constants.O_DIRECTORY ?? 0));
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function diskSpace(path: string): Promise<DiskSpace> {
  const { bsize, blocks, bfree, bavail } = await statfs(path);
  return {
    totalBytes: blocks * bsize,
    usedBytes: (blocks - bfree) * bsize,
    availableBytes: bavail * bsize,
  };
}

/** The real file system. */
export const nodeFileSystem: FileSystem = {
  ...nodeReadingFileSystem,
  openForWriting: (path, mode) => mapErrors(path, () => openForWriting(path, mode)),
  rename: (from, to) => mapErrors(from, () => rename(from, to)),
  removeFile: (path) => mapErrors(path, () => unlink(path)),
  createDirectory: (path) => mapErrors(path, () => mkdir(path)),
  removeDirectory: (path) => mapErrors(path, () => rmdir(path)),
  syncDirectory: (path) => mapErrors(path, () => syncDirectory(path)),
  setModifiedAt: (path, timestampMs) =>
    mapErrors(path, () => utimes(path, timestampMs / MS_PER_SECOND, timestampMs / MS_PER_SECOND)),
};
