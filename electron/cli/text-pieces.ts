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

/** A line of JSON, its lists in pieces: as JSON.stringify has it, which ends at the length of a string. */
export function* jsonPieces(value: unknown): Iterable<string> {
  yield* innerPieces(value);
  yield '\n';
}

function* innerPieces(value: unknown): Iterable<string> {
  if (Array.isArray(value) && value.length > PIECE_ROWS) {
    for (let from = 0; from < value.length; from += PIECE_ROWS)
      yield (from === 0 ? '[' : ',') + JSON.stringify(value.slice(from, from + PIECE_ROWS)).slice(1, -1);
    yield ']';
  } else if (Array.isArray(value)) {
    for (const [index, inner] of value.entries()) {
      yield index === 0 ? '[' : ',';
      yield* innerPieces(inner);
    }
    yield value.length === 0 ? '[]' : ']';
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
