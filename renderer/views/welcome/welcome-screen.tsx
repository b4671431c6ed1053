/** The first screen: open a directory, one of the recent ones, or a sample; what kept the last one from opening. */
import { FolderOpen, X } from 'lucide-react';
import type { Recent } from '../../../shared/contract';
import { Button } from '../../components/controls';
import { Failure } from '../../components/notices';
import { Time } from '../../components/quantities';
import { TaskProgress } from '../../components/task-progress';
import { SAMPLE_KEY } from '../../store/directory-slice';
import { useAppParts } from '../../store/use-app';
import { openFailureTitle } from '../../text/open-failure-title';
import classes from './welcome-screen.module.css';

export function WelcomeScreen() {
  const state = useAppParts(({ recent, isOpening, openFailure, version, chooseDirectory, chooseReport }) => ({
    ...{ recent, isOpening, openFailure, version, chooseDirectory, chooseReport },
  }));
  const { openFailure } = state;
  return (
    <main className={classes['screen']}>
      <div className={classes['column']}>
        <Mark />
        <h1 className={classes['name']}>Strata</h1>
        <p className={classes['claim']}>
          Open one partition’s directory, or a broker’s whole log.dirs entry. Viewing never writes.
        </p>
        <div className={classes['actions']}>
          <Button
            kind="primary"
            autoFocus
            disabled={state.isOpening}
            onClick={() => void state.chooseDirectory()}
          >
            <FolderOpen size={14} aria-hidden="true" />
            {state.isOpening ? 'Opening…' : 'Open directory…'}
          </Button>
          <Button disabled={state.isOpening} onClick={() => void state.chooseReport()}>
            Open saved report…
          </Button>
          <span className={classes['hint']}>or drop one on this window</span>
        </div>
        <Sample />
        {openFailure !== null && <Failure title={openFailureTitle(openFailure)} error={openFailure.error} />}
        {state.recent.length > 0 && <RecentList recent={state.recent} />}
        <p className={classes['version']}>{`Version ${state.version} · Ctrl+K for every command`}</p>
      </div>
    </main>
  );
}

/** For who has no Kafka at hand: a log to look at, written where they say. */
function Sample() {
  const { task, isOpening, createSample, cancelTask } = useAppParts((state) => ({
    task: state.tasks.find(({ key }) => key === SAMPLE_KEY) ?? null,
    isOpening: state.isOpening,
    createSample: state.createSample,
    cancelTask: state.cancelTask,
  }));
  if (task?.state === 'running')
    return (
      <div className={classes['sample']} aria-live="polite">
        <TaskProgress
          {...{ title: task.title, progress: task.progress, startedAtMs: task.startedAtMs }}
          onCancel={() => cancelTask(task.taskId)}
        />
      </div>
    );
  return (
    <>
      <p className={classes['sample']}>
        <span className={classes['hint']}>No log at hand?</span>
        <Button disabled={isOpening} onClick={() => void createSample()}>
          Create a sample log…
        </Button>
        {task?.state === 'cancelled' && (
          <span className={classes['hint']}>Cancelled: nothing was left behind.</span>
        )}
      </p>
      {task?.error != null && <Failure title="The sample log could not be written." error={task.error} />}
    </>
  );
}

function RecentList({ recent }: { readonly recent: readonly Recent[] }) {
  const { openRecent, forgetRecent } = useAppParts((state) => ({
    openRecent: state.openRecent,
    forgetRecent: state.forgetRecent,
  }));
  return (
    <section className={classes['recent']} aria-label="Recent directories">
      <h2 className={classes['heading']}>Recent</h2>
      <ul>
        {recent.map(({ recentId, name, path, openedAtMs }) => (
          <li key={recentId} className={classes['entry']}>
            <button type="button" className={classes['open']} onClick={() => void openRecent(recentId)}>
              <span>{name}</span>
              <span className={classes['path']}>{path}</span>
            </button>
            <span className={classes['path']}>
              <Time ms={openedAtMs} isToSecond />
            </span>
            <Button kind="plain" aria-label={`Forget ${path}`} onClick={() => void forgetRecent(recentId)}>
              <X size={12} />
            </Button>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** A small core: strata of a log, oldest at the bottom. */
function Mark() {
  const heights = [14, 10, 16, 7, 9];
  let y = 0;
  return (
    <svg className={classes['mark']} viewBox="0 0 36 60" aria-hidden="true">
      {heights.map((height, index) => {
        const top = y;
        y += height + 1;
        return (
          <rect
            key={height}
            x="0"
            y={top}
            width="36"
            height={height}
            rx="1.5"
            className={classes[`age-${heights.length - 1 - index}`]}
          />
        );
      })}
    </svg>
  );
}
