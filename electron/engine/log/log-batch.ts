/**
 * Strict reading of batches: a batch is whole and its CRC matches, or reading stops with CORRUPT.
 *
 * Works on a file and a range of positions; which offsets belong there is the caller's business. Reads in large
 * pieces, and hands out views into them: a batch that is kept keeps its piece in memory.
 */
import { AppError } from '../../../shared/errors';
import type { Bytes, FilePosition } from '../../../shared/units';
import type { ReadableFile } from '../file-system';
import { decompress, Undecodable } from '../format/codec';
import { crc32cOf, crc32Of } from '../format/crc';
import { expandMessage, MESSAGE_CRC_FROM, MESSAGE_SIZE_MIN, readMessageHeader } from '../format/message-set';
import {
  ATTRIBUTES_AT,
  BATCH_LENGTH_AT,
  codecOf,
  HEADER_SIZE_UP_TO_MAGIC,
  LOG_OVERHEAD,
  MAGIC_AT,
  outOfRangeField,
  RECORD_BATCH_HEADER_SIZE,
  type RecordBatchHeader,
  readRecordBatchHeader,
} from '../format/record-batch';
import { decodeRecords, type LogRecord } from '../format/records';
import { readFully } from '../read-fully';

const PIECE_SIZE = 512 * 1024;
const CURRENT_MAGIC = 2;
export const TOO_SHORT = 'the file is shorter than expected';

/** Why bytes are no batch; `isTorn` where they may be the beginning of one that was never written to its end. */
export interface BatchFlaw {
  readonly position: FilePosition;
  readonly reason: string;
  readonly isTorn: boolean;
}

export class LogBatch {
  readonly header: RecordBatchHeader;
  readonly position: FilePosition;
  /** The whole batch, header included. */
  readonly bytes: Uint8Array;

  constructor(header: RecordBatchHeader, position: FilePosition, bytes: Uint8Array) {
    this.header = header;
    this.position = position;
    this.bytes = bytes;
  }

  get hasSoundCrc(): boolean {
    const { header, bytes } = this;
    const crc =
      header.magic === CURRENT_MAGIC
        ? crc32cOf(bytes.subarray(ATTRIBUTES_AT))
        : crc32Of(bytes.subarray(MESSAGE_CRC_FROM));
    return crc === header.crc;
  }

  /** @throws AppError CORRUPT where the records do not decode in spite of a sound CRC */
  records(): readonly LogRecord[] {
    const { header, bytes } = this;
    if (header.magic < CURRENT_MAGIC) {
      const { records, flaw } = expandMessage(bytes);
      if (flaw !== null) throw this.#corrupt(flaw instanceof Undecodable ? flaw.message : flaw);
      return records;
    }
    const codec = codecOf(header.attributes);
    if (codec === null) throw this.#corrupt('the codec is unknown');
    const payload = decompress(codec, bytes.subarray(RECORD_BATCH_HEADER_SIZE), { magic: header.magic });
    if (payload instanceof Undecodable) throw this.#corrupt(payload.message);
    const { records, flaw } = decodeRecords(payload, { from: 0, to: payload.length }, header);
    if (flaw !== null) throw this.#corrupt(flaw);
    return records;
  }

  #corrupt(reason: string): AppError {
    const { position, header } = this;
    return new AppError('CORRUPT', `The batch at offset ${header.baseOffset} cannot be read: ${reason}.`, {
      position,
      baseOffset: header.baseOffset,
      reason,
    });
  }
}

export interface BatchPiece {
  readonly batches: readonly LogBatch[];
  /** Behind the last batch. */
  readonly nextPosition: FilePosition;
  /** What stopped the reading before the end of the range, if anything. */
  readonly flaw: BatchFlaw | null;
}

/**
 * Reads the next batches of [from, to): as many as a piece holds, at least one where there is one.
 * @param to End of what counts; a batch that crosses it is torn.
 */
