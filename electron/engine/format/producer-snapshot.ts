/**
 * Snapshot of the producer state (ProducerStateManager): `%020d.snapshot`, named by the exclusive end offset.
 *
 *   int16 version 1; uint32 CRC-32C of byte 6 to the end; int32 count; then 46 bytes for each producer:
 *   at  size  field                 at  size  field
 *    0     8  producerId            26     8  timestamp
 *    8     2  producerEpoch         34     4  coordinatorEpoch (-1 none)
 *   10     4  lastSequence          38     8  currentTxnFirstOffset (-1 none)
 *   14     8  lastOffset
 *   22     4  offsetDelta (of the last batch: last minus base)
 */
import type { Offset, TimestampMs } from '../../../shared/units';
import { crc32cOf } from './crc';
import { readInt64, writeInt64 } from './int64';

const VERSION = 1;
const CRC_AT = 2;
const COUNT_AT = CRC_AT + 4;
export const SNAPSHOT_HEADER_SIZE = COUNT_AT + 4;
const EPOCH_AT = 8;
const LAST_SEQUENCE_AT = EPOCH_AT + 2;
const LAST_OFFSET_AT = LAST_SEQUENCE_AT + 4;
const OFFSET_DELTA_AT = LAST_OFFSET_AT + 8;
const TIMESTAMP_AT = OFFSET_DELTA_AT + 4;
const COORDINATOR_EPOCH_AT = TIMESTAMP_AT + 8;
const TRANSACTION_AT = COORDINATOR_EPOCH_AT + 4;
export const SNAPSHOT_ENTRY_SIZE = TRANSACTION_AT + 8;

/** What the log knows of one producer. -1 stands for none, as on disk. */
export interface ProducerEntry {
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly lastSequence: number;
  readonly lastOffset: Offset;
  readonly offsetDelta: number;
  readonly timestampMs: TimestampMs;
  readonly coordinatorEpoch: number;
  readonly currentTransactionFirstOffset: Offset;
}

/** The producers, or what is wrong with the bytes. */
export function readProducerSnapshot(bytes: Uint8Array): ProducerEntry[] | string {
  if (bytes.length < SNAPSHOT_HEADER_SIZE) return `the snapshot has ${bytes.length} bytes`;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getInt16(0) !== VERSION) return `the snapshot has version ${view.getInt16(0)}`;
  if (view.getUint32(CRC_AT) !== crc32cOf(bytes.subarray(COUNT_AT))) return 'the CRC does not match';
  const count = view.getInt32(COUNT_AT);
  if (count < 0 || bytes.length !== SNAPSHOT_HEADER_SIZE + count * SNAPSHOT_ENTRY_SIZE)
    return `the snapshot says ${count} producers in ${bytes.length} bytes`;
  const entries: ProducerEntry[] = [];
  for (let at = SNAPSHOT_HEADER_SIZE; at < bytes.length; at += SNAPSHOT_ENTRY_SIZE) {
    const entry = readEntry(view, at);
    if (Object.values(entry).some(Number.isNaN)) return `a number at byte ${at} is outside the safe integers`;
    entries.push(entry);
  }
  return entries;
}

function readEntry(view: DataView, at: number): ProducerEntry {
  return {
    producerId: readInt64(view, at),
    producerEpoch: view.getInt16(at + EPOCH_AT),
    lastSequence: view.getInt32(at + LAST_SEQUENCE_AT),
    lastOffset: readInt64(view, at + LAST_OFFSET_AT),
    offsetDelta: view.getInt32(at + OFFSET_DELTA_AT),
    timestampMs: readInt64(view, at + TIMESTAMP_AT),
    coordinatorEpoch: view.getInt32(at + COORDINATOR_EPOCH_AT),
    currentTransactionFirstOffset: readInt64(view, at + TRANSACTION_AT),
  };
}

/** Ten bytes where there is no producer. */
export function encodeProducerSnapshot(entries: Iterable<ProducerEntry>): Uint8Array {
  const all = [...entries];
  const bytes = new Uint8Array(SNAPSHOT_HEADER_SIZE + all.length * SNAPSHOT_ENTRY_SIZE);
  const view = new DataView(bytes.buffer);
  view.setInt16(0, VERSION);
  view.setInt32(COUNT_AT, all.length);
  all.forEach((entry, index) => {
    writeEntry(view, SNAPSHOT_HEADER_SIZE + index * SNAPSHOT_ENTRY_SIZE, entry);
  });
  view.setUint32(CRC_AT, crc32cOf(bytes.subarray(COUNT_AT)));
  return bytes;
}

function writeEntry(view: DataView, at: number, entry: ProducerEntry): void {
  writeInt64(view, at, entry.producerId);
  view.setInt16(at + EPOCH_AT, entry.producerEpoch);
  view.setInt32(at + LAST_SEQUENCE_AT, entry.lastSequence);
  writeInt64(view, at + LAST_OFFSET_AT, entry.lastOffset);
  view.setInt32(at + OFFSET_DELTA_AT, entry.offsetDelta);
  writeInt64(view, at + TIMESTAMP_AT, entry.timestampMs);
  view.setInt32(at + COORDINATOR_EPOCH_AT, entry.coordinatorEpoch);
  writeInt64(view, at + TRANSACTION_AT, entry.currentTransactionFirstOffset);
}
