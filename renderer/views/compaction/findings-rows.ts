/** Rows of the tables beside the segments: cells of the matrix, shares by age, the seed's ratio. Pure. */
import type { SupersessionMatrix } from '../../../shared/compaction';
import type { SourceRow } from './source-rows';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const CELL_COUNT_MAX = 5_000;

export interface SupersessionRow {
  readonly baseOffset: number;
  readonly byBaseOffset: number;
  readonly count: number;
  readonly bytes: number;
}

/** By bytes, the most first. */
export function supersessionRows({ baseOffsets, counts, bytes }: SupersessionMatrix): SupersessionRow[] {
  const side = baseOffsets.length;
  const rows: SupersessionRow[] = [];
  counts.forEach((count, cell) => {
    if (count === 0) return;
    const [row, column] = [Math.floor(cell / side), cell % side];
    rows.push({
      ...{ baseOffset: baseOffsets[row]!, byBaseOffset: baseOffsets[column]!, count, bytes: bytes[cell]! },
    });
  });
  return rows.sort((a, b) => b.bytes - a.bytes).slice(0, CELL_COUNT_MAX);
}

export interface AgeRow {
  readonly title: string;
  readonly segmentCount: number;
  readonly bytesBefore: number;
  readonly freedBytes: number;
}

const AGES: readonly (readonly [title: string, toMs: number])[] = [
  ['up to an hour', HOUR_MS],
  ['up to a day', DAY_MS],
  ['up to a week', 7 * DAY_MS],
  ['up to 30 days', 30 * DAY_MS],
  ['up to a year', 365 * DAY_MS],
  ['older', Number.POSITIVE_INFINITY],
];

/** By the newest record of each segment, youngest first; a record from the future counts as young. */
export function ageRows(
  rows: readonly SourceRow[],
  largestTimestamps: ReadonlyMap<number, number>,
  nowMs: number,
): AgeRow[] {
  const sums = AGES.map(([title]) => ({ title, segmentCount: 0, bytesBefore: 0, freedBytes: 0 }));
  for (const { baseOffset, sizeInBytes, after } of rows) {
    const age = nowMs - (largestTimestamps.get(baseOffset) ?? nowMs);
    const sum = sums[AGES.findIndex(([, toMs]) => age <= toMs)]!;
    sum.segmentCount++;
    sum.bytesBefore += sizeInBytes;
    sum.freedBytes += after === null ? 0 : after.bytesBefore - after.bytesAfter;
  }
  return sums.filter(({ segmentCount }) => segmentCount > 0);
}

/**
 * The duplicate ratio of LOG_MANAGER.md: 1 - unique keys / records of each segment alone. By base offset; without the
 * segments of which nothing was read. null where segments share a block of the matrix.
 */
export function seedRatios(
  rows: readonly SourceRow[],
  { baseOffsets, segmentsPerBlock, counts }: SupersessionMatrix,
): ReadonlyMap<number, number> | null {
  if (segmentsPerBlock > 1) return null;
  const ratios = new Map<number, number>();
  baseOffsets.forEach((baseOffset, index) => {
    const after = rows.find((row) => row.baseOffset === baseOffset)?.after ?? null;
    if (after === null || !after.isCleaned || after.recordsBefore === 0) return;
    ratios.set(baseOffset, counts[index * baseOffsets.length + index]! / after.recordsBefore);
  });
  return ratios;
}
