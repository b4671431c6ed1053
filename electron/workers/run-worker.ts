/**
 * Entry of the run worker: the only thread of the window that may change a log's files, and the journal of that.
 *
 * Takes no lock: main holds it for the length of a call. Started when the first of these calls is made, so that who
 * only looks never has a writing file system in the process's workers.
 */
import { AppError } from '../../shared/errors';
import type { CallContext, Handlers } from '../../shared/rpc';
import { nodeFileSystem as fs } from '../engine/file-system';
import { copyLog } from '../engine/log/copy-log';
import { purgeRun, undoRun } from '../engine/log/retention-run';
import { RunJournal, type RunRecord, stateDirectory } from '../engine/log/run-journal';
import { freeSampleDirectory, SAMPLE_DEFAULTS, writeSampleLog } from '../engine/log/write-sample-log';
import { quickReadingFileSystem } from '../engine/quick-file-system';
import { applyCompaction } from './apply-compaction';
import { applyIndexRebuild } from './apply-index-rebuild';
import { applyRetention } from './apply-retention';
import { readFileStates } from './file-states';
import { pacedProgress } from './paced-progress';
import { runContract } from './run-contract';
import { runRow } from './run-row';
import { salvageLog } from './salvage-log';
import { serveWorker } from './serve-worker';

const journal = new RunJournal(fs, stateDirectory(process.env));

/** @throws AppError NOT_FOUND where there is no such run that could still be undone or purged */
async function openRun(path: string, runId: string): Promise<RunRecord> {
  const run = (await journal.runsOn(path)).find((one) => one.runId === runId);
  if (run === undefined || (run.state !== 'done' && run.state !== 'running'))
    throw new AppError('NOT_FOUND', 'This run was undone, or its space was freed.', { runId });
  return run;
}

/** What every run gets from here, beside its task. */
function partsOf({ signal, progress }: CallContext<{ bytesDone: number; bytesTotal: number }>) {
  return {
    planFs: quickReadingFileSystem,
    journal,
    nowMs: Date.now(),
    signal,
    onProgress: pacedProgress(progress),
  };
}

const handlers: Handlers<typeof runContract> = {
  async 'run.sample'({ place }, { signal, progress }) {
    const sample = {
      ...SAMPLE_DEFAULTS,
      directory: await freeSampleDirectory(fs, place),
      isDamaged: false,
      nowMs: Date.now(),
    };
    const { path } = await writeSampleLog(sample, { signal, onProgress: pacedProgress(progress), fs });
    return { path };
  },
  'run.salvage': (task, { signal, progress }) =>
    salvageLog(fs, task, { signal, onProgress: pacedProgress(progress) }),
  async 'run.copy'({ path, target }, { signal, progress }) {
    const report = pacedProgress(progress);
    let bytesTotal = 0;
    for (const { sizeInBytes } of await readFileStates(fs, path)) bytesTotal += sizeInBytes;
    const copy = await copyLog(fs, path, target, {
      signal,
      onProgress: (bytesDone) => report({ bytesDone, bytesTotal: Math.max(bytesDone, bytesTotal) }),
    });
    return { path: copy };
  },
  'run.retention': async (task, call) => runRow(await applyRetention(fs, { ...task, ...partsOf(call) })),
  'run.compaction': async (task, call) => runRow(await applyCompaction(fs, { ...task, ...partsOf(call) })),
  'run.rebuildIndexes': async (task, call) =>
    runRow(await applyIndexRebuild(fs, { ...task, ...partsOf(call) })),
  async 'run.undo'({ locked, runId }) {
    return runRow(await undoRun(fs, locked, journal, await openRun(locked.directory, runId)));
  },
  async 'run.purge'({ locked, runId }) {
    return runRow(await purgeRun(fs, locked, journal, await openRun(locked.directory, runId)));
  },
};

serveWorker(runContract, handlers, 'R');
