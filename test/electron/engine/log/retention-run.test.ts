/** Runs of retention beside what other runs have left, and where the disk has no room. Crashes are test/crash's. */
import { beforeEach, describe, expect, it } from 'vitest';
import { readRetentionFacts } from '../../../../electron/engine/inspect/retention-facts';
import { Log } from '../../../../electron/engine/log/log';
import { logStartOf, setLogStart } from '../../../../electron/engine/log/log-start';
import { purgeRun, runRetention, undoRun } from '../../../../electron/engine/log/retention-run';
import { RunJournal, type RunRecord } from '../../../../electron/engine/log/run-journal';
import { planRetention } from '../../../../shared/plan/retention-plan';
import { FakeClock } from '../../../support/fake-clock';
import { putKeyedLog } from '../../../support/keyed-log';
import { MemFileSystem, storageError } from '../../../support/mem-file-system';

const NOW_MS = 1_800_000_000_000;
const LOG = '/data/keyed-0';
const lock = { directory: LOG, dataDirectory: null };
const at = (offset: number, ending: string) => `${LOG}/${String(offset).padStart(20, '0')}${ending}`;
let fs: MemFileSystem;
let journal: RunJournal;
let sizes: number[];

/** Segments at 0, 1, 2 and 3, a record each. */
beforeEach(() => {
  fs = new MemFileSystem();
  fs.makeDirectory('/state');
  journal = new RunJournal(fs, '/state');
  const records = [0, 1, 2, 3].map((offset) => [{ key: 'k', value: `v${offset}` }]);
  sizes = putKeyedLog(fs, LOG, records).map(({ sizeInBytes }) => sizeInBytes);
});

/** Deletes the first of them, with runs that begin one after the other. */
function retain(count: number, firstBase = 0): Promise<RunRecord> {
  const facts = sizes.slice(firstBase).map((sizeInBytes, index) => ({
    ...{ baseOffset: firstBase + index, sizeInBytes },
    ...{ largestTimestampMs: index, largestTimestampSource: 'time-index' as const },
  }));
  const retentionBytes = sizes.slice(firstBase + count).reduce((sum, size) => sum + size, 0);
  const policy = { deletes: true, compacts: false, retentionMs: -1, retentionBytes };
  const state = { logStartOffset: 0, logEndOffset: 4, highWatermark: 4 };
  const plan = planRetention(facts, policy, state, NOW_MS);
  expect(plan.deletions).toHaveLength(count);
  const run = { lock, plan, journal, logEndOffset: 4, groupId: 'g', fileDeleteDelayMs: 1000 };
  return runRetention(fs, { ...run, nowMs: NOW_MS + firstBase });
}

const standing = async () =>
  (await fs.list(LOG))
    .map(({ name }) => name)
    .filter((name) => name.endsWith('.log'))
    .map(Number.parseFloat)
    .sort();

/** Fails at the second rename of a segment's file, once. */
async function cutOff(): Promise<RunRecord> {
  let renames = 0;
  fs.before = ({ kind, path }) => {
    if (kind === 'rename' && path.startsWith(LOG) && !path.endsWith('.tmp') && ++renames === 2)
      throw storageError('EIO', path);
  };
  await expect(retain(2)).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
  fs.before = null;
  return (await journal.runsOn(LOG))[0]!;
}

describe('runRetention', () => {
  it('deletes one segment after the other where the disk has no block for the log start', async () => {
    fs.before = ({ kind, path }) => {
      if (kind === 'create' && path.startsWith(LOG)) throw storageError('ENOSPC', path);
    };
    expect(await retain(2)).toMatchObject({ state: 'done' });
    fs.before = null;
    expect(await standing()).toEqual([2, 3]);
  });

  it('leaves nothing of its own in the directory', async () => {
    await retain(2);
    expect((await fs.list(LOG)).map(({ name }) => name).filter((name) => name.includes('strata'))).toEqual(
      [],
    );
  });
});

