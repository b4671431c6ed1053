/**
 * How fast the log engine writes and reads, as ratios in one run against the limit of the machine.
 *
 * `appendMany` is held against a plain write of the same bytes, those of its log, in 1 MiB pieces, pairs taking turns on
 * fresh files; reading by batches against the full check of the inspection. Records of 1,000 bytes, no fsync.
 */
import { randomBytes } from 'node:crypto';
import { mkdtemp, open, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nodeReadingFileSystem as fs } from '../../electron/engine/file-system';
import { LOG_SUFFIX } from '../../electron/engine/format/file-names';
import { inspectLog } from '../../electron/engine/inspect/inspect-log';
import { Log } from '../../electron/engine/log/log';
import { writeManySegments } from '../support/many-segments';
import type { Measured } from './scan-bench';

const PIECE_SIZE = 1024 * 1024;
const RECORD_SIZE = 1000;
const CALL_RECORDS = 5000;
const ROUNDS = 5;
const CALLERS = 1000;
const SINGLE_APPENDS = 200_000;
const RANDOM_READS = 2000;
/** Before those that are measured: what is warm is the code and the files. */
const WARMING_READS = 1000;
const SEGMENTS = 1000;
const SYNCED_APPENDS = 300;
const SYNCING_CALLERS = [1, 10, 100];
const MIB = 1024 ** 2;
const MS_PER_SECOND = 1000;

