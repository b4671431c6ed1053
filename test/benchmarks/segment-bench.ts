/**
 * How one large segment is read (`--only segment --size 1024` for a GiB), in batches of one record and of 16 KiB: the first
 * list of its batches, records at its end against those at its start, and the memory of full statistics.
 *
 * Its offset index has an entry every 4 KiB, as Kafka's. Memory is the whole process's, sampled while it works.
 */
import { mkdir, mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nodeReadingFileSystem as fs } from '../../electron/engine/file-system';
import { BatchWriter } from '../../electron/engine/format/record-batch-writer';
import { inspectLog } from '../../electron/engine/inspect/inspect-log';
import { listLogs } from '../../electron/engine/inspect/list-logs';
import { readSpans } from '../../electron/engine/inspect/read-spans';
import { readStatistics } from '../../electron/engine/inspect/read-statistics';
import { readRecordPage } from '../../electron/engine/inspect/record-page';
import type { Measured } from './scan-bench';

const MIB = 1024 ** 2;
const RECORD_SIZE = 1000;
const INDEX_INTERVAL = 4096;
const PIECE_SIZE = 4 * MIB;
const PAGE = { limit: 200, contentBytesMax: 2048 };
const FIRST_LIST_MS_MAX = 1000;
/** Over what the process has before: buffers of the reader and of the figures, whatever the size of the segment. */
const MEMORY_MAX = 192 * MIB;
const SAMPLE_INTERVAL_MS = 20;

interface Sample {
  readonly directory: string;
  readonly sizeInBytes: number;
  readonly lastOffset: number;
  /** Of the last thousand batches. */
  readonly tailPosition: number;
}

/** @param sizeInBytes Of each segment */
export async function benchSegment(sizeInBytes: number, rounds: number): Promise<Measured[]> {
  const folder = await mkdtemp(join(tmpdir(), 'strata-bench-'));
  try {
    const measured: Measured[] = [];
    for (const [name, batchSize] of [
      ['one-record', 1],
      ['16 KiB', 16 * 1024],
    ] as const) {
      const directory = join(folder, `${batchSize}-0`);
      const sample = await writeSample(directory, sizeInBytes, batchSize);
      measured.push(...(await measure(`${name} batches`, sample, rounds)));
      await rm(directory, { recursive: true });
    }
    return measured;
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function measure(name: string, sample: Sample, rounds: number): Promise<Measured[]> {
  const { directory, lastOffset, tailPosition, sizeInBytes } = sample;
  const first = await median(rounds, () => firstList(directory));
  const atStart = await median(rounds, () => recordsFrom(directory, 1));
  const atEnd = await median(rounds, () => recordsFrom(directory, lastOffset - PAGE.limit));
  const tail = await median(rounds, () => spansFrom(directory, tailPosition));
  const { grown, durationMs } = await memoryOf(() => statisticsOf(directory));
  const ms = (value: number) => `${value.toFixed(1)} ms`;
  const size = `${Math.round(sizeInBytes / MIB)} MiB`;
  return [
    {
      ...{ name: `first batch list of ${size}, ${name}, within a second`, limit: 1 },
      ...{ ratio: FIRST_LIST_MS_MAX / first, figures: `${ms(first)}; the last batches ${ms(tail)}` },
    },
    {
      ...{ name: `records at the end of ${size} / at its start, ${name}`, limit: 0.5 },
      ...{ ratio: atStart / atEnd, figures: `${ms(atEnd)} against ${ms(atStart)}` },
    },
    {
      ...{ name: `memory of full statistics of ${size}, ${name}`, limit: 1, ratio: MEMORY_MAX / grown },
      figures: `${Math.round(grown / MIB)} MiB more than before, ${ms(durationMs)}`,
    },
  ];
}

/** What the window does before it shows a segment's batches. */
async function firstList(directory: string): Promise<void> {
  const log = await logIn(directory);
  await inspectLog(fs, log, { depth: 'glance' });
  await spansFrom(directory, 0);
}

async function spansFrom(directory: string, fromPosition: number): Promise<void> {
  const { rows } = await readSpans(fs, directory, { baseOffset: 0, fromPosition, limit: 1_000 });
  if (rows.some(({ problem }) => problem !== null)) throw new Error('The benchmark read a damaged segment.');
}

async function recordsFrom(directory: string, fromOffset: number): Promise<void> {
  const { rows } = await readRecordPage(fs, await logIn(directory), { fromOffset, ...PAGE });
  if (rows[0]?.offset !== fromOffset) throw new Error(`The benchmark found no record ${fromOffset}.`);
}

async function statisticsOf(directory: string): Promise<void> {
  const { isComplete } = await readStatistics(fs, await logIn(directory), { segmentBaseOffset: null });
  if (!isComplete) throw new Error('The benchmark read a damaged segment.');
}

async function logIn(directory: string) {
  const { logs } = await listLogs(fs, directory);
  return logs[0]!;
}

async function memoryOf(run: () => Promise<void>): Promise<{ grown: number; durationMs: number }> {
  const before = process.memoryUsage.rss();
  let largest = before;
  const sample = () => {
    largest = Math.max(largest, process.memoryUsage.rss());
  };
  const timer = setInterval(sample, SAMPLE_INTERVAL_MS);
  const startedAtMs = performance.now();
  await run();
  sample();
  clearInterval(timer);
  return { grown: Math.max(1, largest - before), durationMs: performance.now() - startedAtMs };
}

async function median(rounds: number, run: () => Promise<void>): Promise<number> {
  await run();
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const startedAtMs = performance.now();
    await run();
    times.push(performance.now() - startedAtMs);
  }
  return times.sort((a, b) => a - b)[times.length >> 1]!;
}

/** Piece by piece, so that writing it takes no memory either. */
async function writeSample(directory: string, sizeInBytes: number, batchSize: number): Promise<Sample> {
  await mkdir(directory);
  const file = await open(join(directory, '00000000000000000000.log'), 'w');
  const writer = new BatchWriter(PIECE_SIZE + 64 * 1024);
  const value = Buffer.alloc(RECORD_SIZE, 'value ');
  const index: number[] = [];
  const positions: number[] = [];
  const [state, timestampMs] = [{ written: 0, offset: 0, indexedAt: 0 }, 1_700_000_000_000];
  while (state.written < sizeInBytes) {
    writer.clear();
    while (writer.end < PIECE_SIZE) {
      const position = state.written + writer.end;
      writer.start({ baseOffset: state.offset, partitionLeaderEpoch: 0, codec: 'none' });
      do writer.add({ timestampMs, key: Buffer.from(`key-${state.offset % 100_000}`), value });
      while (writer.openBatchSize + RECORD_SIZE < batchSize);
      const { lastOffset } = writer.finish();
      positions.push(position);
      if (position - state.indexedAt > INDEX_INTERVAL) {
        index.push(lastOffset, position);
        state.indexedAt = position;
      }
      state.offset = lastOffset + 1;
    }
    await file.write(writer.bytes, 0, writer.end);
    state.written += writer.end;
  }
  await file.close();
  await writeFile(
    join(directory, '00000000000000000000.index'),
    Buffer.from(Int32Array.from(index).buffer).swap32(),
  );
  return {
    directory,
    sizeInBytes: state.written,
    lastOffset: state.offset - 1,
    tailPosition: positions.at(-1_000)!,
  };
}
