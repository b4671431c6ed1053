/** The line at the bottom: what runs with its progress and a way to stop it, how the last one ended, the log in numbers. */
import { Button } from '../components/controls';
import { TaskProgress } from '../components/task-progress';
import type { Task } from '../store/task-slice';
import { useApp, useAppParts } from '../store/use-app';
import { countText, durationText, plural, sizeText } from '../text/quantities';
import classes from './status-line.module.css';

export function StatusLine() {
  const { tasks, cancelTask, dismissTasks } = useAppParts((state) => ({
    tasks: state.tasks,
    cancelTask: state.cancelTask,
    dismissTasks: state.dismissTasks,
  }));
  const running = tasks.filter(({ state }) => state === 'running');
  const last = tasks.find(({ state }) => state !== 'running');
  return (
    <footer className={classes['line']} aria-live="polite">
      {running.map(({ taskId, title, progress, startedAtMs }) => (
        <TaskProgress
          key={taskId}
          {...{ title, progress, startedAtMs }}
          onCancel={() => cancelTask(taskId)}
        />
      ))}
      {running.length === 0 && last !== undefined && (
        <span className={last.state === 'failed' ? classes['failed'] : classes['ended']}>
          {endText(last)}
          <Button kind="plain" className={classes['small']} onClick={dismissTasks}>
            Dismiss
          </Button>
        </span>
      )}
      <span className={classes['rest']} />
      <LogNumbers />
    </footer>
  );
}

function endText({ title, state, outcome, error, startedAtMs, endedAtMs }: Task): string {
  if (state === 'failed') return `${title} failed: ${error?.message ?? ''}`;
  if (state === 'cancelled') return `${title}: cancelled`;
  return `${title}: ${outcome} (${durationText((endedAtMs ?? startedAtMs) - startedAtMs)})`;
}

function LogNumbers() {
  const log = useApp((state) => state.directory?.logs.find(({ logId }) => logId === state.logId) ?? null);
  const directory = useApp((state) => state.directory);
  const records = useApp((state) => {
    let sum = 0;
    for (const { recordCount } of state.segments) {
      if (recordCount === null) return null;
      sum += recordCount;
    }
    return sum;
  });
  if (directory === null) return null;
  if (log === null) {
    const sizeInBytes = directory.logs.reduce((sum, each) => sum + each.sizeInBytes, 0);
    return (
      <span aria-live="off">{`${plural(directory.logs.length, 'log')} · ${sizeText(sizeInBytes)}`}</span>
    );
  }
  const parts = [
    plural(log.segmentCount, 'segment'),
    ...(records === null ? [] : [plural(records, 'record')]),
    sizeText(log.sizeInBytes),
    `offsets ${countText(log.logStartOffset)} to ${countText(log.logEndOffset)}`,
  ];
  // A log that grows is not worth a word each time.
  return <span aria-live="off">{parts.join(' · ')}</span>;
}
