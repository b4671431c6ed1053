/** Which columns of a table there is room for, and how wide they are: from what is in them. Pure; draws nothing. */
import type { Column } from './data-table';

const SAMPLED_ROWS_MAX = 400;
/** Padding of a cell, and a hair for what is wider than a digit. */
const CELL_PADDING = '18px';
/** Titles are smaller than rows, and their letters narrower than digits; the arrow of a sorted column finds room. */
const TITLE_CHARACTER = 0.75;
const ARROW_CHARACTERS = 1.5;
/** Spaces, points and dashes, narrower than a digit. */
const NARROW = /[\s.,:\u2009-]/g;
const NARROW_CHARACTER = 0.75;

/** Columns between what is in them and what they may take; how wide a character is, the style sheet knows (ch). */
export function tracksOf<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string {
  const sampled = sampleOf(rows);
  return columns
    .map((column) => {
      const { width } = column;
      const length = lengthOf(column, sampled);
      if (length === null) return width;
      const most = /^minmax\([^,]+,\s*(.+)\)$/.exec(width)?.[1] ?? width;
      return `minmax(calc(${Math.round(length * 100) / 100}ch + ${CELL_PADDING}), ${most})`;
    })
    .join(' ');
}

const CHARACTER_PX = 7.5;
const CELL_PADDING_PX = 18;
/** And what the widths of characters are off by. */
const ROW_PADDING_PX = 12;

/** Those that there is room for, in a table that is `width` pixels wide; null where it was not measured yet. */
export function columnsIn<Row>(
  width: number | null,
  columns: readonly Column<Row>[],
  rows: readonly Row[],
): readonly Column<Row>[] {
  if (width === null || !columns.some(({ isOptional }) => isOptional)) return columns;
  const sampled = sampleOf(rows);
  const leastOf = (column: Column<Row>) => {
    const length = lengthOf(column, sampled);
    if (length !== null) return length * CHARACTER_PX + CELL_PADDING_PX;
    return Number(/\d+/.exec(column.width)?.[0] ?? 0);
  };
  let needed = columns.reduce((sum, column) => sum + leastOf(column), ROW_PADDING_PX);
  const left = [...columns];
  for (let index = columns.length - 1; index >= 0 && needed > width; index--) {
    if (columns[index]!.isOptional !== true) continue;
    needed -= leastOf(columns[index]!);
    left.splice(index, 1);
  }
  return left;
}

function sampleOf<Row>(rows: readonly Row[]): Row[] {
  const step = Math.max(1, Math.ceil(rows.length / SAMPLED_ROWS_MAX));
  const sampled: Row[] = [];
  for (let index = 0; index < rows.length; index += step) sampled.push(rows[index]!);
  const last = rows.at(-1);
  return last === undefined || (rows.length - 1) % step === 0 ? sampled : [...sampled, last];
}

/** In characters, of what is in a column and of its title; null where it does not say what it shows. */
function lengthOf<Row>({ shown, title, order }: Column<Row>, sampled: readonly Row[]): number | null {
  if (shown === undefined) return null;
  const titleLength = title.length * TITLE_CHARACTER + (order === undefined ? 0 : ARROW_CHARACTERS);
  return sampled.reduce((most, row) => Math.max(most, charactersOf(shown(row))), titleLength);
}

/** How many digits a text is as wide as. */
function charactersOf(text: string): number {
  const narrow = text.match(NARROW)?.length ?? 0;
  return text.length - narrow * (1 - NARROW_CHARACTER);
}
