/**
 * Runs of the log: what the last change came to, those that can still be taken back with the time that is left for it,
 * the last one whose space was freed, and why the last change failed. Used by every screen that runs.
 */
import { memo, useEffect, useState } from 'react';
import type { Run } from '../../shared/retention';
import { Button } from '../components/controls';
import { intoView } from '../components/into-view';
import { isChanging } from '../store/run-slice';
import { useApp, useAppParts } from '../store/use-app';
import { durationText, plural, sizeText, timeText } from '../text/quantities';
import classes from './pending-runs.module.css';
import { RunDescription, RunDialog } from './run-dialog';
import { TaskFailure } from './task-failure';

const TICK_MS = 1_000;

export const PendingRuns = memo(function PendingRuns() {
  const runs = useApp((state) => state.runs);
  const logId = useApp((state) => state.logId);
  const result = useApp((state) => state.runResult);
  const freed = runs.find(({ state }) => state === 'purged');
  return (
    <>
      <TaskFailure taskKey="run" about={logId} />
      {result !== null && <output ref={intoView} className={classes['result']}>{`Done: ${result}.`}</output>}
      {runs
        .filter(({ state }) => state === 'running' || state === 'done')
        .map((run) => (
          <PendingRun key={run.runId} run={run} />
        ))}
      {freed !== undefined && (
        <p className={classes['freed']}>
          {`${titleOf(freed)} of ${timeText(freed.startedAtMs)}: ${plural(freed.deletedSegmentCount, 'segment')} gone, ${sizeText(freed.freedBytes)} freed.`}
        </p>
      )}
    </>
  );
});

const titleOf = ({ kind }: Run) => `${kind.slice(0, 1).toUpperCase()}${kind.slice(1)}`;

function PendingRun({ run }: { readonly run: Run }) {
  const { undoRun, purgeRun } = useAppParts((state) => ({
    undoRun: state.undoRun,
    purgeRun: state.purgeRun,
  }));
  const isRunning = useApp(isChanging);
  const isSaved = useApp((state) => state.directory?.savedReport !== undefined);
  const leftMs = useTimeLeft(run.purgeDueAtMs);
  const what = `${titleOf(run)}: ${plural(run.deletedSegmentCount, 'segment')}, ${sizeText(run.freedBytes)}${run.state === 'running' ? ' (cut off)' : ''}`;
  if (isSaved)
    return (
      <p className={classes['freed']}>
        {`${what}. Made ${timeText(run.startedAtMs)}, not undone; its space was due ${timeText(run.purgeDueAtMs)}.`}
      </p>
    );
  return (
    <section className={classes['pending']} aria-label="Run">
      <span>{what}</span>
      <Button disabled={isRunning} onClick={() => void undoRun(run.runId)}>
        {leftMs > 0 && run.state === 'done' ? `Undo (${durationText(leftMs)})` : 'Undo'}
      </Button>
      <RunDialog
        kind="plain"
        text={`Free ${sizeText(run.freedBytes)} now`}
        keepText="Keep it until it is due"
        onConfirm={() => void purgeRun(run.runId)}
      >
        <RunDescription>
          The .deleted files are deleted for good, and the run can no longer be undone.
        </RunDescription>
      </RunDialog>
    </section>
  );
}

function useTimeLeft(untilMs: number): number {
  const [nowMs, setNowMs] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNowMs(Date.now()), TICK_MS);
    return () => clearInterval(timer);
  }, []);
  return Math.max(0, untilMs - nowMs);
}