describe('a start that a broker raised meanwhile', () => {
  it.each([
    ['purge', purgeRun],
    ['undo', undoRun],
  ])('outlives the %s of a run', async (_, end) => {
    const run = await retain(1);
    await setLogStart(fs, lock, 2);
    await end(fs, lock, journal, run);
    expect(await logStartOf(fs, lock)).toBe(2);
  });
});

describe('where the log start is kept', () => {
  const inData = (name: string) => ({ directory: `/data/${name}`, dataDirectory: '/data' });
  const checkpointText = () =>
    Buffer.from(fs.contentOf('/data/log-start-offset-checkpoint') ?? '').toString('utf8');

  it('is the entry of the partition, also of a plain name', async () => {
    await setLogStart(fs, inData('plain'), 7);
    await setLogStart(fs, inData('keyed-0'), 2);
    expect(checkpointText()).toBe('0\n2\nplain 0 7\nkeyed 0 2\n');
  });

  it('is the directory itself where the log is being deleted: the entry is of another one', async () => {
    const deleted = inData(`keyed-0.${'0'.repeat(32)}-delete`);
    fs.makeDirectory(deleted.directory);
    await setLogStart(fs, deleted, 9);
    expect(checkpointText()).toBe('');
    expect(await logStartOf(fs, deleted)).toBe(9);
  });
});

describe('a run that was cut off', () => {
  it('reads as done: for the engine, and for a plan', async () => {
    await cutOff();
    const log = { name: 'keyed-0', path: LOG, topic: 'keyed', partition: 0 };
    const facts = await readRetentionFacts(
      fs,
      { ...log, state: 'current', format: 'kafka' },
      { broker: 'detached', replicaCount: null, clock: 'kafka' },
    );
    expect(facts.logStartOffset).toBe(2);
    const opened = await Log.open(LOG, { retentionMs: -1 }, { fs, clock: new FakeClock(NOW_MS) });
    expect(opened.logStartOffset).toBe(2);
    await opened.applyRetention();
    expect(opened.segments.map(({ baseOffset }) => baseOffset)).toEqual([2, 3]);
    await opened.close();
  });

  it.each([
    ['undone', undoRun],
    ['purged', purgeRun],
  ])('keeps other runs from beginning until it is %s', async (_, end) => {
    const run = await cutOff();
    const refused = { code: 'STORAGE_UNSAFE', message: expect.stringContaining('was cut off') };
    await expect(retain(1, 1)).rejects.toMatchObject(refused);
    const compaction = { ...run, kind: 'compaction', runId: RunJournal.newId(NOW_MS + 1) } as const;
    await expect(journal.begin(compaction)).rejects.toMatchObject(refused);
    expect(await journal.runsOn(LOG)).toHaveLength(1);
    await end(fs, lock, journal, run);
    await journal.begin(compaction);
  });

  it('is brought to its end by a purge', async () => {
    const run = await cutOff();
    expect(await purgeRun(fs, lock, journal, run)).toMatchObject({ state: 'purged' });
    expect(await standing()).toEqual([2, 3]);
    expect((await fs.list(LOG)).filter(({ name }) => /deleted|strata/.test(name))).toEqual([]);
  });

  it('is left as it is where its segments were joined with what was behind them', async () => {
    const run = await cutOff();
    // As a compaction leaves it: one segment of the first one's name, with all that is alive.
    for (const offset of await standing()) await fs.rename(at(offset, '.log'), at(offset, '.log.cleaned'));
    await fs.rename(at(3, '.log.cleaned'), at(0, '.log'));
    await purgeRun(fs, lock, journal, run);
    expect(await standing()).toEqual([0]);
  });

  it('keeps its raised start while an earlier run is purged', async () => {
    const first = await retain(1);
    let renames = 0;
    fs.before = ({ kind, path }) => {
      if (kind === 'rename' && path.startsWith(at(1, '')) && ++renames === 1) throw storageError('EIO', path);
    };
    await expect(retain(2, 1)).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
    fs.before = null;
    await purgeRun(fs, lock, journal, first);
    expect(await logStartOf(fs, lock)).toBe(3);
  });

  it('is not begun by a purge where nothing of it had happened', async () => {
    fs.before = ({ kind, path }) => {
      if (kind === 'create' && path.startsWith(LOG)) throw storageError('EIO', path);
    };
    await expect(retain(2)).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
    fs.before = null;
    await purgeRun(fs, lock, journal, (await journal.runsOn(LOG))[0]!);
    expect(await standing()).toEqual([0, 1, 2, 3]);
  });
});

