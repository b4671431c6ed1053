/** A rebuild that is cut off at each of its writes, on a log that Kafka wrote, and is then taken back. */
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FileSystem, nodeFileSystem } from '../../../../electron/engine/file-system';
import { readBrokerState } from '../../../../electron/engine/inspect/broker-state';
import { planIndexRebuild } from '../../../../electron/engine/inspect/plan-index-rebuild';
import { readDirectoryPolicies } from '../../../../electron/engine/inspect/topic-policy';
import { rebuildIndexes } from '../../../../electron/engine/log/rebuild-indexes';
import { undoRun } from '../../../../electron/engine/log/retention-run';
import { RunJournal } from '../../../../electron/engine/log/run-journal';
import { kafkaFixtures } from '../../../support/kafka-fixtures';

const FIXTURE = kafkaFixtures().find(({ id }) => id === '4.4.0/data-directory/transactions-0')!;
let folder: string;
let directory: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'strata-rebuild-run-'));
  directory = join(folder, 'transactions-0');
});
afterEach(() => rm(folder, { recursive: true }));

/** Two damaged files and two missing ones. */
async function damagedCopy(): Promise<Map<string, string>> {
  await rm(directory, { recursive: true, force: true });
  await cp(FIXTURE.directory.path, directory, { recursive: true });
  const names = (await readdir(directory)).filter((name) => /index$/.test(name)).sort();
  const [aborted] = names.filter((name) => name.endsWith('.txnindex'));
  await rm(join(directory, aborted!));
  const offsets = names.filter((name) => name.endsWith('.index'));
  await rm(join(directory, offsets[1]!));
  const wrong = await readFile(join(directory, offsets[0]!));
  wrong.writeInt32BE(wrong.readInt32BE(4) + 1, 4);
  await writeFile(join(directory, offsets[0]!), wrong);
  const times = join(directory, offsets[0]!.replace('.index', '.timeindex'));
  await writeFile(times, Buffer.concat([await readFile(times), Buffer.alloc(12)]));
  return contents();
}

async function contents(): Promise<Map<string, string>> {
  const names = (await readdir(directory)).sort();
  return new Map(
    await Promise.all(
      names.map(async (name) => [name, await readFile(join(directory, name), 'base64')] as const),
    ),
  );
}

/** Fails from the n-th change below the log's directory on, as a process that is gone changes nothing more. */
function failingFrom(count: number): { fs: FileSystem; hasFailed: () => boolean } {
  let left = count;
  const step = (path: string) => {
    if (path.startsWith(directory) && left-- <= 0) throw new Error('gone');
  };
  const fs: FileSystem = {
    ...nodeFileSystem,
    openForWriting: async (path, mode) => {
      step(path);
      return nodeFileSystem.openForWriting(path, mode);
    },
    rename: async (from, to) => {
      step(from);
      return nodeFileSystem.rename(from, to);
    },
    removeFile: async (path) => {
      step(path);
      return nodeFileSystem.removeFile(path);
    },
    syncDirectory: async (path) => {
      step(path);
      return nodeFileSystem.syncDirectory(path);
    },
  };
  return { fs, hasFailed: () => left < 0 };
}

/** @param nowMs Runs are in the order of their times. */
async function rebuild(fs: FileSystem, journal: RunJournal, nowMs: number, signal?: AbortSignal) {
  const log = { ...FIXTURE.directory, path: directory };
  const { plan, ...inputs } = await planIndexRebuild(nodeFileSystem, log, {
    policies: await readDirectoryPolicies(nodeFileSystem, directory, null),
    broker: await readBrokerState(nodeFileSystem, directory),
    given: new Map([['index.interval.bytes', '300']]),
  });
  return rebuildIndexes(fs, {
    ...inputs,
    ...{ files: plan.files, journal, groupId: 'g', nowMs, signal },
    lock: { directory, dataDirectory: null },
  });
}

describe('rebuildIndexes', () => {
  it('can be taken back wherever it was cut off', async () => {
    const journal = new RunJournal(nodeFileSystem, join(folder, 'state'));
    for (let count = 0; ; count++) {
      const before = await damagedCopy();
      const { fs, hasFailed } = failingFrom(count);
      await rebuild(fs, journal, count).catch((error: Error) => expect(error.message).toBe('gone'));
      if (!hasFailed()) {
        // Four new files, two old ones renamed, four renamed to their names, one fsync of the directory.
        expect(count).toBe(11);
        expect(await contents()).not.toEqual(before);
        return;
      }
      const [run] = await journal.runsOn(directory);
      if (run?.state === 'running')
        await undoRun(nodeFileSystem, { directory, dataDirectory: null }, journal, run);
      expect([count, await contents()]).toEqual([count, before]);
    }
  });

  it('leaves the log as it was when it is cancelled, or when the log is no longer that of the plan', async () => {
    const before = await damagedCopy();
    const journal = new RunJournal(nodeFileSystem, join(folder, 'state'));
    await expect(
      rebuild(nodeFileSystem, journal, 0, AbortSignal.abort(new Error('cancelled'))),
    ).rejects.toThrow('cancelled');
    expect(await contents()).toEqual(before);
    expect((await journal.runsOn(directory)).map(({ state }) => state)).toEqual(['undone']);
  });
});
