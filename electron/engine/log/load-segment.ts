/**
 * Loads the active segment of a log that was closed in order, ready for appending: its indexes, its end, its largest
 * timestamp. Only the batches behind the last index entry are read. Mends nothing: what does not fit is CORRUPT.
 */
import type { Offset } from '../../../shared/units';
import type { FileSystem, ReadableFile } from '../file-system';
import { LOG_SUFFIX, OFFSET_INDEX_SUFFIX, offsetName, TIME_INDEX_SUFFIX } from '../format/file-names';
import { readOffsetIndexEntries, readTimeIndexEntries } from '../format/index-files';
import { NO_TIMESTAMP } from '../format/record-batch';
import { readWhole } from './atomic-file';
import { OffsetIndexColumns, TimeIndexColumns } from './index-columns';
import { corruptAt, type LogBatch, readPiece } from './log-batch';
import { segmentPath } from './segment';
import type { LoadedSegment, Mark } from './segment-writer';

const INDEX_BYTES_MAX = 2 ** 31 - 1;

/** @throws AppError CORRUPT */
export async function loadSegment(
  fs: FileSystem,
  directory: string,
  baseOffset: Offset,
): Promise<LoadedSegment & { lastBatch: LogBatch | null }> {
  const index = (suffix: typeof OFFSET_INDEX_SUFFIX | typeof TIME_INDEX_SUFFIX) =>
    readWhole(fs, segmentPath(directory, baseOffset, suffix), INDEX_BYTES_MAX);
  const offsets = new OffsetIndexColumns(readOffsetIndexEntries(viewOf(await index(OFFSET_INDEX_SUFFIX))));
  const times = new TimeIndexColumns(readTimeIndexEntries(viewOf(await index(TIME_INDEX_SUFFIX))));
  const file = await fs.openForReading(segmentPath(directory, baseOffset, LOG_SUFFIX));
  try {
    return { ...(await readEnd(file, baseOffset, offsets, times)), offsets, times };
  } finally {
    await file.close();
  }
}

async function readEnd(
  file: ReadableFile,
  baseOffset: Offset,
  offsets: OffsetIndexColumns,
  times: TimeIndexColumns,
): Promise<{ mark: Mark; lastBatch: LogBatch | null }> {
  const sizeInBytes: number = (await file.status()).sizeInBytes;
  const indexedAt = offsets.count === 0 ? 0 : offsets.entryAt(offsets.count - 1).position;
  const first = sizeInBytes === 0 ? null : (await readPiece(file, 0, sizeInBytes)).batches[0];
  let largestTimestampMs = times.last?.timestampMs ?? NO_TIMESTAMP;
  let largestTimestampOffset = baseOffset + (times.last?.relativeOffset ?? 0);
  let lastBatch: LogBatch | null = null;
  for (let position = indexedAt; position < sizeInBytes; ) {
    const { batches, nextPosition, flaw } = await readPiece(file, position, sizeInBytes);
    if (flaw !== null) throw corruptAt(`${offsetName(baseOffset)}${LOG_SUFFIX}`, flaw);
    for (const batch of batches) {
      lastBatch = batch;
      if (batch.header.maxTimestampMs <= largestTimestampMs) continue;
      largestTimestampMs = batch.header.maxTimestampMs;
      largestTimestampOffset = batch.header.lastOffset;
    }
    position = nextPosition;
  }
  const mark: Mark = {
    sizeInBytes,
    nextOffset: lastBatch === null ? baseOffset : lastBatch.header.lastOffset + 1,
    firstBatchTimestampMs: first?.header.maxTimestampMs ?? null,
    largestTimestampMs,
    largestTimestampOffset,
    bytesSinceIndexEntry: sizeInBytes - indexedAt,
  };
  return { mark, lastBatch };
}

function viewOf(bytes: Uint8Array | null): DataView {
  return bytes === null
    ? new DataView(new ArrayBuffer(0))
    : new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
