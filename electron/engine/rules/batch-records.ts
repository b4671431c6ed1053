/**
 * The records of a batch of any message format, in the layout of magic 2: decompressed and found once, for all who go
 * through them one after the other. What becomes of them, they know.
 */
import { AppError } from '../../../shared/errors';
import { decompress, Undecodable } from '../format/codec';
import { type ControlType, controlTypeOf } from '../format/control-record';
import { expandMessage } from '../format/message-set';
import { codecOf, RECORD_BATCH_HEADER_SIZE, type RecordBatchHeader } from '../format/record-batch';
import { RecordColumns } from '../format/record-columns';
import { RecordCursor } from '../format/record-cursor';
import { legacyPayload } from './legacy-payload';

const CURRENT_MAGIC = 2;

/** The decompressed records, or the batch itself where they are not compressed. */
export interface Payload {
  /** Of a message set: as if its records stood in one batch. */
  readonly header: RecordBatchHeader;
  readonly bytes: Uint8Array;
  /** Where the records begin. */
  readonly from: number;
}

/** One object for many batches. */
export class BatchRecords {
  /** As `next` says. */
  readonly columns = new RecordColumns();
  #batch: Uint8Array | null = null;
  #payload: Payload | null = null;
  #cursor: RecordCursor | null = null;
  #readCount = 0;
  /** The columns hold all records, and were not asked for yet. */
  #isRead = false;

  /**
   * Goes before the first record. The batch that was opened last costs nothing, as long as the columns hold all of it.
   * @param batch Exactly its bytes, the same object for the same batch. @throws AppError CORRUPT
   */
  open(header: RecordBatchHeader, batch: Uint8Array): Payload {
    const payload = batch === this.#batch ? this.#payload! : currentPayload(header, batch);
    if (payload === this.#payload && this.#readCount === 1 && this.#cursor!.isOver) {
      this.#isRead = true;
      return payload;
    }
    this.#batch = batch;
    this.#payload = payload;
    this.#cursor = new RecordCursor(payload.bytes, payload.from, payload.bytes.length);
    this.#readCount = 0;
    this.#isRead = false;
    return payload;
  }

  /** Puts the next ones into the columns. @returns how many; 0 at the end, or where the bytes are no record */
  next(): number {
    if (this.#isRead) {
      this.#isRead = false;
      return this.columns.count;
    }
    if (this.#cursor!.isOver) return 0;
    this.#readCount++;
    return this.columns.read(this.#cursor!);
  }

  get hasFailed(): boolean {
    return this.#cursor!.hasFailed;
  }
}

/** null where the marker's record was cleaned away. */
export function markerTypeOf(header: RecordBatchHeader, batch: Uint8Array): ControlType | null {
  if (header.recordsCount === 0) return null;
  const { bytes, from } = currentPayload(header, batch);
  const cursor = new RecordCursor(bytes, from, bytes.length);
  if (!cursor.next() || cursor.keyFrom < 0) return 'UNKNOWN';
  return controlTypeOf(bytes.subarray(cursor.keyFrom, cursor.keyTo)) ?? 'UNKNOWN';
}

function payloadOf(header: RecordBatchHeader, batch: Uint8Array): Uint8Array {
  const codec = codecOf(header.attributes);
  if (codec === 'none' || header.recordsCount === 0) return batch;
  if (codec === null) throw corrupt(header, 'the codec is unknown');
  const payload = decompress(codec, batch.subarray(RECORD_BATCH_HEADER_SIZE), { magic: header.magic });
  if (payload instanceof Undecodable) throw corrupt(header, payload.message);
  return payload;
}

/** @throws AppError CORRUPT */
export function currentPayload(header: RecordBatchHeader, batch: Uint8Array): Payload {
  if (header.magic < CURRENT_MAGIC) {
    const { header: expanded, records, flaw } = expandMessage(batch);
    if (flaw !== null) throw corrupt(header, flaw instanceof Undecodable ? flaw.message : flaw);
    return { ...legacyPayload(expanded, records), from: 0 };
  }
  const bytes = payloadOf(header, batch);
  return { header, bytes, from: bytes === batch ? RECORD_BATCH_HEADER_SIZE : 0 };
}

export function corrupt({ baseOffset }: RecordBatchHeader, reason: string): AppError {
  return new AppError('CORRUPT', `The batch at offset ${baseOffset} cannot be read: ${reason}.`, {
    baseOffset,
    reason,
  });
}
