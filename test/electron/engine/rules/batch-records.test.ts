/** Records that are found once and gone through by several: the same ones, in the same order, however many there are. */
import { describe, expect, it } from 'vitest';
import { RECORD_BATCH_HEADER_SIZE } from '../../../../electron/engine/format/record-batch';
import { BatchWriter } from '../../../../electron/engine/format/record-batch-writer';
import { RECORDS_AT_ONCE } from '../../../../electron/engine/format/record-columns';
import { parsePiece } from '../../../../electron/engine/log/log-batch';
import { BatchRecords } from '../../../../electron/engine/rules/batch-records';

function batchOf(recordCount: number, codec: 'none' | 'gzip') {
  const writer = new BatchWriter(4 * 1024 * 1024);
  writer.start({ baseOffset: 100, partitionLeaderEpoch: 0, codec });
  for (let index = 0; index < recordCount; index++)
    writer.add({ timestampMs: 1_700_000_000_000, key: Buffer.from(`key ${index}`), value: null });
  writer.finish();
  return parsePiece(writer.bytes.subarray(0, writer.end), 0, writer.end).batches[0]!;
}

function keysOf(records: BatchRecords): string[] {
  const keys: string[] = [];
  while (records.next() > 0) {
    const { bytes, count, keyFrom, keyTo } = records.columns;
    for (let index = 0; index < count; index++)
      keys.push(Buffer.from(bytes.subarray(keyFrom[index], keyTo[index])).toString());
  }
  return keys;
}

describe('BatchRecords', () => {
  const counts = [1, 7, RECORDS_AT_ONCE - 1, RECORDS_AT_ONCE, RECORDS_AT_ONCE + 1, 3 * RECORDS_AT_ONCE];
  for (const codec of ['none', 'gzip'] as const)
    it(`gives all records of a batch each time it is opened, ${codec}`, () => {
      const records = new BatchRecords();
      for (const count of counts) {
        const { header, bytes } = batchOf(count, codec);
        const expected = Array.from({ length: count }, (_, index) => `key ${index}`);
        for (let time = 0; time < 3; time++) {
          const payload = records.open(header, bytes);
          expect(payload.header.baseOffset).toBe(100);
          expect(keysOf(records)).toEqual(expected);
          expect(records.hasFailed).toBe(false);
        }
      }
    });

  it('begins anew where it was left half-way, and with another batch', () => {
    const records = new BatchRecords();
    const [small, large] = [batchOf(3, 'none'), batchOf(2 * RECORDS_AT_ONCE, 'none')];
    records.open(large.header, large.bytes);
    records.next();
    records.open(large.header, large.bytes);
    expect(keysOf(records)).toHaveLength(2 * RECORDS_AT_ONCE);
    records.open(small.header, small.bytes);
    records.open(large.header, large.bytes);
    records.open(small.header, small.bytes);
    expect(keysOf(records)).toEqual(['key 0', 'key 1', 'key 2']);
  });

  it('fails where the bytes are no record', () => {
    const { header, bytes } = batchOf(3, 'none');
    const damaged = new Uint8Array(bytes);
    damaged[RECORD_BATCH_HEADER_SIZE] = 0xff;
    const records = new BatchRecords();
    records.open(header, damaged);
    keysOf(records);
    expect(records.hasFailed).toBe(true);
  });
});
