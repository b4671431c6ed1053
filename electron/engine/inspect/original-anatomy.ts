/** The fields of one record of the original log manager (layout in format/original-record.ts), for a hex view. */
import type { Bytes } from '../../../shared/units';
import type { BatchAnatomy, BatchField } from './batch-anatomy';

const LENGTH_SIZE = 4;

/** @param bytes From the start of the record on. @returns the size that the record claims */
export function claimedSizeOf(bytes: Buffer): Bytes {
  return bytes.length < LENGTH_SIZE ? bytes.length : LENGTH_SIZE + bytes.readUInt32BE(0);
}

/** @param bytes The record, or what there is of it. */
export function logManagerAnatomy(bytes: Buffer<ArrayBuffer>): BatchAnatomy {
  const fields: BatchField[] = [];
  let at = 0;
  const add = (name: string, sizeInBytes: Bytes, text: () => string): void => {
    if (sizeInBytes === 0 || at + sizeInBytes > bytes.length) return;
    fields.push({ name, in: 'batch', position: at, sizeInBytes, text: text(), recordIndex: null });
    at += sizeInBytes;
  };
  const content = (name: string): void => {
    const length = at + 4 <= bytes.length ? bytes.readInt32BE(at) : 0;
    add(`${name}Length`, 4, () => String(length));
    add(name, Math.max(length, 0), () => '');
  };
  add('length', LENGTH_SIZE, () => String(bytes.readUInt32BE(0)));
  add('crc', 4, () => `0x${bytes.readUInt32BE(at).toString(16).padStart(8, '0')}`);
  add('magic', 1, () => String(bytes.readInt8(at)));
  add('attributes', 1, () => String(bytes.readInt8(at)));
  add('timestamp', 8, () => bytes.readBigUInt64BE(at).toString());
  content('key');
  content('value');
  return { bytes, recordBytes: null, fields, isCut: at !== bytes.length || at !== claimedSizeOf(bytes) };
}
