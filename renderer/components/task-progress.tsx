/** A task that runs: how far it is, at which rate, how long it may still take, and the way to stop it. */
import { useEffect, useState } from 'react';
import { durationText, sizeText } from '../text/quantities';
import { Button } from './controls';
import classes from './task-progress.module.css';

export interface TaskProgressProps {
  readonly title: string;
  /** Bytes; null until the first word of progress. */
  readonly progress: { readonly done: number; readonly total: number } | null;
  readonly startedAtMs: number;
  readonly onCancel: () => void;
}

const RATE_FROM_MS = 500;
const TIME_LEFT_FROM_MS = 2_000;
const TICK_MS = 250;

export function TaskProgress({ title, progress, startedAtMs, onCancel }: TaskProgressProps) {
  const elapsedMs = useElapsed(startedAtMs);
  return (
    <span className={classes['task']}>
      {title}
      <progress
        className={classes['bar']}
        aria-label={title}
        max={progress?.total || undefined}
        value={progress?.done}
      />
      {/* Read on request only: ten times a second nobody wants to hear them. */}
      <span className={classes['numbers']} aria-live="off">
        {progress === null ? '' : progressText(progress.done, progress.total, elapsedMs)}
      </span>
      <Button kind="plain" className={classes['cancel']} onClick={onCancel}>
        Cancel
      </Button>
    </span>
  );
}

function progressText(done: number, total: number, elapsedMs: number): string {
  const rate = elapsedMs > RATE_FROM_MS ? ` · ${sizeText((done / elapsedMs) * 1_000)}/s` : '';
  const left =
    done > 0 && elapsedMs > TIME_LEFT_FROM_MS
      ? ` · ${durationText(((total - done) / done) * elapsedMs)} left`
      : '';
  return `${sizeText(done)} of ${sizeText(total)}${rate}${left}`;
}

function useElapsed(startedAtMs: number): number {
  const [nowMs, setNowMs] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNowMs(Date.now()), TICK_MS);
    return () => clearInterval(timer);
  }, []);
  return nowMs - startedAtMs;
}
