/** Whether the cleaner takes the log, why or why not, what would change it; and the analysis, which reads the log. */
import { useMemo } from 'react';
import { savedShare } from '../../../shared/plan/compaction-space';
import { percentText } from '../../../shared/plan/share-text';
import { Badge, Button } from '../../components/controls';
import { TaskProgress } from '../../components/task-progress';
import { ANALYSIS_KEY } from '../../store/compaction-slice';
import { useApp, useAppParts } from '../../store/use-app';
import { plural, sizeText } from '../../text/quantities';
import classes from './compaction.module.css';
import { type AnalysisState, type CompactionView, cleaningSums, isDamaged } from './compaction-view';
import { EstimatedSize } from './estimates';
import type { Totals } from './source-rows';

export function Verdict({ view }: { readonly view: CompactionView }) {
  const { eligibility, explanations, end, analysisState } = view;
  const analysis = useApp((state) => state.compactionAnalysis);
  const isCurrent = analysis !== null && analysisState === 'current';
  const endedBy = isCurrent && isDamaged(analysis) ? analysis.plan.refusal : null;
  const nullKeysFound = useMemo(
    () => (analysis === null ? 0 : cleaningSums(analysis).nullKeyCount),
    [analysis],
  );
  const nullKeyCount = isCurrent ? nullKeysFound : 0;
  return (
    <section className={classes['verdict']} aria-label="Eligibility">
      {endedBy !== null ? (
        <Badge tone="error">damaged</Badge>
      ) : (
        <Badge tone={eligibility.isEligible ? 'good' : 'warning'}>
          {eligibility.isEligible ? 'compacted next' : 'not compacted'}
        </Badge>
      )}
      <div className={classes['why']}>
        {endedBy !== null && <p>{endedBy} The cleaner gives such a log up.</p>}
        {[...explanations, ...(end === null ? [] : [end])].map(({ reason, what, change }) => (
          <p key={reason}>
            {what} {change !== null && <span className={classes['change']}>{change}</span>}
          </p>
        ))}
        {nullKeyCount > 0 && (
          <p>
            {`${plural(nullKeyCount, 'record')} without a key: the cleaner drops ${nullKeyCount === 1 ? 'it' : 'all of them'}. `}
            <span className={classes['change']}>
              A compacted topic refuses new ones; what they hold is lost unless it is copied elsewhere first.
            </span>
          </p>
        )}
      </div>
      <Analysis view={view} />
    </section>
  );
}

const ASK: Readonly<Record<AnalysisState, string>> = {
  none: 'Analyse',
  current: 'Analyse again',
  previewed: 'Analyse for exact figures',
  'other-settings': 'Analyse with these settings',
  'other-log': 'Analyse again: the log has changed',
};

function Analysis({ view }: { readonly view: CompactionView }) {
  const task = useApp((state) => state.tasks.find(({ key }) => key === ANALYSIS_KEY));
  const isSaved = useApp((state) => state.directory?.savedReport !== undefined);
  const { analyse, cancelTask } = useAppParts((state) => ({
    analyse: state.analyseCompaction,
    cancelTask: state.cancelTask,
  }));
  if (task?.state === 'running')
    return (
      <div className={classes['task']}>
        <TaskProgress
          title="Analysing"
          progress={task.progress}
          startedAtMs={task.startedAtMs}
          onCancel={() => cancelTask(task.taskId)}
        />
      </div>
    );
  const { analysisState, analysisBytes, limits } = view;
  const { totals } = view.table;
  const isFresh = analysisState === 'current';
  return (
    <div className={classes['task']}>
      <Button
        kind={isFresh ? 'normal' : 'primary'}
        disabled={isSaved || !limits.compacts || analysisBytes === 0}
        title={
          limits.compacts
            ? 'Reads the dirty part for its keys, then everything that is cleaned once more'
            : 'A log whose policy has no compact is not read for it'
        }
        onClick={() => void analyse()}
      >
        {ASK[analysisState]} ({sizeText(analysisBytes)} to read)
      </Button>
      {isSaved && (
        <span className={classes['change']}>An analysis reads records, which are not in a saved report.</span>
      )}
      {totals !== null && <Headline totals={totals} analysisState={analysisState} />}
      {task?.state === 'failed' && <span className={classes['failed']}>{task.error?.message}</span>}
      {task?.state === 'cancelled' && (
        <span className={classes['change']}>Cancelled. Nothing was changed.</span>
      )}
    </div>
  );
}

/** Before a figure of an analysis that is not, or not quite, of the log and the settings as they are. */
const OF_WHAT: Readonly<Partial<Record<AnalysisState, string>>> = {
  previewed: 'By the last analysis ',
  'other-settings': 'With its settings, the last analysis: ',
  'other-log': 'Of the log as it was: ',
};

interface HeadlineProps {
  readonly totals: Totals;
  readonly analysisState: AnalysisState;
}

function Headline({ totals, analysisState }: HeadlineProps) {
  return (
    <span>
      {OF_WHAT[analysisState]}
      {analysisState === 'previewed' && !totals.bytesAfterIsExact && 'about '}
      <strong>{percentText(savedShare(totals))} freed</strong>
      {`: ${sizeText(totals.bytesBefore)}, then `}
      <EstimatedSize bytes={totals.bytesAfter} isExact={totals.bytesAfterIsExact} />
    </span>
  );
}
