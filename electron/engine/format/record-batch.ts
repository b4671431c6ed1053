/**
 * Header of a record batch, magic 2 (DefaultRecordBatch). Big-endian. Knows no files and checks no CRC by itself.
 *
 *   at  size  field                     at  size  field
 *    0     8  baseOffset                27     8  baseTimestamp (delete horizon when attribute bit 6 is set)
 *    8     4  batchLength (after it)    35     8  maxTimestamp
 *   12     4  partitionLeaderEpoch      43     8  producerId
 *   16     1  magic                     51     2  producerEpoch
 *   17     4  crc (CRC-32C, byte 21 on) 53     4  baseSequence
 *   21     2  attributes                57     4  recordsCount
 *   23     4  lastOffsetDelta           61     …  records, or one compressed stream of them
 */
import type { Bytes, Offset, TimestampMs } from '../../../shared/units';
import { int64Digits, readInt64 } from './int64';

export const BASE_OFFSET_AT = 0;
export const BATCH_LENGTH_AT = BASE_OFFSET_AT + 8;
/** Bytes before those that batchLength counts (Records.LOG_OVERHEAD). */
export const LOG_OVERHEAD = BATCH_LENGTH_AT + 4;
export const PARTITION_LEADER_EPOCH_AT = LOG_OVERHEAD;
export const MAGIC_AT = PARTITION_LEADER_EPOCH_AT + 4;
export const CRC_AT = MAGIC_AT + 1;
export const ATTRIBUTES_AT = CRC_AT + 4;
export const LAST_OFFSET_DELTA_AT = ATTRIBUTES_AT + 2;
export const BASE_TIMESTAMP_AT = LAST_OFFSET_DELTA_AT + 4;
export const MAX_TIMESTAMP_AT = BASE_TIMESTAMP_AT + 8;
export const PRODUCER_ID_AT = MAX_TIMESTAMP_AT + 8;
export const PRODUCER_EPOCH_AT = PRODUCER_ID_AT + 8;
export const BASE_SEQUENCE_AT = PRODUCER_EPOCH_AT + 2;
export const RECORDS_COUNT_AT = BASE_SEQUENCE_AT + 4;
export const RECORD_BATCH_HEADER_SIZE = RECORDS_COUNT_AT + 4;
/** Bytes of an entry up to and with its magic: the least that tells the format (Records.HEADER_SIZE_UP_TO_MAGIC). */
export const HEADER_SIZE_UP_TO_MAGIC = MAGIC_AT + 1;

export const CODEC_MASK = 0x07;
export const TIMESTAMP_TYPE_BIT = 0x08;
export const TRANSACTIONAL_BIT = 0x10;
export const CONTROL_BIT = 0x20;
export const DELETE_HORIZON_BIT = 0x40;
export const UNUSED_ATTRIBUTES = ~0x7f & 0xffff;

export const NO_PRODUCER_ID = -1;
export const NO_TIMESTAMP = -1;

/** Kafka's codecs by their number in the attributes (CompressionType). */
export const CODECS = ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const;
export type Codec = (typeof CODECS)[number];

/** The header as it stands on disk; offsets inclusive, times in ms, sizes in bytes. */
export interface RecordBatchHeader {
  readonly baseOffset: Offset;
  /** Size of the whole batch, header included: 12 + batchLength. */
  readonly sizeInBytes: Bytes;
  readonly partitionLeaderEpoch: number;
  readonly magic: number;
  readonly crc: number;
  readonly attributes: number;
  /** Inclusive: baseOffset + lastOffsetDelta. After compaction still the original one. */
  readonly lastOffset: Offset;
  /** The delete horizon where attribute bit 6 is set. -1 for none. */
  readonly baseTimestampMs: TimestampMs;
  readonly maxTimestampMs: TimestampMs;
  /** -1 for none, as producerEpoch and baseSequence. */
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly baseSequence: number;
  readonly recordsCount: number;
}

/** Reads a header of magic 2. The caller has made sure that 61 bytes are there. int64s outside 2^53 are NaN. */
export function readRecordBatchHeader(view: DataView, at: number): RecordBatchHeader {
  const baseOffset = readInt64(view, at);
  return {
    baseOffset,
    sizeInBytes: LOG_OVERHEAD + view.getInt32(at + BATCH_LENGTH_AT),
    partitionLeaderEpoch: view.getInt32(at + PARTITION_LEADER_EPOCH_AT),
    magic: view.getInt8(at + MAGIC_AT),
    crc: view.getUint32(at + CRC_AT),
    attributes: view.getInt16(at + ATTRIBUTES_AT),
    lastOffset: baseOffset + view.getInt32(at + LAST_OFFSET_DELTA_AT),
    baseTimestampMs: readInt64(view, at + BASE_TIMESTAMP_AT),
    maxTimestampMs: readInt64(view, at + MAX_TIMESTAMP_AT),
    producerId: readInt64(view, at + PRODUCER_ID_AT),
    producerEpoch: view.getInt16(at + PRODUCER_EPOCH_AT),
    baseSequence: view.getInt32(at + BASE_SEQUENCE_AT),
    recordsCount: view.getInt32(at + RECORDS_COUNT_AT),
  };
}

/** Says which header field is out of range, with its exact digits; null where all fit. */
export function outOfRangeField(view: DataView, at: number, header: RecordBatchHeader): string | null {
  const { baseOffset, lastOffset, recordsCount, baseTimestampMs, maxTimestampMs, producerId } = header;
  // One NaN makes the sum one: the usual case costs a single test.
  if (Number.isNaN(baseOffset + baseTimestampMs + maxTimestampMs + producerId))
    return unsafeField(view, at, header);
  if (baseOffset < 0) return `baseOffset ${baseOffset}`;
  if (lastOffset < baseOffset) return `lastOffsetDelta ${lastOffset - baseOffset}`;
  if (recordsCount < 0) return `recordsCount ${recordsCount}`;
  return null;
}

function unsafeField(view: DataView, at: number, header: RecordBatchHeader): string {
  const fields = [
    ['baseOffset', BASE_OFFSET_AT, header.baseOffset],
    ['baseTimestamp', BASE_TIMESTAMP_AT, header.baseTimestampMs],
    ['maxTimestamp', MAX_TIMESTAMP_AT, header.maxTimestampMs],
    ['producerId', PRODUCER_ID_AT, header.producerId],
  ] as const;
  const [name, fieldAt] = fields.find(([, , value]) => Number.isNaN(value))!;
  return `${name} ${int64Digits(view, at + fieldAt)}`;
}

/** The codec of the attributes, or null where the number is none of Kafka's. */
export function codecOf(attributes: number): Codec | null {
  return CODECS[attributes & CODEC_MASK] ?? null;
}

export type TimestampType = 'CreateTime' | 'LogAppendTime';

export function timestampTypeOf(attributes: number): TimestampType {
  return (attributes & TIMESTAMP_TYPE_BIT) === 0 ? 'CreateTime' : 'LogAppendTime';
}
