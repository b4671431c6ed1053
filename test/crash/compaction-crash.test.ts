/**
 * Crash points of a compaction and of its undo: the machine loses power at any operation, with what was not synced kept,
 * dropped or torn, and the log is opened again, sometimes with another loss of power on the way, or after the undo was tried
 * again.
 *
 * What the compaction worked on must then read as entirely old or entirely new, and what was appended meanwhile must be
 * there. What is new is said by a model of its own. One state between is counted apart, which Kafka's way of swapping has:
 * where nothing is left of the last segments, they may stay beside the new ones, with records that mean nothing.
 */
import { describe, expect, it } from 'vitest';
import { runCompaction, undoCompaction } from '../../electron/engine/log/compaction-run';
import { Log } from '../../electron/engine/log/log';
import { RunJournal, type RunRecord } from '../../electron/engine/log/run-journal';
import { AppError } from '../../shared/errors';
import { FakeClock } from '../support/fake-clock';
import { type KeyedRecord, putKeyedLog } from '../support/keyed-log';
import { MemFileSystem, type Random } from '../support/mem-file-system';
import { countFor, SEED } from '../support/run-size';
import { seededRandom } from '../support/seeded-random';

const STATES = countFor({ short: 1500, full: 50_000 });
const STATES_PER_RUN = 80;
const NOW_MS = 1_800_000_000_000;
const OPEN_AGAIN = { segmentIndexBytes: 480, cleanerBackoffMs: null, cleanupPolicy: 'compact' } as const;

interface State {
  readonly image: MemFileSystem;
  readonly directory: string;
  readonly during: string;
  /** The run that was being taken back, else null. */
  readonly run: RunRecord | null;
  /** What may be read below `endOffset`. */
  readonly old: string;
  readonly cleaned: string;
  /** The new log, and behind it old segments of which nothing is left. */
  readonly withDeadTail: readonly string[];
  readonly endOffset: number;
  /** Offsets below it were acknowledged as durable. */
  readonly durableUpTo: number;
}

interface ModelRecord extends KeyedRecord {
  readonly offset: number;
  readonly isAborted?: boolean;
}

const textOf = (records: readonly ModelRecord[]) =>
  records.map(({ offset, key, value }) => `${offset}:${key ?? ''}=${value ?? ''}`).join(' ');

/** The last record of each key; none without a key, and none of an aborted transaction. */
function cleanedOf(records: readonly ModelRecord[]): ModelRecord[] {
  const counting = records.filter(({ key, isAborted }) => key !== null && isAborted !== true);
  const last = new Map(counting.map(({ key, offset }) => [key, offset]));
  return counting.filter(({ key, offset }) => last.get(key) === offset);
}

function withDeadTails(segments: readonly (readonly ModelRecord[])[]): string[] {
  const left = cleanedOf(segments.flat());
  const texts: string[] = [];
  for (let from = segments.length - 1; from >= 0; from--) {
    const tail = segments.slice(from).flat();
    if (tail.some((record) => left.includes(record))) break;
    texts.push(textOf([...left, ...tail]));
  }
  return texts;
}

function drawRecord(random: Random, offset: number, keyless: number): ModelRecord {
  const choice = random();
  const key = choice < keyless ? null : 'abcdef'[Math.floor(random() * 6)]!;
  const value =
    random() < 0.2 && key !== null ? null : `v${offset}`.padEnd(3 + Math.floor(random() * 30), '.');
  return { offset, key, value };
}

