/**
 * Runs of the log: what the last change came to, those that can still be taken back with the time that is left for it,
 * and the last one whose space was freed. Used by every screen that runs.
 */
import { memo, useEffect, useState } from 'react';
import type { Run } from '../../shared/retention';
import { Button } from '../components/controls';
import { useApp, useAppParts } from '../store/use-app';
import { durationText, plural, sizeText, timeText } from '../text/quantities';
import classes from './pending-runs.module.css';

const TICK_MS = 1_000;

export const PendingRuns = memo(function PendingRuns() {
  const runs = useApp((state) => state.runs);
  const result = useApp((state) => state.runResult);
  const freed = runs.find(({ state }) => state === 'purged');
  return (
    <>
      {result !== null && <output className={classes['result']}>{`Done: ${result}.`}</output>}
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
  const leftMs = useTimeLeft(run.purgeDueAtMs);
  return (
    <section className={classes['pending']} aria-label="Run">
      <span>
        {`${titleOf(run)}: ${plural(run.deletedSegmentCount, 'segment')}, ${sizeText(run.freedBytes)}`}
        {run.state === 'running' ? ' (cut off)' : ''}
      </span>
      <Button onClick={() => void undoRun(run.runId)}>
        {leftMs > 0 && run.state === 'done' ? `Undo (${durationText(leftMs)})` : 'Undo'}
      </Button>
      <Button kind="plain" onClick={() => void purgeRun(run.runId)}>
        Free the space now
      </Button>
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
