/** Rows in shared memory: any page of them is the page of the list. */
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { packList, unpackList, unpackRows } from '../../../electron/workers/packed-list';

const rows = Array.from({ length: 1_003 }, (_, index) => ({ index, text: `é"\n${index % 7}`, none: null }));

describe('unpackRows', () => {
  it('gives each page of a list as the list has it', async () => {
    const packed = await packList(rows);
    expect(packed.bytes.buffer).toBeInstanceOf(SharedArrayBuffer);
    expect(unpackRows(packed)).toEqual(rows);
    fc.assert(
      fc.property(fc.nat(1_100), fc.nat(1_100), (from, limit) => {
        expect(unpackRows(packed, { from, limit })).toEqual(rows.slice(from, from + limit));
      }),
    );
  });

  it('has no rows of an empty list', async () => {
    const packed = await packList([]);
    expect([packed.rowCount, unpackRows(packed), unpackRows(packed, { from: 5, limit: 5 })]).toEqual([
      0,
      [],
      [],
    ]);
  });

  it('reads no more than the pieces of the page', async () => {
    const packed = await packList(rows);
    packed.bytes.fill(0, 0, packed.ends[0]!);
    expect(unpackRows(packed, { from: 250, limit: 10 })).toEqual(rows.slice(250, 260));
    expect(() => unpackRows(packed, { from: 249, limit: 1 })).toThrow(SyntaxError);
  });
});

describe('unpackList', () => {
  it('gives the whole list, and stops for a cancel', async () => {
    const packed = await packList(rows);
    expect(await unpackList(packed)).toEqual(rows);
    expect(await unpackList(await packList([]))).toEqual([]);
    await expect(unpackList(packed, AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough');
  });

  it('lets the event loop go on meanwhile', async () => {
    const packed = await packList(rows);
    let nowMs = 0;
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => (nowMs += 20)); // of a slow machine
    let turnCount = 0;
    let next = setImmediate(function count() {
      turnCount++;
      next = setImmediate(count);
    });
    await unpackList(packed);
    clearImmediate(next);
    clock.mockRestore();
    expect(turnCount).toBeGreaterThanOrEqual(packed.ends.length - 1);
  });
});
