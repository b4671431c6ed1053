/**
 * A small log in an in-memory file system: keys and values as text, one record a batch, compressed or not.
 *
 * The bytes come from a writer of its own, so that neither reader nor cleaner meets what it has written itself.
 */
import { gzipSync } from 'node:zlib';
import { crc32c } from '@node-rs/crc32';
import type { SourceSegment } from '../../electron/engine/rules/clean-log';
import type { MemFileSystem } from './mem-file-system';

export interface KeyedRecord {
  readonly key: string | null;
  /** null: a tombstone. */
  readonly value: string | null;
}

const HEADER_SIZE = 61;
const FIRST_TIMESTAMP_MS = 1_700_000_000_000;
/** A snapshot: version 1, the CRC of what follows, no entry. */
const NO_PRODUCERS = Buffer.from([0, 1, 0x48, 0x67, 0x4b, 0xc7, 0, 0, 0, 0]);

/** A zig-zag varint. */
function lengthBytes(length: number): Buffer {
  const bytes: number[] = [];
  let rest = length * 2;
  for (; rest >= 0x80; rest >>>= 7) bytes.push((rest & 0x7f) | 0x80);
  return Buffer.from([...bytes, rest]);
}

/** Of ASCII. */
function sized(text: string | null): Buffer {
  if (text === null) return Buffer.from([1]);
  return Buffer.concat([lengthBytes(text.length), Buffer.from(text)]);
}

export function keyedBatch(offset: number, { key, value }: KeyedRecord): Buffer {
  const body = Buffer.concat([Buffer.from([0, 0, 0]), sized(key), sized(value), Buffer.from([0])]);
  const batch = Buffer.concat([Buffer.alloc(HEADER_SIZE), lengthBytes(body.length), body]);
  batch.writeBigInt64BE(BigInt(offset), 0);
  batch.writeInt32BE(batch.length - 12, 8);
  batch.writeInt8(2, 16);
  batch.writeBigInt64BE(BigInt(FIRST_TIMESTAMP_MS + offset), 27);
  batch.writeBigInt64BE(BigInt(FIRST_TIMESTAMP_MS + offset), 35);
  batch.fill(0xff, 43, 57);
  batch.writeInt32BE(1, 57);
  return withCrc(batch);
}

export function gzippedBatch(offset: number, record: KeyedRecord): Buffer {
  const plain = keyedBatch(offset, record);
  const batch = Buffer.concat([plain.subarray(0, HEADER_SIZE), gzipSync(plain.subarray(HEADER_SIZE))]);
  batch.writeInt32BE(batch.length - 12, 8);
  batch.writeInt16BE(1, 21);
  return withCrc(batch);
}

function withCrc(batch: Buffer): Buffer {
  batch.writeUInt32BE(crc32c(batch.subarray(21)), 17);
  return batch;
}

/**
 * Writes each list as a segment, the last one the active.
 * @param spacing From one record's offset to the next one's. @returns the segments, as a plan would see them
 */
export function putKeyedLog(
  fs: MemFileSystem,
  directory: string,
  segments: readonly (readonly KeyedRecord[])[],
  spacing = 1,
  batchOf = keyedBatch,
): SourceSegment[] {
  let count = 0;
  return segments.map((records) => {
    const baseOffset = count * spacing;
    const bytes = Buffer.concat(records.map((record) => batchOf(count++ * spacing, record)));
    const name = `${directory}/${String(baseOffset).padStart(20, '0')}`;
    fs.put(`${name}.log`, bytes);
    for (const ending of ['index', 'timeindex']) fs.put(`${name}.${ending}`, '');
    if (baseOffset > 0) fs.put(`${name}.snapshot`, NO_PRODUCERS);
    const sizes = { offsetIndexSizeInBytes: 0, timeIndexSizeInBytes: 0 };
    return { baseOffset, sizeInBytes: bytes.length, modifiedAtMs: FIRST_TIMESTAMP_MS, ...sizes };
  });
}
