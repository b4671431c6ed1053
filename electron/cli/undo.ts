/**
 * `strata undo` and `strata purge`: take the last run on a directory back, or free its space now.
 *
 * Runs that were started together over several logs go together.
 */
import { resolve } from 'node:path';
import { AppError } from '../../shared/errors';
import { type DirectoryLock, lockLogDirectory } from '../engine/directory-lock';
import { nodeFileSystem as fs } from '../engine/file-system';
import { requireDirectory } from '../engine/inspect/list-logs';
import { purgeRun, undoRun } from '../engine/log/retention-run';
import { RunJournal, type RunRecord, stateDirectory } from '../engine/log/run-journal';
import { type Command, type ExitStatus, onlyDirectory, type Terminal } from './command';
import { parseOptions } from './parse-values';
import { sizeText } from './text-table';

type Change = (lock: DirectoryLock, journal: RunJournal, run: RunRecord) => Promise<RunRecord>;

export const undo: Command = {
  name: 'undo',
  usage: 'DIR [--json]',
  summary: 'Takes the last run of retention, compaction or rebuild-index back, until its space is freed',
  options: ['--json  as JSON'],
  run: (args, terminal) =>
    changeLastRuns(args, terminal, 'undone', (lock, journal, run) => undoRun(fs, lock, journal, run)),
};

export const purge: Command = {
  name: 'purge',
  usage: 'DIR [--json]',
  summary: 'Frees the space of what runs have deleted, now; they cannot be undone any more',
  options: ['--json  as JSON'],
  run: (args, terminal) =>
    changeLastRuns(args, terminal, 'purged', (lock, journal, run) => purgeRun(fs, lock, journal, run)),
};

/** Undo takes back the last group of runs; a purge goes through all of them. */
async function changeLastRuns(
  args: readonly string[],
  terminal: Terminal,
  outcome: 'undone' | 'purged',
  change: Change,
): Promise<ExitStatus> {
  const { values, positionals } = parseOptions(args, { json: { type: 'boolean' } });
  const directory = resolve(onlyDirectory(positionals));
  await requireDirectory(fs, directory);
  const journal = new RunJournal(fs, stateDirectory(process.env));
  const open = (await journal.runsOn(directory)).filter(
    ({ state }) => state === 'done' || state === 'running',
  );
  const runs = outcome === 'purged' ? open : open.filter(({ groupId }) => groupId === open[0]!.groupId);
  const results: { runId: string; logPath: string; kind: string; outcome: string; freedBytes: number }[] = [];
  for (const run of runs) {
    const { runId, logPath, kind } = run;
    const after = await changed(run, journal, change);
    const isChanged = typeof after !== 'string';
    results.push({
      ...{ runId, logPath, kind, outcome: isChanged ? outcome : after },
      freedBytes: (isChanged ? after : run).freedBytes,
    });
  }
  await terminal.out(
    values.json
      ? `${JSON.stringify({ schema: 'strata.runs/1', directory, runs: results })}\n`
      : results
          .map((one) => `${one.logPath}: ${one.kind}, ${sizeText(one.freedBytes)}: ${one.outcome}\n`)
          .join('') || `There is no run on ${directory} to be ${outcome}.\n`,
  );
  return results.length > 0 && results.every((one) => one.outcome === outcome) ? 0 : 1;
}

/** @returns the run as it is now, or why it was refused */
async function changed(run: RunRecord, journal: RunJournal, change: Change): Promise<RunRecord | string> {
  try {
    const lock = await lockLogDirectory(fs, run.logPath);
    try {
      return await change(lock, journal, run);
    } finally {
      await lock.release();
    }
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return `refused: ${error.message}`;
  }
}
