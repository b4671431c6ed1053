/**
 * A file system that reads the same few bytes of a file once, for the passes of a report that ask for them one after the
 * other: the ends of indexes, the first header of a small segment. Of 40,000 segments that is most of the time.
 *
 * A file is opened when something of it is asked for that is not remembered. Names and sizes are asked for anew each time.
 * For one log and a moment: what is written behind a size that was listed is never asked for, but a file that is replaced
 * meanwhile is not seen.
 */
import type { Bytes, FilePosition } from '../../shared/units';
import type { FileStatus, ReadableFile, ReadingFileSystem } from '../engine/file-system';

const READ_BYTES_MAX: Bytes = 4 * 1024;
/** Of all that is remembered; beyond it the disk is asked again. */
const TOTAL_BYTES_MAX: Bytes = 64 * 1024 * 1024;

export function rememberingReads(fs: ReadingFileSystem): ReadingFileSystem {
  const memory = new Memory();
  return {
    async openForReading(path) {
      // That a file cannot be opened is found out where it was never read.
      const isKnown = memory.knows(path);
      return new RememberedFile(path, memory, fs, isKnown ? null : await fs.openForReading(path));
    },
    list: (directory) => fs.list(directory),
    status: (path) => fs.status(path),
    realPath: (path) => fs.realPath(path),
    diskSpace: (path) => fs.diskSpace(path),
  };
}

interface Piece {
  readonly position: FilePosition;
  /** That were asked for; there may be fewer. */
  readonly length: Bytes;
  readonly bytes: Uint8Array;
}

class Memory {
  readonly #pieces = new Map<string, Piece[]>();
  #bytesLeft: Bytes = TOTAL_BYTES_MAX;

  knows(path: string): boolean {
    return this.#pieces.has(path);
  }

  find(path: string, position: FilePosition, length: Bytes): Uint8Array | null {
    const pieces = this.#pieces.get(path) ?? [];
    return pieces.find((piece) => piece.position === position && piece.length === length)?.bytes ?? null;
  }

  add(path: string, piece: Piece): void {
    if (piece.length > READ_BYTES_MAX || piece.bytes.length > this.#bytesLeft) return;
    this.#bytesLeft -= piece.bytes.length;
    const pieces = this.#pieces.get(path);
    const kept = { ...piece, bytes: Uint8Array.from(piece.bytes) };
    if (pieces === undefined) this.#pieces.set(path, [kept]);
    else pieces.push(kept);
  }
}

class RememberedFile implements ReadableFile {
  readonly #path: string;
  readonly #memory: Memory;
  readonly #fs: ReadingFileSystem;
  /** null until it has to be. */
  #opened: Promise<ReadableFile> | null;

  constructor(path: string, memory: Memory, fs: ReadingFileSystem, opened: ReadableFile | null) {
    this.#path = path;
    this.#memory = memory;
    this.#fs = fs;
    this.#opened = opened === null ? null : Promise.resolve(opened);
  }

  async read(target: Uint8Array, position: FilePosition): Promise<number> {
    const known = this.#memory.find(this.#path, position, target.length);
    if (known !== null) {
      target.set(known);
      return known.length;
    }
    const count = await (await this.#file()).read(target, position);
    this.#memory.add(this.#path, { position, length: target.length, bytes: target.subarray(0, count) });
    return count;
  }

  async status(): Promise<FileStatus> {
    return (await this.#file()).status();
  }

  async close(): Promise<void> {
    const opened = await this.#opened?.catch(() => null); // whoever asked for it has the error
    await opened?.close();
  }

  #file(): Promise<ReadableFile> {
    this.#opened ??= this.#fs.openForReading(this.#path);
    return this.#opened;
  }
}
