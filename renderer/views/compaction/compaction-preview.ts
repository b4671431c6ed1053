/**
 * What an analysis says of an earlier cleanable end, as a lag moves it: which records would still be superseded. Counts
 * follow from the matrix of an analysis; sizes are estimates in proportion. Pure.
 *
 * A record goes where the next one of its key lies below the end, so that sums over the matrix answer at once.
 */
import type { CompactionSource, SupersessionMatrix } from '../../../shared/compaction';

/** @param sources As analysed, ascending. @param endOffset Below the analysed end; base of a segment. */
export function previewSources(
  sources: readonly CompactionSource[],
  matrix: SupersessionMatrix,
  endOffset: number,
): CompactionSource[] {
  const { baseOffsets, segmentsPerBlock, counts, bytes } = matrix;
  const side = baseOffsets.length;
  const columnEnd = baseOffsets.findIndex((baseOffset) => baseOffset >= endOffset);
  const below = columnEnd < 0 ? side : columnEnd;
  return sources.map((source, index) => {
    if (source.baseOffset >= endOffset) return untouched(source);
    const row = Math.floor(index / segmentsPerBlock) * side;
    const share = (cells: Float64Array) => {
      const all = sumOf(cells, row, row + side);
      return all === 0 ? 1 : sumOf(cells, row, row + below) / all;
    };
    const supersededCount = Math.round(source.supersededCount * share(counts));
    const freedBytes = (source.bytesBefore - source.bytesAfter) * share(bytes);
    return {
      ...source,
      supersededCount,
      recordsAfter: source.recordsAfter + source.supersededCount - supersededCount,
      bytesAfter: Math.round(source.bytesBefore - freedBytes),
      bytesAfterIsExact: false,
    };
  });
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
