/**
 * Walks a segment of the original log manager span by span, as scan-segment.ts walks one of Kafka's.
 *
 * The visitor gets each record as a message of magic 1. A record whose CRC fails keeps its offset where its length leads
 * to another record; behind other damage the count goes on with the next record that can be found, as offsets are not
 * on disk.
 */
import { type Problem, type ProblemCode, problemAt } from '../../../shared/problem';
import type { Bytes, FilePosition, Offset } from '../../../shared/units';
import {
  asMessage,
  isLogManagerRecord,
  LOG_MANAGER_RECORD_SIZE_MIN,
  logManagerHeader,
  logManagerRecordSize,
} from '../format/original-record';
import { BATCH_BYTES_MAX } from './batch-at';
import type { BatchBytes, DamageKind, SegmentScan, SegmentVisitor } from './scan-segment';
import type { SegmentReader } from './segment-reader';

/** The search for the next record goes on in steps of this size. */
const STEP = 64 * 1024;

/** Where the records before have been counted up to: the next scan of the same listing goes on from there. */
export interface CountedPlace {
  position: FilePosition;
  offset: Offset;
}

export async function walkLogManagerSegment(
  scan: SegmentScan,
  reader: SegmentReader,
  visitor: SegmentVisitor,
  counted: CountedPlace,
): Promise<void> {
  const { sizeInBytes, fromPosition = 0 } = scan;
  const start = counted.position <= fromPosition ? counted : { position: 0, offset: scan.baseOffset };
  let position: number = start.position;
  let { offset } = start;
  while (position < sizeInBytes) {
    const isBefore = position < fromPosition;
    if (!isBefore && counted.position < position) Object.assign(counted, { position, offset });
    const size = await sizeAt(scan, reader, position);
    if (size !== null && (await isSoundAt(scan, reader, position, size))) {
      if (!isBefore) {
        const header = logManagerHeader(reader.view, reader.indexOf(position), offset);
        if (!visitor.batch(header, position, messagesIn(reader, offset))) return;
      }
      position += size;
      offset++;
      continue;
    }
    const damage = await damageAt(scan, reader, position, size);
    if (!isBefore && !visitor.damage(damage.kind, position, damage.end - position, damage.problem)) return;
    if (damage.hasOffset) offset++;
    position = damage.end;
  }
  scan.onPosition?.(sizeInBytes as number);
}

/** What a visitor asks of the reader: the bytes of a record, as a message. */
function messagesIn(reader: SegmentReader, offset: Offset): BatchBytes {
  return { batchAt: (position, sizeInBytes) => asMessage(reader.batchAt(position, sizeInBytes), offset) };
}

async function load(scan: SegmentScan, reader: SegmentReader, position: FilePosition, length: Bytes) {
  if (reader.has(position, length)) return;
  scan.signal?.throwIfAborted();
  scan.onPosition?.(position);
  await reader.load(position, length);
}

/** null where no record can begin there, or not all of it is left. */
async function sizeAt(
  scan: SegmentScan,
  reader: SegmentReader,
  position: FilePosition,
): Promise<Bytes | null> {
  const rest = scan.sizeInBytes - position;
  const headSize = Math.min(rest, LOG_MANAGER_RECORD_SIZE_MIN);
  await load(scan, reader, position, headSize);
  if (!reader.has(position, headSize)) return null; // the file ends earlier than it was listed
  const size = logManagerRecordSize(reader.view, reader.indexOf(position), rest);
  return size === null || size > Math.min(rest, BATCH_BYTES_MAX) ? null : size;
}

/** Every byte is looked at whatever was asked for: the count of records, and with it each offset, hangs on it. */
async function isSoundAt(scan: SegmentScan, reader: SegmentReader, position: FilePosition, size: Bytes) {
  await load(scan, reader, position, size);
  return reader.has(position, size) && isLogManagerRecord(reader.batchAt(position, size));
}

interface Damage {
  readonly kind: DamageKind;
  /** Exclusive. */
  readonly end: FilePosition;
  /** It stands where one record was. */
  readonly hasOffset: boolean;
  readonly problem: Problem;
}

async function damageAt(
  scan: SegmentScan,
  reader: SegmentReader,
  position: FilePosition,
  size: Bytes | null,
): Promise<Damage> {
  const damage = (kind: DamageKind, end: FilePosition, code: ProblemCode, message: string): Damage => {
    const place = { file: scan.fileName, position, sizeInBytes: end - position, baseOffset: null };
    return { kind, end, hasOffset: code === 'batch-crc-mismatch', problem: problemAt(code, place, message) };
  };
  if (size !== null) {
    const end = position + size;
    if (end === scan.sizeInBytes || (await sizeAt(scan, reader, end)) !== null)
      return damage('corrupt', end, 'batch-crc-mismatch', `The CRC of a record of ${size} bytes fails.`);
  }
  const { next, isAllZeros } = await findRecord(scan, reader, position);
  const end: number = next ?? scan.sizeInBytes;
  const count = end - position;
  if (isAllZeros) return damage('zeros', end, 'segment-zero-bytes', `${count} bytes are zero.`);
  const isTorn = next === null && size === null;
  if (isTorn)
    return damage('torn-tail', end, 'segment-torn-tail', `${count} bytes are left that are no record.`);
  const counted = next === null ? '' : ' Offsets behind them are counted on from here.';
  return damage('corrupt', end, 'batch-length-invalid', `${count} bytes are no record.${counted}`);
}

/** The first sound record behind a position, byte by byte. */
async function findRecord(
  scan: SegmentScan,
  reader: SegmentReader,
  damagedFrom: FilePosition,
): Promise<{ readonly next: FilePosition | null; readonly isAllZeros: boolean }> {
  const { sizeInBytes } = scan;
  let isAllZeros = true;
  for (let from: number = damagedFrom; from < sizeInBytes; from += STEP) {
    const to = Math.min(from + STEP, sizeInBytes);
    const readTo = Math.min(to + LOG_MANAGER_RECORD_SIZE_MIN, sizeInBytes);
    for (let position: number = from; position < to; position++) {
      if (!reader.has(from, readTo - from)) await load(scan, reader, from, readTo - from);
      if (!reader.has(from, readTo - from)) return { next: null, isAllZeros: false }; // shorter than it was
      const at = reader.indexOf(position);
      if (position > damagedFrom && reader.bytes[at] === 0 && reader.bytes[at + 1] === 0 && isAllZeros) {
        if (reader.bytes[at + 2] === 0 && reader.bytes[at + 3] === 0) continue;
      }
      const size = logManagerRecordSize(reader.view, at, sizeInBytes - position);
      const isRecord =
        position > damagedFrom &&
        size !== null &&
        size <= Math.min(sizeInBytes - position, BATCH_BYTES_MAX) &&
        (await isSoundAt(scan, reader, position, size));
      if (isRecord) return { next: position, isAllZeros };
      isAllZeros &&= reader.bytes[reader.indexOf(position)] === 0;
    }
  }
  return { next: null, isAllZeros };
}
