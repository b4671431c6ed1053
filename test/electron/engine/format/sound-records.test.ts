/** The fast walk over records against a plain parser of the format, on sound payloads and on damaged ones. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RecordBatchHeader } from '../../../../electron/engine/format/record-batch';
import { checkRecords } from '../../../../electron/engine/format/records';
import { areRecordsSound } from '../../../../electron/engine/format/sound-records';

interface PlainRecord {
  readonly timestampDelta: number;
  readonly offsetGap: number;
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  readonly headers: readonly (readonly [Uint8Array, Uint8Array | null])[];
}

const FROM = 7;

function varint(value: number): number[] {
  let rest = BigInt.asUintN(64, (BigInt(value) << 1n) ^ (BigInt(value) >> 63n));
  const bytes: number[] = [];
  while (rest >= 0x80n) {
    bytes.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  return [...bytes, Number(rest)];
}

function sized(bytes: Uint8Array | null): number[] {
  return bytes === null ? varint(-1) : [...varint(bytes.length), ...bytes];
}

function payloadOf(records: readonly PlainRecord[]) {
  const bytes: number[] = Array(FROM).fill(0xff);
  let offsetDelta = -1;
  for (const { timestampDelta, offsetGap, key, value, headers } of records) {
    offsetDelta += 1 + offsetGap;
    const body = [0, ...varint(timestampDelta), ...varint(offsetDelta), ...sized(key), ...sized(value)];
    body.push(
      ...varint(headers.length),
      ...headers.flatMap(([name, content]) => [...sized(name), ...sized(content)]),
    );
    bytes.push(...varint(body.length), ...body);
  }
  const header = { baseOffset: 100, lastOffset: 100 + offsetDelta, recordsCount: records.length };
  return { bytes: Uint8Array.from(bytes), header: header as RecordBatchHeader };
}

/** Written for plainness: any violation throws. */
function isSoundByTheBook(
  bytes: Uint8Array,
  { recordsCount, baseOffset, lastOffset }: RecordBatchHeader,
): boolean {
  let at = FROM;
  const read = (bits: 32 | 64): number => {
    let value = 0n;
    for (let index = 0; index < (bits === 32 ? 5 : 10); index++) {
      if (at >= bytes.length) throw new RangeError();
      const byte = bytes[at++]!;
      value |= BigInt(byte & 0x7f) << BigInt(7 * index);
      if (byte < 0x80)
        return Number(BigInt.asIntN(bits, (BigInt.asUintN(bits, value) >> 1n) ^ -(value & 1n)));
    }
    throw new RangeError();
  };
  const skip = (length: number, least: number) => {
    if (length < least || Math.max(length, 0) > bytes.length - at) throw new RangeError();
    at += Math.max(length, 0);
  };
  try {
    for (let index = 0, previous = -1; index < recordsCount; index++) {
      const length = read(32);
      const end = at + length;
      if (length <= 0 || end > bytes.length) return false;
      skip(1, 1);
      read(64);
      const delta = read(32);
      if (delta <= previous || delta > lastOffset - baseOffset) return false;
      previous = delta;
      skip(read(32), -1);
      skip(read(32), -1);
      const headerCount = read(32);
      if (headerCount < 0) return false;
      for (let left = headerCount; left > 0; left--) {
        skip(read(32), 0);
        skip(read(32), -1);
      }
      if (at !== end) return false;
    }
    return at === bytes.length;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

const content: fc.Arbitrary<Uint8Array> = fc.oneof(
  fc.uint8Array({ maxLength: 12 }),
  fc.uint8Array({ minLength: 60, maxLength: 70 }),
);
const orNull: fc.Arbitrary<Uint8Array | null> = fc.option(content);
const recordWith = (gapMin: number): fc.Arbitrary<PlainRecord> =>
  fc.record({
    timestampDelta: fc.oneof(fc.integer({ min: 0, max: 100 }), fc.maxSafeInteger()),
    offsetGap: fc.oneof(fc.constant(gapMin), fc.integer({ min: 0, max: 20_000 })),
    key: orNull,
    value: orNull,
    headers: fc.array(fc.tuple(content, orNull), { maxLength: 3 }),
  });
const records = fc.array(recordWith(0), { maxLength: 6 });
/** Some have the offset of the one before them. */
const repeating = fc.array(recordWith(-1), { maxLength: 6 });
const change = fc.record({ at: fc.nat(), to: fc.constantFrom(0, 1, 2, 3, 0x7f, 0x80, 0xff) });

const rangeOf = (bytes: Uint8Array) => ({ from: FROM, to: bytes.length });

describe('areRecordsSound', () => {
  it('sees every sound payload as sound, without the slow walk', () => {
    fc.assert(
      fc.property(records, (all) => {
        const { bytes, header } = payloadOf(all);
        expect(isSoundByTheBook(bytes, header)).toBe(true);
        expect(areRecordsSound(bytes, rangeOf(bytes), header)).toBe(true);
      }),
    );
  });

  it('judges damaged payloads as a plain parser does, and so does checkRecords', () => {
    fc.assert(
      fc.property(
        fc.oneof(records, repeating),
        fc.array(change, { maxLength: 3 }),
        fc.oneof(fc.constant(0), fc.nat(4)),
        fc.record({ offsets: fc.constantFrom(0, 0, 1), records: fc.constantFrom(0, 0, 1) }),
        (all, changes, cut, lies) => {
          const whole = payloadOf(all);
          const bytes = whole.bytes.slice(0, Math.max(FROM, whole.bytes.length - cut));
          for (const { at, to } of changes)
            if (bytes.length > FROM) bytes[FROM + (at % (bytes.length - FROM))] = to;
          const lastOffset = whole.header.lastOffset - lies.offsets;
          const header = {
            ...whole.header,
            lastOffset,
            recordsCount: whole.header.recordsCount - lies.records,
          };
          const isSound = isSoundByTheBook(bytes, header);
          if (areRecordsSound(bytes, rangeOf(bytes), header)) expect(isSound).toBe(true);
          expect(checkRecords(bytes, rangeOf(bytes), header) === null).toBe(isSound);
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('leaves values of a mebibyte and more to the slow walk, which finds them sound', () => {
    const value = new Uint8Array(1024 * 1024);
    const bytes = new Uint8Array(FROM + value.length + 20);
    const fields = [0, 0, 0, 1, ...varint(value.length)];
    const start = [...varint(fields.length + value.length + 1), ...fields];
    bytes.set(start, FROM);
    const payload = bytes.subarray(0, FROM + start.length + value.length + 1);
    const header = { baseOffset: 0, lastOffset: 0, recordsCount: 1 } as RecordBatchHeader;
    expect(areRecordsSound(payload, rangeOf(payload), header)).toBe(false);
    expect(checkRecords(payload, rangeOf(payload), header)).toBeNull();
  });
});
