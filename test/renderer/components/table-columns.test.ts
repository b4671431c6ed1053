/** Which columns there is room for, and how wide they are: at least what is in them, at most what they may take. */
import { describe, expect, it } from 'vitest';
import type { Column } from '../../../renderer/components/data-table';
import { columnsIn, tracksOf } from '../../../renderer/components/table-columns';

interface Row {
  readonly text: string;
}

const column = (part: Partial<Column<Row>>): Column<Row> => ({
  ...{ key: 'a', title: 'A', width: '80px' },
  cell: ({ text }) => text,
  text: ({ text }) => text,
  ...part,
});
const rows = ['7', '1234567890'].map((text) => ({ text }));
const shown = ({ text }: Row) => text;

describe('tracksOf', () => {
  it('leaves a column alone that does not say what it shows', () => {
    expect(tracksOf([column({ width: 'minmax(120px, 1fr)' })], rows)).toBe('minmax(120px, 1fr)');
  });

  it('goes from the widest content to the width that is given', () => {
    expect(tracksOf([column({ shown })], rows)).toBe('minmax(calc(10ch + 18px), 80px)');
    expect(tracksOf([column({ shown, width: 'minmax(80px, 1fr)' })], rows)).toBe(
      'minmax(calc(10ch + 18px), 1fr)',
    );
  });

  it('counts what is narrower than a digit for less, and never cuts the title', () => {
    const time = [{ text: '2026-10-22 10:50:34.471' }];
    expect(tracksOf([column({ shown })], time)).toBe('minmax(calc(21.5ch + 18px), 80px)');
    expect(tracksOf([column({ shown, title: 'Largest timestamp', order: () => 0 })], rows)).toBe(
      'minmax(calc(14.25ch + 18px), 80px)',
    );
  });

  it('looks at a sample of many rows, the last one included', () => {
    const many = Array.from({ length: 10_000 }, (_, index) => ({
      text: 'x'.repeat(index === 9_999 ? 9 : 2),
    }));
    expect(tracksOf([column({ shown })], many)).toBe('minmax(calc(9ch + 18px), 80px)');
  });
});

describe('columnsIn', () => {
  // 115.5 pixels for thirteen digits and what is around them, then widths as they are given, and 12 for the row.
  const columns = [
    column({ key: 'first', shown: () => '1234567890123' }),
    column({ key: 'second', isOptional: true }),
    column({ key: 'third', width: 'minmax(40px, 1fr)' }),
    column({ key: 'fourth', width: '60px', isOptional: true }),
  ];
  const keysIn = (width: number | null) => columnsIn(width, columns, rows).map(({ key }) => key);

  it('leaves optional ones out, the last one first, until there is room for the rest', () => {
    expect(keysIn(308)).toEqual(['first', 'second', 'third', 'fourth']);
    expect(keysIn(307)).toEqual(['first', 'second', 'third']);
    expect(keysIn(247)).toEqual(['first', 'third']);
  });

  it('keeps those that are not optional, however narrow, and all before it was measured', () => {
    expect(keysIn(10)).toEqual(['first', 'third']);
    expect(keysIn(null)).toHaveLength(4);
  });
});
