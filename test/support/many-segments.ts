/**
 * Writes a log of many segments as a broker would have closed it, file by file and without the engine: a record a
 * segment, its value that of sound-log.ts, its time a step behind the one before.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BatchWriter } from '../../electron/engine/format/record-batch-writer';
import { valueAt } from './sound-log';

const TIME_INDEX_ENTRY_SIZE = 12;
const NOW_MS = 1_700_000_000_000;

export interface ManySegments {
  readonly firstMs?: number;
  readonly stepMs?: number;
  /** By offset. */
  readonly keyOf?: (offset: number) => string | null;
}

export function writeManySegments(
  directory: string,
  segmentCount: number,
  { firstMs = NOW_MS, stepMs = 1, keyOf = () => null }: ManySegments = {},
): void {
  mkdirSync(directory, { recursive: true });
  const timeIndex = Buffer.alloc(TIME_INDEX_ENTRY_SIZE);
  for (let offset = 0; offset < segmentCount; offset++) {
    const writer = new BatchWriter(512);
    const timestampMs = firstMs + offset * stepMs;
    writer.start({ baseOffset: offset, partitionLeaderEpoch: 0, codec: 'none' });
    const key = keyOf(offset);
    writer.add({
      timestampMs,
      key: key === null ? null : Buffer.from(key),
      value: Buffer.from(valueAt(offset)),
    });
    writer.finish();
    const path = join(directory, String(offset).padStart(20, '0'));
    timeIndex.writeBigInt64BE(BigInt(timestampMs));
    writeFileSync(`${path}.log`, writer.bytes.subarray(0, writer.end));
    writeFileSync(`${path}.index`, '');
    writeFileSync(`${path}.timeindex`, timeIndex);
  }
}
