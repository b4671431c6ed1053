/** Runs of the log that can still be taken back, with the time that is left for it. Used by every screen that runs. */
import { useEffect, useState } from 'react';
import type { Run } from '../../shared/retention';
import { Button } from '../components/controls';
import { useApp, useAppParts } from '../store/use-app';
import { durationText, plural, sizeText } from '../text/quantities';
import classes from './pending-runs.module.css';

const TICK_MS = 1_000;

export function PendingRuns() {
  const runs = useApp((state) => state.runs);
  return runs.map((run) => <PendingRun key={run.runId} run={run} />);
}

function PendingRun({ run }: { readonly run: Run }) {
  const { undoRun, purgeRun } = useAppParts((state) => ({
    undoRun: state.undoRun,
    purgeRun: state.purgeRun,
  }));
  const leftMs = useTimeLeft(run.purgeDueAtMs);
  return (
    <section className={classes['pending']} aria-label="Run">
      <span>
        {`${run.kind}: ${plural(run.deletedSegmentCount, 'segment')}, ${sizeText(run.freedBytes)}`}
        {run.state === 'running' ? ' (cut off)' : ''}
      </span>
      <Button onClick={() => void undoRun(run.runId)}>
        {leftMs > 0 ? `Undo (${durationText(leftMs)})` : 'Undo'}
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
