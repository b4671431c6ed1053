/** Long answers in pieces: together they are the text that one string would be. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonPieces, outInPieces, textsInPieces } from '../../../electron/cli/text-pieces';
import { type Column, textTable } from '../../../electron/cli/text-table';
import { fakeTerminal } from '../../support/fake-terminal';

const rows = Array.from({ length: 2_345 }, (_, index) => ({ index, name: 'é"'.repeat(index % 3) }));

describe('jsonPieces', () => {
  it('is the JSON of any value, and a line', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect([...jsonPieces(value)].join('')).toBe(`${JSON.stringify(value)}\n`);
      }),
    );
  });

  it('gives long lists in pieces, wherever they are, and leaves out what is undefined', () => {
    const value = { none: undefined, logs: [{ rows, empty: [] }, { rows: rows.slice(0, 2_000) }] };
    const pieces = [...jsonPieces(value)];
    expect(pieces.join('')).toBe(`${JSON.stringify(value)}\n`);
    expect(Math.max(...pieces.map(({ length }) => length))).toBeLessThan(JSON.stringify(rows).length / 2);
  });

  it('gives the lists of long lists in pieces, too', () => {
    const logs = Array.from({ length: 1_500 }, () => ({ rows: rows.slice(0, 50), none: [undefined] }));
    const pieces = [...jsonPieces(logs)];
    expect(pieces.join('')).toBe(`${JSON.stringify(logs)}\n`);
    expect(Math.max(...pieces.map(({ length }) => length))).toBeLessThan(JSON.stringify(rows).length / 20);
  });
});

describe('textsInPieces', () => {
  it('has the text of each row once', () => {
    const pieces = [...textsInPieces(rows, ({ index }) => `${index} `)];
    expect(pieces).toHaveLength(3);
    expect(pieces.join('')).toBe(rows.map(({ index }) => `${index} `).join(''));
  });
});

describe('outInPieces', () => {
  it('writes all of them, small ones together', async () => {
    const terminal = fakeTerminal();
    let count = 0;
    const out = async (text: string) => {
      count++;
      await terminal.out(text);
    };
    const columns: Column<(typeof rows)[number]>[] = [
      { title: 'index', align: 'right', text: ({ index }) => String(index) },
      { title: 'name', text: ({ name }) => name },
    ];
    const table = textTable(columns, rows);
    await outInPieces({ out }, table);
    expect(terminal.output()).toBe(table);
    expect(count).toBe(1);
    await outInPieces(
      { out },
      Array.from({ length: 100 }, () => 'x'.repeat(1_000)),
    );
    expect([count, terminal.output().length]).toEqual([3, table.length + 100_000]);
  });
});
