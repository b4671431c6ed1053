/**
 * A file system in memory that can lose power: what was not synced may be there afterwards, in part, in any order.
 *
 * A file has its content and the content that is durable, a directory its names and the durable names. Between them
 * lie the changes since the last sync; `crashImage` keeps some of them and gives back a file system as a machine
 * would find it. `before` sees every operation: it may fail it, cut a write short, or take an image.
 */
import { createHash } from 'node:crypto';
import { basename, dirname } from 'node:path';
import type {
  DirectoryEntry,
  DiskSpace,
  FileStatus,
  FileSystem,
  ReadableFile,
  WritableFile,
  WritingMode,
} from '../../electron/engine/file-system';
import { AppError, type ErrorCode } from '../../shared/errors';
import { MemDirectory, MemFile, type MemNode, type Random } from './mem-nodes';

export type { Random } from './mem-nodes';

export const ERRNO = {
  EIO: 5,
  EACCES: 13,
  EMFILE: 24,
  EFBIG: 27,
  ENOSPC: 28,
  EROFS: 30,
  EDQUOT: 122,
} as const;
const CODE_BY_ERRNO: Readonly<Record<number, ErrorCode>> = {
  5: 'STORAGE_FAILED',
  13: 'PERMISSION_DENIED',
  24: 'TOO_MANY_OPEN_FILES',
  27: 'DISK_FULL',
  28: 'DISK_FULL',
  30: 'READ_ONLY',
  122: 'DISK_FULL',
};

/** As the real file system throws it. */
export function storageError(errno: keyof typeof ERRNO, path: string): AppError {
  return new AppError(CODE_BY_ERRNO[ERRNO[errno]]!, `${errno}, ${path}`, { path, errno: ERRNO[errno] });
}

/** Thrown by `before` at a write: so many bytes get through first. */
export class ShortWrite extends Error {
  readonly sizeInBytes: number;
  readonly error: AppError;

  constructor(sizeInBytes: number, error: AppError) {
    super(error.message);
    this.sizeInBytes = sizeInBytes;
    this.error = error;
  }
}

export interface Operation {
  readonly kind:
    | 'open'
    | 'create'
    | 'read'
    | 'write'
    | 'truncate'
    | 'sync'
    | 'rename'
    | 'remove'
    | 'sync-directory';
  readonly path: string;
  readonly sizeInBytes: number;
}

export class MemFileSystem implements FileSystem {
  readonly root: MemDirectory;
  /** Called before each operation; what it throws is the operation's error. */
  before: ((operation: Operation) => void | Promise<void>) | null = null;
  /** Bytes that fit; creating and renaming fail too when nothing is left, as on a full ext4. */
  capacityInBytes = Number.POSITIVE_INFINITY;
  openCount = 0;
  openCountMax = 0;
  #nowMs = 1_700_000_000_000;

  constructor(root = new MemDirectory()) {
    this.root = root;
  }

  /** What a machine finds after losing power now. */
  crashImage(random: Random): MemFileSystem {
    return new MemFileSystem(this.root.crashImage(random));
  }

  /** The same for file systems with the same names and content. */
  fingerprint(): string {
    const hash = createHash('sha256');
    this.root.addTo(hash, '');
    return hash.digest('base64');
  }

  get usedBytes(): number {
    return this.root.allocatedBytes() + this.#unlinkedBytes();
  }

  /** Content of a file as it is read now, or null. */
  contentOf(path: string): Buffer | null {
    const node = this.#find(path);
    return node instanceof MemFile ? Buffer.from(node.content) : null;
  }

