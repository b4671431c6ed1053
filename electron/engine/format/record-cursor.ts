/**
 * Steps over the records of a magic 2 payload without allocating: where each one's parts stand (layout in records.ts).
 *
 * For passes over millions of records that look at keys only. The bytes must have passed `checkRecords`, or the
 * caller looks at `hasFailed` when `next` says no.
 */
import { VarintCursor } from './varint';

export class RecordCursor {
  readonly bytes: Uint8Array;
  /** Of the record, its length field included; `end` is exclusive. */
  start = 0;
  end = 0;
  timestampDelta = 0;
  offsetDelta = 0;
  /** Behind the offset delta: key, value and headers, which do not depend on the batch. */
  contentFrom = 0;
  /** -1 for a null key. */
  keyFrom = -1;
  /** Exclusive. */
  keyTo = -1;
  hasValue = false;
  readonly #cursor: VarintCursor;

  constructor(bytes: Uint8Array, from: number, to: number) {
    this.bytes = bytes;
    this.#cursor = new VarintCursor(bytes, from, to);
  }

  /** Behind the last record, or where the bytes are none. */
  get isOver(): boolean {
    return this.#cursor.at >= this.#cursor.end;
  }

  get hasFailed(): boolean {
    return this.#cursor.hasFailed;
  }

  /** Goes to the next record. @returns false at the end, or where the bytes are no record */
  next(): boolean {
    const cursor = this.#cursor;
    if (cursor.at >= cursor.end) return false;
    this.start = cursor.at;
    const length = cursor.readVarint();
    this.end = cursor.at + length;
    if (length <= 0 || this.end > cursor.end) {
      cursor.skip(-1);
      return false;
    }
    cursor.skip(1);
    this.timestampDelta = cursor.readVarlong();
    this.offsetDelta = cursor.readVarint();
    this.contentFrom = cursor.at;
    const keyLength = cursor.readVarint();
    this.keyFrom = keyLength < 0 ? -1 : cursor.at;
    if (keyLength > 0) cursor.skip(keyLength);
    this.keyTo = keyLength < 0 ? -1 : cursor.at;
    this.hasValue = cursor.readVarint() >= 0;
    if (cursor.hasFailed || cursor.at > this.end) {
      cursor.skip(-1);
      return false;
    }
    cursor.at = this.end;
    return true;
  }
}
