/**
 * Writes one segment of the cleaner's output as `.cleaned` files: log, indexes, transaction index.
 *
 * Which entries the indexes get is due-index-entries.ts's. Batches are written in large pieces, and brought to the disk,
 * while the next ones come in: many that stand one behind the other straight from where they stand, others from a buffer.
 * Nothing is durable before `synced` has settled.
 */
import { join } from 'node:path';
import { DueIndexEntries } from '../../../shared/plan/due-index-entries';
import type { Bytes, FilePosition, Offset, TimestampMs } from '../../../shared/units';
import type { FileSystem, WritableFile } from '../file-system';
import {
  CLEANED_SUFFIX,
  LOG_SUFFIX,
  OFFSET_INDEX_SUFFIX,
  offsetName,
  TIME_INDEX_SUFFIX,
  TRANSACTION_INDEX_SUFFIX,
} from '../format/file-names';
import { readMessageHeader } from '../format/message-set';
import {
  ATTRIBUTES_AT,
  CRC_AT,
  MAGIC_AT,
  type RecordBatchHeader,
  readRecordBatchHeader,
} from '../format/record-batch';
import { encodeAbortedTransaction } from '../format/transaction-index';
import type { CleanedBatch } from '../rules/clean-batch';
import { writeWhole } from './atomic-file';
import { OffsetIndexColumns, TimeIndexColumns } from './index-columns';
import { offsetIndexBytes, timeIndexBytes } from './index-file';

const BUFFER_BYTES = 4 * 1024 * 1024;
const FLUSH_BYTES_MIN = 1024 * 1024;
/** Of batches in a row: to copy fewer is cheaper than to write them by themselves. */
const RUN_BYTES_MIN = 512 * 1024;
/** Written before the disk is asked to begin with it. */
const SYNC_BYTES_MIN = 16 * 1024 * 1024;
const CURRENT_MAGIC = 2;
const BYTE_BITS = 8;

export class CleanedSegment {
  readonly #fs: FileSystem;
  readonly #directory: string;
  readonly #baseOffset: Offset;
  readonly #log: WritableFile;
  readonly #offsetIndex = new OffsetIndexColumns();
  readonly #timeIndex = new TimeIndexColumns();
  readonly #entries: DueIndexEntries;
  readonly #aborted: Uint8Array[] = [];
  #nextOffset: Offset;
  /** Size of all batches so far. */
  #end: FilePosition = 0;
  readonly #run = new BatchRun();
  #buffer: Uint8Array | null = null;
  #buffered = 0;
  /** Of the buffer: from there on it stands in none of the pieces. */
  #pieced = 0;
  /** What is written next, in order. */
  #pieces: Uint8Array[] = [];
  /** On its way to the file, and the buffer that it leaves free. */
  #writing: Promise<void> = Promise.resolve();
  #spare: Uint8Array | null = null;
  /** Written, or on its way. */
  #written: FilePosition = 0;
  /** What the disk has, or is being given. */
  #syncing: Promise<void> = Promise.resolve();
  #isSyncing = false;
  #syncedUpTo: FilePosition = 0;

  private constructor(fs: FileSystem, directory: string, place: CleanedPlace, log: WritableFile) {
    this.#fs = fs;
    this.#directory = directory;
    this.#baseOffset = place.baseOffset;
    this.#nextOffset = place.baseOffset;
    this.#log = log;
    this.#entries = new DueIndexEntries(place, { offsets: this.#offsetIndex, times: this.#timeIndex });
  }

  static async create(fs: FileSystem, directory: string, place: CleanedPlace): Promise<CleanedSegment> {
    const path = join(directory, offsetName(place.baseOffset) + LOG_SUFFIX + CLEANED_SUFFIX);
    const log = await fs.openForWriting(path, 'existing-or-new');
    await log.truncate(0);
    return new CleanedSegment(fs, directory, place, log);
  }

  /** Takes a batch, of which the bytes stay as they are until `flush`, and after it until `released` has settled. */
  add(source: RecordBatchHeader, { bytes, sizeInBytes, aborted }: CleanedBatch): void {
    this.#entries.add(headerOf(source, bytes!), this.#end);
    if (aborted !== null) this.#aborted.push(encodeAbortedTransaction(aborted));
    if (!this.#run.goOn(bytes!)) {
      this.#endRun();
      this.#run.begin(bytes!);
    }
    this.#end += sizeInBytes;
    this.#nextOffset = source.lastOffset + 1;
  }