/** @param sizeInBytes What each round writes. */
export async function benchLog(sizeInBytes: number): Promise<Measured[]> {
  const folder = await mkdtemp(join(tmpdir(), 'strata-bench-log-'));
  try {
    return [
      await appendRatio(folder, sizeInBytes),
      await readRatio(join(folder, 'append-0')),
      await singleAppends(join(folder, 'single-0')),
      await randomReads(join(folder, 'append-0')),
      await memoryOfReading(join(folder, 'append-0')),
      await openings(join(folder, 'many-0')),
      await syncedAppends(folder),
    ];
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function appendRatio(folder: string, sizeInBytes: number): Promise<Measured> {
  const value = randomBytes(RECORD_SIZE);
  const records = Array.from({ length: CALL_RECORDS }, () => ({ value }));
  let bytes = Buffer.alloc(0);
  const append = async () => {
    await using log = await Log.open(join(folder, 'append-0'));
    return await timed(async () => {
      for (let done = 0; done < sizeInBytes; done += CALL_RECORDS * RECORD_SIZE)
        await log.appendMany(records);
    });
  };
  const write = () => timed(() => plainWrite(join(folder, 'plain'), bytes, bytes.length));
  const repeat = () => timed(() => plainWrite(join(folder, 'plain'), bytes, PIECE_SIZE));
  const tookMs = { ours: [] as number[], plain: [] as number[], repeated: [] as number[] };
  // Every file is removed before the next is written: all get the same pages of memory. Round -1 warms them and has the
  // bytes. The last log that is appended stays, to be read.
  for (let round = -1; round < ROUNDS; round++) {
    const runs = [
      { run: repeat, ms: tookMs.repeated },
      { run: write, ms: tookMs.plain },
      { run: append, ms: tookMs.ours },
    ];
    for (const { run, ms } of round % 2 === 0 ? runs : runs.toReversed()) {
      for (const name of ['append-0', 'plain'])
        await rm(join(folder, name), { recursive: true, force: true });
      const took = await run();
      if (round >= 0) ms.push(took);
      else if (run === append) bytes = await logBytes(join(folder, 'append-0'));
    }
  }
  const ratioTo = (others: readonly number[]) => median(tookMs.ours.map((ms, round) => others[round]! / ms));
  const rate = sizeInBytes / RECORD_SIZE / (median(tookMs.ours) / MS_PER_SECOND);
  return {
    name: 'appendMany / plain write',
    ratio: ratioTo(tookMs.plain),
    limit: 0.5,
    figures:
      `${Math.round(rate)} records a second; ` +
      `${ratioTo(tookMs.repeated).toFixed(2)} of writing one piece of memory as often`,
  };
}

/** Of all its segments. */
async function logBytes(directory: string): Promise<Buffer<ArrayBuffer>> {
  const names = (await readdir(directory)).filter((name) => name.endsWith(LOG_SUFFIX)).sort();
  return Buffer.concat(await Promise.all(names.map((name) => readFile(join(directory, name)))));
}

/** @param areaSize How much of the bytes is written, from its beginning and again, until the file is as long as they are. */
async function plainWrite(path: string, bytes: Buffer, areaSize: number): Promise<void> {
  const file = await open(path, 'w');
  for (let done = 0; done < bytes.length; done += PIECE_SIZE)
    await file.write(bytes, done % areaSize, Math.min(PIECE_SIZE, bytes.length - done), done);
  await file.close();
}

async function readRatio(path: string): Promise<Measured> {
  const ours: number[] = [];
  const scans: number[] = [];
  let recordCount = 0;
  for (let round = 0; round < ROUNDS; round++) {
    await using log = await Log.open(path);
    recordCount = log.logEndOffset;
    ours.push(
      await timed(async () => {
        for await (const { header } of log.readBatches()) recordCount = header.lastOffset + 1;
      }),
    );
    const place = {
      name: 'append-0',
      path,
      topic: 'append',
      partition: 0,
      state: 'current',
      format: 'kafka',
    } as const;
    scans.push(await timed(() => inspectLog(fs, place, { depth: 'records' })));
  }
  return {
    name: 'reading by batches / full check',
    ratio: median(scans.map((ms, round) => ms / ours[round]!)),
    limit: 0.5,
    figures: `${Math.round(recordCount / (median(ours) / MS_PER_SECOND))} records a second`,
  };
}

async function singleAppends(path: string): Promise<Measured> {
  await using log = await Log.open(path);
  const value = randomBytes(RECORD_SIZE);
  const caller = async () => {
    for (let index = 0; index < SINGLE_APPENDS / CALLERS; index++) await log.append({ value });
  };
  const ms = await timed(() => Promise.all(Array.from({ length: CALLERS }, caller)));
  return {
    name: `single appends of ${CALLERS} callers`,
    ratio: null,
    limit: null,
    figures: `${Math.round(SINGLE_APPENDS / (ms / MS_PER_SECOND))} records a second`,
  };
}

async function randomReads(path: string): Promise<Measured> {
  await using log = await Log.open(path);
  const tookMs: number[] = [];
  for (let index = -WARMING_READS; index < RANDOM_READS; index++) {
    const fromOffset = Math.floor(Math.random() * log.logEndOffset);
    const ms = await timed(async () => {
      for await (const record of log.read({ fromOffset, recordsMax: 1 }))
        if (record.offset !== fromOffset) throw new Error('another record came');
    });
    if (index >= 0) tookMs.push(ms);
  }
  tookMs.sort((a, b) => a - b);
  const at = (share: number) => Math.round(tookMs[Math.floor(tookMs.length * share)]! * MS_PER_SECOND);
  return {
    name: 'random read of one record, warm',
    ratio: null,
    limit: null,
    figures: `median ${at(0.5)} µs, 99th percentile ${at(0.99)} µs`,
  };
}

/** What the process holds while it reads, in the first half of the log and in the second. */
async function memoryOfReading(path: string): Promise<Measured> {
  await using log = await Log.open(path);
  const peaks = [0, 0];
  for await (const { header } of log.readBatches()) {
    const half = header.baseOffset * 2 < log.logEndOffset ? 0 : 1;
    const { heapUsed, external } = process.memoryUsage();
    peaks[half] = Math.max(peaks[half]!, heapUsed + external);
  }
  const [first, second] = peaks.map((bytes) => Math.round(bytes / MIB));
  return {
    name: 'heap and buffers while reading through',
    ratio: null,
    limit: null,
    figures: `${first} MiB at most in the first half, ${second} MiB in the second`,
  };
}

async function openings(path: string): Promise<Measured> {
  writeManySegments(path, SEGMENTS);
  const tookMs: number[] = [];
  for (let round = 0; round <= ROUNDS; round++) {
    let log: Log | null = null;
    const ms = await timed(async () => {
      log = await Log.open(path);
    });
    await log!.close();
    if (round > 0) tookMs.push(ms); // the first one writes the side files
  }
  return {
    name: `opening a closed log of ${SEGMENTS} segments`,
    ratio: null,
    limit: null,
    figures: `${Math.round(median(tookMs))} ms`,
  };
}

async function syncedAppends(folder: string): Promise<Measured> {
  const rates: string[] = [];
  for (const callers of SYNCING_CALLERS) {
    await using log = await Log.open(join(folder, `synced-${callers}`), { fsync: 'always' });
    const value = randomBytes(RECORD_SIZE);
    const caller = async () => {
      for (let index = 0; index < SYNCED_APPENDS; index++) await log.append({ value });
    };
    const ms = await timed(() => Promise.all(Array.from({ length: callers }, caller)));
    rates.push(`${Math.round((callers * SYNCED_APPENDS) / (ms / MS_PER_SECOND))} with ${callers}`);
  }
  return {
    name: 'appends a second with fsync, by the number of callers',
    ratio: null,
    limit: null,
    figures: rates.join(', '),
  };
}

async function timed(run: () => Promise<unknown>): Promise<number> {
  const startedAtMs = performance.now();
  await run();
  return performance.now() - startedAtMs;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
}
