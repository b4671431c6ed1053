/**
 * What is open in the window: at most one directory, its logs by id, and where it was opened from.
 *
 * The page knows ids only; paths come from the dialog, a drop, the recent list or the command line. Opening
 * another directory closes the one before, once the new one is really open.
 */
import { realpath } from 'node:fs/promises';
import type { contract, Directory } from '../../shared/contract';
import type { DiskUsage } from '../../shared/disk-usage';
import { AppError } from '../../shared/errors';
import type { CallContext, Result } from '../../shared/rpc';
import { toStorageError } from '../engine/file-system';
import { type OpenDirectory, type OpenDirectoryParts, openDirectory } from './open-directory';
import type { LogPage, OpenLog, ScanProgress } from './open-log';

export type OpenLogsParts = Omit<OpenDirectoryParts, 'newId'> & {
  /** A directory was opened (path) or closed (null). */
  readonly onCurrentChanged: (directory: { name: string; path: string } | null) => void;
};

export class OpenLogs {
  readonly #parts: OpenLogsParts;
  #current: OpenDirectory | null = null;
  #lastId = 0;
  #turn: Promise<void> = Promise.resolve();

  constructor(parts: OpenLogsParts) {
    this.#parts = parts;
  }

  /** @throws AppError NOT_FOUND, NOT_A_DIRECTORY, EMPTY_DIRECTORY, NOT_A_LOG, PERMISSION_DENIED */
  open(path: string): Promise<Directory> {
    return this.#inTurn(() => this.#open(path));
  }

  /** What a reloaded page finds again; null where nothing is open. */
  current(): Directory | null {
    return this.#current?.describe() ?? null;
  }

  refresh(directoryId: string): Promise<Directory> {
    return this.#directory(directoryId).refresh();
  }

  usage(directoryId: string): Promise<DiskUsage> {
    return this.#directory(directoryId).usage();
  }

  problems(
    directoryId: string,
    page: LogPage,
    signal: AbortSignal,
  ): Promise<Result<typeof contract, 'directory.problems'>> {
    return this.#directory(directoryId).problems(page, signal);
  }

  verify(
    directoryId: string,
    context: Pick<CallContext<ScanProgress>, 'signal' | 'progress'>,
  ): Promise<Result<typeof contract, 'directory.verify'>> {
    return this.#directory(directoryId).verify(context);
  }

  close(directoryId: string): Promise<void> {
    return this.#inTurn(async () => {
      await this.#directory(directoryId).close();
      this.#current = null;
      this.#parts.onCurrentChanged(null);
    });
  }

  /** The log of an id; from now on it counts as the one on the screen. */
  log(logId: string): OpenLog {
    const found = this.#current?.log(logId) ?? null;
    if (found === null) throw new AppError('LOG_NOT_OPEN', 'This log is no longer open.', { logId });
    this.#current?.focus(found);
    return found;
  }

  /** Path of the open directory. @throws AppError LOG_CLOSED */
  pathOf(directoryId: string): string {
    return this.#directory(directoryId).path;
  }

  closeAll(): Promise<void> {
    return this.#inTurn(async () => {
      await this.#current?.close();
      this.#current = null;
    });
  }

  /** Openings and closings run one after the other: the last one asked for is what stays. */
  #inTurn<T>(run: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(run);
    this.#turn = result.then(
      () => undefined,
      () => undefined, // the caller of that turn has the error
    );
    return result;
  }

  async #open(path: string): Promise<Directory> {
    const real = await realpath(path).catch((error: unknown) => {
      throw toStorageError(error, path);
    });
    if (this.#current?.path === real) return this.#current.refresh();
    const opened = await openDirectory(real, {
      ...this.#parts,
      newId: (prefix) => `${prefix}-${++this.#lastId}`,
    });
    const before = this.#current;
    this.#current = opened;
    await before?.close();
    const directory = opened.describe();
    this.#parts.onCurrentChanged(directory);
    return directory;
  }

  #directory(directoryId: string): OpenDirectory {
    if (this.#current?.directoryId === directoryId) return this.#current;
    throw new AppError('LOG_CLOSED', 'This directory is no longer open.', { directoryId });
  }
}
