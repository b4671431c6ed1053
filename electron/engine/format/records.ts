/**
 * The records of a batch of magic 2, after decompression. Knows nothing of the batch's place in a file.
 *
 *   varint length (bytes after it), int8 attributes, varlong timestampDelta, varint offsetDelta,
 *   varint keyLength (-1 null), key, varint valueLength (-1 null), value,
 *   varint headerCount, then for each: varint nameLength, name (UTF-8), varint valueLength (-1 null), value.
 *
 * `checkRecords` walks without allocating; `decodeRecords` yields values. Both use up the payload exactly or say
 * what is wrong (DefaultRecord.readFrom, DefaultRecordBatch.iterator).
 */
import type { Bytes, Offset, TimestampMs } from '../../../shared/units';
import { DELETE_HORIZON_BIT, type RecordBatchHeader, TIMESTAMP_TYPE_BIT } from './record-batch';
import { VarintCursor } from './varint';

export interface RecordHeader {
  readonly name: Uint8Array;
  readonly value: Uint8Array | null;
}

export interface LogRecord {
  readonly offset: Offset;
  readonly timestampMs: TimestampMs;
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  readonly headers: readonly RecordHeader[];
  /** Where the record's length field stands in the decompressed payload. */
  readonly payloadPosition: number;
  readonly sizeInBytes: Bytes;
}

export interface PayloadRange {
  /** Index of the first byte in the array. */
  readonly from: number;
  /** Exclusive. */
  readonly to: number;
}

/** @returns What is wrong with the records, or null. */
export function checkRecords(
  bytes: Uint8Array,
  { from, to }: PayloadRange,
  header: RecordBatchHeader,
): string | null {
  const cursor = new VarintCursor(bytes, from, to);
  const { recordsCount } = header;
  const lastOffsetDelta = header.lastOffset - header.baseOffset;
  let previousDelta = -1;
  for (let index = 0; index < recordsCount; index++) {
    const length = cursor.readVarint();
    const end = cursor.at + length;
    if (cursor.hasFailed || length <= 0 || end > to)
      return `record ${index} does not fit the bytes that are left`;
    cursor.at++;
    cursor.skipVarlong();
    const offsetDelta = cursor.readVarint();
    if (offsetDelta <= previousDelta || offsetDelta > lastOffsetDelta)
      return `record ${index} has offset delta ${offsetDelta} after ${previousDelta}, with a last offset delta of ${lastOffsetDelta}`;
    previousDelta = offsetDelta;
    const keyLength = cursor.readVarint();
    if (keyLength > 0) cursor.skip(keyLength);
    const valueLength = cursor.readVarint();
    if (valueLength > 0) cursor.skip(valueLength);
    const headerCount = cursor.readVarint();
    if (keyLength < -1 || valueLength < -1 || headerCount < 0) return `record ${index} has a negative length`;
    if (headerCount > 0) skipHeaders(cursor, headerCount);
    if (cursor.hasFailed || cursor.at !== end) return `record ${index} does not end where its length says`;
  }
  return cursor.at === to ? null : `${to - cursor.at} bytes are left behind the last record`;
}

function skipHeaders(cursor: VarintCursor, headerCount: number): void {
  for (let index = 0; index < headerCount && !cursor.hasFailed; index++) {
    cursor.skip(cursor.readVarint());
    const valueLength = cursor.readVarint();
    if (valueLength !== -1) cursor.skip(valueLength);
  }
}

/** Decodes the records up to the first malformed one; what is wrong with that one is in `flaw`. */
export function decodeRecords(
  bytes: Uint8Array,
  { from, to }: PayloadRange,
  header: RecordBatchHeader,
): { readonly records: LogRecord[]; readonly flaw: string | null } {
  const flaw = checkRecords(bytes, { from, to }, header);
  const cursor = new VarintCursor(bytes, from, to);
  const records: LogRecord[] = [];
  const isLogAppendTime = (header.attributes & TIMESTAMP_TYPE_BIT) !== 0;
  while (records.length < header.recordsCount && !cursor.hasFailed) {
    const record = decodeRecord(cursor, header, isLogAppendTime, from);
    if (record === null) break;
    records.push(record);
  }
  return { records, flaw };
}

function decodeRecord(
  cursor: VarintCursor,
  header: RecordBatchHeader,
  isLogAppendTime: boolean,
  payloadStart: number,
): LogRecord | null {
  const start = cursor.at;
  const length = cursor.readVarint();
  const end = cursor.at + length;
  if (cursor.hasFailed || length <= 0 || end > cursor.end) return null;
  cursor.skip(1);
  const timestampDelta = cursor.readVarlong();
  const offsetDelta = cursor.readVarint();
  const key = readBytes(cursor);
  const value = readBytes(cursor);
  const headers: RecordHeader[] = [];
  const headerCount = cursor.readVarint();
  for (let index = 0; index < headerCount && !cursor.hasFailed; index++) {
    headers.push({ name: readBytes(cursor) ?? new Uint8Array(0), value: readBytes(cursor) });
  }
  if (cursor.hasFailed || cursor.at !== end) return null;
  return {
    offset: header.baseOffset + offsetDelta,
    timestampMs: isLogAppendTime ? header.maxTimestampMs : header.baseTimestampMs + timestampDelta,
    key,
    value,
    headers,
    payloadPosition: start - payloadStart,
    sizeInBytes: end - start,
  };
}

function readBytes(cursor: VarintCursor): Uint8Array | null {
  const length = cursor.readVarint();
  if (length < 0) return null;
  const start = cursor.at;
  cursor.skip(length);
  return cursor.hasFailed ? null : cursor.bytes.subarray(start, start + length);
}

/** Whether the batch has been through the cleaner for certain: records are missing, or a horizon is set. */
export function showsCompaction(header: RecordBatchHeader): boolean {
  return (
    header.magic === 2 &&
    (header.recordsCount < header.lastOffset - header.baseOffset + 1 ||
      (header.attributes & DELETE_HORIZON_BIT) !== 0)
  );
}
