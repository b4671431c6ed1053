/** What was measured of a log or of a segment; how far it is while it is measured, and how to have it measured. */
import { useEffect } from 'react';
import { Button } from '../../components/controls';
import { Empty, Failure } from '../../components/notices';
import { TaskProgress } from '../../components/task-progress';
import type { StatisticsScope } from '../../store/statistics-slice';
import { useAppParts } from '../../store/use-app';
import { sizeText } from '../../text/quantities';
import classes from './statistics.module.css';
import { StatisticsFigures } from './statistics-figures';

export interface StatisticsPaneProps {
  readonly scope: StatisticsScope;
  /** Of its .log files. */
  readonly sizeInBytes: number;
}

export function StatisticsPane({ scope, sizeInBytes }: StatisticsPaneProps) {
  const state = useAppParts((all) => ({
    measured: all.measured.get(scope),
    error: all.statisticsErrors.get(scope),
    isMeasuring: all.measuringScope === scope,
    generation: all.directory?.logs.find(({ logId }) => logId === all.logId)?.generation ?? 0,
    segmentsState: all.segmentsState,
    isSaved: all.directory?.savedReport !== undefined,
    measure: all.measure,
    showStatistics: all.showStatistics,
  }));
  const { measured, error, isMeasuring, segmentsState, measure, showStatistics } = state;
  useEffect(() => {
    if (segmentsState === 'ready') void showStatistics(scope);
  }, [scope, segmentsState, showStatistics]);
  if (state.isSaved && error?.code === 'NOT_IN_REPORT') return <NotInReport scope={scope} />;
  const isOutdated = measured !== undefined && measured.generation !== state.generation;
  return (
    <>
      {isMeasuring && <Progress />}
      {error !== undefined && (
        <Failure title="The records could not be measured." error={error}>
          <Button onClick={() => void measure(scope)}>Try again</Button>
        </Failure>
      )}
      {isOutdated && !isMeasuring && (
        <p className={classes['outdated']}>
          Changed on disk since it was measured.{' '}
          <Button onClick={() => void measure(scope)}>Measure again</Button>
        </p>
      )}
      {measured !== undefined && <StatisticsFigures statistics={measured.statistics} />}
      {measured === undefined && error === undefined && !isMeasuring && (
        <Empty title="Not measured yet.">
          <p>Sizes, largest records and what each byte is: every byte is read for it.</p>
          <Button kind="primary" onClick={() => void measure(scope)}>
            {`Measure ${sizeText(sizeInBytes)}`}
          </Button>
        </Empty>
      )}
    </>
  );
}

/** Why a saved report has none, and how the next one gets them. */
function NotInReport({ scope }: { readonly scope: StatisticsScope }) {
  return (
    <Empty title="Not in this saved report.">
      <p>
        {scope === 'log'
          ? 'Statistics are in a report where they were asked for: Statistics on the Report screen, or strata report --statistics.'
          : 'Statistics of single segments are in a report that was asked for statistics and has at most 500 segments.'}
      </p>
    </Empty>
  );
}

function Progress() {
  const { task, cancelTask } = useAppParts((all) => ({
    task: all.tasks.find(({ key, state }) => key === 'statistics' && state === 'running'),
    cancelTask: all.cancelTask,
  }));
  if (task === undefined) return null;
  return (
    <div className={classes['progress']}>
      <TaskProgress
        title={task.title}
        progress={task.progress}
        startedAtMs={task.startedAtMs}
        onCancel={() => cancelTask(task.taskId)}
      />
    </div>
  );
}
