/** The verification's hash: against the reference vectors of HalfSipHash-2-4, and for what a map needs of it. */
import { describe, expect, it } from 'vitest';
import { secretHash } from '../../../../electron/engine/rules/secret-hash';

function lanesOf(
  secret: readonly [number, number],
  bytes: Uint8Array,
  from = 0,
  to = bytes.length,
): Int32Array {
  const lanes = new Int32Array(4);
  secretHash(secret)(bytes, from, to, lanes);
  return lanes;
}

/** The 32-bit result of HalfSipHash is made of two words of the state. */
const halfSipHash = (secret: readonly [number, number], bytes: Uint8Array) => {
  const lanes = lanesOf(secret, bytes);
  const result = Buffer.alloc(4);
  result.writeInt32LE(lanes[1]! ^ lanes[3]!);
  return result.toString('hex');
};

describe('secretHash', () => {
  it('has the state of the reference implementation (vectors_hsip32: key 00…07, message 00, 01, 02 …)', () => {
    const secret = [0x03020100, 0x07060504] as const;
    const vectors = ['a9359f5b', '27475ab8', 'fa62a603', '8afee704', '2a6e4689', 'c5fab669', '5863fc23'];
    const message = Uint8Array.from({ length: vectors.length }, (_, index) => index);
    expect(vectors.map((_, length) => halfSipHash(secret, message.subarray(0, length)))).toEqual(vectors);
  });

  it('looks at the bytes between its bounds only, and at the secret', () => {
    const key = Buffer.from('--key-17--');
    expect(lanesOf([1, 2], key, 2, 8)).toEqual(lanesOf([1, 2], Buffer.from('key-17')));
    expect(lanesOf([1, 2], key, 2, 8)).not.toEqual(lanesOf([1, 3], key, 2, 8));
  });

  it('tells keys apart that differ in length or in one bit', () => {
    const seen = new Set<string>();
    for (let length = 0; length < 64; length++) seen.add(lanesOf([1, 2], new Uint8Array(length)).join());
    for (let bit = 0; bit < 64 * 8; bit++) {
      const key = new Uint8Array(64);
      key[bit >> 3] = 1 << (bit & 7);
      seen.add(lanesOf([1, 2], key).join());
    }
    expect(seen.size).toBe(64 + 512);
  });
});
