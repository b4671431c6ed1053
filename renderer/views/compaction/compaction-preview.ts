/**
 * What an analysis says of an earlier cleanable end, as a lag moves it: which records would still be superseded. Counts
 * follow from the matrix of an analysis; sizes are estimates in proportion. Pure.
 *
 * A record goes where the next one of its key lies below the end, so that sums over the matrix answer at once.
 */
import type { CompactionSource, SupersessionMatrix } from '../../../shared/compaction';

export interface EarlierEnd {
  /** Exclusive. */
  readonly offset: number;
  readonly segmentsPerBlock: number;
  /** Of what is superseded in each block of segments, the share that is so from below the end. */
  readonly countShares: Float64Array;
  readonly byteShares: Float64Array;
}

/** @param offset Below the analysed end; base of a segment. */
export function earlierEnd(
  { baseOffsets, segmentsPerBlock, counts, bytes }: SupersessionMatrix,
  offset: number,
): EarlierEnd {
  const side = baseOffsets.length;
  const columnEnd = baseOffsets.findIndex((baseOffset) => baseOffset >= offset);
  const below = columnEnd < 0 ? side : columnEnd;
  const sharesOf = (cells: Float64Array) =>
    Float64Array.from(baseOffsets, (_base, block) => {
      const row = block * side;
      const all = sumOf(cells, row, row + side);
      return all === 0 ? 1 : sumOf(cells, row, row + below) / all;
    });
  return { offset, segmentsPerBlock, countShares: sharesOf(counts), byteShares: sharesOf(bytes) };
}

/** @param index Of the source among those of its analysis. */
export function previewSource(source: CompactionSource, index: number, end: EarlierEnd): CompactionSource {
  if (source.baseOffset >= end.offset) return untouched(source);
  const supersededCount = previewCount(source.supersededCount, index, end);
  return {
    ...source,
    supersededCount,
    recordsAfter: source.recordsAfter + source.supersededCount - supersededCount,
    bytesAfter: previewBytes(source.bytesBefore, source.bytesAfter, index, end),
    bytesAfterIsExact: false,
  };
}

/** Records that are superseded. */
export function previewCount(supersededCount: number, index: number, end: EarlierEnd): number {
  return Math.round(supersededCount * end.countShares[Math.floor(index / end.segmentsPerBlock)]!);
}

/** Bytes that stay. */
export function previewBytes(before: number, after: number, index: number, end: EarlierEnd): number {
  return Math.round(before - (before - after) * end.byteShares[Math.floor(index / end.segmentsPerBlock)]!);
}

function sumOf(cells: Float64Array, from: number, to: number): number {
  let sum = 0;
  for (let cell = from; cell < to; cell++) sum += cells[cell]!;
  return sum;
}

function untouched({ baseOffset, recordsBefore, bytesBefore }: CompactionSource): CompactionSource {
  return {
    ...{ baseOffset, becomesBaseOffset: baseOffset, isCleaned: false, bytesAfterIsExact: true },
    uniqueKeyCount: null,
    ...{ recordsBefore, recordsAfter: recordsBefore, bytesBefore, bytesAfter: bytesBefore },
    ...{ supersededCount: 0, nullKeyCount: 0, abortedCount: 0, tombstonesKeptCount: 0 },
    ...{ tombstonesDroppedCount: 0, controlRecordsCount: 0, emptyBatchesKeptCount: 0 },
    ...{ deleteHorizonMinMs: null, deleteHorizonMaxMs: null },
  };
}
