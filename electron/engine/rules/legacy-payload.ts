/**
 * Records of an old message set in the layout of magic 2, uncompressed, so that one filter serves all formats.
 * Pure; what Kafka 4 makes of such a batch when it leaves records out (MemoryRecordsBuilder with magic 2).
 */
import { type RecordBatchHeader, TIMESTAMP_TYPE_BIT } from '../format/record-batch';
import { recordSize } from '../format/record-batch-writer';
import type { LogRecord } from '../format/records';
import { varintSize, writeVarint, writeVarlong } from '../format/varint-writer';

/** With a header whose base offset and timestamp the deltas go by. */
export function legacyPayload(
  header: RecordBatchHeader,
  records: readonly LogRecord[],
): { readonly header: RecordBatchHeader; readonly bytes: Uint8Array } {
  const baseTimestampMs = records[0]?.timestampMs ?? header.baseTimestampMs;
  const baseOffset = records[0]?.offset ?? header.baseOffset;
  const deltas = records.map(
    (record) => [record.timestampMs - baseTimestampMs, record.offset - baseOffset] as const,
  );
  const size = records.reduce(
    (sum, record, index) => sum + recordSize(record, deltas[index]![0], deltas[index]![1]),
    0,
  );
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const [index, record] of records.entries()) {
    const [timestampDelta, offsetDelta] = deltas[index]!;
    const whole = recordSize(record, timestampDelta, offsetDelta);
    at = writeVarint(bytes, at, bodyOf(whole));
    bytes[at++] = 0;
    at = writeVarlong(bytes, at, timestampDelta);
    at = writeVarint(bytes, at, offsetDelta);
    at = writeSized(bytes, at, record.key);
    at = writeSized(bytes, at, record.value);
    at = writeVarint(bytes, at, 0);
  }
  const attributes = header.magic === 0 ? header.attributes & ~TIMESTAMP_TYPE_BIT : header.attributes;
  const rebased = { ...header, attributes, baseOffset, baseTimestampMs, recordsCount: records.length };
  return { header: rebased, bytes };
}

/** The length that a record of this size states: the size without the length field itself. */
function bodyOf(whole: number): number {
  let body = whole - 1;
  while (varintSize(body) + body > whole) body--;
  return body;
}

function writeSized(bytes: Uint8Array, at: number, content: Uint8Array | null): number {
  const next = writeVarint(bytes, at, content === null ? -1 : content.length);
  if (content === null) return next;
  bytes.set(content, next);
  return next + content.length;
}
