/**
 * Walks a segment file span by span: batches, and between them whatever bytes are none. Spans tile the file.
 *
 * A batch is believed when its header is plausible and, where bytes are read anyway, its CRC holds. Behind damage
 * the walk goes on at the next batch whose CRC holds (find-batch.ts). Offsets are not compared with neighbours
 * here, and records are not looked at: the visitor does that.
 */
import { type Problem, type ProblemCode, problemAt } from '../../../shared/problem';
import type { Bytes, FilePosition, Offset } from '../../../shared/units';
import { systemClock } from '../clock';
import type { ReadableFile } from '../file-system';
import {
  HEADER_SIZE_UP_TO_MAGIC,
  outOfRangeField,
  RECORD_BATCH_HEADER_SIZE,
  type RecordBatchHeader,
} from '../format/record-batch';
import { WorkSlices } from '../work-slices';
import { BATCH_BYTES_MAX, type BatchPlace, batchCrcOf, headerAt, plausibleSizeAt } from './batch-at';
import { findBatch } from './find-batch';
import { type CountedPlace, walkLogManagerSegment } from './scan-original-segment';
import { SegmentReader } from './segment-reader';

export type DamageKind = 'corrupt' | 'zeros' | 'torn-tail';

export interface BatchBytes {
  /** Gone with the next batch. */
  batchAt(position: FilePosition, sizeInBytes: Bytes): Uint8Array;
}

export interface SegmentVisitor {
  /** The batch is `reader.batchAt(position, header.sizeInBytes)`; the whole of it where `needsBytes` was given. @returns false to stop. */
  batch(header: RecordBatchHeader, position: FilePosition, reader: BatchBytes): boolean;
  /** @returns false to stop. */
  damage(kind: DamageKind, position: FilePosition, sizeInBytes: Bytes, problem: Problem): boolean;
}

export interface SegmentScan {
  readonly file: ReadableFile;
  readonly fileName: string;
  readonly sizeInBytes: Bytes;
  readonly baseOffset: Offset;
  /** Where to start: 0 or the position of a span. */
  readonly fromPosition?: FilePosition;
  /** Read and check every byte; otherwise headers only. */
  readonly needsBytes: boolean;
  /** Where every byte is read and the CRCs are another pass's business. */
  readonly skipsCrc?: boolean | undefined;
  /** Of the original log manager, whose records then come as messages; null or left out for Kafka's segments. */
  readonly logManager?: CountedPlace | null | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called after each piece with the position reached. */
  readonly onPosition?: ((position: FilePosition) => void) | undefined;
}

interface Fault {
  readonly code: ProblemCode;
  readonly message: string;
  /** Size that the header claims, where the framing may still be right. */
  readonly claimedSize: Bytes | null;
}

/** @throws AppError where the file cannot be read; the signal's reason when aborted. */
export async function scanSegment(scan: SegmentScan, visitor: SegmentVisitor): Promise<void> {
  const reader = new SegmentReader(scan.file, scan.sizeInBytes);
  try {
    if (scan.logManager) await walkLogManagerSegment(scan, reader, visitor, scan.logManager);
    else await walk(scan, reader, visitor);
  } finally {
    await reader.settle();
  }
}

/** Between two looks at the clock. */
const LOOK_BYTES: Bytes = 128 * 1024;

async function walk(scan: SegmentScan, reader: SegmentReader, visitor: SegmentVisitor): Promise<void> {
  const { sizeInBytes, needsBytes, skipsCrc = false } = scan;
  let position: number = scan.fromPosition ?? 0;
  const slices = new WorkSlices(systemClock);
  let lookAt = position + LOOK_BYTES;
  while (position < sizeInBytes) {
    // Where the bytes are always there already, the scan waits for nothing that would give others their turn.
    if (position >= lookAt) {
      lookAt = position + LOOK_BYTES;
      if (slices.isOver) await slices.rest();
      scan.signal?.throwIfAborted();
    }
    const headerSize = Math.min(RECORD_BATCH_HEADER_SIZE, sizeInBytes - position);
    if (!reader.has(position, headerSize)) await load(scan, reader, position, headerSize);
    if (!reader.has(position, headerSize)) return shortened(scan, visitor, position);
    let header = headerFault(reader, position, sizeInBytes);
    if (!('code' in header) && (needsBytes || (header.magic < 2 && header.recordsCount < 0))) {
      if (!reader.has(position, header.sizeInBytes)) await load(scan, reader, position, header.sizeInBytes);
      if (!reader.has(position, header.sizeInBytes)) return shortened(scan, visitor, position);
      if (needsBytes && !skipsCrc) header = crcFault(reader, position, header);
    }
    if ('code' in header) {
      const end = await passDamage(scan, reader, visitor, position, header);
      if (end === null) return;
      position = end;
      continue;
    }
    if (!visitor.batch(header, position, reader)) return;
    position += header.sizeInBytes;
  }
  scan.onPosition?.(sizeInBytes as number);
}

