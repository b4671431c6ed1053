/**
 * Which segments the cleaner merges into one (Cleaner.groupSegmentsBySize). By sizes before cleaning, so that the
 * result never overflows segment.bytes.
 */
import type { Bytes, Offset } from '../../../shared/units';

export interface SizedSegment {
  readonly baseOffset: Offset;
  readonly sizeInBytes: Bytes;
  readonly offsetIndexSizeInBytes: Bytes;
  readonly timeIndexSizeInBytes: Bytes;
}

export interface GroupLimits {
  /** segment.bytes */
  readonly segmentBytes: Bytes;
  /** segment.index.bytes */
  readonly segmentIndexBytes: Bytes;
  /** Exclusive end of the last segment's offsets. */
  readonly endOffset: Offset;
}

const RELATIVE_OFFSET_MAX = 2 ** 31 - 1;

/** @param segments Ascending, without a gap. @returns groups, none of them empty, in the same order */
export function groupSegments<T extends SizedSegment>(
  segments: readonly T[],
  { segmentBytes, segmentIndexBytes, endOffset }: GroupLimits,
): T[][] {
  const groups: T[][] = [];
  let group: T[] = [];
  let [log, index, time] = [0, 0, 0];
  for (const [position, segment] of segments.entries()) {
    const lastOffset = (segments[position + 1]?.baseOffset ?? endOffset) - 1;
    const fits =
      group.length > 0 &&
      log + segment.sizeInBytes <= segmentBytes &&
      index + segment.offsetIndexSizeInBytes <= segmentIndexBytes &&
      time + segment.timeIndexSizeInBytes <= segmentIndexBytes &&
      (segment.sizeInBytes === 0 || lastOffset - group[0]!.baseOffset <= RELATIVE_OFFSET_MAX);
    if (!fits) {
      group = [];
      groups.push(group);
      [log, index, time] = [0, 0, 0];
    }
    group.push(segment);
    log += segment.sizeInBytes;
    index += segment.offsetIndexSizeInBytes;
    time += segment.timeIndexSizeInBytes;
  }
  return groups;
}
