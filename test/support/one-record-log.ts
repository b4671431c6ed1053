/**
 * Logs of the smallest batches there are: magic 2, one record, null of everything but key and value.
 *
 * The bytes were not made by the code under test. The CRC covers neither base offset nor leader epoch, so that
 * one batch serves at every offset.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const ONE_RECORD = Buffer.from(
  '00000000000000000000003a0000000002fe917cab0000000000000000000000000000000000000000' +
    '0000ffffffffffffffffffffffffffff0000000110000000026b027600',
  'hex',
);
export const BATCH_SIZE = ONE_RECORD.length;
const BASE_OFFSET_DIGITS = 20;

/** Batches of the offsets `from` to `to`, the latter exclusive. */
export function batches(from: number, to: number): Buffer {
  const bytes = Buffer.alloc((to - from) * BATCH_SIZE);
  for (let offset = from; offset < to; offset++) {
    const position = (offset - from) * BATCH_SIZE;
    ONE_RECORD.copy(bytes, position);
    bytes.writeBigInt64BE(BigInt(offset), position);
  }
  return bytes;
}

export function segmentFile(baseOffset: number, ending = 'log'): string {
  return `${String(baseOffset).padStart(BASE_OFFSET_DIGITS, '0')}.${ending}`;
}

const TIME_INDEX_ENTRY_SIZE = 12;

/** Writes a log: each segment holds the offsets from its base to the next one's; closed ones have their time entry. */
export async function writeLog(
  directory: string,
  baseOffsets: readonly number[],
  endOffset: number,
): Promise<void> {
  await mkdir(directory, { recursive: true });
  for (const [index, baseOffset] of baseOffsets.entries()) {
    const next = baseOffsets[index + 1];
    const bytes = batches(baseOffset, next ?? endOffset);
    const timeIndex = Buffer.alloc(next === undefined ? 0 : TIME_INDEX_ENTRY_SIZE);
    if (next !== undefined) timeIndex.writeInt32BE(next - 1 - baseOffset, TIME_INDEX_ENTRY_SIZE - 4);
    await writeFile(join(directory, segmentFile(baseOffset)), bytes);
    await writeFile(join(directory, segmentFile(baseOffset, 'index')), '');
    await writeFile(join(directory, segmentFile(baseOffset, 'timeindex')), timeIndex);
  }
}
