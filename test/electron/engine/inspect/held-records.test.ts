/** How much of a log is in memory at once while its records are read and searched: here of one that compresses very well. */
import { gzipSync } from 'node:zlib';
import { crc32c } from '@node-rs/crc32';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { LogDirectory } from '../../../../electron/engine/inspect/list-logs';
import { readRecords } from '../../../../electron/engine/inspect/read-records';
import { matchingRecords } from '../../../../electron/engine/inspect/search-records';
import { MemFileSystem } from '../../../support/mem-file-system';

const opened = vi.hoisted(() => ({ count: 0 }));
vi.mock('../../../../electron/engine/format/codec', async (importOriginal) => {
  const codec = await importOriginal<typeof import('../../../../electron/engine/format/codec')>();
  const decompress: typeof codec.decompress = (...args) => {
    opened.count++;
    return codec.decompress(...args);
  };
  return { ...codec, decompress };
});

const MIB = 1024 * 1024;
const BATCH_COUNT = 24;
/** Batches of 8 MiB that are 8 KiB on disk: all of them are far smaller than what is read at a time. */
const VALUE_SIZE = 8 * MIB;
const HELD_BATCHES_MAX = (64 * MIB) / VALUE_SIZE;
const GZIP = 1;

/** Zig-zag, seven bits a byte. */
function varint(value: number): Buffer {
  const bytes: number[] = [];
  let left = value * 2;
  for (; left >= 0x80; left = Math.floor(left / 0x80)) bytes.push((left % 0x80) + 0x80);
  return Buffer.from([...bytes, left]);
}

/** One record with a null key and zeros as its value. */
function zerosBatch(): Buffer {
  const body = Buffer.concat([
    ...[Buffer.from([0, 0, 0, 1]), varint(VALUE_SIZE), Buffer.alloc(VALUE_SIZE), Buffer.from([0])],
  ]);
  const records = gzipSync(Buffer.concat([varint(body.length), body]));
  const header = Buffer.alloc(61);
  header.writeInt32BE(header.length + records.length - 12, 8);
  header.writeInt8(2, 16);
  header.writeInt16BE(GZIP, 21);
  header.fill(0xff, 43, 57);
  header.writeInt32BE(1, 57);
  const batch = Buffer.concat([header, records]);
  batch.writeUInt32BE(crc32c(batch.subarray(21)), 17);
  return batch;
}

const directory = '/data/zeros-0';
const log: LogDirectory = {
  ...{ name: 'zeros-0', path: directory, topic: 'zeros', partition: 0, state: 'current', format: 'kafka' },
};
const fs = new MemFileSystem();
const batch = zerosBatch();
const batches = Array.from({ length: BATCH_COUNT }, (_, offset) => {
  const copy = Buffer.from(batch);
  copy.writeBigInt64BE(BigInt(offset), 0); // not under the CRC
  return copy;
});
fs.put(`${directory}/${'0'.repeat(20)}.log`, Buffer.concat(batches));

beforeEach(() => {
  opened.count = 0;
});

describe('records that were compressed very well', () => {
  it('are read no further ahead than 64 MiB of them, and all of them', async () => {
    let readCount = 0;
    let aheadMax = 0;
    for await (const { records } of readRecords(fs, directory, {})) {
      readCount += records.length;
      aheadMax = Math.max(aheadMax, opened.count - readCount);
    }
    expect(readCount).toBe(BATCH_COUNT);
    expect(aheadMax).toBeLessThan(HELD_BATCHES_MAX);
  });

  it('are searched 64 MiB at a time', async () => {
    const pattern = { kind: 'bytes', pattern: 'ff', isCaseSensitive: true, places: ['value'] } as const;
    const counts = [0];
    for await (const { recordsDone } of matchingRecords(fs, log, { pattern })) counts.push(recordsDone);
    const sizes = counts.slice(1).map((count, index) => count - counts[index]!);
    expect(counts.at(-1)).toBe(BATCH_COUNT);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(HELD_BATCHES_MAX);
  });
});
