/**
 * Walks a segment file batch by batch exactly as a broker does (FileLogInputStream), not as `scanSegment` does.
 *
 * A broker compares a length field with 14 and with the end of the file, and nothing else; a magic above 2 counts as 2.
 * It ends quietly where a batch would reach past the end, and fails at a length below 14. What lies behind is not looked for.
 */
import type { Bytes, FilePosition, Offset } from '../../../shared/units';
import type { ReadableFile } from '../file-system';
import { crc32cOf, crc32Of, extendedCrc32, extendedCrc32c } from '../format/crc';
import { readInt64 } from '../format/int64';
import { MESSAGE_CRC_FROM } from '../format/message-set';
import {
  ATTRIBUTES_AT,
  BATCH_LENGTH_AT,
  CRC_AT,
  HEADER_SIZE_UP_TO_MAGIC,
  LAST_OFFSET_DELTA_AT,
  LOG_OVERHEAD,
  MAGIC_AT,
  RECORD_BATCH_HEADER_SIZE,
} from '../format/record-batch';
import { SegmentReader } from './segment-reader';

/** LegacyRecord.RECORD_OVERHEAD_V0 */
const LENGTH_MIN = 14;
const MESSAGE_CRC_AT = LOG_OVERHEAD;
const NEWEST_MAGIC = 2;
/** A larger batch is read in pieces. */
const CRC_PIECE = 1024 * 1024;

export interface BrokerBatch {
  readonly position: FilePosition;
  readonly sizeInBytes: Bytes;
  readonly magic: number;
  /** NaN outside of the safe integers. */
  readonly baseOffset: Offset;
  readonly lastOffset: Offset;
}

export interface WalkEnd {
  /** End of the last batch that was read. */
  readonly position: FilePosition;
  /** length: reading on would fail. crc: the batch there is not sound. null: the file just ends. */
  readonly flaw: 'length' | 'overrun' | 'crc' | null;
  /** What is wrong there, in a sentence; null where nothing is. */
  readonly message: string | null;
}

export interface BrokerWalk {
  readonly file: ReadableFile;
  readonly from: FilePosition;
  /** What the broker takes for the size of the file. */
  readonly sizeInBytes: Bytes;
  /** Check every CRC; otherwise the first header bytes of each batch are read. */
  readonly checksCrc: boolean;
  readonly signal?: AbortSignal | undefined;
  readonly onPosition?: ((position: FilePosition) => void) | undefined;
}

/**
 * @param visit Returns false to stop there. Its second argument gives the batch's bytes, where CRCs are checked and the
 * batch is no longer than 1 MiB.
 * @throws AppError where the file cannot be read; the signal's reason
 */
export async function walkBrokerBatches(
  walk: BrokerWalk,
  visit: (batch: BrokerBatch, bytes: () => Uint8Array) => boolean,
): Promise<WalkEnd> {
  const end: number = walk.sizeInBytes;
  const reader = new SegmentReader(walk.file, walk.sizeInBytes);
  try {
    let position: number = walk.from;
    while (position < end - HEADER_SIZE_UP_TO_MAGIC) {
      const headerSize = Math.min(RECORD_BATCH_HEADER_SIZE, end - position);
      if (!reader.has(position, headerSize)) await load(walk, reader, position, headerSize);
      const batch = batchAt(reader, position, end);
      if ('flaw' in batch) return batch;
      if (walk.checksCrc) {
        const message = await crcFlaw(walk, reader, batch);
        if (message !== null) return { position, flaw: 'crc', message };
      }
      const bytes = () => reader.batchAt(batch.position, batch.sizeInBytes);
      if (!visit(batch, bytes)) return { position, flaw: null, message: null };
      position += batch.sizeInBytes;
    }
    walk.onPosition?.(end);
    const rest = end - position;
    const message = rest > 0 ? `${rest} bytes at the end are too few for a batch.` : null;
    return { position, flaw: null, message };
  } finally {
    await reader.settle();
  }
}

async function load(walk: BrokerWalk, reader: SegmentReader, position: FilePosition, length: Bytes) {
  walk.signal?.throwIfAborted();
  walk.onPosition?.(position);
  await reader.load(position, length);
}

function batchAt(reader: SegmentReader, position: FilePosition, end: FilePosition): BrokerBatch | WalkEnd {
  const { view } = reader;
  const at = reader.indexOf(position);
  const length = view.getInt32(at + BATCH_LENGTH_AT);
  if (length < LENGTH_MIN)
    return { position, flaw: 'length', message: `The length field at position ${position} says ${length}.` };
  const sizeInBytes = LOG_OVERHEAD + length;
  const rest: number = end - position;
  if (sizeInBytes > rest) {
    const message = `The batch at position ${position} says it has ${sizeInBytes} bytes; ${rest} are left.`;
    return { position, flaw: null, message };
  }
  const magic = view.getInt8(at + MAGIC_AT);
  const baseOffset = readInt64(view, at);
  if (magic < NEWEST_MAGIC) return { position, sizeInBytes, magic, baseOffset, lastOffset: baseOffset };
  if (rest < RECORD_BATCH_HEADER_SIZE) {
    const message = `The header at position ${position} needs ${RECORD_BATCH_HEADER_SIZE} bytes; ${rest} are left.`;
    return { position, flaw: 'overrun', message };
  }
  const lastOffset = baseOffset + view.getInt32(at + LAST_OFFSET_DELTA_AT);
  return { position, sizeInBytes, magic, baseOffset, lastOffset };
}

/** Which message the CRC check of a batch gives; null where it holds (DefaultRecordBatch.ensureValid, LegacyRecord). */
async function crcFlaw(
  walk: BrokerWalk,
  reader: SegmentReader,
  { position, sizeInBytes, magic }: BrokerBatch,
): Promise<string | null> {
  const isLegacy = magic < NEWEST_MAGIC;
  if (!isLegacy && sizeInBytes < RECORD_BATCH_HEADER_SIZE)
    return `The batch at position ${position} has ${sizeInBytes} bytes, fewer than its header.`;
  const stored = reader.view.getUint32(reader.indexOf(position) + (isLegacy ? MESSAGE_CRC_AT : CRC_AT));
  const coveredFrom = isLegacy ? MESSAGE_CRC_FROM : ATTRIBUTES_AT;
  let crc: number;
  if (sizeInBytes <= CRC_PIECE) {
    if (!reader.has(position, sizeInBytes)) await load(walk, reader, position, sizeInBytes);
    const covered = reader.batchAt(position, sizeInBytes).subarray(coveredFrom);
    crc = isLegacy ? crc32Of(covered) : crc32cOf(covered);
  } else crc = await longCrc(walk, isLegacy, position + coveredFrom, position + sizeInBytes);
  return crc === stored ? null : `The CRC of the batch at position ${position} does not match its bytes.`;
}

async function longCrc(walk: BrokerWalk, isLegacy: boolean, from: FilePosition, to: FilePosition) {
  const buffer = Buffer.allocUnsafe(CRC_PIECE);
  let crc = 0;
  for (let position = from; position < to; ) {
    walk.signal?.throwIfAborted();
    walk.onPosition?.(position);
    const count = await walk.file.read(buffer.subarray(0, Math.min(CRC_PIECE, to - position)), position);
    if (count === 0) break;
    const piece = buffer.subarray(0, count);
    crc = isLegacy ? extendedCrc32(piece, crc) : extendedCrc32c(piece, crc);
    position += count;
  }
  return crc;
}
