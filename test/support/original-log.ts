/**
 * Writes directories as the original log manager does, from its description alone: an independent writer for tests.
 *
 * Knows nothing of our engine; the CRC is computed bit by bit.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface OldRecord {
  readonly timestampMs: number;
  readonly key: string | null;
  readonly value: string;
}

const POLYNOMIAL = 0x82f63b78;
const INDEX_INTERVAL = 4096;

function crc32cBitwise(bytes: Buffer): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc & 1) === 1 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1;
  }
  return ~crc >>> 0;
}

export function oldRecordBytes({ timestampMs, key, value }: OldRecord): Buffer {
  const body = [Buffer.from([1, 0]), Buffer.alloc(8), sized(key), sized(value)];
  body[1]!.writeBigUInt64BE(BigInt(timestampMs));
  const covered = Buffer.concat(body);
  const head = Buffer.alloc(8);
  head.writeUInt32BE(covered.length + 4, 0);
  head.writeUInt32BE(crc32cBitwise(covered), 4);
  return Buffer.concat([head, covered]);
}

function sized(text: string | null): Buffer {
  const bytes = text === null ? Buffer.alloc(0) : Buffer.from(text);
  const length = Buffer.alloc(4);
  length.writeInt32BE(text === null ? -1 : bytes.length);
  return Buffer.concat([length, bytes]);
}

/** @param zeroTail Bytes of zeros behind the entries of the index, as the program leaves them. */
export function writeOldSegment(
  directory: string,
  baseOffset: number,
  records: readonly OldRecord[],
  zeroTail = 0,
): { readonly file: string; readonly positions: number[] } {
  mkdirSync(directory, { recursive: true });
  const name = String(baseOffset).padStart(20, '0');
  const positions: number[] = [];
  const entries: Buffer[] = [];
  const parts: Buffer[] = [];
  let position = 0;
  let indexed = 0;
  for (const [index, record] of records.entries()) {
    positions.push(position);
    if (position >= indexed + INDEX_INTERVAL) {
      const entry = Buffer.alloc(8);
      entry.writeUInt32BE(index, 0);
      entry.writeUInt32BE(position, 4);
      entries.push(entry);
      indexed = position;
    }
    const bytes = oldRecordBytes(record);
    parts.push(bytes);
    position += bytes.length;
  }
  const file = join(directory, `${name}.log`);
  writeFileSync(file, Buffer.concat(parts));
  writeFileSync(join(directory, `${name}.index`), Buffer.concat([...entries, Buffer.alloc(zeroTail)]));
  return { file, positions };
}

/** Keys come round after 20, every tenth is null; a second lies between timestamps. */
export function oldRecords(count: number, from = 0): OldRecord[] {
  return Array.from({ length: count }, (_, index) => ({
    timestampMs: 1_000_000 + (from + index) * 1000,
    key: (from + index) % 10 === 9 ? null : `key-${(from + index) % 20}`,
    value: `value ${from + index} ${'x'.repeat(100)}`,
  }));
}
