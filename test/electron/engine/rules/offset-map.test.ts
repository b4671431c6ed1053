/** The offset map against a Map of JavaScript, and its hash for what a map needs of one. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hashKey } from '../../../../electron/engine/rules/key-hash';
import { OffsetMap } from '../../../../electron/engine/rules/offset-map';

const hashOf = (key: Uint8Array, from = 0, to = key.length) => {
  const lanes = new Int32Array(4);
  hashKey(key, from, to, lanes);
  return lanes.join(' ');
};

describe('OffsetMap', () => {
  it('remembers the last offset of each key, as a Map does', () => {
    const keys = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 200 });
    fc.assert(
      fc.property(keys, (puts) => {
        const map = new OffsetMap(24 * 1000);
        const expected = new Map<string, number>();
        for (const [offset, key] of puts.entries()) {
          map.put(key, 0, key.length, offset);
          expected.set(key.join(), offset);
        }
        expect(map.size).toBe(expected.size);
        for (const key of puts) expect(map.get(key, 0, key.length)).toBe(expected.get(key.join()));
        expect(map.get(Buffer.from('never put'), 0, 9)).toBe(-1);
      }),
    );
  });

  it('is full at nine tenths of its slots, and empty after clear', () => {
    const map = new OffsetMap(24 * 100);
    let count = 0;
    while (!map.isFull) map.put(Buffer.from(`key ${count}`), 0, 5 + String(count).length - 1, count++);
    expect(map.capacity).toBe(90);
    map.clear();
    expect([map.size, map.latestOffset, map.get(Buffer.from('key 0'), 0, 5)]).toEqual([0, -1, -1]);
  });
});

describe('hashKey', () => {
  it('gives the published values of MurmurHash3 x86_128', () => {
    const hex = (text: string) =>
      hashOf(Buffer.from(text))
        .split(' ')
        .map((lane) => (Number(lane) >>> 0).toString(16).padStart(8, '0'))
        .join('');
    expect(hex('')).toBe('00000000000000000000000000000000');
    expect(hex('I will not buy this record, it is scratched.')).toBe('a0a9683b25ac5e40d9af2895890dddf5');
  });

  it('looks at the range only, and tells lengths of zeros apart', () => {
    const bytes = Buffer.from('..key..');
    expect(hashOf(bytes, 2, 5)).toBe(hashOf(Buffer.from('key')));
    const zeros = new Set(Array.from({ length: 64 }, (_, length) => hashOf(new Uint8Array(length))));
    expect(zeros.size).toBe(64);
  });
});
