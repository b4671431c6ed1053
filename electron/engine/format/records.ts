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
import { VARLONG_BYTES_MAX, VarintCursor } from './varint';

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

/**
 * Steps over nearly every record with local numbers alone, in a third of the time; where a varint has more than two bytes or
 * anything is wrong, `checkRecord` decides.
 *
 * @returns What is wrong with the records, or null.
 */
export function checkRecords(
  bytes: Uint8Array,
  { from, to }: PayloadRange,
  header: RecordBatchHeader,
): string | null {
  const { recordsCount } = header;
  const lastOffsetDelta = header.lastOffset - header.baseOffset;
  let start = from;
  let previousDelta = -1;
  for (let index = 0; index < recordsCount; index++) {
    const length = shortVarint(bytes, start);
    const attributesAt = start + (length & SIZE_MASK);
    const end = attributesAt + (length >>> VALUE_SHIFT);
    let at = attributesAt + 1;
    while (bytes[at++]! >= CONTINUED); // timestamp delta
    const hasTimestamp = at - attributesAt <= 1 + VARLONG_BYTES_MAX;
    const delta = shortVarint(bytes, at);
    const offsetDelta = delta >>> VALUE_SHIFT;
    const keyAt = at + (delta & SIZE_MASK);
    const valueAt = behindBytes(shortVarint(bytes, keyAt), keyAt);
    const headersAt = valueAt < end ? behindBytes(shortVarint(bytes, valueAt), valueAt) : end;
    const isOrdinary =
      ((length | delta) & NEGATIVE_BIT) === 0 &&
      hasTimestamp &&
      offsetDelta > previousDelta &&
      offsetDelta <= lastOffsetDelta &&
      end <= to &&
      headersAt < end &&
      (bytes[headersAt] === 0 ? headersAt + 1 : behindHeaders(bytes, headersAt, end)) === end;
    if (isOrdinary) {
      previousDelta = offsetDelta;
      start = end;
      continue;
    }
    const thorough = checkRecord(new VarintCursor(bytes, start, to), index, {
      previousDelta,
      lastOffsetDelta,
    });
    if (typeof thorough === 'string') return thorough;
    previousDelta = thorough.offsetDelta;
    start = thorough.end;
  }
  return start === to ? null : `${to - start} bytes are left behind the last record`;
}

const CONTINUED = 0x80;
const SIZE_MASK = 3;
const NEGATIVE_BIT = 4;
const VALUE_SHIFT = 3;
/** -1 in one byte, as `shortVarint` gives it: the length of a null key or value. */
const NULL_LENGTH = NEGATIVE_BIT | 1;
const NOWHERE = 0x7fff_ffff;

/**
 * A varint of one or two bytes as one number: its size in the low two bits, above them the zig-zag value, so that
 * NEGATIVE_BIT is its sign and what lies above that a natural number. -1, which has that bit too, where it is longer or
 * the bytes end.
 */
function shortVarint(bytes: Uint8Array, at: number): number {
  const first = bytes[at]!;
  if (first < CONTINUED) return (first << 2) | 1;
  const second = bytes[at + 1]!;
  return second < CONTINUED ? (((first & 0x7f) | (second << 7)) << 2) | 2 : -1;
}

/** @returns The index behind the length at `at` and its bytes; NOWHERE where they are not ordinary */
function behindBytes(length: number, at: number): number {
  if ((length & NEGATIVE_BIT) === 0) return at + (length & SIZE_MASK) + (length >>> VALUE_SHIFT);
  return length === NULL_LENGTH ? at + 1 : NOWHERE;
}

/** @returns The index behind the headers; NOWHERE where one is not ordinary */
function behindHeaders(bytes: Uint8Array, countAt: number, end: number): number {
  const count = shortVarint(bytes, countAt);
  if ((count & NEGATIVE_BIT) !== 0) return NOWHERE;
  let at = countAt + (count & SIZE_MASK);
  for (let left = count >>> VALUE_SHIFT; left > 0; left--) {
    const name = shortVarint(bytes, at);
    if (name === NULL_LENGTH) return NOWHERE;
    at = behindBytes(name, at);
    if (at >= end) return NOWHERE;
    at = behindBytes(shortVarint(bytes, at), at);
    if (at > end) return NOWHERE;
  }
  return at;
}

/** @param cursor at the record's length. @returns where the record ends and its offset delta, or what is wrong with it */
function checkRecord(
  cursor: VarintCursor,
  index: number,
  { previousDelta, lastOffsetDelta }: { readonly previousDelta: number; readonly lastOffsetDelta: number },
): { readonly end: number; readonly offsetDelta: number } | string {
  const length = cursor.readVarint();
  const end = cursor.at + length;
  if (cursor.hasFailed || length <= 0 || end > cursor.end)
    return `record ${index} does not fit the bytes that are left`;
  cursor.at++;
  cursor.skipVarlong();
  const offsetDelta = cursor.readVarint();
  if (offsetDelta <= previousDelta || offsetDelta > lastOffsetDelta)
    return `record ${index} has offset delta ${offsetDelta} after ${previousDelta}, with a last offset delta of ${lastOffsetDelta}`;
  const keyLength = cursor.readVarint();
  if (keyLength > 0) cursor.skip(keyLength);
  const valueLength = cursor.readVarint();
  if (valueLength > 0) cursor.skip(valueLength);
  const headerCount = cursor.readVarint();
  if (keyLength < -1 || valueLength < -1 || headerCount < 0) return `record ${index} has a negative length`;
  if (headerCount > 0) skipHeaders(cursor, headerCount);
  if (cursor.hasFailed || cursor.at !== end) return `record ${index} does not end where its length says`;
  return { end, offsetDelta };
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