/** A compaction by `strata compact --apply`, then its undo. */
async function statesOfRun(random: Random): Promise<State[]> {
  const fs = new MemFileSystem();
  fs.makeDirectory('/state');
  const directory = '/logs/keyed-0';
  const drawn: ModelRecord[][] = [];
  let next = 0;
  for (let segment = 0; segment < 3 + Math.floor(random() * 4); segment++)
    drawn.push(Array.from({ length: 1 + Math.floor(random() * 5) }, () => drawRecord(random, next++, 0.1)));
  const segments = putKeyedLog(fs, directory, drawn);
  const closed = drawn.slice(0, -1).flat();
  const expected = {
    directory,
    old: textOf(closed),
    cleaned: textOf(cleanedOf(closed)),
    withDeadTail: withDeadTails(drawn.slice(0, -1)),
    endOffset: segments.at(-1)!.baseOffset,
    durableUpTo: next,
  };
  const states: State[] = [];
  let during = 'run';
  let undoing: RunRecord | null = null;
  fs.before = ({ kind }) => {
    if (kind === 'read' || kind === 'open' || states.length >= STATES_PER_RUN || random() > 0.5) return;
    states.push({ image: fs.crashImage(random), during, run: undoing, ...expected });
  };
  const lock = { directory, dataDirectory: null };
  const run = await runCompaction(fs, {
    lock,
    segments,
    task: {
      firstDirtyOffset: 0,
      endOffset: expected.endOffset,
      highWatermark: next,
      nowMs: NOW_MS,
      deleteRetentionMs: 1000,
      segmentBytes: random() < 0.5 ? 1_000_000 : 250,
      segmentIndexBytes: 4096,
      dedupeBufferBytes: random() < 0.5 ? 1_000_000 : 24 * 4,
      producers: new Map(),
      aborted: [],
    },
    indexIntervalBytes: 60,
    journal: new RunJournal(fs, '/state'),
    groupId: 'group',
    nowMs: NOW_MS,
    fileDeleteDelayMs: 1000,
  });
  during = 'undo';
  undoing = run;
  await undoCompaction(fs, lock, run);
  return states;
}

/** Log.compact, with appends beside it. */
async function statesOfOpenLog(random: Random): Promise<State[]> {
  const fs = new MemFileSystem();
  const directory = '/data/keyed-0';
  const states: State[] = [];
  const records: ModelRecord[] = [];
  const settings = { cleanupPolicy: 'compact', cleanerBackoffMs: null, fsync: 'always' } as const;
  const log = await Log.open(
    directory,
    {
      ...settings,
      segmentIndexBytes: 480,
      segmentBytes: 800 + Math.floor(random() * 800),
      indexIntervalBytes: Math.floor(random() * 200),
      minCleanableDirtyRatio: 0,
      fileDeleteDelayMs: 50,
    },
    { fs, clock: new FakeClock(NOW_MS) },
  );
  const append = async (count: number) => {
    const drawn = Array.from({ length: count }, (_, index) =>
      drawRecord(random, log.logEndOffset + index, 0),
    );
    const inputs = drawn.map(({ key, value }) => ({ key, value }));
    if (random() < 0.15) {
      const outcome = random() < 0.5 ? 'commit' : 'abort';
      await log.appendTransaction(inputs, { producerId: 7, producerEpoch: 0, outcome });
      records.push(...drawn.map((record) => ({ ...record, isAborted: outcome === 'abort' })));
    } else {
      await log.appendMany(inputs);
      records.push(...drawn);
    }
  };
  for (let round = 0; round < 3; round++) {
    for (let count = 0; count < 4; count++) await append(1 + Math.floor(random() * 6));
    await log.roll();
    const endOffset = log.segments.at(-1)!.baseOffset;
    const closed = records.filter(({ offset }) => offset < endOffset);
    const left = cleanedOf(closed);
    const withDeadTail = withDeadTails(
      log.segments.slice(0, -1).map(({ baseOffset }, index) => {
        const end = log.segments[index + 1]!.baseOffset;
        return closed.filter(({ offset }) => offset >= baseOffset && offset < end);
      }),
    );
    const expected = { directory, old: textOf(closed), cleaned: textOf(left), withDeadTail, endOffset };
    fs.before = ({ kind }) => {
      if (kind === 'read' || kind === 'open' || states.length >= STATES_PER_RUN || random() > 0.3) return;
      states.push({
        image: fs.crashImage(random),
        during: 'log.compact',
        run: null,
        ...expected,
        durableUpTo: log.logEndOffset,
      });
    };
    await Promise.all([log.compact(), log.append({ key: 'a', value: 'meanwhile' })]);
    fs.before = null;
    expect(textOf((await contentOf(log)).filter(({ offset }) => offset < endOffset))).toBe(expected.cleaned);
    records.splice(0, closed.length, ...left);
    records.push({ offset: log.logEndOffset - 1, key: 'a', value: 'meanwhile' });
  }
  await log.close();
  return states;
}

async function contentOf(log: Log): Promise<ModelRecord[]> {
  const records: ModelRecord[] = [];
  for await (const { offset, key, value } of log.read())
    records.push({ offset, key: key?.toString() ?? null, value: value?.toString() ?? null });
  return records;
}

