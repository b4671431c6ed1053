/**
 * Crash points: a log is written over a file system that loses power at any operation, with what was not synced kept,
 * dropped or torn; then it is opened again, sometimes with one loss of power after another on the way.
 *
 * The work: open a new log, append, transactions, roll, retention, purge, close, open again. What counts as written
 * must be there, offsets must have no hole, and the log must go on.
 */
import { describe, expect, it } from 'vitest';
import { Log } from '../../electron/engine/log/log';
import type { LogSettings } from '../../electron/engine/log/settings';
import { FakeClock } from '../support/fake-clock';
import { MemFileSystem, type Random } from '../support/mem-file-system';
import { countFor, SEED } from '../support/run-size';
import { seededRandom } from '../support/seeded-random';
import { expectSound, problemsIn, recordsFrom } from '../support/sound-log';

const DIRECTORY = '/data/orders-0';
const STATES = countFor({ short: 5000, full: 100_000 });
const STATES_PER_RUN = 100;
const RECOVERY_CRASHES_MAX = 3;
const NOW_MS = 1_700_000_000_000;
const OPEN_AGAIN = { segmentIndexBytes: 480, segmentBytes: 1500, batchBytes: 200 };

interface State {
  readonly image: MemFileSystem;
  /** Offsets below it were acknowledged as durable, or flushed. */
  readonly durableUpTo: number;
  /** Offsets below it may be gone: retention had been asked to delete them. */
  readonly deletableUpTo: number;
  /** What was under way. */
  readonly during: string;
}

interface Promised {
  durableUpTo: number;
  deletableUpTo: number;
  during: string;
}

/** One workload; keeps states at operations drawn from the seed. */
async function statesOf(random: Random, settings: Partial<LogSettings>): Promise<State[]> {
  const fs = new MemFileSystem();
  const clock = new FakeClock(NOW_MS);
  const states: State[] = [];
  const promised: Promised = { durableUpTo: 0, deletableUpTo: 0, during: 'open' };
  fs.before = ({ kind }) => {
    if (kind === 'read' || states.length >= STATES_PER_RUN || random() > 0.4) return;
    states.push({ image: fs.crashImage(random), ...promised });
  };
  const open = () => Log.open(DIRECTORY, settings, { fs, clock });
  let log = await open();
  const steps = 12 + Math.floor(random() * 12);
  for (let step = 0; step < steps; step++) {
    const choice = random();
    if (choice < 0.75) await writeSomething(log, promised, random);
    else if (choice < 0.85) {
      promised.during = 'roll';
      await log.roll();
    } else if (choice < 0.93) {
      promised.during = 'retention';
      promised.deletableUpTo = log.logEndOffset;
      await log.applyRetention();
      promised.deletableUpTo = log.logStartOffset;
      await clock.advance(Math.floor(random() * 100));
    } else {
      promised.during = 'close';
      await log.close();
      promised.durableUpTo = log.logEndOffset;
      promised.during = 'open';
      log = await open();
    }
  }
  promised.during = 'close';
  await log.close();
  return states;
}

async function writeSomething(log: Log, promised: Promised, random: Random): Promise<void> {
  const choice = random();
  const from = log.logEndOffset;
  if (choice < 0.75) {
    promised.during = 'append';
    await log.appendMany(recordsFrom(from, 1 + Math.floor(random() * 8)));
  } else if (choice < 0.88) {
    promised.during = 'transaction';
    const outcome = choice < 0.82 ? 'commit' : 'abort';
    await log.appendTransaction(recordsFrom(from, 2), { producerId: 7, producerEpoch: 0, outcome });
  } else {
    promised.during = 'flush';
    await log.flush();
    promised.durableUpTo = log.logEndOffset;
  }
  if (log.settings.fsync === 'always') promised.durableUpTo = log.logEndOffset;
}

async function checkState({ image, durableUpTo, deletableUpTo }: State, random: Random): Promise<void> {
  let fs = image;
  for (let crash = 0; crash < RECOVERY_CRASHES_MAX && random() < 0.3; crash++)
    fs = await crashedAgain(fs, random);
  const log = await Log.open(DIRECTORY, OPEN_AGAIN, { fs, clock: new FakeClock(NOW_MS) });
  expect(log.logStartOffset, 'the start').toBeLessThanOrEqual(deletableUpTo);
  const end = await expectSound(log);
  expect(end, 'the end').toBeGreaterThanOrEqual(durableUpTo);
  const transaction = { producerId: 7, producerEpoch: 0, outcome: 'commit' } as const;
  expect(await log.append(recordsFrom(end, 1)[0]!)).toBe(end);
  await log.appendTransaction(recordsFrom(end + 1, 2), transaction);
  await log.close();
  expect(fs.openCount, 'open files').toBe(0);
  if (random() < 0.1) expect(await problemsIn(fs, DIRECTORY)).toEqual([]);
}

/** The file system after another loss of power while the log was being opened. */
async function crashedAgain(image: MemFileSystem, random: Random): Promise<MemFileSystem> {
  let second: MemFileSystem | null = null;
  let left = Math.floor(random() * 40);
  image.before = ({ kind }) => {
    if (kind === 'read' || left-- > 0 || second !== null) return;
    second = image.crashImage(random);
  };
  const log = await Log.open(DIRECTORY, OPEN_AGAIN, { fs: image, clock: new FakeClock(NOW_MS) });
  image.before = null;
  await log.close();
  return second ?? image;
}

function settingsOf(random: Random): Partial<LogSettings> {
  return {
    segmentBytes: 600 + Math.floor(random() * 2000),
    segmentIndexBytes: 480,
    indexIntervalBytes: Math.floor(random() * 300),
    batchBytes: 200,
    retentionBytes: 1500,
    fileDeleteDelayMs: 50,
    fsync: random() < 0.5 ? 'always' : 'none',
  };
}

describe('a log after a loss of power', () => {
  it(`has everything that was durable, no hole, and goes on: ${STATES} states of seed ${SEED}`, async () => {
    const distinct = new Set<string>();
    const counts = new Map<string, number>();
    let total = 0;
    for (let run = 0; distinct.size < STATES; run++) {
      const random = seededRandom(SEED + run);
      for (const [index, state] of (await statesOf(random, settingsOf(random))).entries()) {
        total++;
        const fingerprint = state.image.fingerprint();
        if (distinct.has(fingerprint)) continue;
        distinct.add(fingerprint);
        counts.set(state.during, (counts.get(state.during) ?? 0) + 1);
        try {
          await checkState(state, random);
        } catch (error) {
          const place = `seed ${SEED}, run ${run}, state ${index}, during ${state.during}`;
          throw new Error(`${place}: ${(error as Error).message}`, { cause: error });
        }
      }
    }
    const places = [...counts].map(([during, count]) => `${count} during ${during}`).join(', ');
    console.log(`crash points: ${distinct.size} distinct of ${total} states, seed ${SEED}: ${places}`);
  }, 7_200_000);
});
