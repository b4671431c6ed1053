/**
 * Descriptors for reading, shared by all readers of a log and bounded in number: the least recently used goes.
 *
 * A descriptor in use is never closed under its reader. `release` makes everybody let go of a file: it comes back
 * when the last reader has finished with it, so that removing the file then frees its space.
 */
import type { FileSystem, ReadableFile } from '../file-system';

interface OpenFile {
  readonly file: Promise<ReadableFile>;
  readerCount: number;
  /** Closed when the last reader is done. */
  isReleased: boolean;
  hasFailed: boolean;
  whenIdle: (() => void) | null;
}

export class OpenFiles {
  readonly #fs: FileSystem;
  readonly #max: number;
  /** In order of last use, oldest first. */
  readonly #files = new Map<string, OpenFile>();
  #waiting: (() => void)[] = [];
  /** Open or being opened, those released and not yet closed included. */
  #openCount = 0;
  #openCountMax = 0;

  constructor(fs: FileSystem, max: number) {
    this.#fs = fs;
    this.#max = max;
  }

  get openCount(): number {
    return this.#openCount;
  }

  /** The most there ever were at a time. */
  get openCountMax(): number {
    return this.#openCountMax;
  }

  /** Lends the file for the length of `use`. @throws AppError NOT_FOUND where it is gone */
  async use<T>(path: string, use: (file: ReadableFile) => Promise<T>): Promise<T> {
    const entry = await this.#acquire(path);
    try {
      return await use(await entry.file);
    } finally {
      await this.#giveBack(entry);
    }
  }

  /** Lets go of a file: new readers open it anew. Settles when it is closed. */
  async release(path: string): Promise<void> {
    const entry = this.#files.get(path);
    if (entry === undefined) return;
    this.#files.delete(path);
    entry.isReleased = true;
    if (entry.readerCount === 0) return this.#close(entry);
    await new Promise<void>((resolve) => {
      entry.whenIdle = resolve;
    });
  }

  async close(): Promise<void> {
    await Promise.all([...this.#files.keys()].map((path) => this.release(path)));
  }

  async #acquire(path: string): Promise<OpenFile> {
    for (;;) {
      const known = this.#files.get(path);
      if (known !== undefined) {
        this.#files.delete(path);
        this.#files.set(path, known);
        known.readerCount++;
        return known;
      }
      if (this.#openCount < this.#max) return this.#open(path);
      const idle = [...this.#files].find(([, { readerCount }]) => readerCount === 0);
      if (idle !== undefined) {
        await this.release(idle[0]);
        continue;
      }
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  #open(path: string): OpenFile {
    this.#openCount++;
    this.#openCountMax = Math.max(this.#openCountMax, this.#openCount);
    const entry: OpenFile = {
      file: this.#fs.openForReading(path),
      readerCount: 1,
      isReleased: false,
      hasFailed: false,
      whenIdle: null,
    };
    entry.file.catch(() => {
      entry.hasFailed = true;
      if (this.#files.get(path) === entry) this.#files.delete(path);
    });
    this.#files.set(path, entry);
    return entry;
  }

  async #giveBack(entry: OpenFile): Promise<void> {
    entry.readerCount--;
    if (entry.readerCount > 0) return;
    if (entry.hasFailed || entry.isReleased) await this.#close(entry);
    else this.#waiting.shift()?.();
  }

  async #close(entry: OpenFile): Promise<void> {
    try {
      if (!entry.hasFailed) await (await entry.file).close();
    } finally {
      this.#openCount--;
      entry.whenIdle?.();
      this.#waiting.shift()?.();
    }
  }
}
