/**
 * How fast compaction is, as ratios in one run: its analysis against the CRC-checked scan of the same bytes, a run in
 * which half survives against a program that reads all the bytes and writes and syncs the survivors.
 *
 * Inside the time of a run: the journal's record before and after, both passes of the cleaner, writing, syncing, the
 * verification that reads sources and result once more, and the swap with its directory syncs. Outside: the plan, which
 * an analysis makes, and the undo.
 */
import { mkdir, mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nodeFileSystem as fs } from '../../electron/engine/file-system';
import { BatchWriter } from '../../electron/engine/format/record-batch-writer';
import { analyseCompaction } from '../../electron/engine/inspect/analyse-compaction';
import { type CompactionFacts, readCompactionFacts } from '../../electron/engine/inspect/compaction-facts';
import { inspectLog } from '../../electron/engine/inspect/inspect-log';
import { runCompaction, undoCompaction } from '../../electron/engine/log/compaction-run';
import { RunJournal } from '../../electron/engine/log/run-journal';
import type { CleaningTask } from '../../electron/engine/rules/clean-log';
import { Supersessions } from '../../electron/engine/rules/supersessions';
import type { Measured } from './scan-bench';

const PIECE_SIZE = 1024 * 1024;
const BATCH_SIZE = 16 * 1024;
const SEGMENT_COUNT = 4;
const RECORD_SIZE = 1000;
const GIB = 1024 ** 3;
const MS_PER_SECOND = 1000;
const NOW_MS = 1_800_000_000_000;
const DEDUPE_BUFFER_BYTES = 134_217_728;

