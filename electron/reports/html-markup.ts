/**
 * Markup from texts that anybody may have written: what is put between tags is always escaped here, and characters that
 * nobody sees are shown as escapes. Knows nothing of reports.
 */
import { safeText } from '../cli/text-table';

/** Markup that is known to be well formed. */
export interface Markup {
  readonly markup: string;
}

type Part = string | number | Markup | readonly Part[] | null;

const ENTITIES: Readonly<Record<string, string>> = {
  ...{ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' },
};

function escaped(text: string): string {
  return safeText(text).replace(/[&<>"']/g, (char) => ENTITIES[char]!);
}

function partMarkup(part: Part): string {
  if (part === null) return '';
  if (typeof part === 'string') return escaped(part);
  if (typeof part === 'number') return String(part);
  return 'markup' in part ? part.markup : part.map(partMarkup).join('');
}

/** A template whose literal parts are markup and whose values are texts, unless they are markup themselves. */
export function html(literals: TemplateStringsArray, ...values: readonly Part[]): Markup {
  const markup = literals.map((literal, index) => literal + partMarkup(values[index] ?? null)).join('');
  return { markup };
}

export interface HtmlColumn<Row> {
  readonly title: string;
  readonly isNumber?: boolean;
  /** Of a log or file: may be long without a space, and is broken anywhere before it squeezes the others. */
  readonly isName?: boolean;
  /** A picture of a fixed width. */
  readonly isBar?: boolean;
  readonly cell: (row: Row) => string | number | Markup | null;
}

export function htmlTable<Row>(
  columns: readonly HtmlColumn<Row>[],
  rows: readonly Row[],
  caption: string | null = null,
): Markup {
  const side = ({ isNumber = false, isName = false, isBar = false }: HtmlColumn<Row>) =>
    html`class="${isNumber ? 'n' : isName ? 'name' : isBar ? 'share' : 't'}"`;
  return html`<div class="table"><table>${caption === null ? null : html`<caption>${caption}</caption>`}<thead><tr>${columns.map(
    (column) => html`<th ${side(column)}>${column.title}</th>`,
  )}</tr></thead><tbody>${rows.map(
    (row) => html`<tr>${columns.map((column) => html`<td ${side(column)}>${column.cell(row)}</td>`)}</tr>`,
  )}</tbody></table></div>`;
}

/** A count with thin spaces, as in the window; a dash for null. */
export function grouped(count: number | null): string {
  return count === null ? '–' : String(count).replace(/\B(?=(\d{3})+$)/g, '\u2009');
}
