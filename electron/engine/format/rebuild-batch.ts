/**
 * A batch with some of its records left out, as the cleaner writes it (MemoryRecords.buildRetainedRecordsInto,
 * DefaultRecordBatch.writeEmptyHeader): same codec, offsets, producer and leader epoch; new timestamp deltas, CRC.
 *
 * Old message formats come out as magic 2; rebuild-message.ts keeps them. Which records stay is not decided here.
 */
import type { Bytes, Offset, TimestampMs } from '../../../shared/units';
import { compress } from './codec';
import { crc32cOf } from './crc';
import { writeInt64 } from './int64';
import { MESSAGE_SIZE_MIN } from './message-set';
import {
  ATTRIBUTES_AT,
  BASE_SEQUENCE_AT,
  BASE_TIMESTAMP_AT,
  BATCH_LENGTH_AT,
  CODEC_MASK,
  CONTROL_BIT,
  CRC_AT,
  codecOf,
  DELETE_HORIZON_BIT,
  LAST_OFFSET_DELTA_AT,
  LOG_OVERHEAD,
  MAGIC_AT,
  MAX_TIMESTAMP_AT,
  NO_TIMESTAMP,
  PARTITION_LEADER_EPOCH_AT,
  PRODUCER_EPOCH_AT,
  PRODUCER_ID_AT,
  RECORD_BATCH_HEADER_SIZE,
  RECORDS_COUNT_AT,
  type RecordBatchHeader,
  TIMESTAMP_TYPE_BIT,
  TRANSACTIONAL_BIT,
} from './record-batch';
import type { RecordColumns } from './record-columns';
import { varintSize, writeVarint, writeVarlong } from './varint-writer';

const MAGIC = 2;
const FIRST_CAPACITY = 256;
const KEPT_ATTRIBUTES = TIMESTAMP_TYPE_BIT | TRANSACTIONAL_BIT | CONTROL_BIT;

export interface KeptRecord {
  readonly contentFrom: number;
  /** Exclusive. */
  readonly contentTo: number;
  readonly offsetDelta: number;
  readonly timestampMs: TimestampMs;
}

/** Where the records that stay stand in the decompressed payload; one object for many batches. */
export class KeptRecords {
  count = 0;
  #contentFrom = new Int32Array(FIRST_CAPACITY);
  #contentTo = new Int32Array(FIRST_CAPACITY);
  #offsetDelta = new Int32Array(FIRST_CAPACITY);
  #timestampMs = new Float64Array(FIRST_CAPACITY);

  clear(): void {
    this.count = 0;
  }

