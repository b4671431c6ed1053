/**
 * The fields of one message of format 0 or 1 (layout in format/message-set.ts), for a hex view: of a wrapper those of the
 * messages in it, too, once they are decompressed.
 */
import type { Bytes } from '../../../shared/units';
import { decompress, Undecodable } from '../format/codec';
import { BATCH_LENGTH_AT, codecOf, LOG_OVERHEAD, MAGIC_AT } from '../format/record-batch';
import type { BatchAnatomy, BatchField } from './batch-anatomy';

const CODEC_BITS = 0x07;
const FIELDS_MAX = 20_000;

interface Message {
  readonly fields: readonly BatchField[];
  /** Exclusive. */
  readonly end: number;
  /** Of the value in the bytes; null for a null value. */
  readonly value: { readonly from: number; readonly to: number } | null;
}

/** @param bytes One message, or what there is of it, of magic 0 or 1. */
export function messageAnatomy(bytes: Buffer<ArrayBuffer>, bytesMax: Bytes): BatchAnatomy {
  const outer = messageAt(bytes, 0, 'batch', null);
  if (outer === null) return { bytes, recordBytes: null, fields: [], isCut: true };
  const fields = [...outer.fields];
  const isWhole = outer.end === bytes.length;
  const magic = bytes.readInt8(MAGIC_AT);
  const codec = codecOf(bytes.readInt8(MAGIC_AT + 1) & CODEC_BITS);
  if (codec === 'none' || codec === null || outer.value === null)
    return { bytes, recordBytes: null, fields, isCut: !isWhole || codec === null };
  const payload = decompress(codec, bytes.subarray(outer.value.from, outer.value.to), { magic });
  if (payload instanceof Undecodable) return { bytes, recordBytes: null, fields, isCut: true };
  const recordBytes = new Uint8Array(payload.subarray(0, bytesMax));
  const inner = Buffer.from(recordBytes.buffer);
  let at = 0;
  for (let index = 0; at < inner.length && fields.length < FIELDS_MAX; index++) {
    const message = messageAt(inner, at, 'records', index);
    if (message === null) break;
    fields.push(...message.fields);
    at = message.end;
  }
  return { bytes, recordBytes, fields, isCut: !isWhole || at !== payload.length };
}

/** null where it does not fit the bytes, or is of another magic. */
function messageAt(
  bytes: Buffer,
  start: number,
  place: 'batch' | 'records',
  recordIndex: number | null,
): Message | null {
  if (start + MAGIC_AT >= bytes.length) return null;
  const magic = bytes.readInt8(start + MAGIC_AT);
  const end = start + LOG_OVERHEAD + bytes.readInt32BE(start + BATCH_LENGTH_AT);
  if (end > bytes.length || magic < 0 || magic > 1) return null;
  const fields: BatchField[] = [];
  let at = start;
  const add = (name: string, sizeInBytes: Bytes, text: (from: number) => string): boolean => {
    if (at + sizeInBytes > end) return false;
    if (sizeInBytes > 0)
      fields.push({ name, in: place, position: at, sizeInBytes, text: text(at), recordIndex });
    at += sizeInBytes;
    return true;
  };
  const int64 = (from: number) => bytes.readBigInt64BE(from).toString();
  const int32 = (from: number) => bytes.readInt32BE(from).toString();
  const int8 = (from: number) => bytes.readInt8(from).toString();
  const content = (name: string): boolean => {
    const length = at + 4 <= end ? bytes.readInt32BE(at) : -2;
    return length >= -1 && add(`${name}Length`, 4, int32) && add(name, Math.max(length, 0), () => '');
  };
  const isWhole =
    add('offset', 8, int64) &&
    add('messageSize', 4, int32) &&
    add('crc', 4, (from) => `0x${bytes.readUInt32BE(from).toString(16).padStart(8, '0')}`) &&
    add('magic', 1, int8) &&
    add('attributes', 1, (from) => `0x${bytes.readUInt8(from).toString(16).padStart(2, '0')}`) &&
    (magic === 0 || add('timestamp', 8, int64)) &&
    content('key') &&
    content('value') &&
    at === end;
  if (!isWhole) return null;
  const value = fields.at(-1)!;
  return { fields, end, value: value.name === 'value' ? { from: value.position, to: end } : null };
}
