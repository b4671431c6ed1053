/**
 * Faults: the n-th operation on the file system fails, once or for ever, for every n and seven kinds of failure.
 *
 * Whatever fails, only typed errors come out, what was acknowledged can still be read, no descriptor stays open, and
 * once the fault is gone the log opens without being asked twice, holds everything and goes on.
 */
import { describe, expect, it } from 'vitest';
import { Log } from '../../electron/engine/log/log';
import type { LogSettings } from '../../electron/engine/log/settings';
import { AppError } from '../../shared/errors';
import { FakeClock } from '../support/fake-clock';
import { MemFileSystem, type Operation, ShortWrite, storageError } from '../support/mem-file-system';
import { countFor, SEED } from '../support/run-size';
import { seededRandom } from '../support/seeded-random';
import { expectSound, problemsIn, recordsFrom } from '../support/sound-log';

const DIRECTORY = '/data/orders-0';
const NOW_MS = 1_700_000_000_000;
const FAULTS = countFor({ short: 400, full: 10_000 });
const ERRORS = ['EIO', 'ENOSPC', 'EDQUOT', 'EROFS', 'EACCES', 'EMFILE', 'short write'] as const;

interface Fault {
  readonly error: (typeof ERRORS)[number];
  /** Number of the operation, from 0. */
  readonly at: number;
  readonly isForEver: boolean;
}

/** A log at work, and what it has promised so far. */
interface Run {
  readonly fs: MemFileSystem;
  readonly clock: FakeClock;
  readonly settings: Partial<LogSettings>;
  /** Offsets below it were acknowledged. */
  acknowledged: number;
  /** Offsets below it may be gone: retention had been asked to delete them. */
  deletable: number;
}

interface Strike {
  operationCount: number;
  /** The first operation that failed. */
  struck: Operation['kind'] | null;
}

const isReading = (kind: Operation['kind']) => kind === 'read' || kind === 'open';

/** Lets the fault loose. A disk that cannot be written to can be read on, and the other way round. */
function strike(fs: MemFileSystem, fault: Fault | null): Strike {
  const seen: Strike = { operationCount: 0, struck: null };
  fs.before = ({ kind, path, sizeInBytes }) => {
    if (fault === null || seen.operationCount++ < fault.at) return;
    if (fault.error === 'short write' && kind !== 'write') return;
    if (seen.struck !== null && (!fault.isForEver || isReading(seen.struck) !== isReading(kind))) return;
    seen.struck ??= kind;
    if (fault.error !== 'short write') throw storageError(fault.error, path);
    throw new ShortWrite(sizeInBytes >> 1, storageError('ENOSPC', path));
  };
  return seen;
}

/** @returns null where it failed in a way that a program can tell */
async function attempt<T>(operation: () => Promise<T>): Promise<T | null> {
  try {
    return await operation();
  } catch (error) {
    if (error instanceof AppError && error.code !== 'INVALID_ARGUMENT') return null;
    throw error;
  }
}

function newRun(random: () => number): Run {
  const settings = {
    segmentBytes: 1200,
    segmentIndexBytes: 480,
    indexIntervalBytes: 200,
    batchBytes: 250,
    retentionBytes: 1500,
    fileDeleteDelayMs: 50,
    fsync: random() < 0.5 ? 'always' : 'none',
  } as const;
  return { fs: new MemFileSystem(), clock: new FakeClock(NOW_MS), settings, acknowledged: 0, deletable: 0 };
}

const open = ({ fs, clock, settings }: Run) => Log.open(DIRECTORY, settings, { fs, clock });

/** What a program does with a log, from opening to closing. @returns null where it did not open */
async function work(run: Run, random: () => number, stepCount: number): Promise<Log | null> {
  const log = await attempt(() => open(run));
  for (let step = 0; log !== null && step < stepCount; step++) {
    const choice = random();
    if (choice < 0.55) await append(run, log, 1 + Math.floor(random() * 12));
    else if (choice < 0.65) await attempt(() => log.roll());
    else if (choice < 0.75) await attempt(() => log.flush());
    else if (choice < 0.85) await appendTransaction(run, log, choice < 0.8 ? 'commit' : 'abort');
    else {
      await attempt(() => log.applyRetention());
      await run.clock.advance(60);
    }
    // A full disk has retention applied too.
    run.deletable = log.logStartOffset;
  }
  return log;
}

