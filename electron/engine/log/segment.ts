/**
 * One segment as readers see it: where its files are, how much of it counts, and its indexes for look-ups.
 *
 * `sizeInBytes` and `nextOffset` are what has been published: bytes behind them do not exist for a reader. A segment
 * that was renamed to .deleted can still be read; one that was removed says so. Writes nothing.
 */
import { join } from 'node:path';
import type { Bytes, FilePosition, Offset, TimestampMs } from '../../../shared/units';
import {
  LOG_SUFFIX,
  OFFSET_INDEX_SUFFIX,
  offsetName,
  TIME_INDEX_SUFFIX,
  TRANSACTION_INDEX_SUFFIX,
} from '../format/file-names';
import type { OffsetIndexColumns, TimeIndexColumns } from './index-columns';
import type { SegmentWriter } from './segment-writer';

export type SegmentSuffix = '' | '.deleted' | '.cleaned' | '.swap';

export const SEGMENT_FILE_SUFFIXES = [
  LOG_SUFFIX,
  OFFSET_INDEX_SUFFIX,
  TIME_INDEX_SUFFIX,
  TRANSACTION_INDEX_SUFFIX,
] as const;

export interface SegmentSize {
  readonly sizeInBytes: Bytes;
  /** Exclusive end of its offsets; for a closed segment the base of the next one where nothing better is known. */
  readonly nextOffset: Offset;
}

export class Segment {
  readonly directory: string;
  readonly baseOffset: Offset;
  suffix: SegmentSuffix = '';
  sizeInBytes: Bytes;
  nextOffset: Offset;
  /** There while the segment is active. */
  writer: SegmentWriter | null = null;
  /** Of its records; null until it was looked up. */
  largestTimestampMs: TimestampMs | null = null;
  /** Largest of its first batch, for the roll by time; null until it was looked up or where there is none. */
  firstBatchTimestampMs: TimestampMs | null = null;
  /** The files were removed. */
  isGone = false;

  constructor(directory: string, baseOffset: Offset, { sizeInBytes, nextOffset }: SegmentSize) {
    this.directory = directory;
    this.baseOffset = baseOffset;
    this.sizeInBytes = sizeInBytes;
    this.nextOffset = nextOffset;
  }

  get name(): string {
    return offsetName(this.baseOffset);
  }

  path(fileSuffix: (typeof SEGMENT_FILE_SUFFIXES)[number], suffix: SegmentSuffix = this.suffix): string {
    return join(this.directory, this.name + fileSuffix + suffix);
  }

  get logPath(): string {
    return this.path(LOG_SUFFIX);
  }
}

export interface SegmentIndexes {
  offsetIndex(segment: Segment): Promise<OffsetIndexColumns>;
  timeIndex(segment: Segment): Promise<TimeIndexColumns>;
}

/** Where to begin reading for an offset. */
export async function positionFor(
  indexes: SegmentIndexes,
  segment: Segment,
  offset: Offset,
): Promise<FilePosition> {
  if (offset <= segment.baseOffset) return 0;
  return (await indexes.offsetIndex(segment)).positionFor(offset - segment.baseOffset);
}
