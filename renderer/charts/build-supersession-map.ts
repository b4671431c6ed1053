/**
 * From the matrix of an analysis to the cells of a square picture: row, column and strength. Neighbours are summed where
 * there are more blocks than the picture has room for. Pure.
 */
import type { SupersessionMatrix } from '../../shared/compaction';

const SIDE_MAX = 48;

export interface MapCell {
  /** From 0; rows are the superseded segments, columns the superseding ones. */
  readonly row: number;
  readonly column: number;
  readonly count: number;
  readonly bytes: number;
  /** Bytes of the largest cell are 1. */
  readonly strength: number;
}

export interface SupersessionMap {
  readonly side: number;
  /** Base offset of the first segment of each row. */
  readonly baseOffsets: readonly number[];
  readonly cells: readonly MapCell[];
}

export function buildSupersessionMap(matrix: SupersessionMatrix): SupersessionMap {
  const { baseOffsets, counts, bytes } = matrix;
  const blockCount = baseOffsets.length;
  const perCell = Math.max(1, Math.ceil(blockCount / SIDE_MAX));
  const side = Math.ceil(blockCount / perCell);
  const sums = Array.from({ length: side * side }, () => ({ count: 0, bytes: 0 }));
  for (let row = 0; row < blockCount; row++)
    for (let column = row; column < blockCount; column++) {
      const sum = sums[Math.floor(row / perCell) * side + Math.floor(column / perCell)]!;
      sum.count += counts[row * blockCount + column]!;
      sum.bytes += bytes[row * blockCount + column]!;
    }
  const most = sums.reduce((max, sum) => Math.max(max, sum.bytes), 0);
  const cells = sums.flatMap((sum, index): MapCell[] =>
    sum.count === 0
      ? []
      : [{ row: Math.floor(index / side), column: index % side, ...sum, strength: sum.bytes / most }],
  );
  return { side, baseOffsets: baseOffsets.filter((_base, index) => index % perCell === 0), cells };
}
