/**
 * Some records of a magic 2 payload at a time: where each one's parts stand, column by column (layout in records.ts).
 *
 * For passes that look at many keys at once. One object for many batches; what it points to is gone with their bytes.
 */
import type { RecordCursor } from './record-cursor';

export const RECORDS_AT_ONCE = 1024;
const NO_BYTES = new Uint8Array(0);

export class RecordColumns {
  bytes: Uint8Array = NO_BYTES;
  count = 0;
  /** Of the record, its length field included; `end` is exclusive. */
  readonly start = new Int32Array(RECORDS_AT_ONCE);
  readonly end = new Int32Array(RECORDS_AT_ONCE);
  /** Behind the offset delta: key, value and headers, which do not depend on the batch. */
  readonly contentFrom = new Int32Array(RECORDS_AT_ONCE);
  /** -1 for a null key; `keyTo` is exclusive. */
  readonly keyFrom = new Int32Array(RECORDS_AT_ONCE);
  readonly keyTo = new Int32Array(RECORDS_AT_ONCE);
  /** 0 for a null value. */
  readonly hasValue = new Uint8Array(RECORDS_AT_ONCE);
  readonly offsetDelta = new Int32Array(RECORDS_AT_ONCE);
  readonly timestampDelta = new Float64Array(RECORDS_AT_ONCE);

  /** The next records. @returns how many; 0 at the end, or where the bytes are no record: the cursor says which */
  read(cursor: RecordCursor): number {
    let count = 0;
    while (count < RECORDS_AT_ONCE && cursor.next()) {
      this.start[count] = cursor.start;
      this.end[count] = cursor.end;
      this.contentFrom[count] = cursor.contentFrom;
      this.keyFrom[count] = cursor.keyFrom;
      this.keyTo[count] = cursor.keyTo;
      this.hasValue[count] = cursor.hasValue ? 1 : 0;
      this.offsetDelta[count] = cursor.offsetDelta;
      this.timestampDelta[count] = cursor.timestampDelta;
      count++;
    }
    this.bytes = cursor.bytes;
    this.count = count;
    return count;
  }
}
