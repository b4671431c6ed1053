/**
 * Finds where reading can go on behind damage: the next position with a plausible batch whose CRC holds.
 *
 * The work is bounded: hostile bytes that look like one large batch after another stop the search when it has
 * computed CRCs over eight times the file. In a sparse file over 2 GiB (no valid segment is that large) the
 * search ends after 1 MiB of zeros.
 */
import type { FilePosition, Offset } from '../../../shared/units';
import { HEADER_SIZE_UP_TO_MAGIC, RECORD_BATCH_HEADER_SIZE } from '../format/record-batch';
import { BATCH_BYTES_MAX, batchCrcOf, headerAt, plausibleSizeAt } from './batch-at';
import type { SegmentScan } from './scan-segment';
import type { SegmentReader } from './segment-reader';

const INT32_MAX = 0x7fff_ffff;
const ZEROS_MAX = 1024 * 1024;
const CRC_BYTES_FACTOR = 8;
const HIGH_UNIT = 2 ** 32;
const STEP = 64 * 1024;

export interface DamageStart {
  readonly from: FilePosition;
  /** End of the damaged batch by its own length field, tried first. */
  readonly claimedEnd: number | null;
  readonly baseOffset: Offset;
}

export interface FoundBatch {
  /** null where no batch follows: the damage reaches to the end of the file. */
  readonly position: FilePosition | null;
  readonly isAllZeros: boolean;
  /** The search gave up before the end of the file. */
  readonly isCutShort: boolean;
}

export async function findBatch(
  scan: SegmentScan,
  reader: SegmentReader,
  { from, claimedEnd, baseOffset }: DamageStart,
): Promise<FoundBatch> {
  const { sizeInBytes } = scan;
  if (claimedEnd === sizeInBytes) return { position: null, isAllZeros: false, isCutShort: false };
  let crcBudget = sizeInBytes * CRC_BYTES_FACTOR;
  if (claimedEnd !== null && (await isBatch(reader, claimedEnd, baseOffset)) > 0)
    return { position: claimedEnd, isAllZeros: false, isCutShort: false };
  let zerosEnd = from;
  let zerosInRow = 0;
  for (let position = from; position + HEADER_SIZE_UP_TO_MAGIC <= sizeInBytes; ) {
    const stepEnd = Math.min(position + STEP, sizeInBytes);
    scan.signal?.throwIfAborted();
    if (!(await reader.load(position, stepEnd - position)))
      return { position: null, isAllZeros: false, isCutShort: false }; // shorter than it was: no more is there
    if (zerosEnd === position) zerosEnd = endOfZeros(reader, position, stepEnd);
    if (sizeInBytes > INT32_MAX && zerosEnd - from > ZEROS_MAX)
      return { position: null, isAllZeros: true, isCutShort: true };
    zerosInRow = endOfZeros(reader, position, stepEnd) === stepEnd ? zerosInRow + stepEnd - position : 0;
    if (sizeInBytes > INT32_MAX && zerosInRow > ZEROS_MAX)
      return { position: null, isAllZeros: false, isCutShort: true };
    const candidate = nextCandidate(reader, Math.max(position, from + 1), stepEnd, scan);
    if (candidate === null) {
      position = stepEnd === sizeInBytes ? sizeInBytes : stepEnd - RECORD_BATCH_HEADER_SIZE;
      if (zerosEnd === stepEnd) zerosEnd = position;
      continue;
    }
    const size = await isBatch(reader, candidate, baseOffset);
    if (size > 0) return { position: candidate, isAllZeros: zerosEnd >= candidate, isCutShort: false };
    crcBudget += size;
    if (crcBudget < 0) return { position: null, isAllZeros: false, isCutShort: true };
    if (zerosEnd > candidate) zerosEnd = candidate + 1;
    position = candidate + 1;
  }
  return { position: null, isAllZeros: zerosEnd >= sizeInBytes, isCutShort: false };
}

/** @returns The size of the valid batch there, or minus the bytes that it took to see that there is none. */
async function isBatch(reader: SegmentReader, position: FilePosition, baseOffset: Offset): Promise<number> {
  const rest = reader.sizeInBytes - position;
  if (rest < HEADER_SIZE_UP_TO_MAGIC) return 0;
  const headerSize = Math.min(rest, RECORD_BATCH_HEADER_SIZE);
  if (!(await reader.load(position, headerSize))) return 0;
  const size = plausibleSizeAt({ view: reader.view, at: reader.indexOf(position), rest });
  if (typeof size !== 'number' || size > Math.min(rest, BATCH_BYTES_MAX)) return 0;
  if (!(await reader.load(position, size))) return 0;
  const at = reader.indexOf(position);
  const header = headerAt({ view: reader.view, at, rest });
  const isInSegment = header.baseOffset >= baseOffset && header.baseOffset <= baseOffset + INT32_MAX;
  if (!isInSegment || batchCrcOf(reader.bytes.subarray(at, at + size), header.magic) !== header.crc)
    return -size;
  return size;
}

/** First position in the range whose 17 bytes look like the start of a batch of this segment. */
function nextCandidate(
  reader: SegmentReader,
  from: FilePosition,
  to: FilePosition,
  { baseOffset, sizeInBytes }: SegmentScan,
): FilePosition | null {
  const highMin = Math.floor(baseOffset / HIGH_UNIT);
  const highMax = Math.floor((baseOffset + INT32_MAX) / HIGH_UNIT);
  const { view } = reader;
  const shift = reader.indexOf(0);
  for (let position = from; position + HEADER_SIZE_UP_TO_MAGIC <= to; position++) {
    const at = position + shift;
    const magic = view.getInt8(at + 16);
    if (magic < 0 || magic > 2) continue;
    const high = view.getInt32(at);
    if (high !== highMin && high !== highMax) continue;
    const rest = sizeInBytes - position;
    const size = plausibleSizeAt({ view, at, rest });
    if (typeof size === 'number' && size <= rest) return position;
  }
  return null;
}

function endOfZeros(reader: SegmentReader, from: FilePosition, to: FilePosition): FilePosition {
  const { bytes } = reader;
  const shift = reader.indexOf(0);
  let position = from;
  while (position < to && bytes[position + shift] === 0) position++;
  return position;
}