  /** Writes a file and makes it durable, its directories too. */
  put(path: string, content: Uint8Array | string): void {
    this.makeDirectory(dirname(path));
    const file = new MemFile(this.#nowMs);
    file.write(typeof content === 'string' ? Buffer.from(content) : content, 0);
    file.sync();
    const directory = this.#directory(dirname(path));
    directory.set(basename(path), file);
    directory.sync();
  }

  /** Durable, with all above it. */
  makeDirectory(path: string): void {
    let directory = this.root;
    for (const name of partsOf(path)) {
      const known = directory.names.get(name);
      const next = known instanceof MemDirectory ? known : new MemDirectory();
      if (known === undefined) directory.set(name, next);
      directory.sync();
      directory = next;
    }
  }

  async openForReading(path: string): Promise<ReadableFile> {
    return this.#open(path, 'existing');
  }

  async openForWriting(path: string, mode: WritingMode): Promise<WritableFile> {
    return this.#open(path, mode);
  }

  async list(directory: string): Promise<DirectoryEntry[]> {
    return [...this.#directory(directory).names].map(([name, node]) => ({
      name,
      kind: node instanceof MemFile ? 'file' : 'directory',
    }));
  }

  async status(path: string): Promise<FileStatus | null> {
    const node = this.#find(path);
    if (node === null) return null;
    if (node instanceof MemFile) return node.status();
    return { kind: 'directory', sizeInBytes: 0, modifiedAtMs: this.#nowMs, inode: node.inode };
  }

  async realPath(path: string): Promise<string | null> {
    return this.#find(path) === null ? null : path;
  }

  async rename(from: string, to: string): Promise<void> {
    await this.#begin('rename', from);
    this.#requireRoomForNames(from);
    const directory = this.#directory(dirname(from));
    const node = directory.names.get(basename(from));
    if (node === undefined) throw notFound(from);
    if (dirname(from) !== dirname(to)) throw new Error('renames stay in their directory');
    directory.rename(basename(from), basename(to));
  }

  async removeFile(path: string): Promise<void> {
    await this.#begin('remove', path);
    const directory = this.#directory(dirname(path));
    const node = directory.names.get(basename(path));
    if (!(node instanceof MemFile)) throw notFound(path);
    directory.remove(basename(path));
    if (node.openCount > 0) this.#unlinked.add(node);
  }

  async createDirectory(path: string): Promise<void> {
    await this.#begin('create', path);
    this.#requireRoomForNames(path);
    this.#directory(dirname(path)).set(basename(path), new MemDirectory());
  }

  async removeDirectory(path: string): Promise<void> {
    await this.#begin('remove', path);
    this.#directory(dirname(path)).remove(basename(path));
  }

  async syncDirectory(path: string): Promise<void> {
    await this.#begin('sync-directory', path);
    this.#directory(path).sync();
  }

  async setModifiedAt(path: string, timestampMs: number): Promise<void> {
    const node = this.#find(path);
    if (!(node instanceof MemFile)) throw notFound(path);
    node.modifiedAtMs = timestampMs;
  }

  async diskSpace(): Promise<DiskSpace> {
    const totalBytes = Number.isFinite(this.capacityInBytes) ? this.capacityInBytes : 2 ** 40;
    const usedBytes = this.usedBytes;
    return { totalBytes, usedBytes, availableBytes: Math.max(0, totalBytes - usedBytes) };
  }

  readonly #unlinked = new Set<MemFile>();

  #unlinkedBytes(): number {
    let total = 0;
    for (const file of this.#unlinked) total += file.allocatedBytes;
    return total;
  }

  async #open(path: string, mode: WritingMode): Promise<WritableFile> {
    const directory = this.#directory(dirname(path));
    const isThere = directory.names.has(basename(path));
    await this.#begin(isThere || mode === 'existing' ? 'open' : 'create', path);
    let node = directory.names.get(basename(path));
    if (node instanceof MemDirectory) throw new AppError('NOT_A_REGULAR_FILE', path, { path });
    if (node === undefined) {
      if (mode === 'existing') throw notFound(path);
      this.#requireRoomForNames(path);
      node = new MemFile(this.#nowMs);
      directory.set(basename(path), node);
    } else if (mode === 'new') throw new AppError('STORAGE_FAILED', `EEXIST, ${path}`, { path, errno: 17 });
    return this.#handleOf(node, path);
  }

  #handleOf(node: MemFile, path: string): WritableFile {
    node.openCount++;
    this.openCount++;
    this.openCountMax = Math.max(this.openCountMax, this.openCount);
    let isOpen = true;
    const handle: WritableFile = {
      read: async (target, position) => {
        await this.#begin('read', path);
        return node.read(target, position);
      },
      write: (bytes, position) => this.#write(node, path, bytes, position),
      truncate: async (sizeInBytes) => {
        await this.#begin('truncate', path);
        node.truncate(sizeInBytes);
      },
      sync: async () => {
        await this.#begin('sync', path);
        node.sync();
      },
      status: async () => node.status(),
      tryLock: () => {
        if (node.lockedBy !== null && node.lockedBy !== handle) return false;
        node.lockedBy = handle;
        return true;
      },
      close: async () => {
        if (!isOpen) throw new Error(`${path} was closed twice`);
        isOpen = false;
        this.openCount--;
        node.openCount--;
        if (node.lockedBy === handle) node.lockedBy = null;
        if (node.openCount === 0) this.#unlinked.delete(node);
      },
    };
    return handle;
  }

  async #write(node: MemFile, path: string, bytes: Uint8Array, position: number): Promise<void> {
    try {
      await this.#begin('write', path, bytes.length);
    } catch (error) {
      if (!(error instanceof ShortWrite)) throw error;
      node.write(bytes.subarray(0, error.sizeInBytes), position);
      throw error.error;
    }
    const room = this.capacityInBytes - this.usedBytes;
    const growth = Math.max(0, position + bytes.length - node.allocatedBytes);
    if (growth > room) {
      node.write(bytes.subarray(0, Math.max(0, bytes.length - growth + Math.max(0, room))), position);
      throw storageError('ENOSPC', path);
    }
    node.modifiedAtMs = this.#nowMs;
    node.write(bytes, position);
  }

  async #begin(kind: Operation['kind'], path: string, sizeInBytes = 0): Promise<void> {
    if (this.before !== null) await this.before({ kind, path, sizeInBytes });
  }

  #requireRoomForNames(path: string): void {
    if (this.usedBytes >= this.capacityInBytes) throw storageError('ENOSPC', path);
  }

  #directory(path: string): MemDirectory {
    const node = this.#find(path);
    if (node === null) throw notFound(path);
    if (node instanceof MemFile) throw new AppError('NOT_A_DIRECTORY', path, { path });
    return node;
  }

  #find(path: string): MemNode | null {
    let node: MemNode = this.root;
    for (const name of partsOf(path)) {
      const next: MemNode | undefined = node instanceof MemDirectory ? node.names.get(name) : undefined;
      if (next === undefined) return null;
      node = next;
    }
    return node;
  }
}

function partsOf(path: string): string[] {
  return path.split('/').filter((part) => part !== '');
}

function notFound(path: string): AppError {
  return new AppError('NOT_FOUND', `ENOENT, ${path}`, { path, errno: 2 });
}