const openAgain = (fs: MemFileSystem, directory: string) =>
  Log.open(directory, OPEN_AGAIN, { fs, clock: new FakeClock(NOW_MS), recover: true });

/** The file system after another loss of power while the log was being opened. */
async function crashedAgain(image: MemFileSystem, directory: string, random: Random): Promise<MemFileSystem> {
  let second: MemFileSystem | null = null;
  let left = Math.floor(random() * 30);
  image.before = ({ kind }) => {
    if (kind === 'read' || left-- > 0 || second !== null) return;
    second = image.crashImage(random);
  };
  await (await openAgain(image, directory)).close();
  image.before = null;
  return second ?? image;
}

/** The undo that was cut off is asked for again, before anybody opens the log, and may be cut off once more. */
async function undoneAgain({ image, directory, run }: State, random: Random): Promise<MemFileSystem> {
  let second: MemFileSystem | null = null;
  let left = Math.floor(random() * 60);
  image.before = ({ kind }) => {
    if (kind === 'read' || left-- > 0 || second !== null) return;
    second = image.crashImage(random);
  };
  try {
    await undoCompaction(image, { directory, dataDirectory: null }, run!);
  } catch (error) {
    // The first attempt had come to its end: what the run wrote is gone.
    if (!(error instanceof AppError) || !['STORAGE_UNSAFE', 'NOT_FOUND'].includes(error.code)) throw error;
  }
  image.before = null;
  return second ?? image;
}

async function outcomeOf(state: State, random: Random): Promise<'old' | 'new' | 'new before a dead tail'> {
  const { directory, endOffset } = state;
  const image = state.run !== null && random() < 0.5 ? await undoneAgain(state, random) : state.image;
  const fs = random() < 0.3 ? await crashedAgain(image, directory, random) : image;
  const log = await openAgain(fs, directory);
  const records = await contentOf(log);
  const worked = textOf(records.filter(({ offset }) => offset < endOffset));
  const hasDeadTail = state.withDeadTail.includes(worked);
  if (worked !== state.old && !hasDeadTail) expect(worked).toBe(state.cleaned);
  expect(log.logEndOffset, 'the end').toBeGreaterThanOrEqual(state.durableUpTo);
  const later = records.filter(({ offset }) => offset >= endOffset).map(({ offset }) => offset);
  expect(later).toEqual(
    Array.from({ length: log.logEndOffset - endOffset }, (_, index) => endOffset + index),
  );
  const left = (await fs.list(directory)).filter(({ name }) => name.endsWith('.swap'));
  expect(left).toEqual([]);
  expect(await log.append({ key: 'z', value: 'goes on' })).toBeGreaterThanOrEqual(state.durableUpTo);
  await log.close();
  expect(fs.openCount, 'open files').toBe(0);
  if (worked === state.cleaned) return 'new';
  return worked === state.old ? 'old' : 'new before a dead tail';
}

describe('a compaction that loses power', () => {
  it(`leaves the old log or the new one: ${STATES} states of seed ${SEED}`, async () => {
    const distinct = new Set<string>();
    const counts = new Map<string, number>();
    for (let run = 0; distinct.size < STATES; run++) {
      const random = seededRandom(SEED + run);
      const states = run % 2 === 0 ? await statesOfRun(random) : await statesOfOpenLog(random);
      for (const [index, state] of states.entries()) {
        const fingerprint = state.image.fingerprint();
        if (distinct.has(fingerprint)) continue;
        distinct.add(fingerprint);
        try {
          const outcome = `${state.during}: ${await outcomeOf(state, random)}`;
          counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
        } catch (error) {
          const place = `seed ${SEED}, run ${run}, state ${index}, during ${state.during}`;
          throw new Error(`${place}: ${(error as Error).message}`, { cause: error });
        }
      }
    }
    const outcomes = [...counts].sort().map(([outcome, count]) => `${outcome} ${count}`);
    console.log(
      `crash points of compaction: ${distinct.size} distinct, seed ${SEED}: ${outcomes.join(', ')}`,
    );
    for (const during of ['run', 'undo', 'log.compact'])
      for (const outcome of ['old', 'new']) expect(counts.has(`${during}: ${outcome}`)).toBe(true);
  }, 7_200_000);
});
