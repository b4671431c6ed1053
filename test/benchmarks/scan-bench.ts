/**
 * How fast the inspection reads, as ratios in one run against the limit of the machine.
 *
 * The header scan is held against a plain read of the same file, the full check against the CRC library alone, called
 * once a batch on the same bytes in memory. The pieces of a pair take turns, so that noise hits both; the median counts.
 */
import { mkdir, mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { nodeReadingFileSystem as fs } from '../../electron/engine/file-system';
import { crc32cOf } from '../../electron/engine/format/crc';
import { ATTRIBUTES_AT } from '../../electron/engine/format/record-batch';
import { BatchWriter } from '../../electron/engine/format/record-batch-writer';
import { inspectLog } from '../../electron/engine/inspect/inspect-log';
import type { Depth } from '../../electron/engine/inspect/inspect-segment';

const PIECE_SIZE = 1024 * 1024;
const BATCH_SIZE = 16 * 1024;
const GIB = 1024 ** 3;
const MS_PER_SECOND = 1000;

export interface Measured {
  readonly name: string;
  /** Speed of ours as a share of the limit's, median of the rounds; null where there is no limit to hold against. */
  readonly ratio: number | null;
  /** What the ratio has to reach, or null. */
  readonly limit: number | null;
  readonly figures: string;
}

interface Sample {
  readonly directory: string;
  readonly path: string;
  readonly sizeInBytes: number;
  readonly batchCount: number;
}

/** @param sizeInBytes Size of each log that is written and read. */
export async function benchScan(sizeInBytes: number, rounds: number): Promise<Measured[]> {
  const folder = await mkdtemp(join(tmpdir(), 'strata-bench-'));
  try {
    const large = await writeSample(join(folder, 'large-0'), sizeInBytes, {
      recordSize: 1000,
      batchSize: BATCH_SIZE,
    });
    const small = await writeSample(join(folder, 'small-0'), sizeInBytes, {
      recordSize: 100,
      batchSize: BATCH_SIZE,
    });
    const single = await writeSample(join(folder, 'single-0'), sizeInBytes / 4, {
      recordSize: 100,
      batchSize: 1,
    });
    return [
      await ratio(
        'header scan, 16 KiB batches / plain read',
        0.4,
        large,
        rounds,
        () => inspected(large, 'headers'),
        () => plainRead(large),
      ),
      await crcRatio('full check, 1,000-byte records / CRC alone', 0.7, large, rounds),
      await crcRatio('full check, 100-byte records / CRC alone', 0.4, small, rounds),
      await reference('header scan of one-record batches', single, 'headers', rounds),
      await reference('full check of one-record batches', single, 'records', rounds),
    ];
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function writeSample(
  directory: string,
  sizeInBytes: number,
  { recordSize, batchSize }: { readonly recordSize: number; readonly batchSize: number },
): Promise<Sample> {
  await mkdir(directory);
  const path = join(directory, '00000000000000000000.log');
  const writer = new BatchWriter(sizeInBytes + PIECE_SIZE);
  const key = Buffer.from('key-0000');
  const value = Buffer.alloc(recordSize, 'value ');
  let baseOffset = 0;
  let batchCount = 0;
  while (writer.end < sizeInBytes) {
    writer.start({ baseOffset, partitionLeaderEpoch: 0, codec: 'none' });
    do writer.add({ timestampMs: 1_700_000_000_000 + batchCount, key, value });
    while (writer.openBatchSize + recordSize < batchSize);
    baseOffset = writer.finish().lastOffset + 1;
    batchCount++;
  }
  await writeFile(path, writer.bytes.subarray(0, writer.end));
  return { directory, path, sizeInBytes: writer.end, batchCount };
}

async function inspected({ directory }: Sample, depth: Depth): Promise<void> {
  const log = {
    name: 'bench-0',
    path: directory,
    topic: 'bench',
    partition: 0,
    state: 'current',
    format: 'kafka',
  } as const;
  const { recordCount, recordCountIsExact } = await inspectLog(fs, log, { depth });
  if (!recordCountIsExact || recordCount === 0) throw new Error('The benchmark read a damaged log.');
}

async function plainRead({ path }: Sample): Promise<void> {
  const file = await open(path);
  const piece = Buffer.allocUnsafeSlow(PIECE_SIZE);
  for (let position = 0; ; ) {
    const { bytesRead } = await file.read(piece, 0, PIECE_SIZE, position);
    if (bytesRead === 0) break;
    position += bytesRead;
  }
  await file.close();
}

async function crcRatio(name: string, limit: number, sample: Sample, rounds: number): Promise<Measured> {
  const bytes = await readFile(sample.path);
  const crcAlone = async () => {
    for (let at = 0; at < bytes.length; ) {
      const size = 12 + bytes.readInt32BE(at + 8);
      crc32cOf(bytes.subarray(at + ATTRIBUTES_AT, at + size));
      at += size;
    }
  };
  return ratio(name, limit, sample, rounds, () => inspected(sample, 'records'), crcAlone);
}

export async function ratio(
  name: string,
  limit: number,
  sample: Pick<Sample, 'sizeInBytes'>,
  rounds: number,
  ours: () => Promise<void>,
  theirs: () => Promise<void>,
): Promise<Measured> {
  await ours();
  await theirs();
  const pairs: { ours: number; theirs: number }[] = [];
  for (let round = 0; round < rounds; round++)
    pairs.push({ theirs: await timed(theirs), ours: await timed(ours) });
  const median = middle(pairs.map((pair) => pair.theirs / pair.ours));
  const figures = `${speed(sample, middle(pairs.map((pair) => pair.ours)))} against ${speed(sample, middle(pairs.map((pair) => pair.theirs)))}`;
  return { name, ratio: median, limit, figures };
}

async function reference(name: string, sample: Sample, depth: Depth, rounds: number): Promise<Measured> {
  await inspected(sample, depth);
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) times.push(await timed(() => inspected(sample, depth)));
  const perSecond = Math.round((sample.batchCount / middle(times)) * MS_PER_SECOND);
  return { name, ratio: null, limit: null, figures: `${perSecond} batches a second` };
}

/** After a turn of the event loop, in which native libraries take back what the run before has left. */
async function timed(run: () => Promise<void>): Promise<number> {
  await setImmediate();
  const start = performance.now();
  await run();
  return performance.now() - start;
}

function middle(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1]!;
}

function speed({ sizeInBytes }: Pick<Sample, 'sizeInBytes'>, durationMs: number): string {
  return `${((sizeInBytes / GIB) * (MS_PER_SECOND / durationMs)).toFixed(2)} GiB/s`;
}
