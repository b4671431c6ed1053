/**
 * Reads a segment file front to back in large pieces, the next one on its way while this one is looked at.
 *
 * Callers ask `has` (cheap, synchronous) and `load` only where it says no. A piece that straddles a boundary is
 * carried over into the room in front of the next buffer, so that a batch always lies in one stretch of bytes.
 * Knows nothing of batches. Never reads past the size it was given, so that a growing file reads consistently.
 */
import type { Bytes, FilePosition } from '../../../shared/units';
import type { ReadableFile } from '../file-system';

const PIECE_SIZE = 2 * 1024 * 1024;
/** Room in front of a piece for what the one before left over. */
const CARRY_SIZE = 256 * 1024;

interface Piece {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  /** File position of index 0 of `bytes`. May be negative where the carry room is unused. */
  origin: number;
  from: FilePosition;
  /** Exclusive. */
  to: FilePosition;
}

export class SegmentReader {
  readonly sizeInBytes: Bytes;
  readonly #file: ReadableFile;
  #current = emptyPiece(0);
  #batch: Uint8Array = this.#current.bytes;
  #batchPosition: FilePosition = -1;
  #spare: Piece | null = null;
  #ahead: Promise<Piece> | null = null;

  constructor(file: ReadableFile, sizeInBytes: Bytes) {
    this.#file = file;
    this.sizeInBytes = sizeInBytes;
  }

  get bytes(): Uint8Array {
    return this.#current.bytes;
  }

  get view(): DataView {
    return this.#current.view;
  }

  /** Index in `bytes` of a file position that `has` confirmed. */
  indexOf(position: FilePosition): number {
    return position - this.#current.origin;
  }

  /** A batch that is in memory: a view, gone with the next piece. Asked for again, it is the same one. */
  batchAt(position: FilePosition, sizeInBytes: Bytes): Uint8Array {
    if (this.#batchPosition !== position || this.#batch.length !== sizeInBytes) {
      const at = this.indexOf(position);
      this.#batch = this.#current.bytes.subarray(at, at + sizeInBytes);
      this.#batchPosition = position;
    }
    return this.#batch;
  }

  has(position: FilePosition, length: Bytes): boolean {
    return position >= this.#current.from && position + length <= this.#current.to;
  }

  /** Brings a stretch of the file into memory. @returns False where the file ends before it. */
  async load(position: FilePosition, length: Bytes): Promise<boolean> {
    if (this.has(position, length)) return true;
    if (position + length > this.sizeInBytes) return false;
    this.#batchPosition = -1; // its buffer may be filled anew
    const next = await this.#takeAhead();
    if (next !== null && !this.#switchTo(next, position, length)) this.#spare = next;
    if (!this.has(position, length)) {
      const isSequential = position <= this.#current.to && position >= this.#current.from;
      const size = isSequential || position === 0 ? PIECE_SIZE : CARRY_SIZE;
      // No more than the file has: thousands of small segments would otherwise leave a buffer of a MiB each.
      const room = Math.min(size, this.sizeInBytes - position);
      this.#current = await this.#read(emptyPiece(Math.max(length, room)), position);
    }
    if (this.#current.to < this.sizeInBytes && this.#current.to - this.#current.from >= PIECE_SIZE)
      this.#readAhead();
    return this.has(position, length);
  }

  /** Waits for a read that is still under way, so that the file may be closed. */
  async settle(): Promise<void> {
    await this.#takeAhead();
  }

  async #takeAhead(): Promise<Piece | null> {
    const ahead = this.#ahead;
    this.#ahead = null;
    return ahead === null ? null : await ahead;
  }

  /** Goes on in the piece that was read ahead, with what the current one has from `position` on in front of it. */
  #switchTo(next: Piece, position: FilePosition, length: Bytes): boolean {
    const current = this.#current;
    const carry = next.from - position;
    if (position + length > next.to) return false;
    if (carry > 0) {
      if (position < current.from || carry > CARRY_SIZE || current.to !== next.from) return false;
      const room = next.from - next.origin;
      next.bytes.set(current.bytes.subarray(this.indexOf(position), this.indexOf(current.to)), room - carry);
      next.from = position;
    }
    this.#spare = current.bytes.length === CARRY_SIZE + PIECE_SIZE ? current : null;
    this.#current = next;
    return true;
  }

  #readAhead(): void {
    const piece = this.#spare ?? emptyPiece(CARRY_SIZE + PIECE_SIZE);
    this.#spare = null;
    const reading = this.#read(piece, this.#current.to, CARRY_SIZE);
    reading.catch(() => {}); // reported to whoever takes it
    this.#ahead = reading;
  }

  async #read(piece: Piece, position: FilePosition, room = 0): Promise<Piece> {
    const size = Math.min(piece.bytes.length - room, this.sizeInBytes - position);
    let done = 0;
    while (done < size) {
      const target = piece.bytes.subarray(room + done, room + size);
      const count = await this.#file.read(target, position + done);
      if (count === 0) break;
      done += count;
    }
    piece.origin = position - room;
    piece.from = position;
    piece.to = position + done;
    return piece;
  }
}

function emptyPiece(size: number): Piece {
  const bytes = Buffer.allocUnsafeSlow(size);
  return {
    bytes,
    view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength),
    origin: 0,
    from: 0,
    to: 0,
  };
}
