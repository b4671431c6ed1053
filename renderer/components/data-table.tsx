/**
 * The one table of the page: only the rows in sight are in the document, any column sorts, rows are chosen by mouse or
 * arrows and copied as tab-separated text. A grid for screen readers.
 *
 * Sorting is its own; which rows there are and which is chosen comes from outside.
 */
// biome-ignore-all lint/a11y/useSemanticElements: a virtual grid cannot be a table element
// biome-ignore-all lint/a11y/useFocusableInteractive: the grid itself has the focus
import { useVirtualizer } from '@tanstack/react-virtual';
import { ArrowDown, ArrowUp } from 'lucide-react';
import {
  type CSSProperties,
  type KeyboardEvent,
  type ReactNode,
  type RefObject,
  useEffect,
  useId,
  useMemo,
  useRef,
  useState,
} from 'react';
import { copyText } from './copy-text';
import classes from './data-table.module.css';
import { columnsIn, tracksOf } from './table-columns';
import { useCalmed } from './use-calmed';
import { useWidth } from './use-width';

export interface Column<Row> {
  readonly key: string;
  readonly title: string;
  /**
   * A CSS grid track: '96px', 'minmax(120px, 1fr)'. Where `shown` tells what the cells show, only the most that the column
   * takes: it is never narrower than what is in it.
   */
  readonly width: string;
  /** The text that a cell shows, for its width. */
  readonly shown?: (row: Row) => string;
  readonly isNumber?: boolean;
  /** Left out where the table is too narrow for all, the last one first; copied all the same. */
  readonly isOptional?: boolean;
  readonly cell: (row: Row) => ReactNode;
  /** For copying: exact, without units. */
  readonly text: (row: Row) => string;
  /** What it sorts by, null last; a column without it does not sort. */
  readonly order?: (row: Row) => number | string | null;
}

export interface DataTableProps<Row> {
  readonly label: string;
  readonly rows: readonly Row[];
  readonly columns: readonly Column<Row>[];
  readonly keyOf: (row: Row) => string | number;
  readonly selectedKey: string | number | null;
  readonly onSelect: (row: Row) => void;
  readonly onOpen?: (row: Row) => void;
  /** Escape: no row is to be chosen. */
  readonly onClear?: () => void;
  /** The last row came in sight: there may be more. */
  readonly onEnd?: () => void;
  /** Shown in place of rows. */
  readonly empty: ReactNode;
  /** For whoever gives the focus to the grid. */
  readonly gridRef?: RefObject<HTMLDivElement | null>;
}

interface Sorting {
  readonly key: string;
  readonly isDescending: boolean;
}

const ROW_HEIGHT = 28;
const OVERSCAN = 6;
const COPY_ROWS_MAX = 100_000;

export function DataTable<Row>(props: DataTableProps<Row>) {
  const { label, keyOf, selectedKey, onSelect, onOpen, onClear, onEnd, empty } = props;
  const [sorting, setSorting] = useState<Sorting | null>(null);
  const ownRef = useRef<HTMLDivElement>(null);
  const body = props.gridRef ?? ownRef;
  const width = useWidth(body);
  // Rows that a slider makes anew are shown first and measured after.
  const measured = useCalmed(props.rows);
  const columns = useMemo(() => columnsIn(width, props.columns, measured), [width, props.columns, measured]);
  // By a column that is left out nothing is sorted: nothing would say so.
  const rows = useSorted(props.rows, columns, sorting);
  const tableId = useId();
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => body.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: OVERSCAN,
    scrollPaddingStart: ROW_HEIGHT,
  });
  const items = virtualizer.getVirtualItems();
  const selectedIndex = useMemo(
    () => (selectedKey === null ? -1 : rows.findIndex((row) => keyOf(row) === selectedKey)),
    [rows, selectedKey, keyOf],
  );
  useEffect(() => {
    if (selectedIndex >= 0) virtualizer.scrollToIndex(selectedIndex, { align: 'auto' });
  }, [selectedIndex, virtualizer]);
  const lastShown = items.at(-1)?.index ?? -1;
  useEffect(() => {
    if (lastShown === rows.length - 1) onEnd?.();
  }, [lastShown, rows.length, onEnd]);

  const select = (index: number) => {
    const row = rows[Math.max(0, Math.min(rows.length - 1, index))];
    if (row !== undefined) onSelect(row);
  };
  const pageRows = () => Math.max(1, Math.floor((body.current?.clientHeight ?? 0) / ROW_HEIGHT) - 2);

  function onKeyDown(event: KeyboardEvent): void {
    const actions: Record<string, () => void> = {
      ArrowDown: () => select(selectedIndex + 1),
      ArrowUp: () => select(selectedIndex - 1),
      PageDown: () => select(selectedIndex + pageRows()),
      PageUp: () => select(selectedIndex - pageRows()),
      Home: () => select(0),
      End: () => select(rows.length - 1),
      Enter: () => rows[selectedIndex] !== undefined && onOpen?.(rows[selectedIndex]),
      ...(onClear === undefined ? {} : { Escape: onClear }),
    };
    const isCopy = (event.ctrlKey || event.metaKey) && event.key === 'c' && selectedIndex >= 0;
    if (isCopy && document.getSelection()?.isCollapsed !== false)
      copyText(textOf([rows[selectedIndex]!], props.columns));
    else if (actions[event.key] === undefined || event.target !== event.currentTarget) return;
    else actions[event.key]!();
    event.preventDefault();
  }

  const tracks = useMemo(() => tracksOf(columns, measured), [columns, measured]);
  const style = { '--tracks': tracks } as CSSProperties;
  return (
    <div className={classes['frame']} style={style}>
      <div
        ref={body}
        className={classes['body']}
        role="grid"
        aria-label={label}
        aria-rowcount={rows.length + 1}
        aria-colcount={columns.length}
        aria-activedescendant={selectedIndex >= 0 ? `${tableId}-${selectedIndex}` : undefined}
        tabIndex={0}
        onKeyDown={onKeyDown}
      >
        <Header
          columns={columns}
          sorting={sorting}
          onSort={(key) => setSorting(nextSorting(sorting, key))}
          onCopy={() => copyText(textOf(rows.slice(0, COPY_ROWS_MAX), props.columns, true))}
        />
        {rows.length === 0 ? (
          <div className={classes['empty']}>{empty}</div>
        ) : (
          <div role="rowgroup" className={classes['rows']} style={{ height: virtualizer.getTotalSize() }}>
            {items.map(({ index, start }) => (
              // biome-ignore lint/a11y/useKeyWithClickEvents: the grid has the keys
              <div
                key={index}
                id={`${tableId}-${index}`}
                role="row"
                aria-rowindex={index + 2}
                aria-selected={index === selectedIndex}
                className={classes['row']}
                style={{ transform: `translateY(${start}px)` }}
                onClick={() => onSelect(rows[index]!)}
                onDoubleClick={() => onOpen?.(rows[index]!)}
              >
                {columns.map((column) => (
                  <div key={column.key} role="gridcell" tabIndex={-1} className={cellClass(column)}>
                    {column.cell(rows[index]!)}
                  </div>
                ))}
              </div>
            ))}
          </div>
        )}
      </div>
    </div>
  );
}

