/**
 * Writes record batches of magic 2: records into a payload, header and CRC around it (layout in record-batch.ts).
 *
 * A `BatchWriter` fills a caller's buffer with one batch after another; a codec other than `none` replaces the
 * payload when the batch is finished. Offsets and timestamps come from the caller; nothing here knows a file.
 */
import { AppError } from '../../../shared/errors';
import type { Bytes, Offset, TimestampMs } from '../../../shared/units';
import { compress } from './codec';
import { crc32cOf } from './crc';
import { writeInt64 } from './int64';
import {
  ATTRIBUTES_AT,
  BASE_SEQUENCE_AT,
  BASE_TIMESTAMP_AT,
  BATCH_LENGTH_AT,
  CODECS,
  CONTROL_BIT,
  type Codec,
  CRC_AT,
  LAST_OFFSET_DELTA_AT,
  LOG_OVERHEAD,
  MAGIC_AT,
  MAX_TIMESTAMP_AT,
  NO_PRODUCER_ID,
  NO_TIMESTAMP,
  PARTITION_LEADER_EPOCH_AT,
  PRODUCER_EPOCH_AT,
  PRODUCER_ID_AT,
  RECORD_BATCH_HEADER_SIZE,
  RECORDS_COUNT_AT,
  TRANSACTIONAL_BIT,
} from './record-batch';
import type { RecordHeader } from './records';
import { varintSize, writeVarint, writeVarlong } from './varint-writer';

const MAGIC = 2;
/** Varint of -1, the length of a null. */
const NULL_LENGTH = 0x01;

/** A record before it has an offset. */
export interface RecordContent {
  readonly timestampMs: TimestampMs;
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  readonly headers?: readonly RecordHeader[];
}

/** A record as a caller gave it: without a key it has null, without a timestamp the one that the writer is told. */
export interface GivenRecord {
  readonly timestampMs?: TimestampMs | undefined;
  readonly key?: Uint8Array | null | undefined;
  readonly value: Uint8Array | null;
  readonly headers?: readonly RecordHeader[] | undefined;
}

export interface ProducerFields {
  readonly producerId: number;
  readonly producerEpoch: number;
  /** -1 for control batches. */
  readonly baseSequence: number;
  readonly isTransactional: boolean;
  readonly isControl: boolean;
}

export interface BatchFields {
  readonly baseOffset: Offset;
  readonly partitionLeaderEpoch: number;
  readonly codec: Codec;
  readonly producer?: ProducerFields | null;
}

export interface FinishedBatch {
  readonly baseOffset: Offset;
  readonly lastOffset: Offset;
  readonly maxTimestampMs: TimestampMs;
  readonly sizeInBytes: Bytes;
}

/** Bytes of a record in a batch whose deltas are these, its length field included. */
export function recordSize(record: GivenRecord, timestampDelta: number, offsetDelta: number): Bytes {
  const body = bodySize(record, timestampDelta, offsetDelta);
  return varintSize(body) + body;
}

/** Upper bound for a batch with only this record, before compression. */
export function singleRecordBatchSize(record: GivenRecord): Bytes {
  return RECORD_BATCH_HEADER_SIZE + recordSize(record, 0, 0);
}

function bodySize({ key, value, headers }: GivenRecord, timestampDelta: number, offsetDelta: number): Bytes {
  return (
    1 +
    varintSize(timestampDelta) +
    varintSize(offsetDelta) +
    sizedLength(key ?? null) +
    sizedLength(value) +
    (headers === undefined ? 1 : headersSize(headers))
  );
}

function headersSize(headers: readonly RecordHeader[]): Bytes {
  let size = varintSize(headers.length);
  for (const { name, value } of headers) size += sizedLength(name) + sizedLength(value);
  return size;
}

function sizedLength(bytes: Uint8Array | null): number {
  return bytes === null ? 1 : varintSize(bytes.length) + bytes.length;
}

/** Writes batches one after another into a buffer that grows as needed. */
export class BatchWriter {
  bytes: Buffer;
  #view: DataView;
  /** End of what was written, the open batch included. */
  end = 0;
  #start = 0;
  #fields: BatchFields | null = null;
  #recordsCount = 0;
  #baseTimestampMs: TimestampMs = NO_TIMESTAMP;
  #maxTimestampMs: TimestampMs = NO_TIMESTAMP;

  constructor(capacity: Bytes) {
    this.bytes = Buffer.allocUnsafeSlow(capacity);
    this.#view = new DataView(this.bytes.buffer, this.bytes.byteOffset, this.bytes.byteLength);
  }

  get isOpen(): boolean {
    return this.#fields !== null;
  }

  /** Bytes of the open batch before compression. */
  get openBatchSize(): Bytes {
    return this.#fields === null ? 0 : this.end - this.#start;
  }

  get openRecordsCount(): number {
    return this.#recordsCount;
  }

  start(fields: BatchFields): void {
    this.#fields = fields;
    this.#start = this.end;
    this.#recordsCount = 0;
    this.#maxTimestampMs = NO_TIMESTAMP;
    this.#reserve(RECORD_BATCH_HEADER_SIZE);
    this.end += RECORD_BATCH_HEADER_SIZE;
  }

  /** Adds a record with the next offset of the batch. */
  add(record: RecordContent): void {
    this.addWhileFitting([record], 0, Number.POSITIVE_INFINITY, record.timestampMs);
  }

