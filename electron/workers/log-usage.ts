/** What takes the space of one log: its files by segment and kind. Pure; reads no file. */
import type { LogUsage } from '../../shared/disk-usage';
import { FILE_KINDS, type FileKind } from '../../shared/file-kinds';
import type { SegmentRow } from '../../shared/inspection';
import { parseSegmentFileName } from '../engine/format/file-names';
import type { FileState } from './packed-files';

type SizedFile = Pick<FileState, 'name' | 'sizeInBytes'>;

const NO_TIMESTAMP = -1;

/** @param segments Of the same log, for their timestamps. */
export function logUsage(
  files: readonly SizedFile[],
  segments: readonly Pick<SegmentRow, 'baseOffset' | 'largestTimestampMs'>[],
): LogUsage {
  const timestamps = new Map(segments.map((segment) => [segment.baseOffset, segment.largestTimestampMs]));
  const baseOffsets = baseOffsetsOf(files);
  const bytes = new Float64Array(baseOffsets.length * FILE_KINDS.length);
  const indexes = new Map([...baseOffsets].map((baseOffset, index) => [baseOffset, index]));
  let otherBytes = 0;
  for (const { name, sizeInBytes } of files) {
    const place = placeOf(name, baseOffsets, indexes);
    if (place === null) otherBytes += sizeInBytes;
    else bytes[place.segment * FILE_KINDS.length + FILE_KINDS.indexOf(place.kind)]! += sizeInBytes;
  }
  const largest = baseOffsets.map((baseOffset) => timestamps.get(baseOffset) ?? NO_TIMESTAMP);
  return { baseOffsets, largestTimestampsMs: largest, bytes, otherBytes };
}

/** Of the .log files, deleted ones too: a snapshot or an index alone makes no segment. */
function baseOffsetsOf(files: readonly SizedFile[]): Float64Array<ArrayBuffer> {
  const found = new Set<number>();
  for (const { name } of files) {
    const parsed = parseSegmentFileName(name);
    if (parsed?.kind === 'log' && (parsed.state === 'current' || parsed.state === 'deleted'))
      found.add(parsed.baseOffset);
  }
  return Float64Array.from(found).sort();
}

function placeOf(
  name: string,
  baseOffsets: Float64Array,
  indexes: ReadonlyMap<number, number>,
): { readonly segment: number; readonly kind: FileKind } | null {
  const parsed = parseSegmentFileName(name);
  if (parsed === null || (parsed.state !== 'current' && parsed.state !== 'deleted')) return null;
  // A snapshot is named after the end of what it knows: the segment that begins there, or the last one.
  const segment =
    parsed.kind === 'snapshot'
      ? lastUpTo(baseOffsets, parsed.baseOffset)
      : (indexes.get(parsed.baseOffset) ?? -1);
  if (segment < 0) return null;
  return { segment, kind: parsed.state === 'deleted' ? 'deleted' : parsed.kind };
}

/** -1 where all are larger. */
function lastUpTo(sorted: Float64Array, value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! <= value) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