interface HeaderProps<Row> {
  readonly columns: readonly Column<Row>[];
  readonly sorting: Sorting | null;
  readonly onSort: (key: string) => void;
  readonly onCopy: () => void;
}

function Header<Row>({ columns, sorting, onSort, onCopy }: HeaderProps<Row>) {
  return (
    <div role="row" aria-rowindex={1} tabIndex={-1} className={classes['header']} onCopy={onCopy}>
      {columns.map((column) => {
        const isSorted = sorting?.key === column.key;
        const direction = sorting?.isDescending ? 'descending' : 'ascending';
        return (
          <div
            key={column.key}
            role="columnheader"
            tabIndex={-1}
            aria-sort={isSorted ? direction : 'none'}
            className={cellClass(column)}
          >
            {column.order === undefined ? (
              column.title
            ) : (
              <button type="button" className={classes['sort']} onClick={() => onSort(column.key)}>
                {column.title}
                {isSorted && (sorting.isDescending ? <ArrowDown size={12} /> : <ArrowUp size={12} />)}
              </button>
            )}
          </div>
        );
      })}
    </div>
  );
}

function cellClass<Row>({ isNumber }: Column<Row>): string {
  return `${classes['cell']} ${isNumber ? classes['number'] : ''}`;
}

/** Ascending, descending, then as it came. */
function nextSorting(sorting: Sorting | null, key: string): Sorting | null {
  if (sorting?.key !== key) return { key, isDescending: false };
  return sorting.isDescending ? null : { key, isDescending: true };
}

function useSorted<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  sorting: Sorting | null,
): readonly Row[] {
  return useMemo(() => {
    const order = columns.find(({ key }) => key === sorting?.key)?.order;
    return order === undefined || sorting === null ? rows : sortedRows(rows, order, sorting.isDescending);
  }, [rows, columns, sorting]);
}

/** Stable; null comes last in both directions. */
export function sortedRows<Row>(
  rows: readonly Row[],
  order: (row: Row) => number | string | null,
  isDescending: boolean,
): Row[] {
  const keyed = rows.map((row) => ({ row, key: order(row) }));
  const sign = isDescending ? -1 : 1;
  keyed.sort(({ key: a }, { key: b }) => {
    if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
    return a < b ? -sign : a > b ? sign : 0;
  });
  return keyed.map(({ row }) => row);
}

function textOf<Row>(rows: readonly Row[], columns: readonly Column<Row>[], hasHeader = false): string {
  const lines = rows.map((row) => columns.map((column) => oneLine(column.text(row))).join('\t'));
  const header = columns.map(({ title }) => title).join('\t');
  return (hasHeader ? [header, ...lines] : lines).join('\n');
}

function oneLine(text: string): string {
  return text.replace(/[\t\r\n]+/g, ' ');
}
