/**
 * Readers, writers, transactions, retention, rolling and compaction at the same time in one process, in interleavings drawn
 * from a seed: every operation on the file system takes a random number of turns. And another process that reads what is
 * being written.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { Log } from '../../electron/engine/log/log';
import type { RecordInput } from '../../electron/engine/log/record-input';
import { bundleWorker } from '../support/bundle-worker';
import { FakeClock } from '../support/fake-clock';
import { MemFileSystem, type Random } from '../support/mem-file-system';
import { countFor, SEED } from '../support/run-size';
import { seededRandom } from '../support/seeded-random';
import { problemsIn, recordsFrom, valueAt } from '../support/sound-log';

const DIRECTORY = '/data/orders-0';
const RUNS = countFor({ short: 100, full: 2000 });
const ROUNDS = countFor({ short: 10, full: 400 });
const NOW_MS = 1_700_000_000_000;
const WRITERS = 3;
const READERS = 4;
const scratch = mkdtempSync(join(tmpdir(), 'strata-interleavings-'));
afterAll(() => rmSync(scratch, { recursive: true }));

/** Several promises' turns, sometimes a turn of the event loop. */
async function someTurns(random: Random): Promise<void> {
  const turns = Math.floor(random() * 8);
  if (turns === 7) await new Promise((resolve) => setImmediate(resolve));
  for (let turn = 0; turn < turns; turn++) await null;
}

interface Stage {
  readonly log: Log;
  readonly clock: FakeClock;
  readonly random: Random;
  /** Offset of the next record that is appended: offsets come in the order of calls. */
  next: number;
  readonly transactions: Transactions;
  isOver: boolean;
}

/** Offsets that a reader of records may not find. */
interface Transactions {
  readonly markers: Set<number>;
  /** Data of aborted transactions: there until a compaction comes by. */
  readonly aborted: Set<number>;
}

async function write(stage: Stage, producerId: number): Promise<void> {
  for (let call = 0; call < 12; call++) {
    const isTransaction = stage.random() < 0.3;
    // A transaction has to fit into the smallest segment.
    const count = 1 + Math.floor(stage.random() * (isTransaction ? 2 : 5));
    const firstOffset = stage.next;
    stage.next += count;
    const records = recordsFrom(firstOffset, count).map((record, index) => ({
      ...record,
      key: `${firstOffset + index}`,
      timestampMs: NOW_MS + firstOffset + index,
    }));
    const range = await (isTransaction
      ? appendTransaction(stage, { firstOffset, records, producerId })
      : stage.log.appendMany(records));
    assert.deepEqual(range, { firstOffset, lastOffset: firstOffset + count - 1 });
    await someTurns(stage.random);
  }
}

interface OneTransaction {
  readonly firstOffset: number;
  readonly records: RecordInput[];
  readonly producerId: number;
}

function appendTransaction(stage: Stage, { firstOffset, records, producerId }: OneTransaction) {
  const { log, random, transactions } = stage;
  const outcome = random() < 0.5 ? 'commit' : 'abort';
  transactions.markers.add(stage.next++);
  if (outcome === 'abort') for (const index of records.keys()) transactions.aborted.add(firstOffset + index);
  transactionCount++;
  return log.appendTransaction(records, { producerId, producerEpoch: 0, outcome });
}

let transactionCount = 0;

/** By offset or by time; offsets go up by one, or jump to where the log begins by then. */
async function read(stage: Stage): Promise<void> {
  const { log, random, transactions } = stage;
  const { markers, aborted } = transactions;
  const mayBeGone = (offset: number) => markers.has(offset) || (compactsAway(log) && aborted.has(offset));
  while (!stage.isOver) {
    const { logStartOffset, logEndOffset } = log;
    const wanted = logStartOffset + Math.floor(random() * (logEndOffset - logStartOffset));
    const isByTime = random() < 0.5;
    const options = isByTime ? { fromTimestampMs: NOW_MS + wanted } : { fromOffset: wanted };
    let next = wanted;
    for await (const { offset, value } of log.read(options)) {
      const behindGone = (from: number) => {
        let behind = from;
        while (behind < offset && mayBeGone(behind)) behind++;
        return behind;
      };
      next = behindGone(next);
      if (offset !== next)
        assert(
          offset > next && behindGone(log.logStartOffset) >= offset,
          `${offset} instead of ${next}, nothing was deleted`,
        );
      assert.equal(Buffer.from(value!).toString(), valueAt(offset));
      next = offset + 1;
      if (random() < 0.1) await someTurns(random);
    }
    // The rest may have been deleted meanwhile.
    next = Math.max(next, log.logStartOffset);
    while (mayBeGone(next)) next++;
    assert(next >= logEndOffset, `reading ended at ${next}, before ${logEndOffset}`);
    await someTurns(random);
  }
}

const compactsAway = ({ settings }: Log) => settings.cleanupPolicy !== 'delete';

/** Every key is there once: the segments are written anew and swapped, and readers must miss nothing but what was aborted. */
async function compact({ log, transactions }: Stage): Promise<void> {
  const { done } = await log.compact({ minCleanableDirtyRatio: 0 });
  if (done === null) return;
  const goneMax = transactions.aborted.size + transactions.markers.size;
  assert(done.recordsAfter <= done.recordsBefore && done.recordsAfter >= done.recordsBefore - goneMax);
  compactionCount++;
}

