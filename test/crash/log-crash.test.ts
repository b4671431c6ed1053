/**
 * Crash points: a log is written over a file system that loses power at any operation, with what was not synced kept,
 * dropped or torn; then it is opened again, sometimes with another loss of power on the way.
 *
 * What counts as written must be there, offsets must have no hole, and the log must go on. 5,000 states a run;
 * STRATA_CRASH_STATES asks for more, STRATA_SEED for another seed.
 */
import { describe, expect, it } from 'vitest';
import { inspectLog } from '../../electron/engine/inspect/inspect-log';
import { Log } from '../../electron/engine/log/log';
import type { LogSettings } from '../../electron/engine/log/settings';
import { FakeClock } from '../support/fake-clock';
import { MemFileSystem, type Random } from '../support/mem-file-system';
import { seededRandom } from '../support/seeded-random';

const DIRECTORY = '/data/orders-0';
const STATES = Number(process.env['STRATA_CRASH_STATES'] ?? 5000);
const SEED = Number(process.env['STRATA_SEED'] ?? Date.now() % 1_000_000);
const STATES_PER_RUN = 100;
const NOW_MS = 1_700_000_000_000;

interface State {
  readonly image: MemFileSystem;
  /** Offsets below it were acknowledged as durable, or flushed. */
  readonly durableUpTo: number;
  /** Offsets below it may be gone: retention had been asked to delete them. */
  readonly deletableUpTo: number;
}

const valueAt = (offset: number) => `${offset}`.padEnd(20 + ((offset * 37) % 200), '.');

/** One workload; keeps states at operations drawn from the seed. */
async function statesOf(random: Random, settings: Partial<LogSettings>): Promise<State[]> {
  const fs = new MemFileSystem();
  const clock = new FakeClock(NOW_MS);
  const states: State[] = [];
  let durableUpTo = 0;
  let deletableUpTo = 0;
  fs.before = ({ kind }) => {
    if (kind === 'read' || states.length >= STATES_PER_RUN || random() > 0.4) return;
    states.push({ image: fs.crashImage(random), durableUpTo, deletableUpTo });
  };
  let next = 0;
  let log = await Log.open(DIRECTORY, settings, { fs, clock });
  const steps = 12 + Math.floor(random() * 12);
  for (let step = 0; step < steps; step++) {
    const choice = random();
    if (choice < 0.65) {
      const count = 1 + Math.floor(random() * 8);
      await log.appendMany(Array.from({ length: count }, (_, index) => ({ value: valueAt(next + index) })));
      next += count;
      if (settings.fsync === 'always') durableUpTo = next;
    } else if (choice < 0.75) {
      await log.flush();
      durableUpTo = next;
    } else if (choice < 0.85) await log.roll();
    else if (choice < 0.93) {
      deletableUpTo = next;
      await log.applyRetention();
      deletableUpTo = log.logStartOffset;
      await clock.advance(Math.floor(random() * 100));
    } else {
      await log.close();
      durableUpTo = next;
      log = await Log.open(DIRECTORY, settings, { fs, clock });
    }
  }
  await log.close();
  return states;
}

async function checkState({ image, durableUpTo, deletableUpTo }: State, random: Random): Promise<void> {
  const clock = new FakeClock(NOW_MS);
  const fs = random() < 0.2 ? await crashedAgain(image, random) : image;
  const log = await Log.open(DIRECTORY, { segmentIndexBytes: 480 }, { fs, clock });
  let next = log.logStartOffset;
  expect(next).toBeLessThanOrEqual(Math.max(deletableUpTo, 0));
  for await (const { offset, value } of log.read()) {
    expect(offset).toBe(next);
    expect(Buffer.from(value!).toString()).toBe(valueAt(offset));
    next++;
  }
  expect(log.logEndOffset).toBe(next);
  expect(next).toBeGreaterThanOrEqual(durableUpTo);
  expect(await log.append({ value: valueAt(next) })).toBe(next);
  await log.close();
  expect(fs.openCount).toBe(0);
  if (random() < 0.1) expect(await problemsIn(fs)).toEqual([]);
}

/** The file system after another loss of power while the log was being opened. */
async function crashedAgain(image: MemFileSystem, random: Random): Promise<MemFileSystem> {
  let second: MemFileSystem | null = null;
  let left = Math.floor(random() * 40);
  image.before = ({ kind }) => {
    if (kind === 'read' || left-- > 0 || second !== null) return;
    second = image.crashImage(random);
  };
  const log = await Log.open(
    DIRECTORY,
    { segmentIndexBytes: 480 },
    { fs: image, clock: new FakeClock(NOW_MS) },
  );
  image.before = null;
  await log.close();
  return second ?? image;
}

async function problemsIn(fs: MemFileSystem): Promise<string[]> {
  const log = { name: 'orders-0', path: DIRECTORY, topic: 'orders', partition: 0, format: 'kafka' } as const;
  const { problems } = await inspectLog(fs, { ...log, state: 'current' }, { depth: 'records' });
  return problems
    .filter(({ code }) => code !== 'file-leftover')
    .map(({ code, message }) => `${code}: ${message}`);
}

describe('a log after a loss of power', () => {
  it(`has everything that was durable, no hole, and goes on: ${STATES} states of seed ${SEED}`, async () => {
    let checkedCount = 0;
    for (let run = 0; checkedCount < STATES; run++) {
      const random = seededRandom(SEED + run);
      const settings = {
        segmentBytes: 600 + Math.floor(random() * 2000),
        segmentIndexBytes: 480,
        indexIntervalBytes: Math.floor(random() * 300),
        batchBytes: 200,
        retentionBytes: 1500,
        fileDeleteDelayMs: 50,
        fsync: random() < 0.5 ? 'always' : 'none',
      } as const;
      for (const [index, state] of (await statesOf(random, settings)).entries()) {
        try {
          await checkState(state, random);
        } catch (error) {
          throw new Error(`seed ${SEED}, run ${run}, state ${index}: ${(error as Error).message}`, {
            cause: error,
          });
        }
        checkedCount++;
      }
    }
    console.log(`crash points: ${checkedCount} states, seed ${SEED}`);
  }, 3_600_000);
});
