/** The offset map against a Map of JavaScript, and its hash for what a map needs of one. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RECORD_BATCH_HEADER_SIZE } from '../../../../electron/engine/format/record-batch';
import { BatchWriter } from '../../../../electron/engine/format/record-batch-writer';
import { RecordColumns } from '../../../../electron/engine/format/record-columns';
import { RecordCursor } from '../../../../electron/engine/format/record-cursor';
import { hashKey } from '../../../../electron/engine/rules/key-hash';
import { OffsetMap, offsetMapBytes, offsetMapCapacity } from '../../../../electron/engine/rules/offset-map';

const hashOf = (key: Uint8Array, from = 0, to = key.length) => {
  const lanes = new Int32Array(4);
  hashKey(key, from, to, lanes);
  return lanes.join(' ');
};

/** As they stand in a batch, which the code under test reads. */
function recordsOf(keys: readonly (Uint8Array | null)[]): RecordColumns {
  const writer = new BatchWriter(64 * 1024);
  writer.start({ baseOffset: 0, partitionLeaderEpoch: 0, codec: 'none' });
  for (const key of keys) writer.add({ timestampMs: 0, key, value: null });
  writer.finish();
  const records = new RecordColumns();
  records.read(new RecordCursor(writer.bytes, RECORD_BATCH_HEADER_SIZE, writer.end));
  return records;
}

function ahead(map: OffsetMap, keys: readonly (Uint8Array | null)[]): OffsetMap {
  map.lookAhead(recordsOf(keys));
  return map;
}

describe('OffsetMap', () => {
  it('remembers the last offset of each key, as a Map does', () => {
    const keys = fc.array(fc.uint8Array({ maxLength: 40 }), { minLength: 1, maxLength: 200 });
    fc.assert(
      fc.property(keys, (puts) => {
        const map = ahead(new OffsetMap(24 * 1000), puts);
        const expected = new Map<string, number>();
        for (const [offset, key] of puts.entries()) {
          expect(map.put(offset, offset)).toBe(expected.get(key.join()) ?? -1);
          expected.set(key.join(), offset);
        }
        expect(map.size).toBe(expected.size);
        for (const [index, key] of puts.entries()) expect(map.get(index)).toBe(expected.get(key.join()));
        expect(ahead(map, [Buffer.from('never put, and longer than forty characters')]).get(0)).toBe(-1);
      }),
    );
  });

  it('has memory for exactly the keys that it is made for', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100_000_000 }), (capacity) => {
        expect(offsetMapCapacity(offsetMapBytes(capacity))).toBe(capacity);
      }),
    );
  });

  it('keeps those keys that a test holds for, and finds them as before', () => {
    const keys = fc.uniqueArray(fc.uint8Array({ maxLength: 20 }), {
      minLength: 1,
      maxLength: 90,
      selector: String,
    });
    fc.assert(
      fc.property(keys, (puts) => {
        const map = ahead(new OffsetMap(24 * 101), puts);
        for (const index of puts.keys()) map.put(index, index);
        map.keep((word, value) => value % 2 === 0 && word === map.spareHashWord(value));
        for (const index of puts.keys()) expect(map.get(index)).toBe(index % 2 === 0 ? index : -1);
        expect(map.size).toBe(Math.ceil(puts.length / 2));
      }),
    );
  });

  it('is full at nine tenths of its slots, and empty after clear', () => {
    const map = new OffsetMap(24 * 100);
    ahead(
      map,
      Array.from({ length: 100 }, (_, number) => Buffer.from(`key ${number}`)),
    );
    for (let count = 0; !map.isFull; count++) map.put(count, count);
    expect([map.capacity, map.size]).toEqual([90, 90]);
    map.clear();
    expect([map.size, map.latestOffset, map.get(0)]).toEqual([0, -1, -1]);
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
