/**
 * The anatomy of one batch for a hex view: its bytes, its records' bytes after decompression, and every field named.
 *
 * Fields follow one another and tile the bytes they are in. Those of formats 0 and 1 are from message-anatomy.ts, those of
 * the original log manager from original-anatomy.ts. Reads only.
 */
import type { Bytes, FilePosition, Offset } from '../../../shared/units';
import type { ReadingFileSystem } from '../file-system';
import { decompress, Undecodable } from '../format/codec';
import {
  ATTRIBUTES_AT,
  BASE_SEQUENCE_AT,
  BASE_TIMESTAMP_AT,
  BATCH_LENGTH_AT,
  CRC_AT,
  codecOf,
  LAST_OFFSET_DELTA_AT,
  MAGIC_AT,
  MAX_TIMESTAMP_AT,
  PARTITION_LEADER_EPOCH_AT,
  PRODUCER_EPOCH_AT,
  PRODUCER_ID_AT,
  RECORD_BATCH_HEADER_SIZE,
  RECORDS_COUNT_AT,
} from '../format/record-batch';
import { VarintCursor } from '../format/varint';
import { findSegment } from './list-segment-files';
import { messageAnatomy } from './message-anatomy';
import { claimedSizeOf, logManagerAnatomy } from './original-anatomy';
import { withFile } from './read-index';

export interface BatchField {
  readonly name: string;
  /** Which bytes the position counts in: those of the batch, or its decompressed records. */
  readonly in: 'batch' | 'records';
  readonly position: number;
  readonly sizeInBytes: Bytes;
  /** Value for people; empty for keys, values and the like, which are the bytes themselves. */
  readonly text: string;
  /** Index of the record that the field belongs to; null in the header. */
  readonly recordIndex: number | null;
}

export interface BatchAnatomy {
  /** The batch as on disk, cut at the limit. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** The decompressed records, cut at the limit; null where they are not compressed or cannot be read. */
  readonly recordBytes: Uint8Array<ArrayBuffer> | null;
  readonly fields: BatchField[];
  /** Something was cut, or the fields end before the bytes do. */
  readonly isCut: boolean;
}

const HEADER_FIELDS: readonly (readonly [string, number, 'int64' | 'int32' | 'uint32' | 'int16' | 'int8'])[] =
  [
    ['baseOffset', 0, 'int64'],
    ['batchLength', BATCH_LENGTH_AT, 'int32'],
    ['partitionLeaderEpoch', PARTITION_LEADER_EPOCH_AT, 'int32'],
    ['magic', MAGIC_AT, 'int8'],
    ['crc', CRC_AT, 'uint32'],
    ['attributes', ATTRIBUTES_AT, 'int16'],
    ['lastOffsetDelta', LAST_OFFSET_DELTA_AT, 'int32'],
    ['baseTimestamp', BASE_TIMESTAMP_AT, 'int64'],
    ['maxTimestamp', MAX_TIMESTAMP_AT, 'int64'],
    ['producerId', PRODUCER_ID_AT, 'int64'],
    ['producerEpoch', PRODUCER_EPOCH_AT, 'int16'],
    ['baseSequence', BASE_SEQUENCE_AT, 'int32'],
    ['recordsCount', RECORDS_COUNT_AT, 'int32'],
  ];

/** Fields of so many are named; a batch of more is shown without the rest. */
const FIELDS_MAX = 20_000;

/** @throws AppError NOT_FOUND where the segment is gone; the file's own error where it cannot be read */
export async function readBatchAnatomy(
  fs: ReadingFileSystem,
  directory: string,
  place: { readonly baseOffset: Offset; readonly position: FilePosition; readonly bytesMax: Bytes },
): Promise<BatchAnatomy> {
  const { log, logManager } = await findSegment(fs, directory, place.baseOffset);
  const sizeOf = logManager === null ? claimedBatchSize : claimedSizeOf;
  const bytes = await withFile(fs, log, async (file) => {
    const head = Buffer.alloc(RECORD_BATCH_HEADER_SIZE);
    const headCount = await file.read(head, place.position);
    const rest = Math.max(0, log.sizeInBytes - place.position);
    const claimed = sizeOf(head.subarray(0, headCount));
    const batch = Buffer.alloc(Math.max(0, Math.min(claimed, rest, place.bytesMax)));
    return batch.subarray(0, await file.read(batch, place.position));
  });
  return logManager === null
    ? anatomyOf(Buffer.from(bytes), place.bytesMax)
    : logManagerAnatomy(Buffer.from(bytes));
}