  /**
   * Adds records from `from` on until one would make the batch larger than `sizeMax` before compression; an empty batch
   * takes any record. What changes with each record is held in variables: this is where the time of an append goes.
   * @param givenAtMs Timestamp of records that have none.
   * @returns index of the first that was not added
   * @throws AppError INVALID_RECORD where one is no record: its owner has changed it; the open batch is of no use any more
   */
  addWhileFitting(
    records: readonly GivenRecord[],
    from: number,
    sizeMax: Bytes,
    givenAtMs: TimestampMs,
  ): number {
    const firstIndex = from - this.#recordsCount;
    if (this.#recordsCount === 0 && from < records.length)
      this.#baseTimestampMs = records[from]!.timestampMs ?? givenAtMs;
    const baseTimestampMs = this.#baseTimestampMs;
    let maxTimestampMs = this.#maxTimestampMs;
    let { bytes, end: at } = this;
    let index = from;
    for (; index < records.length; index++) {
      const record = records[index]!;
      const timestampMs = record.timestampMs ?? givenAtMs;
      const offsetDelta = index - firstIndex;
      const body = bodySize(record, timestampMs - baseTimestampMs, offsetDelta);
      const size = varintSize(body) + body;
      if (offsetDelta > 0 && at - this.#start + size > sizeMax) break;
      if (at + size > bytes.length) {
        this.end = at;
        this.#reserve(size);
        bytes = this.bytes;
      }
      const end = at + size;
      at = writeVarint(bytes, at, body);
      bytes[at++] = 0; // attributes of a record: none defined
      at = writeVarlong(bytes, at, timestampMs - baseTimestampMs);
      at = writeVarint(bytes, at, offsetDelta);
      at = writeSized(bytes, at, record.key ?? null);
      at = writeSized(bytes, at, record.value);
      at = writeHeaders(bytes, at, record.headers);
      if (at !== end)
        throw new AppError(
          'INVALID_RECORD',
          'A record is none any more: it was changed before it was written.',
        );
      if (timestampMs > maxTimestampMs) maxTimestampMs = timestampMs;
    }
    this.end = at;
    this.#recordsCount = index - firstIndex;
    this.#maxTimestampMs = maxTimestampMs;
    return index;
  }

  /** Compresses, writes header and CRC. The batch stands at the end of the buffer. */
  finish(): FinishedBatch {
    const fields = this.#fields!;
    const start = this.#start;
    const payloadAt = start + RECORD_BATCH_HEADER_SIZE;
    if (fields.codec !== 'none') {
      const payload = compress(fields.codec, this.bytes.subarray(payloadAt, this.end));
      this.end = payloadAt;
      this.#reserve(payload.length);
      this.bytes.set(payload, payloadAt);
      this.end = payloadAt + payload.length;
    }
    const lastOffsetDelta = this.#recordsCount - 1;
    this.#writeHeader(fields, lastOffsetDelta);
    this.#fields = null;
    return {
      baseOffset: fields.baseOffset,
      lastOffset: fields.baseOffset + lastOffsetDelta,
      maxTimestampMs: this.#maxTimestampMs,
      sizeInBytes: this.end - start,
    };
  }

  /** Forgets everything written, keeps the buffer. */
  clear(): void {
    this.end = 0;
    this.#fields = null;
  }

  #writeHeader(fields: BatchFields, lastOffsetDelta: number): void {
    const view = this.#view;
    const at = this.#start;
    const { producer } = fields;
    writeInt64(view, at, fields.baseOffset);
    view.setInt32(at + BATCH_LENGTH_AT, this.end - at - LOG_OVERHEAD);
    view.setInt32(at + PARTITION_LEADER_EPOCH_AT, fields.partitionLeaderEpoch);
    view.setInt8(at + MAGIC_AT, MAGIC);
    view.setInt16(at + ATTRIBUTES_AT, attributesOf(fields));
    view.setInt32(at + LAST_OFFSET_DELTA_AT, lastOffsetDelta);
    writeInt64(view, at + BASE_TIMESTAMP_AT, this.#baseTimestampMs);
    writeInt64(view, at + MAX_TIMESTAMP_AT, this.#maxTimestampMs);
    writeInt64(view, at + PRODUCER_ID_AT, producer?.producerId ?? NO_PRODUCER_ID);
    view.setInt16(at + PRODUCER_EPOCH_AT, producer?.producerEpoch ?? -1);
    view.setInt32(at + BASE_SEQUENCE_AT, producer?.baseSequence ?? -1);
    view.setInt32(at + RECORDS_COUNT_AT, this.#recordsCount);
    view.setUint32(at + CRC_AT, crc32cOf(this.bytes.subarray(at + ATTRIBUTES_AT, this.end)));
  }

  #reserve(size: number): void {
    if (this.end + size <= this.bytes.length) return;
    const grown = Buffer.allocUnsafeSlow(Math.max(this.bytes.length * 2, this.end + size));
    grown.set(this.bytes.subarray(0, this.end));
    this.bytes = grown;
    this.#view = new DataView(grown.buffer, grown.byteOffset, grown.byteLength);
  }
}

function attributesOf({ codec, producer }: BatchFields): number {
  let attributes: number = CODECS.indexOf(codec);
  if (producer?.isTransactional) attributes |= TRANSACTIONAL_BIT;
  if (producer?.isControl) attributes |= CONTROL_BIT;
  return attributes;
}

function writeHeaders(bytes: Buffer, from: number, headers: readonly RecordHeader[] | undefined): number {
  if (headers === undefined) {
    bytes[from] = 0;
    return from + 1;
  }
  let at = writeVarint(bytes, from, headers.length);
  for (const { name, value } of headers) {
    at = writeSized(bytes, at, name);
    at = writeSized(bytes, at, value);
  }
  return at;
}

function writeSized(bytes: Buffer, at: number, content: Uint8Array | null): number {
  if (content === null) {
    bytes[at] = NULL_LENGTH;
    return at + 1;
  }
  const from = writeVarint(bytes, at, content.length);
  bytes.set(content, from);
  return from + content.length;
}
