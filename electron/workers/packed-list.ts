/**
 * A list that a worker made, for main to give out page by page: rows as JSON in shared memory, some hundred to a piece.
 *
 * A million rows as objects would hold up main for seconds when they come, and each worker that they go back to; shared
 * memory goes from thread to thread for nothing, and only the pieces of a page are read. Knows no row.
 */
import { z } from 'zod';
import { systemClock } from '../engine/clock';
import { WorkSlices } from '../engine/work-slices';

export const PackedListSchema = z.object({
  rowCount: z.number().int().nonnegative(),
  /** In shared memory, unless it was made elsewhere. */
  bytes: z.custom<Uint8Array>((value) => value instanceof Uint8Array),
  /** Exclusive, of each piece. */
  ends: z.instanceof(Float64Array),
});
export type PackedList = z.infer<typeof PackedListSchema>;

const PIECE_ROWS = 250;

/** @param rows As JSON has them: no typed arrays, and nothing that is undefined */
export async function packList(rows: readonly object[]): Promise<PackedList> {
  const pieces: Uint8Array[] = [];
  const ends: number[] = [];
  let size = 0;
  const slices = new WorkSlices(systemClock);
  for (let from = 0; from < rows.length; from += PIECE_ROWS) {
    const piece = Buffer.from(JSON.stringify(rows.slice(from, from + PIECE_ROWS)));
    pieces.push(piece);
    size += piece.length;
    ends.push(size);
    if (slices.isOver) await slices.rest();
  }
  const bytes = new Uint8Array(new SharedArrayBuffer(size));
  for (const [index, piece] of pieces.entries()) bytes.set(piece, ends[index]! - piece.length);
  return { rowCount: rows.length, bytes, ends: Float64Array.from(ends) };
}

/**
 * All rows of a long list; a cancel, and whoever else waits for this thread, has its turn meanwhile.
 * @throws the signal's reason
 */
export async function unpackList<Row>(list: PackedList, signal?: AbortSignal): Promise<Row[]> {
  const rows: Row[] = [];
  const slices = new WorkSlices(systemClock);
  for (let piece = 0; piece < list.ends.length; piece++) {
    for (const row of unpackPiece<Row>(list, piece)) rows.push(row);
    if (slices.isOver) await slices.rest();
    signal?.throwIfAborted();
  }
  return rows;
}

/** Rows of the list from an index on; as many as there are, where the limit is left out. */
export function unpackRows<Row>(
  list: PackedList,
  { from = 0, limit = list.rowCount }: { readonly from?: number; readonly limit?: number } = {},
): Row[] {
  const rows: Row[] = [];
  const first = Math.floor(from / PIECE_ROWS);
  const to = Math.min(list.rowCount, from + limit);
  for (let piece = first; piece * PIECE_ROWS < to; piece++)
    for (const row of unpackPiece<Row>(list, piece)) rows.push(row);
  const skipped = from - first * PIECE_ROWS;
  return rows.slice(skipped, skipped + Math.max(0, to - from));
}

function unpackPiece<Row>({ bytes, ends }: PackedList, piece: number): Row[] {
  return JSON.parse(Buffer.from(bytes.subarray(ends[piece - 1] ?? 0, ends[piece])).toString('utf8'));
}
