/**
 * Which record has the largest timestamp of a segment, where that is of the future: it keeps the segment, and all behind it.
 * Reads only.
 */
import type { SegmentFacts } from '../../../shared/plan/retention-plan';
import type { FutureRecord } from '../../../shared/plan/why-kept';
import type { Offset, TimestampMs } from '../../../shared/units';
import type { ReadingFileSystem } from '../file-system';
import { readRecords } from './read-records';

/** The oldest segments with such a timestamp are enough: it is they that keep the rest. */
const SEGMENTS_MAX = 5;

/**
 * By base offset of the segment. One whose time is that of its file has none.
 * @param directory Path of the log.
 * @throws AppError where a segment cannot be read; the signal's reason when aborted
 */
export async function readFutureRecords(
  fs: ReadingFileSystem,
  directory: string,
  segments: readonly SegmentFacts[],
  { nowMs, signal }: { readonly nowMs: TimestampMs; readonly signal: AbortSignal },
): Promise<ReadonlyMap<Offset, FutureRecord>> {
  const found = new Map<Offset, FutureRecord>();
  const ahead = segments.filter(
    (segment) => segment.largestTimestampMs > nowMs && segment.largestTimestampSource !== 'modification-time',
  );
  for (const { baseOffset, largestTimestampMs } of ahead.slice(0, SEGMENTS_MAX)) {
    const range = { fromOffset: baseOffset, fromTimestampMs: largestTimestampMs, signal };
    for await (const { header, records, segmentBaseOffset } of readRecords(fs, directory, range)) {
      const [record] = records;
      if (record !== undefined && segmentBaseOffset === baseOffset)
        found.set(baseOffset, { offset: record.offset, batchBaseOffset: header.baseOffset });
      break;
    }
  }
  return found;
}