async function append(run: Run, log: Log, count: number): Promise<void> {
  const records = recordsFrom(log.logEndOffset, count);
  const range = await attempt(() => log.appendMany(records));
  if (range !== null) run.acknowledged = range.lastOffset + 1;
}

async function appendTransaction(run: Run, log: Log, outcome: 'commit' | 'abort'): Promise<void> {
  const records = recordsFrom(log.logEndOffset, 2);
  const transaction = { producerId: 7, producerEpoch: 0, outcome };
  const range = await attempt(() => log.appendTransaction(records, transaction));
  if (range !== null) run.acknowledged = range.lastOffset + 2; // the marker
}

/** A log that was closed, or lost its power, before the fault comes. */
async function prepared(random: () => number): Promise<Run> {
  const run = newRun(random);
  const start = random();
  if (start < 0.3) return run;
  const log = (await work(run, random, 8))!;
  if (start < 0.6) {
    await log.close();
    return run;
  }
  await log.flush();
  return {
    ...run,
    fs: run.fs.crashImage(random),
    acknowledged: log.logEndOffset,
    deletable: log.logEndOffset,
  };
}

async function checkFault(seed: number, fault: Fault | null): Promise<number> {
  const random = seededRandom(seed);
  const run = await prepared(random);
  const seen = strike(run.fs, fault);
  const log = await work(run, random, 14);
  if (log !== null && seen.struck !== null && !isReading(seen.struck)) {
    // The disk is still as bad as it was.
    const end = await expectSound(log);
    expect(end, 'the end covers what was acknowledged').toBeGreaterThanOrEqual(run.acknowledged);
  }
  if (log !== null) await attempt(() => log.close());
  run.fs.before = null;
  expect(run.fs.openCount, 'descriptors left open').toBe(0);
  await checkHealed(run);
  return seen.operationCount;
}

async function checkHealed(run: Run): Promise<void> {
  const log = await open(run);
  expect(log.logStartOffset, 'the start').toBeLessThanOrEqual(run.deletable);
  const end = await expectSound(log);
  expect(end, 'everything acknowledged is there').toBeGreaterThanOrEqual(run.acknowledged);
  expect(await log.append(recordsFrom(end, 1)[0]!)).toBe(end);
  await log.close();
  expect(run.fs.openCount, 'descriptors left open in the end').toBe(0);
  expect(await problemsIn(run.fs, DIRECTORY)).toEqual([]);
  const names = (await run.fs.list(DIRECTORY)).map(({ name }) => name);
  expect(names.filter((name) => /\.(tmp|deleted|strata-lock)$/.test(name))).toEqual([]);
}

async function countOperations(seed: number): Promise<number> {
  const random = seededRandom(seed);
  const run = await prepared(random);
  let count = 0;
  run.fs.before = () => void count++;
  await (await work(run, random, 14))!.close();
  run.fs.before = null;
  await checkHealed(run);
  return count;
}

describe('a log whose file system fails', () => {
  it(`gives typed errors, leaks nothing and loses nothing: ${FAULTS} faults of seed ${SEED}`, async () => {
    const random = seededRandom(SEED);
    const kinds = new Map<string, number>();
    const failures: string[] = [];
    let operationCount = 0;
    for (let index = 0, seed = SEED; index < FAULTS; index++) {
      if (index % 50 === 0) operationCount = await countOperations(++seed);
      const fault = {
        error: ERRORS[index % ERRORS.length]!,
        at: Math.floor(random() * operationCount),
        isForEver: random() < 0.5,
      };
      const name = `${fault.error} ${fault.isForEver ? 'for ever' : 'once'}`;
      kinds.set(name, (kinds.get(name) ?? 0) + 1);
      try {
        await checkFault(seed, fault);
      } catch (error) {
        failures.push(`${name} at operation ${fault.at}, seed ${seed}: ${(error as Error).stack}`);
      }
    }
    console.log(
      `faults: ${FAULTS}, seed ${SEED}: ${[...kinds].map(([name, count]) => `${count} ${name}`).join(', ')}`,
    );
    expect(failures.slice(0, 5).join('\n')).toBe('');
  }, 3_600_000);
});
