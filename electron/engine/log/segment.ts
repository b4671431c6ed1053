/**
 * One segment as readers see it: which file it is, and how much of that counts.
 *
 * `sizeInBytes` and `nextOffset` are what has been published: bytes behind them do not exist for a reader.
 * Opens no file and writes none.
 */
import { join } from 'node:path';
import type { Bytes, Offset, TimestampMs } from '../../../shared/units';
import {
  type LOG_SUFFIX,
  type OFFSET_INDEX_SUFFIX,
  offsetName,
  type SWAP_SUFFIX,
  type TIME_INDEX_SUFFIX,
  type TRANSACTION_INDEX_SUFFIX,
} from '../format/file-names';

export type SegmentFileSuffix =
  | typeof LOG_SUFFIX
  | typeof OFFSET_INDEX_SUFFIX
  | typeof TIME_INDEX_SUFFIX
  | typeof TRANSACTION_INDEX_SUFFIX;

interface Published {
  readonly sizeInBytes: Bytes;
  readonly nextOffset: Offset;
  /** Left out where nobody has looked yet. */
  readonly largestTimestampMs?: TimestampMs;
}

export class Segment {
  readonly directory: string;
  readonly baseOffset: Offset;
  sizeInBytes: Bytes;
  /** Exclusive end of its offsets; of a closed segment the base offset of the next one. */
  nextOffset: Offset;
  /** Of its records; null until somebody looked into the time index. Always known of the active segment. */
  largestTimestampMs: TimestampMs | null;
  /** Of its first batch; null until somebody looked. */
  firstBatchMaxTimestampMs: TimestampMs | null = null;
  /** Behind the names of its files: `.swap` where a compaction has just put it in the place of others. */
  nameEnding: '' | typeof SWAP_SUFFIX = '';
  /** While its files get other names: settles when they have them. */
  renaming: Promise<void> | null = null;

  constructor(directory: string, baseOffset: Offset, published: Published) {
    this.directory = directory;
    this.baseOffset = baseOffset;
    this.sizeInBytes = published.sizeInBytes;
    this.nextOffset = published.nextOffset;
    this.largestTimestampMs = published.largestTimestampMs ?? null;
  }

  pathOf(suffix: SegmentFileSuffix): string {
    return segmentPath(this.directory, this.baseOffset, suffix) + this.nameEnding;
  }
}

export function segmentPath(directory: string, baseOffset: Offset, suffix: SegmentFileSuffix): string {
  return join(directory, offsetName(baseOffset) + suffix);
}

/** Place of the segment with the greatest base offset at or below `offset`; -1 where all lie above it. */
export function segmentIndexFor(segments: readonly { baseOffset: Offset }[], offset: Offset): number {
  let low = 0;
  let high = segments.length - 1;
  while (low <= high) {
    const middle = (low + high) >>> 1;
    if (segments[middle]!.baseOffset <= offset) low = middle + 1;
    else high = middle - 1;
  }
  return high;
}
