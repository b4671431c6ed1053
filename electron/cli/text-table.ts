/**
 * Text for a terminal: aligned tables, byte sizes, times, and content that cannot move the cursor.
 */
import type { Bytes, Milliseconds, TimestampMs } from '../../shared/units';
import { textsInPieces } from './text-pieces';

export interface Column<T> {
  readonly title: string;
  readonly align?: 'left' | 'right';
  readonly text: (row: T) => string;
}

/** Lines end without spaces; the title line comes first. */
export function textTable<T>(columns: readonly Column<T>[], rows: readonly T[]): string {
  return [...tablePieces(columns, rows)].join('');
}

/** The same in pieces: of a million rows the whole is longer than a string can be. */
export function* tablePieces<T>(columns: readonly Column<T>[], rows: readonly T[]): Iterable<string> {
  const widths = columns.map(({ title, text }) =>
    rows.reduce((width, row) => Math.max(width, text(row).length), title.length),
  );
  const line = (cells: readonly string[]) =>
    `${cells
      .map((cell, index) =>
        columns[index]!.align === 'right' ? cell.padStart(widths[index]!) : cell.padEnd(widths[index]!),
      )
      .join('  ')
      .trimEnd()}\n`;
  yield line(columns.map(({ title }) => title));
  yield* textsInPieces(rows, (row) => line(columns.map(({ text }) => text(row))));
}

const SIZE_UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const;
const UNIT_STEP = 1024;

/** One decimal from KiB on. */
export function sizeText(sizeInBytes: Bytes): string {
  let value: number = sizeInBytes;
  let unit = 0;
  // 1023.97 KiB would be rounded to 1024.0 KiB.
  while (Number(Math.abs(value).toFixed(unit === 0 ? 0 : 1)) >= UNIT_STEP && unit < SIZE_UNITS.length - 1) {
    value /= UNIT_STEP;
    unit++;
  }
  return unit === 0 ? `${value} B` : `${value.toFixed(1)} ${SIZE_UNITS[unit]}`;
}

/** UTC, without milliseconds where there are none; a dash for null. */
export function timeText(timestampMs: TimestampMs | null): string {
  if (timestampMs === null) return '-';
  const date = new Date(timestampMs);
  if (Number.isNaN(date.getTime())) return String(timestampMs);
  return date.toISOString().replace('T', ' ').replace('.000Z', 'Z');
}

const DURATION_UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1000],
  ['ms', 1],
] as const;

/** The two largest units: 3 h 12 min, 4 d, 250 ms. */
export function durationText(durationMs: Milliseconds): string {
  const size = Math.abs(durationMs);
  const first = DURATION_UNITS.findIndex(([, unitMs]) => size >= unitMs);
  const [largest, next] = DURATION_UNITS.slice(first < 0 ? -1 : first);
  const wholes = Math.floor(size / largest![1]);
  const rest = next === undefined ? 0 : Math.floor((size - wholes * largest![1]) / next[1]);
  const text = rest === 0 ? '' : ` ${rest} ${next![0]}`;
  return `${durationMs < 0 ? '-' : ''}${wholes} ${largest![0]}${text}`;
}

/** A dash for null. */
export function countText(count: number | null): string {
  return count === null ? '-' : String(count);
}

/** Control characters, line separators and direction marks, which could move the cursor or reorder a line. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

export function safeText(text: string): string {
  return text.replace(UNSAFE, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