describe('the journal', () => {
  const DAY_MS = 86_400_000;
  const write = (logPath: string, ageDays: number, state: RunRecord['state']) =>
    journal.write({
      ...{
        schema: 'strata.run/1',
        runId: RunJournal.newId(NOW_MS - ageDays * DAY_MS),
        groupId: 'g',
        logPath,
      },
      ...{ kind: 'retention', startedAtMs: NOW_MS - ageDays * DAY_MS, state, deletedBaseOffsets: [] },
      ...{ newBaseOffsets: [], deletedFiles: [], freedBytes: 0, purgeDueAtMs: NOW_MS },
    });
  const states = async (logPath: string) => (await journal.runsOn(logPath)).map(({ state }) => state);

  it('forgets a week later what is over, but not what an undo has to know of', async () => {
    await write('/data/a-0', 9, 'purged');
    await write('/data/a-0', 8, 'undone');
    await write('/data/a-0', 6, 'purged');
    await write('/data/b-0', 9, 'done');
    await write('/data/b-0', 8, 'purged');
    await retain(1);
    expect(await states('/data/a-0')).toEqual(['purged']);
    expect(await states('/data/b-0')).toEqual(['purged', 'done']);
  });
});

describe('undoRun', () => {
  it('brings back no file that an earlier compaction had left', async () => {
    fs.put(at(0, '.txnindex.deleted'), 'of an original');
    await undoRun(fs, lock, journal, await retain(2));
    expect(await standing()).toEqual([0, 1, 2, 3]);
    expect(fs.contentOf(at(0, '.txnindex'))).toBeNull();
  });

  it('is refused where segments behind are gone: there would be a hole', async () => {
    const run = await retain(1);
    for (const ending of ['.log', '.index', '.timeindex']) await fs.removeFile(at(1, ending));
    await expect(undoRun(fs, lock, journal, run)).rejects.toMatchObject({ code: 'STORAGE_UNSAFE' });
    expect(await standing()).toEqual([2, 3]);
  });
});

describe('a run whose record tells no log start', () => {
  const untold = async (): Promise<RunRecord> => {
    const { logStart: _, ...rest } = await retain(2);
    await journal.write(rest);
    return rest;
  };

  it('is undone', async () => {
    await undoRun(fs, lock, journal, await untold());
    expect(await standing()).toEqual([0, 1, 2, 3]);
  });

  it('is purged', async () => {
    await purgeRun(fs, lock, journal, await untold());
    expect((await fs.list(LOG)).filter(({ name }) => name.includes('deleted'))).toEqual([]);
  });
});

describe('purgeRun', () => {
  it('keeps files that a later run has put under the same names', async () => {
    const compaction: RunRecord = {
      ...{ schema: 'strata.run/1', runId: RunJournal.newId(NOW_MS - 1), groupId: 'c', kind: 'compaction' },
      ...{
        logPath: LOG,
        startedAtMs: NOW_MS - 1,
        state: 'done',
        deletedBaseOffsets: [0],
        newBaseOffsets: [0],
      },
      ...{ deletedFiles: ['00000000000000000000.log.deleted'], freedBytes: 1, purgeDueAtMs: NOW_MS },
    };
    await journal.write(compaction);
    fs.put(at(0, '.log.deleted'), 'an original');
    const run = await retain(1);
    await purgeRun(fs, lock, journal, compaction);
    await undoRun(fs, lock, journal, run);
    expect(await standing()).toEqual([0, 1, 2, 3]);
  });
});
