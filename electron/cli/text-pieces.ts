/**
 * Texts in pieces: what is said of a million files is longer than a string can be (half a gibibyte), and a program that
 * reads it need not wait for its end. Knows nothing of what it writes.
 */
import type { Terminal } from './command';

/** Pieces go out together up to about so many characters. */
const OUT_LENGTH = 64 * 1024;

export async function outInPieces({ out }: Pick<Terminal, 'out'>, pieces: Iterable<string>): Promise<void> {
  let waiting: string[] = [];
  let length = 0;
  for (const piece of pieces) {
    waiting.push(piece);
    length += piece.length;
    if (length < OUT_LENGTH) continue;
    await out(waiting.join(''));
    waiting = [];
    length = 0;
  }
  if (length > 0) await out(waiting.join(''));
}

const PIECE_ROWS = 1_000;

/** The texts of rows, some of them joined at a time. */
export function* textsInPieces<T>(rows: readonly T[], textOf: (row: T) => string): Iterable<string> {
  for (let from = 0; from < rows.length; from += PIECE_ROWS)
    yield rows
      .slice(from, from + PIECE_ROWS)
      .map(textOf)
      .join('');
}

/** Of a row that is joined with others; one with more in it has pieces of its own. */
const ROW_VALUES = 100;

/** What is left of so many values when those of this one, and itself, are taken away; 0 where they do not suffice. */
function valuesLeft(value: unknown, left: number): number {
  if (typeof value !== 'object' || value === null || left === 0) return Math.max(0, left - 1);
  const inner: unknown[] = Array.isArray(value) ? value : Object.values(value);
  return inner.length >= left ? 0 : inner.reduce<number>((rest, each) => valuesLeft(each, rest), left - 1);
}

/** A line of JSON, its lists in pieces: as JSON.stringify has it, which ends at the length of a string. */
export function* jsonPieces(value: unknown): Iterable<string> {
  yield* innerPieces(value);
  yield '\n';
}

function* innerPieces(value: unknown): Iterable<string> {
  if (Array.isArray(value)) {
    yield '[';
    for (let from = 0, to = 0; from < value.length; from = to) {
      if (from > 0) yield ',';
      while (to < value.length && to - from < PIECE_ROWS && valuesLeft(value[to], ROW_VALUES) > 0) to++;
      if (to > from) yield JSON.stringify(value.slice(from, to)).slice(1, -1);
      else yield* innerPieces(value[to++]);
    }
    yield ']';
  } else if (typeof value === 'object' && value !== null) {
    let before = '{';
    for (const [key, inner] of Object.entries(value)) {
      if (inner === undefined) continue;
      yield `${before}${JSON.stringify(key)}:`;
      yield* innerPieces(inner);
      before = ',';
    }
    yield before === '{' ? '{}' : '}';
  } else yield JSON.stringify(value ?? null);
}
