/** Numbers in a file: what comes back is what went in, offsets and timestamps are short, and a hostile file costs little. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isPackedNumbers, packedNumberCount, packNumbers, unpackNumbers } from '../../shared/packed-numbers';
import { PackedRowsError, unpackLists } from '../../shared/packed-rows';

const throughFile = (numbers: Float64Array | Int32Array) => {
  const packed = JSON.parse(JSON.stringify(packNumbers(numbers))) as object;
  if (!isPackedNumbers(packed)) throw new Error('not packed');
  return unpackNumbers(packed);
};
const anyFloat = fc.double({ noNaN: true, noDefaultInfinity: true }).map((each) => each + 0);
const rising = fc.array(fc.nat(1e6)).map((steps) => {
  let sum = 2 ** 51;
  return steps.map((step) => {
    sum += step;
    return sum;
  });
});

describe('unpackNumbers', () => {
  it('gives back what packNumbers was given', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.array(anyFloat), fc.array(fc.maxSafeInteger()), rising, fc.array(fc.constant(7))),
        fc.array(fc.integer()),
        (floats, ints) => {
          expect(throughFile(Float64Array.from(floats))).toEqual(Float64Array.from(floats));
          expect(throughFile(Int32Array.from(ints))).toEqual(Int32Array.from(ints));
        },
      ),
    );
  });

  it.each([
    ['a bomb', { float64All: [1, 1e15] }],
    ['a negative count', { int32All: [1, -1] }],
    ['no count', { int32All: [1] }],
  ])('refuses %s', (_name, packed) => {
    expect(() => unpackLists(packed)).toThrow(PackedRowsError);
  });
});

describe('packNumbers', () => {
  it('writes equal numbers once, and what rises as steps', () => {
    expect(packNumbers(new Int32Array(1_000).fill(-1))).toEqual({ int32All: [-1, 1_000] });
    expect(
      packNumbers(Float64Array.of(5_000, 5_010, 5_010, 5_030, 5_070, 5_075, 5_080, 5_090, 5_100)),
    ).toEqual({
      float64Steps: [5_000, 10, 0, 20, 40, 5, 5, 10, 10],
    });
    expect(packNumbers(Int32Array.of(900, 12, 700, 33))).toEqual({ int32: [900, 12, 700, 33] });
  });

  it('tells how many there are without unpacking', () => {
    for (const numbers of [
      new Int32Array(9),
      Float64Array.of(1.5, 2),
      Int32Array.from({ length: 50 }, (_, i) => i + 9_999),
    ])
      expect(packedNumberCount(packNumbers(numbers))).toBe(numbers.length);
  });
});
