/**
 * A table whose rows can be filtered by what they show: Find opens a field over it, Escape closes that, brings all rows
 * back and goes to the table. Rows hold every word that was typed, in any column.
 */
import { useDeferredValue, useEffect, useMemo, useRef, useState } from 'react';
import { type Column, DataTable, type DataTableProps } from '../components/data-table';
import { Empty } from '../components/notices';
import { useCalmed } from '../components/use-calmed';
import { useApp } from '../store/use-app';
import { countText } from '../text/quantities';
import { wordFilter } from '../text/word-filter';
import { FilterBar } from './filter-bar';
import classes from './filtered-table.module.css';

export function FilteredTable<Row>(props: DataTableProps<Row>) {
  const { label, rows, columns, keyOf } = props;
  const findRequestCount = useApp((state) => state.findRequestCount);
  const seenCount = useRef(findRequestCount);
  const grid = useRef<HTMLDivElement>(null);
  const [isOpen, setOpen] = useState(false);
  const [query, setQuery] = useState('');
  useEffect(() => {
    if (seenCount.current !== findRequestCount) setOpen(true);
    seenCount.current = findRequestCount;
  }, [findRequestCount]);
  const words = useDeferredValue(query);
  const isFiltered = isOpen && words.trim() !== '';
  // A slider may make the rows anew with every frame: which of them have the words is followed a few times a second.
  const calmed = useCalmed(isFiltered ? rows : null) ?? rows;
  const textsOf = useMemo(() => textsOnce(columns), [columns]);
  const matches = useMemo(() => {
    if (!isFiltered) return null;
    const isMatch = wordFilter(words);
    const texts = textsOf(calmed);
    return new Set(calmed.filter((_, index) => isMatch(texts[index]!)).map(keyOf));
  }, [isFiltered, calmed, textsOf, words, keyOf]);
  const shown = useMemo(
    () => (matches === null ? rows : rows.filter((row) => matches.has(keyOf(row)))),
    [rows, matches, keyOf],
  );
  const close = () => {
    setOpen(false);
    setQuery('');
    grid.current?.focus();
  };
  return (
    <>
      {isOpen && (
        <FilterBar
          label={`Filter ${label}`}
          placeholder="Filter by any column"
          value={query}
          onChange={setQuery}
          onEscape={close}
        >
          <span className={classes['count']} aria-live="polite">
            {`${countText(shown.length)} of ${countText(rows.length)}`}
          </span>
        </FilterBar>
      )}
      <DataTable
        {...props}
        gridRef={grid}
        rows={shown}
        empty={rows.length === 0 ? props.empty : <Empty title="No row has these words." />}
      />
    </>
  );
}

/** Of each list of rows once, also where its rendering is broken off for a more urgent one and begins anew. */
function textsOnce<Row>(
  columns: readonly Column<Row>[],
): (rows: DataTableProps<Row>['rows']) => readonly string[] {
  const known = new WeakMap<DataTableProps<Row>['rows'], readonly string[]>();
  return (rows) => {
    const texts = known.get(rows) ?? rows.map((row) => textOf(row, columns));
    known.set(rows, texts);
    return texts;
  };
}

/** As shown and as copied: who types a size or a plain number finds it. */
function textOf<Row>(row: Row, columns: readonly Column<Row>[]): string {
  return columns.map(({ text, shown }) => `${shown?.(row) ?? ''} ${text(row)}`).join(' ');
}
