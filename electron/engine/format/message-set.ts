/**
 * Message sets, magic 0 and 1 (LegacyRecord, AbstractLegacyRecordBatch): still readable in every 4.x log.
 *
 *   at  size  field                       at  size  field (magic 1)         (magic 0)
 *    0     8  offset                      18     8  timestamp               –
 *    8     4  size (bytes after it)       26     4  key length, -1 null     at 18
 *   12     4  crc (CRC-32, byte 16 on)     …     …  key                     …
 *   16     1  magic                        …     4  value length, -1 null   …
 *   17     1  attributes                   …     …  value                   …
 *
 * A compressed wrapper holds a message set in its value and carries the offset of its last inner message. Inner
 * offsets are absolute with magic 0 and relative with magic 1. An entry is shown as a batch of its own.
 */
import { decompress, Undecodable } from './codec';
import { int64Digits, readInt64 } from './int64';
import {
  BATCH_LENGTH_AT,
  CODEC_MASK,
  codecOf,
  LOG_OVERHEAD,
  MAGIC_AT,
  NO_PRODUCER_ID,
  NO_TIMESTAMP,
  type RecordBatchHeader,
  TIMESTAMP_TYPE_BIT,
} from './record-batch';
import type { LogRecord } from './records';

const MESSAGE_CRC_AT = LOG_OVERHEAD;
const MESSAGE_ATTRIBUTES_AT = MAGIC_AT + 1;
const TIMESTAMP_AT = MESSAGE_ATTRIBUTES_AT + 1;
/** First byte that the CRC-32 covers. */
export const MESSAGE_CRC_FROM = MAGIC_AT;
/** Smallest entry by magic: overhead, crc, magic, attributes, [timestamp], two lengths. */
export const MESSAGE_SIZE_MIN = [LOG_OVERHEAD + 14, LOG_OVERHEAD + 22] as const;
/** recordsCount of a wrapper that has not been opened. */
export const UNKNOWN_COUNT = -1;

/** The entry as a batch. A wrapper's count is unknown and its base offset its last, until it is expanded. */
export function readMessageHeader(view: DataView, at: number): RecordBatchHeader {
  const offset = readInt64(view, at);
  const magic = view.getInt8(at + MAGIC_AT);
  const attributes = view.getInt8(at + MESSAGE_ATTRIBUTES_AT) & 0xff;
  const timestampMs = magic === 0 ? NO_TIMESTAMP : readInt64(view, at + TIMESTAMP_AT);
  return {
    baseOffset: offset,
    sizeInBytes: LOG_OVERHEAD + view.getInt32(at + BATCH_LENGTH_AT),
    partitionLeaderEpoch: -1,
    magic,
    crc: view.getUint32(at + MESSAGE_CRC_AT),
    attributes: magic === 0 ? attributes & CODEC_MASK : attributes & (CODEC_MASK | TIMESTAMP_TYPE_BIT),
    lastOffset: offset,
    baseTimestampMs: timestampMs,
    maxTimestampMs: timestampMs,
    producerId: NO_PRODUCER_ID,
    producerEpoch: -1,
    baseSequence: -1,
    recordsCount: (attributes & CODEC_MASK) === 0 ? 1 : UNKNOWN_COUNT,
  };
}

interface Message {
  readonly header: RecordBatchHeader;
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
}

export interface ExpandedMessage {
  /** With base offset and count filled in. */
  readonly header: RecordBatchHeader;
  readonly records: readonly LogRecord[];
  readonly flaw: string | Undecodable | null;
}

/** Opens the entry in `bytes` (exactly one entry): its one record, or those of the wrapper. */
export function expandMessage(bytes: Uint8Array): ExpandedMessage {
  const outer = readMessage(bytes, 0);
  if (typeof outer === 'string')
    return { header: readMessageHeader(viewOf(bytes), 0), records: [], flaw: outer };
  const { header } = outer;
  if (header.recordsCount === 1) return { header, records: [toRecord(outer, header, 0)], flaw: null };
  const codec = codecOf(header.attributes);
  if (codec === null || codec === 'zstd' || outer.value === null)
    return { header, records: [], flaw: 'the wrapper has an unknown codec or no value' };
  const payload = decompress(codec, outer.value, { magic: header.magic });
  if (payload instanceof Undecodable) return { header, records: [], flaw: payload };
  return expandPayload(payload, header);
}