let compactionCount = 0;

async function changeSegments(stage: Stage): Promise<void> {
  const { log, clock, random } = stage;
  while (!stage.isOver) {
    const choice = random();
    if (choice < 0.3) await log.roll();
    else if (choice < 0.7) await log.applyRetention();
    else if (choice < 0.8) await log.flush();
    else if (choice < 0.9 && compactsAway(log)) await compact(stage);
    await clock.advance(Math.floor(random() * 40));
    assert(log.segments.length > 0 && log.sizeInBytes >= 0);
  }
}

async function play(seed: number): Promise<void> {
  const random = seededRandom(seed);
  const [fs, clock] = [new MemFileSystem(), new FakeClock(NOW_MS)];
  const settings = {
    segmentBytes: 800 + Math.floor(random() * 1500),
    segmentIndexBytes: 480,
    indexIntervalBytes: Math.floor(random() * 300),
    batchBytes: 300,
    retentionBytes: 1500,
    fileDeleteDelayMs: Math.floor(random() * 50),
    openFilesMax: 1 + Math.floor(random() * 5),
    indexCacheBytes: random() < 0.5 ? 0 : 100_000,
    fsync: random() < 0.5 ? 'always' : 'none',
    cleanupPolicy: random() < 0.5 ? 'delete' : 'compact,delete',
  } as const;
  const log = await Log.open(DIRECTORY, settings, { fs, clock });
  const transactions = { markers: new Set<number>(), aborted: new Set<number>() };
  const stage: Stage = { log, clock, random, next: 0, isOver: false, transactions };
  fs.before = () => someTurns(random);
  const writing = Promise.all(
    Array.from({ length: WRITERS }, (_, producerId) => write(stage, producerId)),
  ).finally(() => {
    stage.isOver = true;
  });
  const readers = Array.from({ length: READERS }, () => read(stage));
  await Promise.all([writing, ...readers, changeSegments(stage)]);
  assert.equal(log.logEndOffset, stage.next);
  await log.close();
  fs.before = null;
  assert.equal(fs.openCount, 0);
  assert.deepEqual(await problemsIn(fs, DIRECTORY), []);
}

describe('readers, writers, transactions, retention, rolling and compaction at the same time', () => {
  it(`never disturb one another: ${RUNS} interleavings from seed ${SEED} on`, async () => {
    for (let run = 0; run < RUNS; run++)
      await play(SEED + run).catch((cause) => {
        throw new Error(`seed ${SEED + run}: ${cause.message}`, { cause });
      });
    console.log(
      `interleavings: ${RUNS}, with ${compactionCount} compactions and ${transactionCount} transactions, seed ${SEED}`,
    );
  }, 3_600_000);
});

interface Round {
  readonly logEndOffset: number;
  readonly recordCount: number;
  readonly errors: readonly { readonly code: string; readonly message: string }[];
}

/** Starts the program that reads. @returns its rounds so far, and what ends it */
async function startReader(directory: string): Promise<{ rounds: Round[]; stop(): Promise<void> }> {
  const program = fileURLToPath(await bundleWorker('test/support/reading-worker.ts'));
  const child = spawn(process.execPath, [program, directory], { stdio: ['pipe', 'pipe', 'inherit'] });
  const rounds: Round[] = [];
  const lines = (async () => {
    for await (const line of createInterface({ input: child.stdout })) rounds.push(JSON.parse(line));
  })();
  const stop = () => {
    child.stdin.end();
    return lines;
  };
  return { rounds, stop };
}

describe('another process that reads while a log is written', () => {
  it('finds nothing broken, and an end that only grows', async () => {
    const directory = join(scratch, 'data/orders-0');
    const settings = { segmentBytes: 60_000, retentionBytes: 600_000, fileDeleteDelayMs: 10 };
    const log = await Log.open(directory, settings);
    await log.append(recordsFrom(0, 1)[0]!);
    const { rounds, stop } = await startReader(directory);
    const random = seededRandom(SEED);
    let retainedInRound = -1;
    while (rounds.length < ROUNDS) {
      await log.appendMany(recordsFrom(log.logEndOffset, 1 + Math.floor(random() * 30)));
      // Once a round: nobody could read a log that is deleted faster than it is read.
      if (random() > 0.02 || rounds.length === retainedInRound) continue;
      retainedInRound = rounds.length;
      await log.applyRetention();
    }
    await stop();
    await log.close();
    console.log(
      `read by another process: ${rounds.length} times, ${rounds.at(-1)?.logEndOffset} records in the end`,
    );
    const errors = rounds.flatMap((round) => round.errors.map(({ code, message }) => `${code}: ${message}`));
    // A write that is on its way looks like one that never came to its end.
    expect(errors.filter((error) => !error.startsWith('segment-torn-tail'))).toEqual([]);
    const ends = rounds.map(({ logEndOffset }) => logEndOffset);
    expect(ends).toEqual([...ends].sort((a, b) => a - b));
  }, 600_000);
});
