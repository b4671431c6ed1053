/** Columns of counts, sizes and times, the same on every table: how they look, are copied and sort. */
import type { ComponentType } from 'react';
import { countText, sizeText, timeText } from '../text/quantities';
import type { Column } from './data-table';
import { Count, Size, Time } from './quantities';

type Of<Row> = (row: Row) => number | null;

function numberColumn<Row>(
  title: string,
  width: string,
  of: Of<Row>,
  Cell: ComponentType<{ readonly value: number | null }>,
  shownText: (value: number) => string,
): Column<Row> {
  return {
    ...{ key: title, title, width, isNumber: true },
    cell: (row) => <Cell value={of(row)} />,
    text: (row) => String(of(row) ?? ''),
    shown: (row) => {
      const value = of(row);
      return value === null ? '' : shownText(value);
    },
    order: of,
  };
}

const SizeCell = ({ value }: { readonly value: number | null }) => <Size bytes={value} />;
const TimeCell = ({ value }: { readonly value: number | null }) => <Time ms={value} />;

export function countColumn<Row>(title: string, width: string, of: Of<Row>): Column<Row> {
  return numberColumn(title, width, of, Count, countText);
}

/** Bytes. */
export function sizeColumn<Row>(title: string, width: string, of: Of<Row>): Column<Row> {
  return numberColumn(title, width, of, SizeCell, sizeText);
}

/** ms since the epoch. */
export function timeColumn<Row>(title: string, width: string, of: Of<Row>): Column<Row> {
  return { ...numberColumn(title, width, of, TimeCell, timeText), isNumber: false };
}

/** For lists that are read on as they are scrolled: sorting what happens to be there would mislead. */
export function inFileOrder<Row>(columns: readonly Column<Row>[]): Column<Row>[] {
  return columns.map(({ order: _, ...column }) => column);
}

/** For tables beside another pane: what they can do without where there is no room. */
export function optional<Row>(...columns: Column<Row>[]): Column<Row>[] {
  return columns.map((column) => ({ ...column, isOptional: true }));
}
