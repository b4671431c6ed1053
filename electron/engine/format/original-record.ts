/**
 * Records of the original log manager, a Python program with a directory format of its own, told as Kafka's messages.
 *
 *    0  4  length (bytes after it)        10  8  timestamp in ms
 *    4  4  CRC-32C of byte 8 on           18  4  key length, -1 null     … key
 *    8  1  magic, 0 or 1                   …  4  value length            … value
 *    9  1  attributes, always 0
 *
 * Big-endian. No offset on disk: the n-th record of a file has the file's base offset plus n. But for the offset in
 * front and the kind of CRC this is a message of magic 1, so that `asMessage` gives one to whoever reads messages.
 */
import type { Bytes, Offset } from '../../../shared/units';
import { crc32cOf } from './crc';
import { readInt64, writeInt64 } from './int64';
import { NO_PRODUCER_ID, type RecordBatchHeader } from './record-batch';

const CRC_AT = 4;
const CRC_FROM = CRC_AT + 4;
const MAGIC_AT = CRC_FROM;
const ATTRIBUTES_AT = MAGIC_AT + 1;
const TIMESTAMP_AT = ATTRIBUTES_AT + 1;
const KEY_LENGTH_AT = TIMESTAMP_AT + 8;
const KEY_AT = KEY_LENGTH_AT + 4;
const LENGTH_SIZE = 4;
const OFFSET_SIZE = 8;
const MAGIC_IN_MESSAGE = OFFSET_SIZE + MAGIC_AT;
export const LOG_MANAGER_RECORD_SIZE_MIN = KEY_AT + 4;

/** The size that a record at `at` has, or null where the bytes cannot be one. @param rest Bytes of `view` from there on. */
export function logManagerRecordSize(view: DataView, at: number, rest: Bytes): Bytes | null {
  if (rest < LOG_MANAGER_RECORD_SIZE_MIN) return null;
  const size = LENGTH_SIZE + view.getUint32(at);
  const magic = view.getInt8(at + MAGIC_AT);
  const keyLength = view.getInt32(at + KEY_LENGTH_AT);
  const isPlausible =
    size >= LOG_MANAGER_RECORD_SIZE_MIN &&
    (magic === 0 || magic === 1) &&
    view.getInt8(at + ATTRIBUTES_AT) === 0 &&
    keyLength >= -1 &&
    LOG_MANAGER_RECORD_SIZE_MIN + Math.max(keyLength, 0) <= size;
  return isPlausible ? size : null;
}

/** Whether exactly these bytes are a record: the value ends where it says, and the CRC holds. */
export function isLogManagerRecord(record: Uint8Array): boolean {
  const view = new DataView(record.buffer, record.byteOffset, record.byteLength);
  if (logManagerRecordSize(view, 0, record.length) !== record.length) return false;
  const valueLengthAt = KEY_AT + Math.max(view.getInt32(KEY_LENGTH_AT), 0);
  const valueLength = view.getInt32(valueLengthAt);
  if (valueLength < 0 || valueLengthAt + 4 + valueLength !== record.length) return false;
  return crc32cOf(record.subarray(CRC_FROM)) === view.getUint32(CRC_AT);
}

/** As the header of a batch of this one record; times outside the safe integers are NaN. */
export function logManagerHeader(view: DataView, at: number, offset: Offset): RecordBatchHeader {
  const timestampMs = readInt64(view, at + TIMESTAMP_AT);
  return {
    baseOffset: offset,
    sizeInBytes: LENGTH_SIZE + view.getUint32(at),
    partitionLeaderEpoch: -1,
    magic: 1,
    crc: view.getUint32(at + CRC_AT),
    attributes: 0,
    lastOffset: offset,
    baseTimestampMs: timestampMs,
    maxTimestampMs: timestampMs,
    producerId: NO_PRODUCER_ID,
    producerEpoch: -1,
    baseSequence: -1,
    recordsCount: 1,
  };
}

/** A copy as a message of magic 1 with its offset in front; its CRC is still the one on disk. */
export function asMessage(record: Uint8Array, offset: Offset): Uint8Array {
  const message = new Uint8Array(OFFSET_SIZE + record.length);
  message.set(record, OFFSET_SIZE);
  writeInt64(new DataView(message.buffer), 0, offset);
  message[MAGIC_IN_MESSAGE] = 1;
  return message;
}