/** The file ends before the size that it had: what is missing was cut off since, and is in no buffer. */
function shortened({ fileName, sizeInBytes }: SegmentScan, visitor: SegmentVisitor, position: FilePosition) {
  const missing = sizeInBytes - position;
  const place = { file: fileName, position, sizeInBytes: missing, baseOffset: null };
  const message = `The file had ${sizeInBytes} bytes and became shorter while it was read.`;
  visitor.damage('torn-tail', position, missing, problemAt('segment-torn-tail', place, message));
}

async function load(scan: SegmentScan, reader: SegmentReader, position: FilePosition, length: Bytes) {
  scan.signal?.throwIfAborted();
  scan.onPosition?.(position);
  await reader.load(position, length);
}

function headerFault(
  reader: SegmentReader,
  position: FilePosition,
  sizeInBytes: Bytes,
): RecordBatchHeader | Fault {
  const rest = sizeInBytes - position;
  if (rest < HEADER_SIZE_UP_TO_MAGIC)
    return {
      code: 'segment-torn-tail',
      message: `${rest} bytes are left, too few for a batch.`,
      claimedSize: null,
    };
  const place: BatchPlace = { view: reader.view, at: reader.indexOf(position), rest };
  const size = plausibleSizeAt(place);
  if (typeof size !== 'number') return { ...size, claimedSize: null };
  const header = headerAt(place);
  const field = outOfRangeField(place.view, place.at, header);
  if (field !== null && header.magic === 2)
    return { code: 'batch-header-out-of-range', message: `The header says ${field}.`, claimedSize: size };
  if (size > rest)
    return {
      code: 'segment-torn-tail',
      message: `The batch at offset ${header.baseOffset} says it has ${size} bytes; ${rest} are left.`,
      claimedSize: null,
    };
  if (size > BATCH_BYTES_MAX)
    return {
      code: 'records-too-large',
      message: `The batch at offset ${header.baseOffset} says it has ${size} bytes; more than ${BATCH_BYTES_MAX} are not read.`,
      claimedSize: size,
    };
  return header;
}

function crcFault(
  reader: SegmentReader,
  position: FilePosition,
  header: RecordBatchHeader,
): RecordBatchHeader | Fault {
  const crc = batchCrcOf(reader.batchAt(position, header.sizeInBytes), header.magic);
  if (crc === header.crc) return header;
  return {
    code: 'batch-crc-mismatch',
    message: `The header says CRC ${hex(header.crc)}, the bytes have ${hex(crc)} (base offset ${header.baseOffset}, ${header.sizeInBytes} bytes).`,
    claimedSize: header.sizeInBytes,
  };
}

async function passDamage(
  scan: SegmentScan,
  reader: SegmentReader,
  visitor: SegmentVisitor,
  position: FilePosition,
  fault: Fault,
): Promise<FilePosition | null> {
  const { baseOffset, sizeInBytes } = scan;
  const claimedEnd = fault.claimedSize === null ? null : position + fault.claimedSize;
  const found = await findBatch(scan, reader, { from: position, claimedEnd, baseOffset });
  const end: number = found.position ?? sizeInBytes;
  let kind: DamageKind = 'corrupt';
  let { code, message } = fault;
  if (found.isAllZeros) {
    kind = 'zeros';
    code = 'segment-zero-bytes';
    message = `${end - position} bytes are zero${found.isCutShort ? '; only the first MiB was read, the file is sparse' : ''}.`;
  } else if (code === 'segment-torn-tail' && found.position === null) {
    kind = 'torn-tail';
  } else if (code === 'segment-torn-tail') {
    code = 'batch-length-invalid';
    message = `${message} Yet a valid batch follows at position ${end}.`;
  }
  const place = { file: scan.fileName, position, sizeInBytes: end - position, baseOffset: null };
  return visitor.damage(kind, position, end - position, problemAt(code, place, message)) ? end : null;
}

function hex(crc: number): string {
  return crc.toString(16).padStart(8, '0');
}
