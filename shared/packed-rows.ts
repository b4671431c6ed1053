/**
 * Lists of like objects as columns and back: how a report of 40,000 segments stays small and quick to read.
 *
 * A list whose rows have the same keys becomes `{ rowCount, columns }`. A column is the values themselves,
 * `{ all }` where each row has the same, `{ values, at }` where few occur (`at` are indexes into them), or, of
 * objects, `{ nulls, rows }`: rows packed again, without those whose row numbers stand in `nulls`. Lists of anything
 * else stay as they are; typed arrays are packed by packed-numbers.ts. Knows no schema; what is read comes from
 * strangers, so nothing grows beyond a limit.
 */
import { isPackedNumbers, packedNumberCount, packNumbers, unpackNumbers } from './packed-numbers';

type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
type Unpacked = Json | Float64Array | Int32Array | readonly Unpacked[] | { readonly [key: string]: Unpacked };
type Row = { readonly [key: string]: Json };

interface PackedRows {
  readonly rowCount: number;
  readonly columns: Record<string, Json>;
}

/** Below it a list is easier to read as it is. */
const PACKED_ROWS_MIN = 4;
const DISTINCT_MAX = 32;
/** Of all lists of a file together, repeated values counted each time. */
const CELLS_MAX = 50_000_000;

/** What does not fit the form of packed rows, or would not fit into memory. */
export class PackedRowsError extends Error {
  override readonly name = 'PackedRowsError';
}

/** Packs every list inside a value of JSON and typed arrays, however deep. */
export function packLists(value: unknown): Json {
  return pack(plainOf(value));
}

/** With typed arrays in the form that they have in a file, and without what is undefined. */
function plainOf(value: unknown): Json {
  if (Array.isArray(value)) return value.map(plainOf);
  if (value instanceof Float64Array || value instanceof Int32Array) return packNumbers(value);
  if (!isObject(value)) return value as Json;
  // Not by assignment, which a key of the name __proto__ takes for something else.
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, inner]) => (inner === undefined ? [] : [[key, plainOf(inner)]])),
  );
}

function pack(value: Json): Json {
  if (Array.isArray(value))
    return value.length >= PACKED_ROWS_MIN && hasLikeRows(value) ? packRows(value) : value.map(pack);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, pack(inner)]));
}

/** @throws PackedRowsError */
export function unpackLists(value: unknown): Unpacked {
  return unpack(value, { cellsLeft: CELLS_MAX });
}

function isObject(value: unknown): value is Row {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function hasLikeRows(rows: readonly Json[]): rows is Row[] {
  const [first] = rows;
  if (!isObject(first) || isPacked(first) || isPackedNumbers(first)) return false;
  const keys = Object.keys(first);
  return keys.length > 0 && rows.every((row) => isObject(row) && isSame(Object.keys(row), keys));
}

function isSame(some: readonly string[], others: readonly string[]): boolean {
  return some.length === others.length && some.every((key, index) => key === others[index]);
}

function packRows(rows: readonly Row[]): Json {
  const columns = Object.keys(rows[0]!).map((key) => [key, packColumn(rows.map((row) => row[key]!))]);
  return { rowCount: rows.length, columns: Object.fromEntries(columns) };
}

function packColumn(cells: readonly Json[]): Json {
  const present = cells.filter((cell) => cell !== null);
  if (present.length >= PACKED_ROWS_MIN && hasLikeRows(present)) {
    const nulls = cells.flatMap((cell, row) => (cell === null ? [row] : []));
    return { nulls, rows: packRows(present) };
  }
  // Rows that repeat are told by their text; numbers that differ in each row never come to the end of this.
  const distinct = new Map<string, number>();
  const at: number[] = [];
  for (const cell of cells) {
    const text = JSON.stringify(cell);
    const known = distinct.get(text) ?? distinct.size;
    distinct.set(text, known);
    at.push(known);
    if (distinct.size > DISTINCT_MAX) return cells.map(pack);
  }
  const values = [...distinct.keys()].map((text) => pack(JSON.parse(text)));
  if (values.length === 1) return { all: values[0]! };
  const isWorthIt = cells.length > 2 * values.length && cells.some((cell) => typeof cell !== 'number');
  return isWorthIt ? { values, at } : cells.map(pack);
}

interface Budget {
  cellsLeft: number;
}

function isPacked(value: Row): boolean {
  return (
    Object.keys(value).length === 2 && typeof value['rowCount'] === 'number' && isObject(value['columns'])
  );
}

function unpack(value: unknown, budget: Budget): Unpacked {
  if (Array.isArray(value)) return value.map((inner) => unpack(inner, budget));
  if (!isObject(value)) return value as Json;
  if (isPacked(value)) return unpackRows(value as unknown as PackedRows, budget);
  if (isPackedNumbers(value)) {
    budget.cellsLeft -= packedNumberCount(value);
    if (budget.cellsLeft < 0) throw new PackedRowsError('There are more numbers than can be read.');
    return unpackNumbers(value);
  }
  const keys = Object.keys(value);
  const plain = emptyFor(keys);
  for (const key of keys) plain[key] = unpack(value[key]!, budget);
  return plain;
}

/** One without a prototype is several times slower to fill: only where a key would be taken for the prototype. */
function emptyFor(keys: readonly string[]): Record<string, Unpacked> {
  return keys.includes('__proto__') ? Object.create(null) : {};
}

function unpackRows({ rowCount, columns }: PackedRows, budget: Budget): Unpacked[] {
  const names = Object.keys(columns);
  budget.cellsLeft -= rowCount * names.length;
  if (!Number.isSafeInteger(rowCount) || rowCount < 0 || names.length === 0 || budget.cellsLeft < 0)
    throw new PackedRowsError(`${rowCount} rows of ${names.length} columns are more than can be read.`);
  const unpacked = names.map((name) => {
    const cells = unpackColumn(columns[name]!, rowCount, budget);
    if (cells.length !== rowCount)
      throw new PackedRowsError(`Column ${name} has ${cells.length} cells in place of ${rowCount}.`);
    return cells;
  });
  // Row by row, so that all of them have one form in memory.
  return Array.from({ length: rowCount }, (_, row) => {
    const filled = emptyFor(names);
    for (let column = 0; column < names.length; column++) filled[names[column]!] = unpacked[column]![row]!;
    return filled;
  });
}

function unpackColumn(column: Json, rowCount: number, budget: Budget): readonly Unpacked[] {
  if (Array.isArray(column)) return column.map((cell) => unpack(cell, budget));
  if (!isObject(column)) throw new PackedRowsError('A column is neither a list nor an object.');
  if ('all' in column) return new Array<Unpacked>(rowCount).fill(unpack(column['all'], budget));
  if (Array.isArray(column['values']) && Array.isArray(column['at'])) {
    const values = column['values'].map((cell) => unpack(cell, budget));
    return column['at'].map((index) => {
      const cell = values[index as number];
      if (cell === undefined) throw new PackedRowsError(`There is no value ${String(index)}.`);
      return cell;
    });
  }
  const rows = unpack(column['rows'], budget);
  if (!Array.isArray(column['nulls']) || !Array.isArray(rows))
    throw new PackedRowsError('A column has none of the known forms.');
  return withNulls(rows as Unpacked[], new Set(column['nulls'] as number[]));
}

function withNulls(present: readonly Unpacked[], nulls: ReadonlySet<number>): Unpacked[] {
  const cells: Unpacked[] = [];
  let taken = 0;
  for (let row = 0; row < present.length + nulls.size; row++)
    cells.push(nulls.has(row) ? null : (present[taken++] ?? null));
  return cells;
}
