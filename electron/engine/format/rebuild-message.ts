/**
 * A compressed wrapper of message format 0 or 1 with some of its messages left out, in its own format, as a cleaner up to
 * Kafka 3.9 writes it (MemoryRecordsBuilder.appendLegacyRecord, writeLegacyCompressedWrapperHeader): same codec, a size
 * and a CRC of its own, the offset of the last message that is left. The layout stands in message-set.ts.
 *
 * Uncompressed entries hold one message, and stay whole or go whole.
 */
import type { Bytes } from '../../../shared/units';
import { compress } from './codec';
import { crc32Of } from './crc';
import { writeInt64 } from './int64';
import { withClientsHeaderChecksum } from './lz4-frame';
import { MESSAGE_CRC_FROM, MESSAGE_SIZE_MIN } from './message-set';
import type { KeptRecords } from './rebuild-batch';
import {
  BATCH_LENGTH_AT,
  codecOf,
  LOG_OVERHEAD,
  MAGIC_AT,
  type RecordBatchHeader,
  TIMESTAMP_TYPE_BIT,
} from './record-batch';
import { VarintCursor } from './varint';

interface Message {
  readonly offset: number;
  readonly attributes: number;
  readonly timestampMs: number;
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
}

/**
 * @param header Of the wrapper; its last offset is that of the last message that is left
 * @param payload In the layout of magic 2, to which `kept` points
 */
export function rebuildMessage(
  header: RecordBatchHeader,
  kept: KeptRecords,
  payload: Uint8Array,
): Uint8Array {
  const { magic } = header;
  const inner = Buffer.concat(messagesOf(header, kept, payload).map((message) => encoded(magic, message)));
  const codec = codecOf(header.attributes) ?? 'none';
  const compressed = compress(codec, inner);
  const value = codec === 'lz4' && magic === 0 ? withClientsHeaderChecksum(compressed) : compressed;
  const { attributes, lastOffset: offset } = header;
  const timestampMs = isLogAppendTime(header) ? header.maxTimestampMs : kept.maxTimestampMs;
  return encoded(magic, { offset, attributes, timestampMs, key: null, value });
}

/** Of the wrapper without compressing: as if the messages took their share of the compressed bytes. */
export function estimateMessageSize(
  header: RecordBatchHeader,
  kept: KeptRecords,
  { payload, recordsBefore }: { readonly payload: Uint8Array; readonly recordsBefore: number },
): Bytes {
  const overhead = MESSAGE_SIZE_MIN[header.magic]!;
  const left = messagesOf(header, kept, payload).reduce((sum, message) => sum + sizeOf(overhead, message), 0);
  // The layout of magic 2 has about eight bytes of its own for each record.
  const whole = payload.length + recordsBefore * (overhead - MAGIC_2_OVERHEAD);
  return overhead + Math.ceil((left * (header.sizeInBytes - overhead)) / whole);
}

const MAGIC_2_OVERHEAD = 8;

/** Offsets inside are absolute with magic 0, relative to the first one with magic 1. */
function messagesOf(header: RecordBatchHeader, kept: KeptRecords, payload: Uint8Array): Message[] {
  const base = header.magic === 0 ? header.baseOffset : 0;
  const attributes = header.attributes & TIMESTAMP_TYPE_BIT;
  return Array.from({ length: kept.count }, (_, slot) => {
    const { offsetDelta, timestampMs, contentFrom, contentTo } = kept.at(slot);
    const cursor = new VarintCursor(payload, contentFrom, contentTo);
    const [key, value] = [sizedAt(cursor), sizedAt(cursor)];
    return { offset: base + offsetDelta, attributes, timestampMs, key, value };
  });
}

function sizedAt(cursor: VarintCursor): Uint8Array | null {
  const length = cursor.readVarint();
  if (length < 0) return null;
  cursor.skip(length);
  return cursor.bytes.subarray(cursor.at - length, cursor.at);
}

function sizeOf(overhead: Bytes, { key, value }: Message): Bytes {
  return overhead + (key?.length ?? 0) + (value?.length ?? 0);
}

function encoded(magic: number, message: Message): Buffer {
  const bytes = Buffer.alloc(sizeOf(MESSAGE_SIZE_MIN[magic]!, message));
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  writeInt64(view, 0, message.offset);
  view.setInt32(BATCH_LENGTH_AT, bytes.length - LOG_OVERHEAD);
  view.setInt8(MAGIC_AT, magic);
  view.setInt8(MAGIC_AT + 1, message.attributes);
  let at = MAGIC_AT + 2;
  if (magic > 0) {
    writeInt64(view, at, message.timestampMs);
    at += 8;
  }
  for (const content of [message.key, message.value]) {
    view.setInt32(at, content?.length ?? -1);
    bytes.set(content ?? [], at + 4);
    at += 4 + (content?.length ?? 0);
  }
  view.setUint32(LOG_OVERHEAD, crc32Of(bytes.subarray(MESSAGE_CRC_FROM)));
  return bytes;
}

function isLogAppendTime({ attributes }: RecordBatchHeader): boolean {
  return (attributes & TIMESTAMP_TYPE_BIT) !== 0;
}
