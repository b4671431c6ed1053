/**
 * The batches of one file in order, strictly: each whole and, unless told otherwise, with a sound CRC, or CORRUPT is thrown.
 *
 * For whoever reads a file from front to back: in large pieces, the next one on its way while this one is looked at,
 * with two buffers for the whole file. A batch is a view into them, gone with the next piece.
 */
import type { Bytes, FilePosition } from '../../../shared/units';
import type { ReadableFile, ReadingFileSystem } from '../file-system';
import { readFully } from '../read-fully';
import { corruptAt, type LogBatch, parsePiece, TOO_SHORT } from './log-batch';

const PIECE_SIZE = 4 * 1024 * 1024;
/** Room in front of a piece for the batch that the one before it ended in. */
const CARRY_SIZE = 1024 * 1024;
/** Handed out at a time: of tiny batches there are many in a piece. */
const BATCH_COUNT_MAX = 1000;

export interface BatchStream {
  readonly path: string;
  /** As in messages. */
  readonly fileName: string;
  readonly sizeInBytes: Bytes;
  readonly signal?: AbortSignal | undefined;
  /** Only where the same bytes have been checked before, or will be before anything is made of them. */
  readonly skipsCrc?: boolean;
  /** Of the files that the caller reads one after the other. */
  readonly buffers?: PieceBuffers | undefined;
  /** Settles when what was handed out may be gone: asked before memory is used again. Never rejects. */
  readonly released?: (() => Promise<unknown>) | undefined;
}

/** Buffers that one file leaves to the next: large ones are dear to come by. */
export class PieceBuffers {
  readonly #free: Uint8Array[] = [];

  take(sizeInBytes: Bytes): Uint8Array {
    const index = this.#free.findIndex(({ length }) => length >= sizeInBytes);
    return index < 0 ? Buffer.allocUnsafeSlow(sizeInBytes) : this.#free.splice(index, 1)[0]!;
  }

  give(buffer: Uint8Array): void {
    this.#free.push(buffer);
  }
}

/** Pieces of batches, so that a caller can do its writing between them. @throws AppError CORRUPT */
export async function* readBatchPieces(
  fs: ReadingFileSystem,
  stream: BatchStream,
): AsyncGenerator<readonly LogBatch[], void, undefined> {
  const { path, fileName, sizeInBytes, signal, skipsCrc = false } = stream;
  const file = await fs.openForReading(path);
  const end: number = sizeInBytes;
  const pieces = new PieceReader(file, stream);
  try {
    while (await pieces.next()) {
      for (let batchCount = -1; batchCount !== 0; ) {
        signal?.throwIfAborted();
        const { bytes, position } = pieces;
        const { batches, nextPosition, flaw } = parsePiece(bytes, position, end, {
          batchCountMax: BATCH_COUNT_MAX,
          skipsCrc,
        });
        // What comes before a flaw is handed out first; then it stands at the front.
        if (flaw !== null && batches.length === 0) throw corruptAt(fileName, flaw);
        pieces.take(nextPosition);
        if (batches.length > 0) yield batches;
        batchCount = batches.length;
      }
    }
    if (pieces.position < end)
      throw corruptAt(fileName, { position: pieces.position, reason: TOO_SHORT, isTorn: true });
  } finally {
    await pieces.settle();
    await file.close();
  }
}

/** One by one. @throws AppError CORRUPT */
export async function* readBatches(
  fs: ReadingFileSystem,
  stream: BatchStream,
): AsyncGenerator<LogBatch, void, undefined> {
  for await (const piece of readBatchPieces(fs, stream)) yield* piece;
}

/** A file front to back; what the caller did not take is in front of the next piece. */
class PieceReader {
  /** Of the first byte of `bytes`. */
  position: FilePosition = 0;
  bytes: Uint8Array = new Uint8Array(0);
  readonly #file: ReadableFile;
  readonly #end: Bytes;
  readonly #pieceSize: Bytes;
  readonly #buffers: PieceBuffers;
  readonly #released: BatchStream['released'];
  #buffer: Uint8Array | null = null;
  #spare: Uint8Array | null = null;
  #ahead: Promise<number> | null = null;

  constructor(file: ReadableFile, { sizeInBytes, buffers = new PieceBuffers(), released }: BatchStream) {
    this.#file = file;
    this.#end = sizeInBytes;
    this.#buffers = buffers;
    this.#released = released;
    this.#pieceSize = Math.min(PIECE_SIZE, sizeInBytes);
    if (sizeInBytes > 0) this.#readAhead();
  }

  /** @returns false where nothing more comes */
  async next(): Promise<boolean> {
    if (this.#ahead === null) return false;
    const count = await this.#ahead;
    this.#ahead = null;
    const read = this.#spare!;
    const rest = this.bytes;
    this.#spare = this.#buffer;
    if (rest.length <= CARRY_SIZE) {
      read.set(rest, CARRY_SIZE - rest.length);
      this.#buffer = read;
      this.bytes = read.subarray(CARRY_SIZE - rest.length, CARRY_SIZE + count);
    } else {
      this.#buffer = null;
      this.bytes = Buffer.concat([rest, read.subarray(CARRY_SIZE, CARRY_SIZE + count)]);
    }
    if (count > 0 && this.position + this.bytes.length < this.#end) this.#readAhead();
    return count > 0;
  }

  /** Up to this position, exclusive. */
  take(position: FilePosition): void {
    this.bytes = this.bytes.subarray(position - this.position);
    this.position = position;
  }

  /** Waits for a read that is still under way, so that the file may be closed and the buffers be others'. */
  async settle(): Promise<void> {
    await this.#ahead?.catch(() => {}); // whoever wanted the bytes has gone
    for (const buffer of [this.#buffer, this.#spare]) if (buffer !== null) this.#buffers.give(buffer);
  }

  #readAhead(): void {
    const from = this.position + this.bytes.length;
    this.#spare ??= this.#buffers.take(CARRY_SIZE + this.#pieceSize);
    const size = Math.min(this.#pieceSize, this.#end - from);
    this.#ahead = this.#readInto(this.#spare.subarray(CARRY_SIZE, CARRY_SIZE + size), from);
    this.#ahead.catch(() => {}); // told to whoever takes it
  }

  async #readInto(target: Uint8Array, from: FilePosition): Promise<number> {
    await this.#released?.();
    return readFully(this.#file, target, from);
  }
}
