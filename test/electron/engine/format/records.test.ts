/** The check of a payload's records against a plain reading of the format, on drawn payloads, sound and damaged. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RecordBatchHeader } from '../../../../electron/engine/format/record-batch';
import { checkRecords } from '../../../../electron/engine/format/records';

interface Drawn {
  readonly timestampDelta: bigint;
  readonly offsetStep: number;
  readonly key: number | null;
  readonly value: number | null;
  readonly headers: readonly (readonly [name: number, value: number | null])[];
}

/** As ByteUtils.writeVarlong. */
function varlong(value: bigint): number[] {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, (value << 1n) ^ (value >> 63n));
  for (; rest >= 0x80n; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  return [...bytes, Number(rest)];
}

const sized = (length: number | null) => [
  ...varlong(BigInt(length ?? -1)),
  ...new Array<number>(length ?? 0).fill(0x2a),
];

function payloadOf(records: readonly Drawn[]): { bytes: number[]; lastOffsetDelta: number } {
  let lastOffsetDelta = -1;
  const bytes = records.flatMap(({ timestampDelta, offsetStep, key, value, headers }) => {
    lastOffsetDelta += offsetStep;
    const body = [
      ...[0, ...varlong(timestampDelta), ...varlong(BigInt(lastOffsetDelta)), ...sized(key), ...sized(value)],
      ...varlong(BigInt(headers.length)),
      ...headers.flatMap(([name, text]) => [...sized(name), ...sized(text)]),
    ];
    return [...varlong(BigInt(body.length)), ...body];
  });
  return { bytes, lastOffsetDelta: Math.max(0, lastOffsetDelta) };
}

/** DefaultRecord.readFrom, word for word and slowly; false where it would throw. */
function isReadable(bytes: readonly number[], recordsCount: number, lastOffsetDelta: number): boolean {
  let at = 0;
  function read(bytesMax: number): bigint {
    let value = 0n;
    for (let index = 0; index < bytesMax; index++) {
      const byte = bytes[at++];
      if (byte === undefined) throw new RangeError('the bytes end');
      value |= BigInt(byte & 0x7f) << BigInt(7 * index);
      if (byte < 0x80) return (value >> 1n) ^ -(value & 1n);
    }
    throw new RangeError('a varint is too long');
  }
  const int = () => Number(BigInt.asIntN(32, read(5)));
  function skip(length: number, least: number) {
    if (length < least || at + length > bytes.length) throw new RangeError('a length is wrong');
    at += Math.max(0, length);
  }
  try {
    let previous = -1;
    for (let index = 0; index < recordsCount; index++) {
      const length = int();
      const end = at + length;
      if (length <= 0 || end > bytes.length) return false;
      at++;
      read(10);
      const offsetDelta = int();
      if (offsetDelta <= previous || offsetDelta > lastOffsetDelta) return false;
      previous = offsetDelta;
      skip(int(), -1);
      skip(int(), -1);
      const count = int();
      if (count < 0) return false;
      for (let header = 0; header < count; header++) {
        skip(int(), 0);
        skip(int(), -1);
      }
      if (at !== end) return false;
    }
    return at === bytes.length;
  } catch {
    return false;
  }
}

const length: fc.Arbitrary<number> = fc.oneof(
  { weight: 6, arbitrary: fc.nat(70) },
  { weight: 2, arbitrary: fc.nat(400) },
  { weight: 1, arbitrary: fc.constantFrom(8191, 8192) },
);
const drawn: fc.Arbitrary<Drawn> = fc.record({
  timestampDelta: fc.oneof(fc.bigInt(-100n, 20_000n), fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n)),
  offsetStep: fc.oneof({ weight: 8, arbitrary: fc.constant(1) }, fc.integer({ min: 1, max: 9000 })),
  key: fc.option(length),
  value: fc.option(length),
  headers: fc.array(fc.tuple(fc.nat(20), fc.option<number, null>(length, { nil: null })), { maxLength: 3 }),
});
const records = fc.array(drawn, { maxLength: 8 });

function flawOf(bytes: readonly number[], recordsCount: number, lastOffsetDelta: number): string | null {
  // In the middle of a larger buffer, as a batch lies: what stands around it must not matter.
  const buffer = Uint8Array.from([1, 2, 3, ...bytes, 0, 0, 0]);
  const header = { recordsCount, baseOffset: 100, lastOffset: 100 + lastOffsetDelta } as RecordBatchHeader;
  return checkRecords(buffer, { from: 3, to: 3 + bytes.length }, header);
}

describe('the check of records', () => {
  it('finds nothing wrong with what the format allows', () => {
    fc.assert(
      fc.property(records, (some) => {
        const { bytes, lastOffsetDelta } = payloadOf(some);
        expect(isReadable(bytes, some.length, lastOffsetDelta)).toBe(true);
        expect(flawOf(bytes, some.length, lastOffsetDelta)).toBeNull();
      }),
      { numRuns: 300 },
    );
  });

  it('finds something wrong exactly where a plain reading does, once bytes have changed', () => {
    const change = fc.record({ place: fc.nat(), byte: fc.nat(255) });
    let wrong = 0;
    fc.assert(
      fc.property(
        fc.array(drawn, { minLength: 1, maxLength: 6 }),
        fc.array(change, { minLength: 1, maxLength: 3 }),
        fc.integer({ min: -1, max: 1 }),
        (some, changes, countError) => {
          const { bytes, lastOffsetDelta } = payloadOf(some);
          // Among the first bytes of a record most of them are lengths.
          for (const { place, byte } of changes) bytes[place % Math.min(bytes.length, 40)] = byte;
          const count = some.length + countError;
          const isSound = isReadable(bytes, count, lastOffsetDelta);
          if (!isSound) wrong++;
          expect(flawOf(bytes, count, lastOffsetDelta) === null).toBe(isSound);
        },
      ),
      { numRuns: 1500 },
    );
    expect(wrong).toBeGreaterThan(400);
  });

  it('refuses a header without a name', () => {
    const withName = (length: number) => [...[0, 0, 0, 1, 1], ...varlong(1n), ...varlong(BigInt(length)), 1];
    const sound = withName(0);
    expect(flawOf([sound.length << 1, ...sound], 1, 0)).toBeNull();
    const nameless = withName(-1);
    expect(flawOf([nameless.length << 1, ...nameless], 1, 0)).toMatch(/does not end/);
  });

  it('refuses a timestamp of more than ten bytes', () => {
    const body = [0, ...new Array<number>(10).fill(0x80), 0, 0, 1, 1, 0];
    expect(flawOf([body.length << 1, ...body], 1, 0)).toMatch(/does not end|offset delta|too long/);
  });
});
