/**
 * Transaction index: the aborted transactions whose marker is in the segment (AbortedTxn, TransactionIndex).
 *
 *   at  size  field                  A trailing part of an entry is ignored. No checksum: rebuilt after a crash.
 *    0     2  version, 0
 *    2     8  producerId
 *   10     8  firstOffset
 *   18     8  lastOffset (of the marker)
 *   26     8  lastStableOffset
 */
import type { FilePosition, Offset } from '../../../shared/units';
import { readInt64, writeInt64 } from './int64';

const VERSION = 0;
const PRODUCER_ID_AT = 2;
const FIRST_OFFSET_AT = PRODUCER_ID_AT + 8;
export const LAST_OFFSET_AT = FIRST_OFFSET_AT + 8;
const LAST_STABLE_OFFSET_AT = LAST_OFFSET_AT + 8;
export const TRANSACTION_INDEX_ENTRY_SIZE = LAST_STABLE_OFFSET_AT + 8;

export interface AbortedTransaction {
  readonly producerId: number;
  readonly firstOffset: Offset;
  /** Offset of the abort marker. */
  readonly lastOffset: Offset;
  readonly lastStableOffset: Offset;
}

/** The whole entries, in the order of the file; null where one has another version or a number outside 2^53. */
export function readTransactionIndex(bytes: Uint8Array): AbortedTransaction[] | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const entries: AbortedTransaction[] = [];
  for (let at = 0; at + TRANSACTION_INDEX_ENTRY_SIZE <= bytes.length; at += TRANSACTION_INDEX_ENTRY_SIZE) {
    const entry = {
      producerId: readInt64(view, at + PRODUCER_ID_AT),
      firstOffset: readInt64(view, at + FIRST_OFFSET_AT),
      lastOffset: readInt64(view, at + LAST_OFFSET_AT),
      lastStableOffset: readInt64(view, at + LAST_STABLE_OFFSET_AT),
    };
    if (view.getInt16(at) !== VERSION || Object.values(entry).some(Number.isNaN)) return null;
    entries.push(entry);
  }
  return entries;
}

/** The first entry of another version than 0, or null. */
export function firstUnknownVersion(
  bytes: Uint8Array,
): { readonly position: FilePosition; readonly version: number } | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at + TRANSACTION_INDEX_ENTRY_SIZE <= bytes.length; at += TRANSACTION_INDEX_ENTRY_SIZE)
    if (view.getInt16(at) !== VERSION) return { position: at, version: view.getInt16(at) };
  return null;
}

export function encodeAbortedTransaction(entry: AbortedTransaction): Uint8Array {
  const bytes = new Uint8Array(TRANSACTION_INDEX_ENTRY_SIZE);
  const view = new DataView(bytes.buffer);
  view.setInt16(0, VERSION);
  writeInt64(view, PRODUCER_ID_AT, entry.producerId);
  writeInt64(view, FIRST_OFFSET_AT, entry.firstOffset);
  writeInt64(view, LAST_OFFSET_AT, entry.lastOffset);
  writeInt64(view, LAST_STABLE_OFFSET_AT, entry.lastStableOffset);
  return bytes;
}
