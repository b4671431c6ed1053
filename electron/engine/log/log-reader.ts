/**
 * Reads a log by offset, batch by batch or record by record, while it is written, rolled, shortened and cleaned.
 *
 * A reader holds no lock: before each piece it looks up the segment that its next offset is in by now. A segment that
 * was deleted meanwhile is skipped, and one that was replaced is read in its new form; offsets only go up.
 */
import { AppError } from '../../../shared/errors';
import type { FilePosition, Offset, TimestampMs } from '../../../shared/units';
import { LOG_SUFFIX, offsetName } from '../format/file-names';
import { CONTROL_BIT, NO_TIMESTAMP } from '../format/record-batch';
import type { LogRecord } from '../format/records';
import type { OffsetIndexColumns, TimeIndexColumns } from './index-columns';
import { type BatchPiece, corruptAt, type LogBatch, readPiece } from './log-batch';
import type { OpenFiles } from './open-files';
import { type Segment, segmentIndexFor } from './segment';
import { withSegmentFile } from './segment-files';

/** The log as it stands at this moment. */
export interface ReadableLog {
  readonly segments: readonly Segment[];
  readonly files: OpenFiles;
  readonly isClosed: boolean;
  offsetIndexOf(segment: Segment): Promise<OffsetIndexColumns>;
  timeIndexOf(segment: Segment): Promise<TimeIndexColumns>;
  largestTimestampOf(segment: Segment): Promise<TimestampMs>;
}

/**
 * A reader that wants one record is served with little, though at once: waiting for a second read takes longer than
 * reading more. One that goes on gets more each time.
 */
const FIRST_PIECE_SIZE = 32 * 1024;
const PIECE_SIZE_MAX = 1024 * 1024;

export interface BatchRange {
  readonly from: Offset;
  /** Exclusive. */
  readonly to: Offset;
  readonly signal?: AbortSignal | undefined;
}

/** Batches that hold offsets of the range; the first may begin before it. Compacted ranges may have none. */
export async function* readBatches(log: ReadableLog, range: BatchRange): AsyncGenerator<LogBatch> {
  let next = range.from;
  let pieceSize = FIRST_PIECE_SIZE;
  let place = null as { segment: Segment; position: FilePosition } | null;
  while (next < range.to) {
    range.signal?.throwIfAborted();
    if (log.isClosed)
      throw new AppError('LOG_CLOSED', `The log was closed before offset ${next} was read.`, {
        nextOffset: next,
      });
    const index = Math.max(0, segmentIndexFor(log.segments, next));
    const segment: Segment = log.segments[index]!;
    next = Math.max(next, segment.baseOffset);
    try {
      if (place?.segment !== segment) {
        const { from, to } = await stretchOf(log, segment, next);
        place = { segment, position: from };
        pieceSize = Math.min(PIECE_SIZE_MAX, Math.max(pieceSize, (to ?? 0) - from));
      }
      const { position } = place;
      if (position < segment.sizeInBytes) {
        const piece = await readFrom(log, segment, position, pieceSize);
        // Replaced meanwhile: these may be bytes of the file that has its name now.
        if (!isCurrent(log, segment)) continue;
        pieceSize = Math.min(PIECE_SIZE_MAX, pieceSize * 2);
        place = { segment, position: piece.nextPosition };
        for (const batch of piece.batches) {
          if (batch.header.lastOffset < next) continue;
          if (batch.header.baseOffset >= range.to) return;
          next = batch.header.lastOffset + 1;
          yield batch;
        }
        continue;
      }
    } catch (error) {
      // Deleted or replaced while we looked: the next look-up finds what is there now.
      if (isCurrent(log, segment)) throw error;
      continue;
    }
    const following = log.segments[segmentIndexFor(log.segments, segment.baseOffset) + 1];
    if (following === undefined) return;
    next = Math.max(next, following.baseOffset);
  }
}

/** Data records of the range, in order; control batches are left out. */
export async function* readRecords(log: ReadableLog, range: BatchRange): AsyncGenerator<LogRecord> {
  for await (const batch of readBatches(log, range)) {
    if ((batch.header.attributes & CONTROL_BIT) !== 0) continue;
    for (const record of batch.records())
      if (record.offset >= range.from && record.offset < range.to) yield record;
  }
}

/** Offset of the first record whose timestamp is at or after the given one; null where all are older. */
export async function offsetForTimestamp(
  log: ReadableLog,
  timestampMs: TimestampMs,
  { from, to, signal }: BatchRange,
): Promise<Offset | null> {
  for (let next = from; ; ) {
    const index = Math.max(0, segmentIndexFor(log.segments, next));
    const segment: Segment = log.segments[index]!;
    const following = log.segments[index + 1];
    let startAt: Offset | null = null;
    try {
      startAt = await startInSegment(log, segment, timestampMs);
    } catch (error) {
      if (isCurrent(log, segment)) throw error;
    }
    if (!isCurrent(log, segment)) continue;
    if (startAt !== null)
      return firstAtOrAfter(log, timestampMs, { from: Math.max(from, startAt), to, signal }, from);
    if (following === undefined) return null;
    next = following.baseOffset;
  }
}

/** Where to begin to read in it; null where all its records are older. */
async function startInSegment(
  log: ReadableLog,
  segment: Segment,
  timestampMs: TimestampMs,
): Promise<Offset | null> {
  const largestMs = await log.largestTimestampOf(segment);
  if (largestMs < timestampMs && largestMs !== NO_TIMESTAMP) return null;
  const times = await log.timeIndexOf(segment);
  return segment.baseOffset + times.offsetFor(timestampMs);
}

/** Reads on to the end of the range. @param from Lowest offset that counts. */
async function firstAtOrAfter(
  log: ReadableLog,
  timestampMs: TimestampMs,
  range: BatchRange,
  from: Offset,
): Promise<Offset | null> {
  for await (const batch of readBatches(log, range)) {
    if (batch.header.maxTimestampMs < timestampMs) continue;
    if ((batch.header.attributes & CONTROL_BIT) !== 0) continue;
    const record = batch
      .records()
      .find((one) => one.timestampMs >= timestampMs && one.offset >= from && one.offset < range.to);
    if (record !== undefined) return record.offset;
  }
  return null;
}

/** Whether the segment is still one of the log's: retention and compaction put others in its place, or none. */
function isCurrent({ segments }: ReadableLog, segment: Segment): boolean {
  return segments[segmentIndexFor(segments, segment.baseOffset)] === segment;
}

/** Where to begin to read, and where the offset's batch has ended; null where that is not known. */
async function stretchOf(
  log: ReadableLog,
  segment: Segment,
  offset: Offset,
): Promise<{ readonly from: FilePosition; readonly to: FilePosition | null }> {
  if (offset <= segment.baseOffset) return { from: 0, to: null };
  return (await log.offsetIndexOf(segment)).stretchFor(offset - segment.baseOffset);
}

async function readFrom(
  log: ReadableLog,
  segment: Segment,
  position: FilePosition,
  pieceSize: number,
): Promise<BatchPiece> {
  const sizeInBytes: number = segment.sizeInBytes;
  const piece = await withSegmentFile(log.files, segment, LOG_SUFFIX, (file) =>
    readPiece(file, position, sizeInBytes, pieceSize),
  );
  // What comes before a flaw is handed out first; the next piece begins with it.
  if (piece.flaw !== null && piece.batches.length === 0)
    throw corruptAt(`${offsetName(segment.baseOffset)}${LOG_SUFFIX}`, piece.flaw);
  return piece;
}
