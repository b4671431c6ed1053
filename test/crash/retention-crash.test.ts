/**
 * Crash points of a retention run and of its undo, and errors at each of their operations.
 *
 * The machine loses power at any operation, with what was not synced kept, dropped or torn. The log that is opened then
 * is the old one or the new one, whichever of the renames have reached the disk. The undo, from any such state and also
 * where an undo was cut off, brings back every byte, or is refused with nothing changed.
 */
import { describe, expect, it } from 'vitest';
import { parseSegmentFileName } from '../../electron/engine/format/file-names';
import { Log } from '../../electron/engine/log/log';
import { runRetention, undoRun } from '../../electron/engine/log/retention-run';
import { RunJournal } from '../../electron/engine/log/run-journal';
import { AppError } from '../../shared/errors';
import { planRetention, type RetentionPlan } from '../../shared/plan/retention-plan';
import { FakeClock } from '../support/fake-clock';
import { putKeyedLog } from '../support/keyed-log';
import { MemFileSystem, type Random, storageError } from '../support/mem-file-system';
import { countFor, SEED } from '../support/run-size';
import { seededRandom } from '../support/seeded-random';

const STATES = countFor({ short: 1500, full: 50_000 });
const FAULTY_LOGS = countFor({ short: 2, full: 60 });
const NOW_MS = 1_800_000_000_000;
const DATA_DIRECTORY = '/data';
const LOG = `${DATA_DIRECTORY}/keyed-0`;
const MARKER = `${DATA_DIRECTORY}/.kafka_cleanshutdown`;
const OPEN_AGAIN = {
  segmentIndexBytes: 480,
  retentionMs: -1,
  retentionBytes: -1,
} as const;
const POLICY = {
  deletes: true,
  compacts: false,
  retentionMs: -1,
  retentionBytes: -1,
};

interface Place {
  readonly fs: MemFileSystem;
  readonly lock: {
    readonly directory: string;
    readonly dataDirectory: string | null;
  };
  readonly plan: RetentionPlan;
  readonly endOffset: number;
  readonly baseOffsets: readonly number[];
  /** Names and content of the segments' files before the run, without what is deleted. */
  readonly before: string;
}

interface State {
  readonly image: MemFileSystem;
  readonly during: string;
  readonly place: Place;
}

/** What the log's segments are made of, as one text. */
async function filesOf(fs: MemFileSystem): Promise<string> {
  const names = (await fs.list(LOG)).map(({ name }) => name);
  const files = names.filter((name) => parseSegmentFileName(name) !== null).sort();
  return files.map((name) => `${name}=${fs.contentOf(`${LOG}/${name}`)!.toString('base64')}`).join('\n');
}

/** Without what is deleted: the run may replace what an earlier one had left there. */
async function standingFilesOf(fs: MemFileSystem): Promise<string> {
  const files = (await filesOf(fs)).split('\n');
  return files.filter((file) => !file.includes('.deleted=')).join('\n');
}

/** Some of it, or all of it, is planned to go. Of some segments, an earlier compaction has left the originals. The data directory was closed in order, or there is none. */
async function drawPlace(random: Random, isEverything: boolean): Promise<Place> {
  const fs = new MemFileSystem();
  fs.makeDirectory('/state');
  let endOffset = 0;
  const record = () => ({ key: 'k', value: `v${endOffset++}` });
  const drawn = Array.from({ length: 3 + Math.floor(random() * 4) }, () =>
    Array.from({ length: 1 + Math.floor(random() * 3) }, record),
  );
  const segments = putKeyedLog(fs, LOG, drawn);
  for (const { baseOffset } of segments) {
    const path = `${LOG}/${String(baseOffset).padStart(20, '0')}`;
    if (random() < 0.3) fs.put(`${path}.txnindex`, '');
    if (random() < 0.3)
      for (const suffix of ['.log', '.index', '.timeindex'])
        fs.put(`${path}${suffix}.deleted`, 'an original');
  }
  const isInDataDirectory = random() < 0.5;
  if (isInDataDirectory) fs.put(MARKER, '{"version":0}');
  const facts = segments.map(({ baseOffset, sizeInBytes }, index) => ({
    ...{
      baseOffset,
      sizeInBytes,
      largestTimestampSource: 'batch-headers' as const,
    },
    largestTimestampMs: index,
  }));
  const goneCount = 1 + Math.floor(random() * (segments.length - 1));
  const left = facts.slice(goneCount).reduce((sum, { sizeInBytes }) => sum + sizeInBytes, 0);
  const policy = {
    ...POLICY,
    ...(isEverything ? { retentionMs: 0 } : { retentionBytes: left }),
  };
  const plan = planRetention(
    facts,
    policy,
    { logStartOffset: 0, logEndOffset: endOffset, highWatermark: endOffset },
    NOW_MS,
  );
  expect(plan.rollsActiveSegment).toBe(isEverything);
  return {
    ...{ fs, plan, endOffset, before: await standingFilesOf(fs) },
    lock: {
      directory: LOG,
      dataDirectory: isInDataDirectory ? DATA_DIRECTORY : null,
    },
    baseOffsets: segments.map(({ baseOffset }) => baseOffset),
  };
}