function expandPayload(payload: Uint8Array, wrapper: RecordBatchHeader): ExpandedMessage {
  const inner: { message: Message; position: number }[] = [];
  for (let position = 0; position < payload.length; ) {
    const message = readMessage(payload, position);
    if (typeof message === 'string') return { header: wrapper, records: [], flaw: message };
    if (message.header.recordsCount !== 1)
      return { header: wrapper, records: [], flaw: 'an inner message is compressed' };
    inner.push({ message, position });
    position += message.header.sizeInBytes;
  }
  if (inner.length === 0) return { header: wrapper, records: [], flaw: 'the wrapper is empty' };
  const base = absoluteBase(wrapper, inner.at(-1)!.message.header.lastOffset);
  if (base === null)
    return { header: wrapper, records: [], flaw: 'the wrapper offset is below its last inner offset' };
  const records = inner.map(({ message, position }) => toRecord(message, wrapper, position, base));
  const header = {
    ...wrapper,
    baseOffset: records[0]!.offset,
    baseTimestampMs: records[0]!.timestampMs,
    recordsCount: records.length,
  };
  return { header, records, flaw: null };
}

/** What to add to inner offsets. A wrapper offset of 0 stands for "not assigned" (produce data of librdkafka). */
function absoluteBase(wrapper: RecordBatchHeader, lastInnerOffset: number): number | null {
  if (wrapper.magic === 0) return 0;
  if (wrapper.lastOffset === 0) return 0;
  return wrapper.lastOffset < lastInnerOffset ? null : wrapper.lastOffset - lastInnerOffset;
}

function toRecord(message: Message, batch: RecordBatchHeader, position: number, base = 0): LogRecord {
  const isLogAppendTime = (batch.attributes & TIMESTAMP_TYPE_BIT) !== 0;
  return {
    offset: base + message.header.lastOffset,
    timestampMs: isLogAppendTime ? batch.maxTimestampMs : message.header.maxTimestampMs,
    key: message.key,
    value: message.value,
    headers: [],
    payloadPosition: position,
    sizeInBytes: message.header.sizeInBytes,
  };
}

function readMessage(bytes: Uint8Array, at: number): Message | string {
  const view = viewOf(bytes);
  if (bytes.length - at < MESSAGE_SIZE_MIN[0]) return 'a message ends too early';
  const magic = view.getInt8(at + MAGIC_AT);
  const sizeMin = MESSAGE_SIZE_MIN[magic];
  const size = LOG_OVERHEAD + view.getInt32(at + BATCH_LENGTH_AT);
  if (sizeMin === undefined) return `a message has magic ${magic}`;
  if (size < sizeMin || size > bytes.length - at) return `a message has size ${size}`;
  const header = readMessageHeader(view, at);
  if (Number.isNaN(header.baseOffset) || Number.isNaN(header.maxTimestampMs))
    return `offset ${int64Digits(view, at)} or a timestamp is out of range`;
  const keyAt = at + (magic === 0 ? TIMESTAMP_AT : TIMESTAMP_AT + 8);
  const end = at + size;
  const keyLength = view.getInt32(keyAt);
  const valueAt = keyAt + 4 + Math.max(keyLength, 0);
  if (keyLength < -1 || valueAt + 4 > end) return `a message has key length ${keyLength}`;
  const valueLength = view.getInt32(valueAt);
  if (valueLength < -1 || valueAt + 4 + Math.max(valueLength, 0) !== end)
    return `a message has value length ${valueLength}`;
  return {
    header,
    key: keyLength < 0 ? null : bytes.subarray(keyAt + 4, valueAt),
    value: valueLength < 0 ? null : bytes.subarray(valueAt + 4, end),
  };
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
