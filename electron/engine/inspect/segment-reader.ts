/**
 * Reads a segment file front to back in pieces, the next two on their way while this one is looked at: a thread that is
 * woken to read may first have to wait for a processor. Pieces grow, as whoever looks at one header needs no more.
 *
 * Callers ask `has` (cheap, synchronous) and `load` only where it says no. A piece that straddles a boundary is
 * carried over into the room in front of the next buffer, so that a batch always lies in one stretch of bytes.
 * Knows nothing of batches. Never reads past the size it was given, so that a growing file reads consistently.
 */
import type { Bytes, FilePosition } from '../../../shared/units';
import type { ReadableFile } from '../file-system';

const FIRST_PIECE_SIZE = 64 * 1024;
const PIECE_SIZE_MAX = 4 * 1024 * 1024;
const PIECE_GROWTH = 4;
const PIECES_AHEAD = 2;
/** Room in front of a piece for what the one before left over: of a batch as large as brokers take, all but a byte. */
const CARRY_SIZE = 1280 * 1024;

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
  #nextSize: Bytes = FIRST_PIECE_SIZE;
  readonly #spares: Piece[] = [];
  readonly #ahead: Promise<Piece>[] = [];
  /** Where the pieces that are on their way end. */
  #aheadTo: FilePosition = 0;

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
    const next = await this.#ahead.shift();
    const isNext = next !== undefined && this.#switchTo(next, position, length);
    if (!isNext) {
      await this.settle(); // what was read ahead is not what is wanted
      const { from, to } = this.#current;
      // Whoever looks at headers steps over the end of a piece, by no more than a batch.
      const isGoingOn = position >= from && position - to < Math.max(to - from, 1);
      if (!isGoingOn) this.#nextSize = FIRST_PIECE_SIZE;
      // No more than the file has: thousands of small segments would otherwise leave a large buffer each.
      const room = Math.min(this.#takeSize(), this.sizeInBytes - position);
      this.#current = await this.#read(emptyPiece(Math.max(length, room)), position);
      this.#aheadTo = this.#current.to;
    }
    const hasGrown = this.#current.to - this.#current.from > FIRST_PIECE_SIZE;
    while (hasGrown && this.#aheadTo < this.sizeInBytes && this.#ahead.length < PIECES_AHEAD)
      this.#readAhead();
    return this.has(position, length);
  }

  /** Waits for reads that are still under way, so that the file may be closed. */
  async settle(): Promise<void> {
    await Promise.allSettled(this.#ahead.splice(0));
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
    if (current.bytes.length === CARRY_SIZE + PIECE_SIZE_MAX) this.#spares.push(current);
    this.#current = next;
    return true;
  }

  #takeSize(): Bytes {
    const size = this.#nextSize;
    this.#nextSize = Math.min(size * PIECE_GROWTH, PIECE_SIZE_MAX);
    return size;
  }

  #readAhead(): void {
    const rest = this.sizeInBytes - this.#aheadTo;
    const piece = this.#spares.pop() ?? emptyPiece(CARRY_SIZE + Math.min(this.#takeSize(), rest));
    const reading = this.#read(piece, this.#aheadTo, CARRY_SIZE);
    reading.catch(() => {}); // reported to whoever takes it
    this.#ahead.push(reading);
    this.#aheadTo += Math.min(piece.bytes.length - CARRY_SIZE, rest);
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
