/**
 * A record as the command line and the window show it: text where the bytes are UTF-8, base64 where not.
 *
 * The shape is RecordSchema of shared/inspection.ts; callers hold the two together at compile time.
 */
import type { Bytes, FilePosition, Offset, TimestampMs } from '../../../shared/units';
import { controlTypeOf } from '../format/control-record';
import { parseLogDirectoryName } from '../format/file-names';
import {
  CONTROL_BIT,
  type Codec,
  codecOf,
  type TimestampType,
  TRANSACTIONAL_BIT,
  timestampTypeOf,
} from '../format/record-batch';
import type { LogRecord } from '../format/records';
import { type DecodedRecord, decodeRecord } from '../internal-topics/decode-record';
import type { RecordBatchFound } from './read-records';
import type { TransactionState } from './read-transactions';

/** Text, base64 where the bytes are no UTF-8, and a text of null for null. */
interface KeyAndValue {
  readonly keyText?: string | null;
  readonly keyBase64?: string;
  readonly valueText?: string | null;
  readonly valueBase64?: string;
}

export interface RecordRow extends KeyAndValue {
  readonly log: string;
  readonly offset: Offset;
  readonly timestampMs: TimestampMs;
  readonly timestampType: TimestampType;
  readonly headers: ({ readonly name: string } & Pick<KeyAndValue, 'valueText' | 'valueBase64'>)[];
  /** Of the whole key; null for a null key. */
  readonly keySizeInBytes: Bytes | null;
  readonly valueSizeInBytes: Bytes | null;
  readonly batchBaseOffset: Offset;
  readonly segmentBaseOffset: Offset;
  /** Of the batch in the segment file. */
  readonly position: FilePosition;
  readonly codec: Codec | 'unknown';
  readonly magic: number;
  readonly producerId: number;
  readonly isTransactional: boolean;
  /** null outside of a transaction, and for control records. */
  readonly transactionState: TransactionState | null;
  readonly isControl: boolean;
  readonly controlType: string | null;
  /** Of Kafka's own topics only. */
  readonly decoded?: DecodedRecord;
}

export interface RowContext {
  /** Name of the log. */
  readonly log: string;
  readonly transactionState: TransactionState | null;
  /** Longer keys, values and header values are cut there; their sizes tell. */
  readonly contentBytesMax?: Bytes;
}

export function recordRow(
  { segmentBaseOffset, position, header }: RecordBatchFound,
  { offset, timestampMs, key, value, headers }: LogRecord,
  { log, transactionState, contentBytesMax = Number.POSITIVE_INFINITY }: RowContext,
): RecordRow {
  const isControl = (header.attributes & CONTROL_BIT) !== 0;
  const decoded = isControl ? null : decodedOf(log, { key, value }, contentBytesMax);
  return {
    log,
    offset,
    timestampMs,
    timestampType: timestampTypeOf(header.attributes),
    ...textOrBase64('key', key, contentBytesMax),
    ...textOrBase64('value', value, contentBytesMax),
    headers: headers.map((one) => ({
      name: Buffer.from(one.name).toString('utf8'),
      ...textOrBase64('value', one.value, contentBytesMax),
    })),
    keySizeInBytes: key?.length ?? null,
    valueSizeInBytes: value?.length ?? null,
    batchBaseOffset: header.baseOffset,
    segmentBaseOffset,
    position,
    codec: codecOf(header.attributes) ?? 'unknown',
    magic: header.magic,
    producerId: header.producerId,
    isTransactional: (header.attributes & TRANSACTIONAL_BIT) !== 0,
    transactionState: isControl ? null : transactionState,
    isControl,
    controlType: isControl ? controlTypeOf(key) : null,
    ...(decoded === null ? {} : { decoded }),
  };
}

/** A list shows so much at least. */
const DECODED_BYTES_MIN = 16 * 1024;

function decodedOf(
  log: string,
  { key, value }: Pick<LogRecord, 'key' | 'value'>,
  contentBytesMax: Bytes,
): DecodedRecord | null {
  if (!log.startsWith('__')) return null;
  const topic = parseLogDirectoryName(log)?.topic ?? log;
  const isLarge = (value?.length ?? 0) > Math.max(contentBytesMax, DECODED_BYTES_MIN);
  const decoded = decodeRecord(topic, { key, value: isLarge ? null : value });
  if (decoded === null || !isLarge) return decoded;
  return { ...decoded, flaw: `${value!.length} bytes are decoded where the record is shown in full` };
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
/** A character of UTF-8 has four bytes at most: a cut can split one. */
const CUT_CHARACTER_BYTES = 3;

/** As text where the bytes are UTF-8; cut behind `bytesMax`, within no character. */
export function textOrBase64<N extends 'key' | 'value' | 'name'>(
  name: N,
  bytes: Uint8Array | null,
  bytesMax: Bytes,
) {
  if (bytes === null) return { [`${name}Text`]: null } as { [K in `${N}Text`]: null };
  const isCut = bytes.length > bytesMax;
  const text = decodeUtf8(isCut ? bytes.subarray(0, bytesMax) : bytes, isCut ? CUT_CHARACTER_BYTES : 0);
  if (text !== null) return { [`${name}Text`]: text } as { [K in `${N}Text`]: string };
  const base64 = Buffer.from(bytes.subarray(0, Math.min(bytes.length, bytesMax))).toString('base64');
  return { [`${name}Base64`]: base64 } as { [K in `${N}Base64`]: string };
}

/** @param cutMax So many bytes at the end may be part of a character that was cut. */
function decodeUtf8(bytes: Uint8Array, cutMax: number): string | null {
  for (let cut = 0; cut <= cutMax; cut++) {
    try {
      return utf8.decode(bytes.subarray(0, bytes.length - cut));
    } catch {
      // Not UTF-8 at this length.
    }
  }
  return null;
}