  push({ contentFrom, end, offsetDelta }: RecordColumns, index: number, timestampMs: TimestampMs): void {
    if (this.count === this.#contentFrom.length) this.#grow();
    const slot = this.count++;
    this.#contentFrom[slot] = contentFrom[index]!;
    this.#contentTo[slot] = end[index]!;
    this.#offsetDelta[slot] = offsetDelta[index]!;
    this.#timestampMs[slot] = timestampMs;
  }

  /** First and last offset, both inclusive, where the deltas count from `baseOffset`. */
  offsetRange(baseOffset: Offset): { readonly first: Offset; readonly last: Offset } {
    return {
      first: baseOffset + this.#offsetDelta[0]!,
      last: baseOffset + this.#offsetDelta[this.count - 1]!,
    };
  }

  /** For a base offset that is larger by so much. */
  moveDeltas(by: number): void {
    for (let slot = 0; slot < this.count; slot++) this.#offsetDelta[slot] = this.#offsetDelta[slot]! - by;
  }

  /** Where its content stands, and what belongs to it beside. */
  at(slot: number): KeptRecord {
    return {
      contentFrom: this.#contentFrom[slot]!,
      contentTo: this.#contentTo[slot]!,
      offsetDelta: this.#offsetDelta[slot]!,
      timestampMs: this.#timestampMs[slot]!,
    };
  }

  get firstTimestampMs(): TimestampMs {
    return this.count === 0 ? NO_TIMESTAMP : this.#timestampMs[0]!;
  }

  get maxTimestampMs(): TimestampMs {
    let max: TimestampMs = NO_TIMESTAMP;
    for (let slot = 0; slot < this.count; slot++) max = Math.max(max, this.#timestampMs[slot]!);
    return max;
  }

  /** Bytes of the records in a batch with this base timestamp, uncompressed. */
  sizeWith(baseTimestampMs: TimestampMs): Bytes {
    let size = 0;
    for (let slot = 0; slot < this.count; slot++) {
      const body = this.#bodySize(slot, baseTimestampMs);
      size += varintSize(body) + body;
    }
    return size;
  }

  /** @returns the index behind the last record */
  writeTo(target: Uint8Array, from: number, payload: Uint8Array, baseTimestampMs: TimestampMs): number {
    let at = from;
    for (let slot = 0; slot < this.count; slot++) {
      at = writeVarint(target, at, this.#bodySize(slot, baseTimestampMs));
      target[at++] = 0; // attributes of a record: none defined
      at = writeVarlong(target, at, this.#timestampMs[slot]! - baseTimestampMs);
      at = writeVarint(target, at, this.#offsetDelta[slot]!);
      const content = payload.subarray(this.#contentFrom[slot]!, this.#contentTo[slot]!);
      target.set(content, at);
      at += content.length;
    }
    return at;
  }

  #bodySize(slot: number, baseTimestampMs: TimestampMs): Bytes {
    const deltas =
      varintSize(this.#timestampMs[slot]! - baseTimestampMs) + varintSize(this.#offsetDelta[slot]!);
    return 1 + deltas + this.#contentTo[slot]! - this.#contentFrom[slot]!;
  }

  #grow(): void {
    this.#contentFrom = grown(this.#contentFrom, new Int32Array(this.count * 2));
    this.#contentTo = grown(this.#contentTo, new Int32Array(this.count * 2));
    this.#offsetDelta = grown(this.#offsetDelta, new Int32Array(this.count * 2));
    this.#timestampMs = grown(this.#timestampMs, new Float64Array(this.count * 2));
  }
}

function grown<T extends Int32Array | Float64Array>(column: T, larger: T): T {
  larger.set(column);
  return larger;
}

export interface RebuiltFields {
  /** Attribute bit 6 and the base timestamp; null for none. */
  readonly deleteHorizonMs: TimestampMs | null;
}

/** @param payload The decompressed records, to which `kept` points. @returns the whole batch */
export function rebuildBatch(
  header: RecordBatchHeader,
  kept: KeptRecords,
  payload: Uint8Array,
  fields: RebuiltFields,
): Uint8Array {
  const baseTimestampMs = fields.deleteHorizonMs ?? kept.firstTimestampMs;
  const size = kept.sizeWith(baseTimestampMs);
  const codec = codecOf(header.attributes) ?? 'none';
  let batch = new Uint8Array(RECORD_BATCH_HEADER_SIZE + size);
  kept.writeTo(batch, RECORD_BATCH_HEADER_SIZE, payload, baseTimestampMs);
  if (codec !== 'none') {
    const compressed = compress(codec, batch.subarray(RECORD_BATCH_HEADER_SIZE));
    batch = new Uint8Array(RECORD_BATCH_HEADER_SIZE + compressed.length);
    batch.set(compressed, RECORD_BATCH_HEADER_SIZE);
  }
  const horizonBit = fields.deleteHorizonMs === null ? 0 : DELETE_HORIZON_BIT;
  writeHeader(batch, header, {
    attributes: (header.attributes & (KEPT_ATTRIBUTES | CODEC_MASK)) | horizonBit,
    baseTimestampMs,
    maxTimestampMs: isLogAppendTime(header) ? header.maxTimestampMs : kept.maxTimestampMs,
    recordsCount: kept.count,
  });
  return batch;
}

/** What `rebuildBatch` gives, without compressing: as if the content took its share of the compressed bytes. */
export function estimateRebuiltSize(
  header: RecordBatchHeader,
  kept: KeptRecords,
  payloadSize: Bytes,
  { deleteHorizonMs }: RebuiltFields,
): Bytes {
  const size = kept.sizeWith(deleteHorizonMs ?? kept.firstTimestampMs);
  const isCompressed = (header.attributes & CODEC_MASK) !== 0;
  const overhead = header.magic < MAGIC ? MESSAGE_SIZE_MIN[header.magic]! : RECORD_BATCH_HEADER_SIZE;
  const share = isCompressed && payloadSize > 0 ? (header.sizeInBytes - overhead) / payloadSize : 1;
  return RECORD_BATCH_HEADER_SIZE + Math.ceil(size * share);
}

/** Only the header, so that the producer's last sequence and the last offset are not lost. */
export function emptyBatch(header: RecordBatchHeader): Uint8Array {
  const batch = new Uint8Array(RECORD_BATCH_HEADER_SIZE);
  writeHeader(batch, header, {
    attributes: header.attributes & KEPT_ATTRIBUTES,
    baseTimestampMs: NO_TIMESTAMP,
    maxTimestampMs: header.maxTimestampMs,
    recordsCount: 0,
  });
  return batch;
}

interface ChangedFields {
  readonly attributes: number;
  readonly baseTimestampMs: TimestampMs;
  readonly maxTimestampMs: TimestampMs;
  readonly recordsCount: number;
}

function writeHeader(batch: Uint8Array, header: RecordBatchHeader, changed: ChangedFields): void {
  const view = new DataView(batch.buffer, batch.byteOffset, batch.byteLength);
  const { baseOffset, lastOffset } = header;
  writeInt64(view, 0, baseOffset);
  view.setInt32(BATCH_LENGTH_AT, batch.length - LOG_OVERHEAD);
  view.setInt32(PARTITION_LEADER_EPOCH_AT, header.partitionLeaderEpoch);
  view.setInt8(MAGIC_AT, MAGIC);
  view.setInt16(ATTRIBUTES_AT, changed.attributes);
  view.setInt32(LAST_OFFSET_DELTA_AT, lastOffset - baseOffset);
  writeInt64(view, BASE_TIMESTAMP_AT, changed.baseTimestampMs);
  writeInt64(view, MAX_TIMESTAMP_AT, changed.maxTimestampMs);
  writeInt64(view, PRODUCER_ID_AT, header.producerId);
  view.setInt16(PRODUCER_EPOCH_AT, header.producerEpoch);
  view.setInt32(BASE_SEQUENCE_AT, header.baseSequence);
  view.setInt32(RECORDS_COUNT_AT, changed.recordsCount);
  view.setUint32(CRC_AT, crc32cOf(batch.subarray(ATTRIBUTES_AT)));
}

function isLogAppendTime({ attributes }: RecordBatchHeader): boolean {
  return (attributes & TIMESTAMP_TYPE_BIT) !== 0;
}
