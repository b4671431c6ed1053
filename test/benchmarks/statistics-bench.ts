/**
 * How fast statistics are made, by codec, against decompression alone of the same batches in memory.
 *
 * Records of 1,000 bytes in batches of 16 KiB, as JSON with random numbers, so that they compress as such records do.
 * Different keys are not counted, as with `strata stats --no-unique-keys`; everything else is.
 */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nodeReadingFileSystem as fs } from '../../electron/engine/file-system';
import { decompress } from '../../electron/engine/format/codec';
import { type Codec, RECORD_BATCH_HEADER_SIZE } from '../../electron/engine/format/record-batch';
import { BatchWriter } from '../../electron/engine/format/record-batch-writer';
import { readStatistics } from '../../electron/engine/inspect/read-statistics';
import { seededRandom } from '../support/seeded-random';
import { type Measured, ratio } from './scan-bench';

const BATCH_SIZE = 16 * 1024;
const RECORD_SIZE = 1000;
const LIMIT = 0.6;
/** Compressing the sample takes longer than reading it. */
const SIZE_MAX = 64 * 1024 ** 2;

/** @param sizeInBytes Of the records of each log, before compression. */
export async function benchStatistics(sizeInBytes: number, rounds: number): Promise<Measured[]> {
  const folder = await mkdtemp(join(tmpdir(), 'strata-bench-'));
  try {
    const measured: Measured[] = [];
    for (const codec of ['gzip', 'snappy', 'lz4', 'zstd'] as const) {
      const sample = await writeSample(join(folder, `${codec}-0`), codec, Math.min(sizeInBytes, SIZE_MAX));
      const ours = () => statisticsOf(sample.directory);
      const theirs = () => decompressAll(sample.bytes, codec);
      const name = `statistics, ${codec}, 1,000-byte records / decompression alone`;
      measured.push(await ratio(name, LIMIT, sample, rounds, ours, theirs));
    }
    return measured;
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function writeSample(directory: string, codec: Codec, sizeInBytes: number) {
  await mkdir(directory);
  const path = join(directory, '00000000000000000000.log');
  const writer = new BatchWriter(2 * sizeInBytes);
  const random = seededRandom(7);
  let baseOffset = 0;
  for (let written = 0; written < sizeInBytes; ) {
    writer.start({ baseOffset, partitionLeaderEpoch: 0, codec });
    for (let size = 0; size + RECORD_SIZE < BATCH_SIZE; size += RECORD_SIZE) {
      let text = '';
      while (text.length < RECORD_SIZE) text += `{"id":${Math.floor(random() * 1e9)},"state":"shipped"},`;
      const key = Buffer.from(`customer-${Math.floor(random() * 1e5)}`);
      writer.add({ timestampMs: 1_700_000_000_000, key, value: Buffer.from(text.slice(0, RECORD_SIZE)) });
      written += RECORD_SIZE;
    }
    baseOffset = writer.finish().lastOffset + 1;
  }
  await writeFile(path, writer.bytes.subarray(0, writer.end));
  return { directory, path, bytes: await readFile(path), sizeInBytes };
}

async function statisticsOf(directory: string): Promise<void> {
  const log = {
    ...{ name: 'bench-0', path: directory, topic: 'bench', partition: 0 },
    ...({ state: 'current', format: 'kafka' } as const),
  };
  const { isComplete } = await readStatistics(fs, log, { segmentBaseOffset: null, countsUniqueKeys: false });
  if (!isComplete) throw new Error('The benchmark read a damaged log.');
}

async function decompressAll(bytes: Buffer, codec: Codec): Promise<void> {
  for (let at = 0; at < bytes.length; ) {
    const size = 12 + bytes.readInt32BE(at + 8);
    const content = decompress(codec, bytes.subarray(at + RECORD_BATCH_HEADER_SIZE, at + size), { magic: 2 });
    if (!(content instanceof Uint8Array)) throw new Error(content.message);
    at += size;
  }
}
