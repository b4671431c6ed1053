/**
 * A transaction as two batches that follow one another: its records, and the marker that ends it
 * (TransactionMarkerChannelManager, EndTransactionMarker). Knows the format, not the log.
 */
import { AppError } from '../../../shared/errors';
import type { Bytes, Offset, TimestampMs } from '../../../shared/units';
import type { Codec } from '../format/record-batch';
import { BatchWriter, type FinishedBatch, type GivenRecord } from '../format/record-batch-writer';

export interface EncodedTransaction {
  readonly bytes: Uint8Array;
  /** The records', the marker's. */
  readonly batches: readonly [FinishedBatch, FinishedBatch];
}

/** A transaction that is appended as a whole. */
export interface Transaction {
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly outcome: 'commit' | 'abort';
}

export interface TransactionFields extends Transaction {
  /** Timestamp of records that have none. */
  readonly nowMs: TimestampMs;
  readonly baseOffset: Offset;
  readonly leaderEpoch: number;
  readonly codec: Codec;
  readonly baseSequence: number;
}

const INT16_MAX = 2 ** 15 - 1;
const CAPACITY = 16 * 1024;
/** int16 version 0, int16 type. */
const MARKER_KEYS = { abort: Buffer.from([0, 0, 0, 0]), commit: Buffer.from([0, 0, 0, 1]) };
/** int16 version 0, int32 coordinator epoch 0. */
const MARKER_VALUE = Buffer.alloc(6);

/** @throws AppError INVALID_ARGUMENT for what the format has no room for */
export function checkTransaction({ producerId, producerEpoch, outcome }: Transaction): void {
  const isProducer =
    Number.isSafeInteger(producerId) &&
    producerId >= 0 &&
    Number.isInteger(producerEpoch) &&
    producerEpoch >= 0 &&
    producerEpoch <= INT16_MAX;
  if (!isProducer || !(outcome in MARKER_KEYS))
    throw new AppError(
      'INVALID_ARGUMENT',
      'A transaction has a producerId from 0, a producerEpoch from 0 to 32767, and the outcome commit or abort.',
      { producerId, producerEpoch, outcome },
    );
}

/** @throws AppError RECORD_TOO_LARGE */
export function requireTransactionSize(sizeInBytes: Bytes, limit: Bytes): void {
  if (sizeInBytes <= limit) return;
  const message = `The transaction takes ${sizeInBytes} bytes, of ${limit}.`;
  throw new AppError('RECORD_TOO_LARGE', message, { sizeInBytes, limit });
}

/** The marker has the largest timestamp of the records. */
export function encodeTransaction(
  given: readonly GivenRecord[],
  {
    nowMs,
    baseOffset,
    leaderEpoch,
    codec,
    producerId,
    producerEpoch,
    baseSequence,
    outcome,
  }: TransactionFields,
): EncodedTransaction {
  const writer = new BatchWriter(CAPACITY);
  const producer = { producerId, producerEpoch, isTransactional: true };
  const fields = { partitionLeaderEpoch: leaderEpoch };
  writer.start({ ...fields, baseOffset, codec, producer: { ...producer, baseSequence, isControl: false } });
  writer.addWhileFitting(given, 0, Number.POSITIVE_INFINITY, nowMs);
  const records = writer.finish();
  writer.start({
    ...fields,
    baseOffset: records.lastOffset + 1,
    codec: 'none',
    producer: { ...producer, baseSequence: -1, isControl: true },
  });
  writer.add({ timestampMs: records.maxTimestampMs, key: MARKER_KEYS[outcome], value: MARKER_VALUE });
  const marker = writer.finish();
  return { bytes: writer.bytes.subarray(0, writer.end), batches: [records, marker] };
}
