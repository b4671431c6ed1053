/** How the table sorts. */
import { describe, expect, it } from 'vitest';
import { sortedRows } from '../../../renderer/components/data-table';

describe('sortedRows', () => {
  const rows = [{ v: 2 }, { v: null }, { v: 10 }, { v: 1 }];
  const order = (row: { v: number | null }) => row.v;

  it('puts null last in both directions', () => {
    expect(sortedRows(rows, order, false).map(order)).toEqual([1, 2, 10, null]);
    expect(sortedRows(rows, order, true).map(order)).toEqual([10, 2, 1, null]);
  });

  it('keeps the order of equal rows', () => {
    const equal = [
      { v: 1, id: 'a' },
      { v: 1, id: 'b' },
    ];
    expect(sortedRows(equal, order, true).map(({ id }) => id)).toEqual(['a', 'b']);
  });
});
