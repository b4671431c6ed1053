/**
 * Tables as CSV (RFC 4180, UTF-8) that a spreadsheet opens without running anything.
 *
 * A text that begins like a formula gets a quote mark before it; characters that nobody sees are written as escapes.
 * Numbers stay numbers. A null is an empty cell, an empty text a quoted one.
 */
import { safeText } from '../cli/text-table';
import type { Cell, Table } from './table-columns';

const FORMULA = /^[=+\-@\t\r]/;
const NEEDS_QUOTES = /[",\r\n]/;
const LINE_END = '\r\n';

export function tableCsv({ columns, rows }: Table): string {
  const lines = [columns.map(({ name }) => name).join(','), ...rows.map((row) => row.map(cellCsv).join(','))];
  return lines.join(LINE_END) + LINE_END;
}

export function cellCsv(cell: Cell): string {
  if (cell === null) return '';
  if (typeof cell !== 'string') return String(cell);
  const shown = (FORMULA.test(cell) ? "'" : '') + safeText(cell);
  return shown === '' || NEEDS_QUOTES.test(shown) ? `"${shown.replaceAll('"', '""')}"` : shown;
}
