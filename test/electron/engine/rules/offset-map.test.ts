/** The offset map against a Map of JavaScript, and its hash for what a map needs of one. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RECORD_BATCH_HEADER_SIZE } from '../../../../electron/engine/format/record-batch';
import { BatchWriter } from '../../../../electron/engine/format/record-batch-writer';
import { RecordCursor } from '../../../../electron/engine/format/record-cursor';
import { hashKey } from '../../../../electron/engine/rules/key-hash';
import { NOT_AHEAD, OffsetMap } from '../../../../electron/engine/rules/offset-map';

const hashOf = (key: Uint8Array, from = 0, to = key.length) => {
  const lanes = new Int32Array(4);
  hashKey(key, from, to, lanes);
  return lanes.join(' ');
};

const whole = (bytes: Uint8Array) => ({ bytes, keyFrom: 0, keyTo: bytes.length });

describe('OffsetMap', () => {
  it('remembers the last offset of each key, as a Map does', () => {
    const keys = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 200 });
    fc.assert(
      fc.property(keys, (puts) => {
        const map = new OffsetMap(24 * 1000);
        const expected = new Map<string, number>();
        for (const [offset, key] of puts.entries()) {
          map.put(whole(key), NOT_AHEAD, offset);
          expected.set(key.join(), offset);
        }
        expect(map.size).toBe(expected.size);
        for (const key of puts) expect(map.get(whole(key), NOT_AHEAD)).toBe(expected.get(key.join()));
        expect(map.get(whole(Buffer.from('never put')), NOT_AHEAD)).toBe(-1);
      }),
    );
  });

  it('finds by what it has looked ahead what it finds without, also behind that and for null keys', () => {
    const recordCount = 5000;
    const writer = new BatchWriter(1024 * 1024);
    writer.start({ baseOffset: 0, partitionLeaderEpoch: 0, codec: 'none' });
    for (let number = 0; number < recordCount; number++)
      writer.add({
        timestampMs: 0,
        key: number % 7 === 0 ? null : Buffer.from(`key ${number % 900}`),
        value: null,
      });
    writer.finish();
    const cursor = () => new RecordCursor(writer.bytes, RECORD_BATCH_HEADER_SIZE, writer.end);
    const [map, plain] = [new OffsetMap(24 * 2000), new OffsetMap(24 * 2000)];
    map.lookAhead(cursor());
    for (const record = cursor(); record.next(); ) {
      if (record.keyFrom < 0) continue;
      expect(map.exchange(record, record.offsetDelta, record.offsetDelta)).toBe(
        plain.exchange(record, NOT_AHEAD, record.offsetDelta),
      );
    }
    expect([map.size, plain.size]).toEqual([900, 900]);
  });

  it('is full at nine tenths of its slots, and empty after clear', () => {
    const map = new OffsetMap(24 * 100);
    let count = 0;
    while (!map.isFull) map.put(whole(Buffer.from(`key ${count}`)), NOT_AHEAD, count++);
    expect(map.capacity).toBe(90);
    map.clear();
    expect([map.size, map.latestOffset, map.get(whole(Buffer.from('key 0')), NOT_AHEAD)]).toEqual([
      0, -1, -1,
    ]);
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
