/** The hash by which keys are told apart: every byte counts, wherever the key stands. Published values: offset-map.test.ts. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hashKey } from '../../../../electron/engine/rules/key-hash';

function hashed(key: Uint8Array): string {
  const lanes = new Int32Array(4);
  hashKey(key, 0, key.length, lanes);
  return lanes.join();
}

describe('hashKey', () => {
  it('sees each byte of keys of every length, and the length', () => {
    const hashes = new Set<string>();
    let count = 0;
    for (let length = 0; length <= 70; length++) {
      hashes.add(hashed(new Uint8Array(length)));
      count++;
      for (let at = 0; at < length; at++)
        for (const byte of [1, 0x80, 0xff]) {
          hashes.add(hashed(new Uint8Array(length).fill(byte, at, at + 1)));
          count++;
        }
    }
    expect(hashes.size).toBe(count);
  });

  it('takes nothing for an empty key, at the beginning too', () => {
    for (const [from, to] of [
      [0, 0],
      [9, 9],
      [3, 1],
      [9, 3],
      [9, 5],
    ] as const) {
      const lanes = new Int32Array(4).fill(1);
      hashKey(new Uint8Array(10).fill(7), from, to, lanes);
      expect(lanes.join()).toBe(hashed(new Uint8Array(0)));
    }
  });

  it('depends on the key alone, not on its place or its neighbours', () => {
    const bytes = fc.uint8Array({ maxLength: 40 });
    fc.assert(
      fc.property(bytes, bytes, bytes, (before, key, behind) => {
        const lanes = new Int32Array(4);
        const all = Buffer.concat([before, key, behind]);
        hashKey(all, before.length, before.length + key.length, lanes);
        expect(lanes.join()).toBe(hashed(key));
      }),
    );
  });
});