/** @param sizeInBytes Of the log that is compacted. */
export async function benchCompaction(sizeInBytes: number, rounds: number): Promise<Measured[]> {
  const folder = await mkdtemp(join(tmpdir(), 'strata-bench-'));
  try {
    const path = join(folder, 'keyed-0');
    await writeKeyedLog(path, sizeInBytes);
    const log = {
      name: 'keyed-0',
      path,
      topic: 'keyed',
      partition: 0,
      state: 'current',
      format: 'kafka',
    } as const;
    const facts = await readCompactionFacts(fs, log, { broker: 'detached', replicaCount: null });
    const task = taskFor(facts);
    const scan = async () => void (await inspectLog(fs, log, { depth: 'records', nowMs: NOW_MS }));
    const bases = facts.segments.slice(0, -1).map(({ baseOffset }) => baseOffset);
    const analyse = async () => void (await analyseCompaction(fs, facts, task, {}, new Supersessions(bases)));
    const analysis = await measured(rounds, analyse, scan);
    const run = await measureRun(folder, path, facts, task, rounds);
    return [
      {
        name: 'compaction analysis, 1,000-byte records, both passes / CRC-checked scan',
        ratio: analysis.ratio * 2,
        limit: 0.6,
        figures: `${speed(2 * sizeInBytes, analysis.oursMs)} against ${speed(sizeInBytes, analysis.theirsMs)}`,
      },
      {
        name: 'compaction run with verification and swap, half survives / read all, write and sync the survivors',
        ratio: run.ratio,
        limit: 0.4,
        figures: `${speed(sizeInBytes, run.oursMs)} against ${speed(sizeInBytes, run.theirsMs)}`,
      },
    ];
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Every key twice, far apart; the last segment, the active one, holds one record. */
async function writeKeyedLog(directory: string, sizeInBytes: number): Promise<void> {
  await mkdir(directory);
  const value = Buffer.alloc(RECORD_SIZE, 'value ');
  const keyCount = Math.floor(sizeInBytes / (RECORD_SIZE + 20) / 2);
  let offset = 0;
  for (let segment = 0; segment <= SEGMENT_COUNT; segment++) {
    const writer = new BatchWriter(sizeInBytes / SEGMENT_COUNT + PIECE_SIZE);
    const name = join(directory, String(offset).padStart(20, '0'));
    do {
      writer.start({ baseOffset: offset, partitionLeaderEpoch: 0, codec: 'none' });
      do {
        const key = Buffer.from(`key-${String(offset++ % keyCount).padStart(10, '0')}`);
        writer.add({ timestampMs: NOW_MS, key, value });
      } while (segment < SEGMENT_COUNT && writer.openBatchSize + RECORD_SIZE < BATCH_SIZE);
      writer.finish();
    } while (segment < SEGMENT_COUNT && writer.end < sizeInBytes / SEGMENT_COUNT);
    await writeFile(`${name}.log`, writer.bytes.subarray(0, writer.end));
    for (const ending of ['index', 'timeindex']) await writeFile(`${name}.${ending}`, '');
  }
}

function taskFor({ segments, highWatermark }: CompactionFacts): CleaningTask {
  return {
    firstDirtyOffset: 0,
    endOffset: segments.at(-1)!.baseOffset,
    highWatermark,
    nowMs: NOW_MS,
    deleteRetentionMs: 0,
    segmentBytes: GIB,
    segmentIndexBytes: 10 * PIECE_SIZE,
    dedupeBufferBytes: DEDUPE_BUFFER_BYTES,
    producers: new Map(),
    aborted: [],
  };
}

async function measureRun(
  folder: string,
  directory: string,
  { segments }: CompactionFacts,
  task: CleaningTask,
  rounds: number,
): Promise<Comparison> {
  const lock = { directory, dataDirectory: null };
  const journal = new RunJournal(fs, join(folder, 'state'));
  const settings = { indexIntervalBytes: 4096, groupId: 'bench', nowMs: NOW_MS, fileDeleteDelayMs: 0 };
  let undo: (() => Promise<void>) | null = null;
  const ours = async () => {
    const record = await runCompaction(fs, { lock, segments, task, journal, ...settings });
    undo = async () => {
      await undoCompaction(fs, lock, record);
      await journal.write({ ...record, state: 'undone' });
    };
  };
  const theirs = async () => {
    const target = join(folder, 'copy.log');
    await copyHalf(
      segments.map(({ file }) => file.path),
      target,
    );
    undo = () => rm(target);
  };
  return measured(rounds, ours, theirs, async () => undo?.());
}

/** Reads everything, writes every second piece, syncs. */
async function copyHalf(paths: readonly string[], target: string): Promise<void> {
  const copy = await open(target, 'w');
  const piece = Buffer.allocUnsafeSlow(PIECE_SIZE);
  let isWanted = true;
  for (const path of paths) {
    const file = await open(path);
    for (let position = 0; ; ) {
      const { bytesRead } = await file.read(piece, 0, PIECE_SIZE, position);
      if (bytesRead === 0) break;
      position += bytesRead;
      if (isWanted) await copy.write(piece, 0, bytesRead);
      isWanted = !isWanted;
    }
    await file.close();
  }
  await copy.sync();
  await copy.close();
}

interface Comparison {
  /** Their time over ours, median of the rounds. */
  readonly ratio: number;
  readonly oursMs: number;
  readonly theirsMs: number;
}

async function measured(
  rounds: number,
  ours: () => Promise<void>,
  theirs: () => Promise<void>,
  after: () => Promise<void> = async () => {},
): Promise<Comparison> {
  const pairs: { ours: number; theirs: number }[] = [];
  const timed = async (run: () => Promise<void>) => {
    const start = performance.now();
    await run();
    const duration = performance.now() - start;
    await after();
    return duration;
  };
  await timed(theirs);
  await timed(ours);
  for (let round = 0; round < rounds; round++)
    pairs.push({ theirs: await timed(theirs), ours: await timed(ours) });
  return {
    ratio: middle(pairs.map((pair) => pair.theirs / pair.ours)),
    oursMs: middle(pairs.map((pair) => pair.ours)),
    theirsMs: middle(pairs.map((pair) => pair.theirs)),
  };
}

function middle(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1]!;
}

function speed(sizeInBytes: number, durationMs: number): string {
  return `${((sizeInBytes / GIB) * (MS_PER_SECOND / durationMs)).toFixed(2)} GiB/s`;
}
