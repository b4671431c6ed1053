/**
 * Tables as Parquet, for DuckDB, Spark and the like. Integers are INT64 throughout, so that the files of many reports
 * have one schema whatever is in them; every column may be null. Compressed with snappy.
 */
import { ByteWriter, parquetWriteRows } from 'hyparquet-writer';
import type { BatchRows } from './batch-rows';
import type { Cell, ColumnType, Table, TableColumn } from './table-columns';

const PARQUET_TYPES = { text: 'STRING', integer: 'INT64', real: 'DOUBLE', flag: 'BOOLEAN' } as const;
const ROW_GROUP_SIZE = 100_000;

type Value = string | number | boolean | bigint | null;

export async function tableParquet({ columns, rows }: Table): Promise<Uint8Array> {
  const named = rows.map((row) =>
    Object.fromEntries(
      row.map((cell, index) => [columns[index]!.name, parquetValue(cell, columns[index]!.type)]),
    ),
  );
  return written(columns, named);
}

/** The rows are read while they are written: they never stand in memory together. */
export async function batchesParquet({ columns, rows }: BatchRows): Promise<Uint8Array> {
  async function* values(): AsyncIterable<Record<string, Value>> {
    for await (const row of rows())
      yield Object.fromEntries(
        columns.map(({ name, type }) => [name, parquetValue(row[name] ?? null, type)]),
      );
  }
  return written(columns, values());
}

function parquetValue(cell: Cell, type: ColumnType): Value {
  return type === 'integer' && typeof cell === 'number' ? BigInt(cell) : cell;
}

async function written(
  columns: readonly TableColumn[],
  rows: Record<string, Value>[] | AsyncIterable<Record<string, Value>>,
): Promise<Uint8Array> {
  const writer = new ByteWriter();
  await parquetWriteRows({
    writer,
    rows,
    columns: columns.map(({ name, type }) => ({ name, type: PARQUET_TYPES[type], nullable: true })),
    rowGroupSize: ROW_GROUP_SIZE,
    createdBy: 'Strata',
  });
  return new Uint8Array(writer.getBuffer());
}