const run = ({ fs, lock, plan, endOffset }: Place) =>
  runRetention(fs, {
    ...{
      lock,
      plan,
      logEndOffset: endOffset,
      journal: new RunJournal(fs, '/state'),
    },
    ...{ groupId: 'group', nowMs: NOW_MS, fileDeleteDelayMs: 1000 },
  });

/** As `strata undo`: what the journal knows and has not been taken back. @returns whether there was a run */
async function undo(fs: MemFileSystem, { lock }: Place): Promise<boolean> {
  const journal = new RunJournal(fs, '/state');
  const [last] = await journal.runsOn(LOG);
  if (last === undefined || last.state === 'undone') return false;
  await undoRun(fs, lock, journal, last);
  expect((await journal.runsOn(LOG))[0]!.state).toBe('undone');
  return true;
}

function copyOf(fs: MemFileSystem): MemFileSystem {
  // Nothing of an image is left to be synced.
  return fs.crashImage(() => 0);
}

/** A run, its undo, and the undo of a run that was cut off: with images on the way. */
async function statesOf(random: Random, isEverything: boolean): Promise<State[]> {
  const place = await drawPlace(random, isEverything);
  const states: State[] = [];
  const watch = (fs: MemFileSystem, during: string, likelihood: number) => {
    fs.before = ({ kind }) => {
      if (kind !== 'read' && kind !== 'open' && random() < likelihood)
        states.push({ image: fs.crashImage(random), during, place });
    };
  };
  watch(place.fs, 'run', 0.7);
  await run(place);
  watch(place.fs, 'undo', 0.7);
  await undo(place.fs, place);
  for (const { image } of states.filter(() => random() < 0.15)) {
    const again = copyOf(image);
    watch(again, 'undo of a cut-off', 0.4);
    await undo(again, place);
  }
  return states;
}

/** Opens the log, recovering it. @returns how many whole segments are gone from its start */
async function gonePrefix(fs: MemFileSystem, { baseOffsets, endOffset }: Place): Promise<number> {
  const log = await Log.open(LOG, OPEN_AGAIN, {
    fs,
    clock: new FakeClock(NOW_MS),
    recover: true,
  });
  const read: string[] = [];
  for await (const { offset, value } of log.read()) read.push(`${offset}=${value}`);
  expect(log.logEndOffset, 'the end').toBe(endOffset);
  const first = endOffset - read.length;
  expect(read).toEqual(read.map((_, index) => `${first + index}=v${first + index}`));
  const gone = [...baseOffsets, endOffset].indexOf(first);
  expect(gone, 'whole segments are gone').toBeGreaterThanOrEqual(0);
  await log.close();
  expect(fs.openCount, 'open files').toBe(0);
  return gone;
}

async function checkState({ image, place }: State): Promise<string> {
  const { deletions } = place.plan;
  // A clean stop is claimed for nothing half done.
  if (image.contentOf(MARKER) !== null) await expectWhole(image, place);
  const recovered = copyOf(image);
  const gone = await gonePrefix(recovered, place);
  expect(gone, 'no more than planned').toBeLessThanOrEqual(deletions.length);

  const unopened = copyOf(image);
  await undo(unopened, place);
  expect(await standingFilesOf(unopened), 'after the undo').toBe(place.before);

  const found = await filesOf(recovered);
  try {
    await undo(recovered, place);
    expect(await gonePrefix(recovered, place), 'what came back').toBe(0);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    expect(error.code).toBe('NOT_FOUND');
    expect(await filesOf(recovered), 'refused').toBe(found);
    expect(gone, 'refused for a reason').toBeGreaterThan(0);
  }
  return gone === 0 ? 'none' : gone === deletions.length ? 'planned' : 'part';
}

async function expectWhole(fs: MemFileSystem, { plan, before }: Place): Promise<void> {
  const files = await standingFilesOf(fs);
  if (files === before) return;
  const isPlanned = plan.deletions.every(({ baseOffset }) => {
    const path = `${LOG}/${String(baseOffset).padStart(20, '0')}`;
    return ['.log', '.index', '.timeindex', '.txnindex', '.snapshot'].every(
      (suffix) => fs.contentOf(path + suffix) === null,
    );
  });
  expect(isPlanned, 'closed in order, half-way').toBe(true);
}

