/**
 * Which record has the largest timestamp of a segment, where that is of the future: it keeps the segment, and all behind it.
 * Reads only.
 */
import type { SegmentFacts } from '../../../shared/plan/retention-plan';
import { type FutureRecord, futureSegments } from '../../../shared/plan/why-kept';
import type { Offset, TimestampMs } from '../../../shared/units';
import type { ReadingFileSystem } from '../file-system';
import { readRecords } from './read-records';

/**
 * By base offset of the segment, of the oldest ones. One whose time is that of its file has none.
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
  for (const { baseOffset, largestTimestampMs } of futureSegments(segments, nowMs)) {
    const range = { fromTimestampMs: largestTimestampMs, onlySegment: baseOffset, signal };
    for await (const { header, records } of readRecords(fs, directory, range)) {
      const [record] = records;
      if (record !== undefined)
        found.set(baseOffset, { offset: record.offset, batchBaseOffset: header.baseOffset });
      break;
    }
  }
  return found;
}
