/**
 * What flat tables of a report are made of: typed columns, rows that say where they are from. Pure; knows no table.
 */
import type { Report, ReportLog } from '../../shared/report';
import type { TableName } from '../../shared/report-tables-list';

export type Cell = string | number | boolean | null;
/** integer: fits 2^53. */
export type ColumnType = 'text' | 'integer' | 'real' | 'flag';

export interface TableColumn {
  readonly name: string;
  readonly type: ColumnType;
}

export interface Table {
  readonly name: TableName;
  readonly columns: readonly TableColumn[];
  readonly rows: readonly (readonly Cell[])[];
}

export interface Column<Row> extends TableColumn {
  readonly cell: (row: Row) => Cell;
}

export const text = <Row>(name: string, cell: (row: Row) => string | null): Column<Row> => ({
  ...{ name, type: 'text', cell },
});
export const integer = <Row>(name: string, cell: (row: Row) => number | null): Column<Row> => ({
  ...{ name, type: 'integer', cell },
});
export const real = <Row>(name: string, cell: (row: Row) => number | null): Column<Row> => ({
  ...{ name, type: 'real', cell },
});
export const flag = <Row>(name: string, cell: (row: Row) => boolean | null): Column<Row> => ({
  ...{ name, type: 'flag', cell },
});

/** The columns that every table begins with. */
export function originColumns(report: Report): readonly Column<unknown>[] {
  return [
    text('host', () => report.hostName),
    text('directory', () => report.directory.path),
    integer('madeAtMs', () => report.madeAtMs),
  ];
}

export function tableOf<Row>(
  report: Report,
  name: TableName,
  rows: readonly Row[],
  columns: readonly Column<Row>[],
): Table {
  const all: readonly Column<Row>[] = [...originColumns(report), ...columns];
  return {
    name,
    columns: all.map((column) => ({ name: column.name, type: column.type })),
    rows: rows.map((row) => all.map(({ cell }) => cell(row))),
  };
}

export interface OfLog<Row> {
  readonly log: ReportLog;
  readonly row: Row;
}

export function ofLogs<Row>(report: Report, rowsOf: (log: ReportLog) => readonly Row[]): OfLog<Row>[] {
  return report.logs.flatMap((log) => rowsOf(log).map((row) => ({ log, row })));
}

/** The columns that a row of a log goes on with. */
export const LOG_NAME = [
  text<OfLog<unknown>>('log', ({ log }) => log.name),
  text<OfLog<unknown>>('topic', ({ log }) => log.topic),
  integer<OfLog<unknown>>('partition', ({ log }) => log.partition),
];