/** A segment is gone though an older one stands. */
function hasHole({ image, place }: State): boolean {
  const isStanding = place.baseOffsets.map(
    (baseOffset) => image.contentOf(`${LOG}/${String(baseOffset).padStart(20, '0')}.log`) !== null,
  );
  return isStanding.lastIndexOf(false) > isStanding.indexOf(true) && isStanding.includes(true);
}

describe('a retention run that loses power', () => {
  it(`leaves the old log or the new one, and can be undone: ${STATES} states of seed ${SEED}`, async () => {
    const distinct = new Set<string>();
    const counts = new Map<string, number>();
    let holeCount = 0;
    let dataDirectoryCount = 0;
    for (let round = 0; distinct.size < STATES; round++) {
      const random = seededRandom(SEED + round);
      for (const [index, state] of (await statesOf(random, round % 2 === 0)).entries()) {
        const fingerprint = state.image.fingerprint();
        if (distinct.has(fingerprint)) continue;
        distinct.add(fingerprint);
        try {
          if (state.place.lock.dataDirectory !== null) dataDirectoryCount++;
          if (hasHole(state)) {
            holeCount++;
            // A broker knows the start of a log that stands alone by its files only.
            expect(state.place.lock.dataDirectory, 'a hole in a log that stands alone').not.toBeNull();
          }
          const outcome = `${state.during}, ${await checkState(state)} gone`;
          counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
        } catch (error) {
          const where = `seed ${SEED}, round ${round}, state ${index}, during ${state.during}`;
          throw new Error(`${where}: ${(error as Error).message}`, {
            cause: error,
          });
        }
      }
    }
    const outcomes = [...counts].sort().map(([outcome, count]) => `${outcome} ${count}`);
    console.log(
      `crash points of retention: ${distinct.size} distinct, ${holeCount} with a hole, seed ${SEED}: ${outcomes.join('; ')}`,
    );
    for (const during of ['run', 'undo', 'undo of a cut-off']) {
      for (const gone of ['none', 'planned']) expect(counts.has(`${during}, ${gone} gone`)).toBe(true);
      expect(counts.has(`${during}, part gone`), 'neither old nor new').toBe(false);
    }
    // Else the renames could do without what holds them together.
    expect(holeCount, 'states with a hole among the files').toBeGreaterThan(dataDirectoryCount / 100);
  }, 3_600_000);
});

interface Fault {
  readonly error: 'ENOSPC' | 'EIO';
  readonly at: number;
  readonly isForEver: boolean;
}

/** @returns whether the work got as far as the fault */
async function withFault(fs: MemFileSystem, fault: Fault, work: () => Promise<unknown>): Promise<boolean> {
  let count = 0;
  fs.before = ({ path }) => {
    const number = count++;
    if (number === fault.at || (number > fault.at && fault.isForEver)) throw storageError(fault.error, path);
  };
  try {
    await work();
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
  } finally {
    fs.before = null;
  }
  expect(fs.openCount, 'open files').toBe(0);
  return count > fault.at;
}

async function checkFault(seed: number, phase: 'run' | 'undo', fault: Fault): Promise<boolean> {
  const place = await drawPlace(seededRandom(seed), seed % 2 === 0);
  const { fs } = place;
  if (phase === 'undo') await run(place);
  const isStruck = await withFault(fs, fault, () => (phase === 'run' ? run(place) : undo(fs, place)));
  if (fs.contentOf(MARKER) !== null) await expectWhole(fs, place);
  // In memory nothing is lost, so that the image is what is there.
  const gone = await gonePrefix(
    fs.crashImage(() => 0.25),
    place,
  );
  expect(gone).toBeLessThanOrEqual(place.plan.deletions.length);
  await undo(fs, place);
  expect(await standingFilesOf(fs), 'after the undo').toBe(place.before);
  return isStruck;
}

describe('a retention run on a disk that fails', () => {
  it(`leaves a sound log, and is undone once the error is gone: ${FAULTY_LOGS} logs of seed ${SEED}`, async () => {
    let count = 0;
    for (let seed = SEED; seed < SEED + FAULTY_LOGS; seed++)
      for (const phase of ['run', 'undo'] as const)
        for (const error of ['ENOSPC', 'EIO'] as const)
          for (const isForEver of [false, true])
            for (let at = 0; ; at++, count++) {
              const name = `${error} ${isForEver ? 'for ever' : 'once'} at ${at} of the ${phase}, seed ${seed}`;
              try {
                if (!(await checkFault(seed, phase, { error, at, isForEver }))) break;
              } catch (cause) {
                throw new Error(`${name}: ${(cause as Error).message}`, {
                  cause,
                });
              }
            }
    console.log(`faults of retention: ${count}, seed ${SEED}`);
  }, 3_600_000);
});