  /** Begins to write what has come together, if it is enough; waits for what was begun before. */
  async flush(): Promise<void> {
    this.#endRun();
    if (this.#pieces.length === 0 && this.#buffered < FLUSH_BYTES_MIN) return;
    await this.#write();
    if (!this.#isSyncing && this.#written - this.#syncedUpTo >= SYNC_BYTES_MIN) this.#sync();
  }

  /** After `flush`: settles when the batches that were added before need not stay where they are any more. */
  get released(): Promise<unknown> {
    return Promise.allSettled([this.#writing]); // what failed is told by the next `flush`
  }

  /** Behind the last batch so far; the base offset before the first one. */
  get nextOffset(): Offset {
    return this.#nextOffset;
  }

  /** The log file is written. @returns its size */
  async finishLog(): Promise<Bytes> {
    this.#endRun();
    await this.#write();
    await this.#writing;
    const sizeInBytes: number = this.#written;
    return sizeInBytes;
  }

  /**
   * After `finishLog`: everything is written, and on its way to the disk. `close` when that is done.
   * @param modifiedAtMs Of the last source, which old tombstones go by.
   */
  async finish(modifiedAtMs: TimestampMs): Promise<void> {
    await this.#syncing;
    this.#sync();
    this.#entries.finish();
    await this.#writeFile(OFFSET_INDEX_SUFFIX, offsetIndexBytes(this.#offsetIndex));
    await this.#writeFile(TIME_INDEX_SUFFIX, timeIndexBytes(this.#timeIndex));
    if (this.#aborted.length > 0)
      await this.#writeFile(TRANSACTION_INDEX_SUFFIX, Buffer.concat(this.#aborted));
    await this.#fs.setModifiedAt(this.#path(LOG_SUFFIX), modifiedAtMs);
  }

  /** After `finish`: settles when the content is durable; the names are not yet. */
  get synced(): Promise<void> {
    return this.#syncing;
  }

  /** The files stay behind as `.cleaned`. */
  async close(): Promise<void> {
    await Promise.allSettled([this.#writing, this.#syncing]); // what failed was told, or nobody wants it any more
    await this.#log.close();
  }

  #sync(): void {
    this.#isSyncing = true;
    this.#syncedUpTo = this.#written;
    this.#syncing = this.#log.sync().finally(() => {
      this.#isSyncing = false;
    });
    this.#syncing.catch(() => {}); // told to whoever waits for it
  }

  #endRun(): void {
    const run = this.#run.end();
    if (run === null) return;
    if (run.length >= RUN_BYTES_MIN) {
      this.#pieceBuffered();
      this.#pieces.push(run);
      return;
    }
    const end = this.#buffered + run.length;
    this.#buffer ??= Buffer.allocUnsafeSlow(BUFFER_BYTES);
    if (end > this.#buffer.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(this.#buffer.length * 2, end));
      larger.set(this.#buffer.subarray(0, this.#buffered));
      this.#buffer = larger;
    }
    this.#buffer.set(run, this.#buffered);
    this.#buffered = end;
  }

  #pieceBuffered(): void {
    if (this.#buffered > this.#pieced)
      this.#pieces.push(this.#buffer!.subarray(this.#pieced, this.#buffered));
    this.#pieced = this.#buffered;
  }

  async #write(): Promise<void> {
    await this.#writing;
    this.#pieceBuffered();
    if (this.#pieces.length === 0) return;
    this.#writing = this.#writePieces(this.#pieces, this.#written);
    this.#writing.catch(() => {}); // told to whoever waits for it
    this.#written = this.#end;
    this.#pieces = [];
    if (this.#buffered === 0) return;
    const full = this.#buffer;
    this.#buffer = this.#spare;
    this.#spare = full;
    this.#buffered = 0;
    this.#pieced = 0;
  }

  async #writePieces(pieces: readonly Uint8Array[], from: FilePosition): Promise<void> {
    let at = from;
    for (const piece of pieces) {
      await this.#log.write(piece, at);
      at += piece.length;
    }
  }

  #path(suffix: string): string {
    return join(this.#directory, offsetName(this.#baseOffset) + suffix + CLEANED_SUFFIX);
  }

  #writeFile(suffix: string, bytes: Uint8Array): Promise<void> {
    return writeWhole(this.#fs, this.#path(suffix), bytes);
  }
}

/** Batches that stand one behind the other in the same memory. */
class BatchRun {
  #memory: ArrayBufferLike | null = null;
  #from = 0;
  #to = 0;

  /** @returns whether the batch stands behind those before it, and now belongs to them */
  goOn({ buffer, byteOffset, length }: Uint8Array): boolean {
    if (buffer !== this.#memory || byteOffset !== this.#to) return false;
    this.#to += length;
    return true;
  }

  begin({ buffer, byteOffset, length }: Uint8Array): void {
    this.#memory = buffer;
    this.#from = byteOffset;
    this.#to = byteOffset + length;
  }

  /** @returns all of them; null for none */
  end(): Uint8Array | null {
    const memory = this.#memory;
    this.#memory = null;
    return memory === null ? null : new Uint8Array(memory, this.#from, this.#to - this.#from);
  }
}

interface CleanedPlace {
  readonly baseOffset: Offset;
  /** index.interval.bytes */
  readonly indexIntervalBytes: Bytes;
}

/** Of the batch as written: rebuilding may change its timestamps. */
function headerOf(source: RecordBatchHeader, bytes: Uint8Array): RecordBatchHeader {
  if (bytes.length === source.sizeInBytes && (source.magic < CURRENT_MAGIC || crcIn(bytes) === source.crc))
    return source;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const isCurrent = view.getInt8(MAGIC_AT) === CURRENT_MAGIC;
  return isCurrent ? readRecordBatchHeader(view, 0) : readMessageHeader(view, 0);
}

/** As it stands in a batch of the current format. */
function crcIn(batch: Uint8Array): number {
  let crc = 0;
  for (let at = CRC_AT; at < ATTRIBUTES_AT; at++) crc = (crc << BYTE_BITS) | batch[at]!;
  return crc >>> 0;
}
