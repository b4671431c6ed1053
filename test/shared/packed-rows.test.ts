/** Lists packed into columns: what comes back is what went in, and a hostile file costs little. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PackedRowsError, packLists, unpackLists } from '../../shared/packed-rows';

const plain = (value: unknown) => JSON.parse(JSON.stringify(value)) as unknown;
const throughFile = (value: unknown) => plain(unpackLists(plain(packLists(value))));

const row = fc.record({
  offset: fc.nat(),
  name: fc.constantFrom('a', 'b', 'c'),
  codecs: fc.array(fc.constantFrom('gzip', 'none'), { maxLength: 2 }),
  index: fc.option(fc.record({ entryCount: fc.nat(5), gap: fc.option(fc.double({ noNaN: true })) })),
  rows: fc.array(fc.record({ at: fc.nat() }), { maxLength: 6 }),
});

describe('unpackLists', () => {
  it('gives back what packLists was given', () => {
    fc.assert(
      fc.property(fc.array(row, { maxLength: 40 }), fc.jsonValue(), (rows, rest) => {
        expect(throughFile({ rows, rest })).toEqual(plain({ rows, rest }));
      }),
    );
  });

  it('gives back typed arrays, and objects that only look like them', () => {
    const typed = { counts: Float64Array.of(1, 2.5), at: Int32Array.of(-1), odd: { float64: 'x' } };
    const value = { typed, rows: Array.from({ length: 5 }, () => typed) };
    expect(unpackLists(JSON.parse(JSON.stringify(packLists(value))))).toEqual(value);
  });

  it('keeps lists of unlike rows, and rows without a key', () => {
    const lists = [
      [{ a: 1 }, { b: 2 }, { a: 3 }, { a: 4 }],
      [{}, {}, {}, {}],
      [null, { a: 1 }, { a: 1 }, { a: 1 }],
      Array.from({ length: 5 }, () => ({ 'a\nb': 1 })),
      [{ 'a\nb': 1 }, { a: 1, b: 2 }, { a: 1, b: 2 }, { a: 1, b: 2 }],
    ];
    expect(throughFile(lists)).toEqual(lists);
  });

  it('keeps a key of the name of a prototype', () => {
    const odd = JSON.parse('{"__proto__":{"x":1},"y":2}') as object;
    const rows = [odd, odd, odd, odd, odd];
    expect(JSON.stringify(throughFile({ odd, rows }))).toBe(JSON.stringify({ odd, rows }));
  });

  it.each([
    ['more rows than fit into memory', { rowCount: 1e15, columns: { a: { all: 1 } } }],
    [
      'bombs in bombs',
      { rowCount: 9999, columns: { a: { all: { rowCount: 1e8, columns: { b: { all: 1 } } } } } },
    ],
    ['a negative count', { rowCount: -1, columns: { a: { all: 1 } } }],
    ['a column that is too short', { rowCount: 3, columns: { a: [1, 2] } }],
    ['an index into nothing', { rowCount: 1, columns: { a: { values: [1], at: [7] } } }],
    ['a column of no known form', { rowCount: 1, columns: { a: 'text' } }],
  ])('refuses %s', (_name, value) => {
    expect(() => unpackLists(value)).toThrow(PackedRowsError);
  });

  it('makes nothing of names that objects have', () => {
    const value = JSON.parse('{"__proto__":{"isAdmin":true}}') as object;
    unpackLists(value);
    expect(({} as { isAdmin?: boolean }).isAdmin).toBeUndefined();
  });
});

describe('packLists', () => {
  it('writes equal and few values once', () => {
    const rows = Array.from({ length: 6 }, (_, at) => ({
      at: at * 7,
      source: at < 5 ? 'header' : 'index',
      is: true,
    }));
    expect(packLists(rows)).toEqual({
      rowCount: 6,
      columns: {
        at: [0, 7, 14, 21, 28, 35],
        source: { values: ['header', 'index'], at: [0, 0, 0, 0, 0, 1] },
        is: { all: true },
      },
    });
  });
});