function claimedBatchSize(head: Buffer): Bytes {
  return head.length < BATCH_LENGTH_AT + 4 ? head.length : head.readInt32BE(BATCH_LENGTH_AT) + 12;
}

function anatomyOf(bytes: Buffer<ArrayBuffer>, bytesMax: Bytes): BatchAnatomy {
  const magic = bytes.length > MAGIC_AT ? bytes.readInt8(MAGIC_AT) : null;
  if (magic === 0 || magic === 1) return messageAnatomy(bytes, bytesMax);
  if (bytes.length < RECORD_BATCH_HEADER_SIZE || magic !== 2)
    return { bytes, recordBytes: null, fields: [], isCut: bytes.length === bytesMax };
  const fields = headerFields(bytes);
  const isWhole = bytes.readInt32BE(BATCH_LENGTH_AT) + 12 === bytes.length;
  const codec = codecOf(bytes.readInt16BE(ATTRIBUTES_AT));
  if (codec === 'none' || codec === null || !isWhole) {
    const isCut =
      !isWhole || codec === null || !addRecordFields(fields, bytes, 'batch', RECORD_BATCH_HEADER_SIZE);
    return { bytes, recordBytes: null, fields, isCut };
  }
  const payload = decompress(codec, bytes.subarray(RECORD_BATCH_HEADER_SIZE), { magic: 2 });
  if (payload instanceof Undecodable) return { bytes, recordBytes: null, fields, isCut: true };
  const recordBytes = new Uint8Array(payload.subarray(0, bytesMax));
  const isComplete =
    addRecordFields(fields, recordBytes, 'records', 0) && recordBytes.length === payload.length;
  return { bytes, recordBytes, fields, isCut: !isComplete };
}

function headerFields(bytes: Buffer): BatchField[] {
  return HEADER_FIELDS.map(([name, position, type], index) => {
    const end = HEADER_FIELDS[index + 1]?.[1] ?? RECORD_BATCH_HEADER_SIZE;
    const values = {
      int64: () => bytes.readBigInt64BE(position).toString(),
      int32: () => bytes.readInt32BE(position).toString(),
      uint32: () => `0x${bytes.readUInt32BE(position).toString(16).padStart(8, '0')}`,
      int16: () => `0x${bytes.readUInt16BE(position).toString(16).padStart(4, '0')}`,
      int8: () => bytes.readInt8(position).toString(),
    };
    const text = name === 'producerEpoch' ? bytes.readInt16BE(position).toString() : values[type]();
    return { name, in: 'batch', position, sizeInBytes: end - position, text, recordIndex: null };
  });
}

/** @returns False where the fields end before the bytes do. */
function addRecordFields(
  fields: BatchField[],
  bytes: Uint8Array,
  place: 'batch' | 'records',
  from: number,
): boolean {
  const cursor = new VarintCursor(bytes, from, bytes.length);
  for (let recordIndex = 0; cursor.at < bytes.length; recordIndex++) {
    if (fields.length >= FIELDS_MAX) return false;
    const add = (name: string, start: number, text: string) =>
      fields.push({ name, in: place, position: start, sizeInBytes: cursor.at - start, text, recordIndex });
    const number = (name: string, read: () => number = () => cursor.readVarint()) => {
      const start = cursor.at;
      const value = read();
      if (!cursor.hasFailed) add(name, start, String(value));
      return value;
    };
    const content = (name: string, length: number) => {
      const start = cursor.at;
      if (length > 0) cursor.skip(length);
      if (length > 0 && !cursor.hasFailed) add(name, start, '');
    };
    const end = number('length') + cursor.at;
    number('attributes', () => {
      cursor.skip(1);
      return cursor.hasFailed ? 0 : bytes[cursor.at - 1]!;
    });
    number('timestampDelta', () => cursor.readVarlong());
    number('offsetDelta');
    content('key', number('keyLength'));
    content('value', number('valueLength'));
    const headerCount = number('headerCount');
    for (let index = 0; index < headerCount && !cursor.hasFailed; index++) {
      content('headerName', number('headerNameLength'));
      content('headerValue', number('headerValueLength'));
    }
    if (cursor.hasFailed || cursor.at !== end) return false;
  }
  return true;
}