export async function readPiece(
  file: ReadableFile,
  from: FilePosition,
  to: FilePosition,
  pieceSize: Bytes = PIECE_SIZE,
): Promise<BatchPiece> {
  let bytes: Uint8Array = Buffer.allocUnsafeSlow(Math.min(pieceSize, to - from));
  bytes = bytes.subarray(0, await readFully(file, bytes, from));
  const needed = sizeOfFirst(bytes);
  if (needed > bytes.length && needed <= to - from) {
    const larger = Buffer.allocUnsafeSlow(needed);
    larger.set(bytes);
    const count = await readFully(file, larger.subarray(bytes.length), from + bytes.length);
    bytes = larger.subarray(0, bytes.length + count);
  }
  const piece = parsePiece(bytes, from, to);
  const isStuck = piece.batches.length === 0 && piece.flaw === null && from < to;
  return isStuck ? { ...piece, flaw: { position: from, reason: TOO_SHORT, isTorn: true } } : piece;
}

function sizeOfFirst(bytes: Uint8Array): Bytes {
  if (bytes.length < LOG_OVERHEAD) return LOG_OVERHEAD;
  return LOG_OVERHEAD + viewOf(bytes).getInt32(BATCH_LENGTH_AT);
}

export interface ParseOptions {
  /** Default: no limit. */
  readonly batchCountMax?: number;
  /** Only where the same bytes have been checked before, or will be before anything is made of them. */
  readonly skipsCrc?: boolean;
}

/**
 * The batches that stand whole in `bytes`.
 * @param from Position of the first byte, where a batch begins. @param to End of what counts.
 */
export function parsePiece(
  bytes: Uint8Array,
  from: FilePosition,
  to: FilePosition,
  { batchCountMax = Number.POSITIVE_INFINITY, skipsCrc = false }: ParseOptions = {},
): BatchPiece {
  const view = viewOf(bytes);
  const batches: LogBatch[] = [];
  let at = 0;
  while (at < bytes.length && batches.length < batchCountMax) {
    const batch = parseBatch(bytes, view, at, { position: from + at, left: to - from - at, skipsCrc });
    if (batch === null) break;
    if (!(batch instanceof LogBatch)) return { batches, nextPosition: from + at, flaw: batch };
    batches.push(batch);
    at += batch.bytes.length;
  }
  return { batches, nextPosition: from + at, flaw: null };
}

/** The batch at `at`; null where its end is not in `bytes`, though in the range. */
function parseBatch(
  bytes: Uint8Array,
  view: DataView,
  at: number,
  { position, left, skipsCrc }: { position: FilePosition; left: Bytes; skipsCrc: boolean },
): LogBatch | BatchFlaw | null {
  const flawed = (reason: string, isTorn = false): BatchFlaw => ({ position, reason, isTorn });
  if (left < HEADER_SIZE_UP_TO_MAGIC) return flawed(`only ${left} bytes are left`, true);
  if (bytes.length - at < HEADER_SIZE_UP_TO_MAGIC) return null;
  const size = LOG_OVERHEAD + view.getInt32(at + BATCH_LENGTH_AT);
  const magic = view.getInt8(at + MAGIC_AT);
  const sizeMin = magic === CURRENT_MAGIC ? RECORD_BATCH_HEADER_SIZE : MESSAGE_SIZE_MIN[magic];
  if (sizeMin === undefined) return flawed(`the magic is ${magic}`);
  if (size < sizeMin) return flawed(`the batch length is ${size - LOG_OVERHEAD}`);
  if (size > left) return flawed(`the batch has ${size} bytes, and ${left} are left`, true);
  if (size > bytes.length - at) return null;
  const header = magic === CURRENT_MAGIC ? readRecordBatchHeader(view, at) : readMessageHeader(view, at);
  const outOfRange = outOfRangeHeader(view, at, header);
  if (outOfRange !== null) return flawed(`a field is out of range: ${outOfRange}`);
  const batch = new LogBatch(header, position, bytes.subarray(at, at + size));
  return skipsCrc || batch.hasSoundCrc ? batch : wrongCrc(position);
}

export function wrongCrc(position: FilePosition): BatchFlaw {
  return { position, reason: 'the CRC does not match', isTorn: false };
}

function outOfRangeHeader(view: DataView, at: number, header: RecordBatchHeader): string | null {
  if (header.magic === CURRENT_MAGIC) return outOfRangeField(view, at, header);
  return Number.isNaN(header.baseOffset) || Number.isNaN(header.maxTimestampMs)
    ? 'offset or timestamp'
    : null;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

export function corruptAt(fileName: string, { position, reason }: BatchFlaw): AppError {
  return new AppError('CORRUPT', `${fileName} is damaged at byte ${position}: ${reason}.`, {
    file: fileName,
    position,
    reason,
  });
}
