/** The entries of one segment's offset index as columns, thinned evenly for drawing. */
import type { Offset } from '../../../shared/units';
import type { ReadingFileSystem } from '../file-system';
import { findSegment } from './list-segment-files';
import { readOffsetIndexFile } from './read-index';

export interface OffsetIndexColumns {
  /** Entries in the file; the columns may hold fewer. */
  readonly entryCount: number;
  /** Absolute. */
  readonly offsets: Float64Array<ArrayBuffer>;
  readonly positions: Float64Array<ArrayBuffer>;
}

/** @throws AppError NOT_FOUND where the segment is gone. A missing index gives empty columns. */
export async function readOffsetIndex(
  fs: ReadingFileSystem,
  directory: string,
  { baseOffset, limit }: { readonly baseOffset: Offset; readonly limit: number },
): Promise<OffsetIndexColumns> {
  const { index } = await findSegment(fs, directory, baseOffset);
  if (index === null || !index.isRegular)
    return { entryCount: 0, offsets: new Float64Array(0), positions: new Float64Array(0) };
  const { entryCount, relativeOffsets, positions } = await readOffsetIndexFile(fs, index);
  const count = Math.min(entryCount, limit);
  const pick = (slot: number) => Math.floor((slot * entryCount) / count);
  return {
    entryCount,
    offsets: Float64Array.from({ length: count }, (_, slot) => baseOffset + relativeOffsets[pick(slot)]!),
    positions: Float64Array.from({ length: count }, (_, slot) => positions[pick(slot)]!),
  };
}
