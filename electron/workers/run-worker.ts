/**
 * Entry of the run worker: the only thread of the window that may change a log's files, and the journal of that.
 *
 * Takes no lock: main holds it for the length of a call. Started when the first of these calls is made, so that who
 * only looks never has a writing file system in the process's workers.
 */
import { AppError } from '../../shared/errors';
import type { Run } from '../../shared/retention';
import type { Handlers } from '../../shared/rpc';
import { nodeFileSystem as fs } from '../engine/file-system';
import { purgeRun, undoRun } from '../engine/log/retention-run';
import { RunJournal, type RunRecord, stateDirectory } from '../engine/log/run-journal';
import { applyCompaction } from './apply-compaction';
import { applyRetention } from './apply-retention';
import { pacedProgress } from './paced-progress';
import { runContract } from './run-contract';
import { serveWorker } from './serve-worker';

const journal = new RunJournal(fs, stateDirectory(process.env));

function runRow(run: RunRecord): Run {
  const { runId, groupId, kind, startedAtMs, state, freedBytes, purgeDueAtMs } = run;
  const deletedSegmentCount = run.deletedBaseOffsets.length;
  return { runId, groupId, kind, startedAtMs, state, deletedSegmentCount, freedBytes, purgeDueAtMs };
}

/** @throws AppError NOT_FOUND where there is no such run that could still be undone or purged */
async function openRun(path: string, runId: string): Promise<RunRecord> {
  const run = (await journal.runsOn(path)).find((one) => one.runId === runId);
  if (run === undefined || (run.state !== 'done' && run.state !== 'running'))
    throw new AppError('NOT_FOUND', 'This run was undone, or its space was freed.', { runId });
  return run;
}

const handlers: Handlers<typeof runContract> = {
  'runs.list': async ({ path }) => (await journal.runsOn(path)).map(runRow),
  'run.retention': async (task) => runRow(await applyRetention(fs, { ...task, journal, nowMs: Date.now() })),
  'run.compaction': async (task, { signal, progress }) =>
    runRow(
      await applyCompaction(fs, {
        ...task,
        journal,
        nowMs: Date.now(),
        signal,
        onProgress: pacedProgress(progress),
      }),
    ),
  async 'run.undo'({ locked, runId }) {
    const run = await openRun(locked.directory, runId);
    await undoRun(fs, locked, journal, run);
    return runRow({ ...run, state: 'undone' });
  },
  async 'run.purge'({ locked, runId }) {
    const run = await openRun(locked.directory, runId);
    await purgeRun(fs, locked, journal, run);
    return runRow({ ...run, state: 'purged' });
  },
};

serveWorker(runContract, handlers, 'R');
