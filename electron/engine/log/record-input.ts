/**
 * A caller's record, checked and brought into the form of the format. Knows the limits, not the log.
 */
import { AppError } from '../../../shared/errors';
import type { Bytes, TimestampMs } from '../../../shared/units';
import { type GivenRecord, singleRecordBatchSize } from '../format/record-batch-writer';
import type { RecordHeader } from '../format/records';
import { compactsByPolicy, type LogSettings } from './settings';

/** More than a batch takes around key and value of one record: its header, and the lengths. */
const FRAMING_MAX = 128;

export type TextOrBytes = string | Uint8Array;

/** What is appended. Text is written as UTF-8. Bytes must not be changed before the append has settled. */
export interface RecordInput {
  /** Absent or null: no key. */
  readonly key?: TextOrBytes | null;
  /** null: a tombstone, which deletes its key in a compacted log. */
  readonly value: TextOrBytes | null;
  readonly headers?: readonly { readonly name: TextOrBytes; readonly value: TextOrBytes | null }[];
  /** Default: now. */
  readonly timestampMs?: TimestampMs;
}

/** What all records of a call are held against. */
interface Limits {
  readonly areKept: boolean;
  readonly takesNullKeys: boolean;
  readonly sizeMax: Bytes;
  readonly latestMs: TimestampMs;
}

/**
 * The records that are to be written.
 * @param areKept Whether those of bytes only may be the caller's own: a copy of each costs as much as its encoding.
 * @throws AppError INVALID_RECORD, INVALID_TIMESTAMP, RECORD_TOO_LARGE; the first that is not allowed
 */
export function checkRecords(
  inputs: readonly RecordInput[],
  settings: LogSettings,
  nowMs: TimestampMs,
  areKept: boolean,
): GivenRecord[] {
  const limits: Limits = {
    areKept,
    takesNullKeys: !compactsByPolicy(settings),
    sizeMax: Math.min(settings.maxMessageBytes, settings.segmentBytes),
    latestMs: nowMs + settings.timestampAfterMaxMs,
  };
  checkTimestamp(nowMs, limits.latestMs); // of all records that have none
  const records = new Array<GivenRecord>(inputs.length);
  // By index: an empty place of a list is no record.
  for (let index = 0; index < inputs.length; index++) records[index] = checkRecord(inputs[index]!, limits);
  return records;
}

function checkRecord(input: RecordInput, limits: Limits): GivenRecord {
  if (typeof input !== 'object' || input === null)
    throw new AppError('INVALID_RECORD', 'A record is an object with a value.', { field: 'record' });
  const { headers, timestampMs } = input;
  const key = toBytes(input.key ?? null, 'key');
  if (key === null && !limits.takesNullKeys)
    throw new AppError('INVALID_RECORD', 'A compacted log takes no record without a key.', { field: 'key' });
  if (timestampMs != null) checkTimestamp(timestampMs, limits.latestMs);
  const value = toBytes(input.value, 'value');
  if (headers !== undefined && !Array.isArray(headers))
    throw new AppError('INVALID_RECORD', 'The headers are no array.', { field: 'headers' });
  // Far below the limit nothing need be measured.
  if (headers === undefined && lengthOf(key) + lengthOf(value) < limits.sizeMax - FRAMING_MAX) {
    const isOfBytes = key === (input.key ?? null) && value === input.value;
    return isOfBytes && limits.areKept ? (input as GivenRecord) : { timestampMs, key, value };
  }
  const record: GivenRecord = { timestampMs, key, value, headers: headers?.map(toHeader) };
  requireSize(record, limits.sizeMax);
  return record;
}

function lengthOf(bytes: Uint8Array | null): Bytes {
  return bytes === null ? 0 : bytes.length;
}

function requireSize(record: GivenRecord, limit: Bytes): void {
  const sizeInBytes = singleRecordBatchSize(record);
  if (sizeInBytes > limit)
    throw new AppError(
      'RECORD_TOO_LARGE',
      `The record takes ${sizeInBytes} bytes as a batch; at most ${limit} are allowed.`,
      { sizeInBytes, limit },
    );
}

function checkTimestamp(timestampMs: TimestampMs, latestMs: TimestampMs): void {
  if (!Number.isSafeInteger(timestampMs) || timestampMs < 0)
    throw new AppError('INVALID_TIMESTAMP', `The timestamp ${timestampMs} is not a date after 1970.`, {
      timestampMs,
    });
  if (timestampMs > latestMs)
    throw new AppError('INVALID_TIMESTAMP', `The timestamp ${timestampMs} is too far in the future.`, {
      timestampMs,
      latestMs,
    });
}

function toHeader({ name, value }: { name: TextOrBytes; value: TextOrBytes | null }): RecordHeader {
  const bytes = toBytes(name, 'header name');
  if (bytes === null)
    throw new AppError('INVALID_RECORD', 'A header needs a name.', {
      field: 'headers',
    });
  return { name: bytes, value: toBytes(value, 'header value') };
}

function toBytes(content: TextOrBytes | null, field: string): Uint8Array | null {
  if (content === null || content instanceof Uint8Array) return content;
  if (typeof content === 'string') return Buffer.from(content);
  throw new AppError('INVALID_RECORD', `The ${field} is neither text nor bytes nor null.`, { field });
}
