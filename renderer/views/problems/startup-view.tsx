/** What a broker would do to the files at its next start: whether it starts, what it reads, and file by file why. */
import { useMemo, useState } from 'react';
import {
  bytesOfStep,
  STARTUP_ACTIONS,
  STARTUP_REASONS,
  type StartupAction,
  type StartupStep,
} from '../../../shared/plan/startup-reasons';
import type { StartupSummary } from '../../../shared/startup';
import { liveWriterText } from '../../../shared/writer-words';
import { Badge, type BadgeProps, Button, Choice } from '../../components/controls';
import { type Column, DataTable } from '../../components/data-table';
import { Facts } from '../../components/facts';
import { Empty, Failure } from '../../components/notices';
import { optional, sizeColumn } from '../../components/number-columns';
import { Size } from '../../components/quantities';
import { SplitPane } from '../../components/split-pane';
import { isAboutDirectory } from '../../store/startup-slice';
import { useApp, useAppParts } from '../../store/use-app';
import { plural, sizeText } from '../../text/quantities';
import { wordFilter } from '../../text/word-filter';
import { FilterBar } from '../filter-bar';
import { FileName } from './problem-columns';
import { ProblemScopeChoice, ProblemViewChoice } from './problem-view-choice';
import classes from './problems-screen.module.css';

interface NumberedStep extends StartupStep {
  readonly index: number;
}

const TONES: Partial<Record<StartupAction, BadgeProps['tone']>> = {
  refuse: 'error',
  unpredicted: 'warning',
  delete: 'warning',
  'delete-later': 'warning',
  truncate: 'warning',
  'set-aside': 'warning',
  keep: 'quiet',
};
const LISTINGS = ['changes', 'all'] as const;
const LISTING_TITLES = { changes: 'Changes', all: 'All files' } as const;

export function StartupView() {
  const state = useAppParts((all) => ({
    steps: all.startupSteps,
    summary: all.startupSummary,
    error: all.startupError,
    selected: all.selectedStep,
    selectStep: all.selectStep,
    hasManyLogs: isAboutDirectory(all),
    isOutdated: all.isStartupOutdated,
    isNotInReport: all.startupError?.code === 'NOT_IN_REPORT',
  }));
  const [filter, setFilter] = useState('');
  const rows = useMemo(() => matching(state.steps, filter), [state.steps, filter]);
  const { hasManyLogs } = state;
  const chosen = state.selected === null ? undefined : state.steps[state.selected];
  return (
    <>
      <FilterBar
        label="Filter steps"
        placeholder="Filter by file, action or reason"
        value={filter}
        onChange={setFilter}
      >
        <StartupControls />
      </FilterBar>
      {state.error !== null && !state.isNotInReport && (
        <Failure title="The start-up could not be played through." error={state.error} />
      )}
      {state.summary !== null && <Verdict summary={state.summary} isOutdated={state.isOutdated} />}
      <SplitPane
        name="startup"
        initialShare={0.68}
        first={
          <DataTable
            label="Next start-up"
            rows={rows}
            columns={hasManyLogs ? COLUMNS : COLUMNS_OF_ONE_LOG}
            keyOf={keyOf}
            selectedKey={state.selected}
            onSelect={({ index }) => state.selectStep(index)}
            empty={state.isNotInReport ? <NotInReport /> : <NoSteps isFiltered={filter !== ''} />}
          />
        }
        second={
          state.isNotInReport || state.steps.length === 0 ? null : chosen === undefined ? (
            <Empty title="No file chosen.">
              <p>Choose one to read why a broker does this to it.</p>
            </Empty>
          ) : (
            <StepDetails step={chosen} />
          )
        }
      />
    </>
  );
}

function StartupControls() {
  const state = useAppParts((all) => ({
    isAll: all.isStartupAll,
    setAll: all.setStartupAll,
    isLoading: all.startupState === 'loading',
    isOutdated: all.isStartupOutdated,
    plan: all.planStartup,
    isSaved: all.directory?.savedReport !== undefined,
  }));
  return (
    <span className={classes['extent']}>
      <span className={classes['choices']}>
        <ProblemViewChoice />
        <ProblemScopeChoice />
        <Choice
          label="Files listed"
          value={state.isAll ? 'all' : 'changes'}
          options={LISTINGS}
          titleOf={(listing) => LISTING_TITLES[listing]}
          onChange={(listing) => state.setAll(listing === 'all')}
        />
      </span>
      {!state.isSaved && (
        <Button
          kind={state.isOutdated ? 'primary' : 'normal'}
          disabled={state.isLoading}
          onClick={() => void state.plan()}
        >
          {state.isOutdated ? 'Files changed: plan again' : 'Plan again'}
        </Button>
      )}
    </span>
  );
}

interface VerdictProps {
  readonly summary: StartupSummary;
  readonly isOutdated: boolean;
}

function Verdict({ summary, isOutdated }: VerdictProps) {
  const { refusalCount, hadCleanShutdown, liveWriter, areAssignmentsKnown, kind } = summary;
  const isRefused = refusalCount > 0;
  return (
    <section className={`${classes['verdict']} ${isRefused ? classes['refused'] : ''}`} aria-label="Verdict">
      <p className={classes['verdictTitle']}>
        {isRefused ? `A broker would not start: ${plural(refusalCount, 'reason')}.` : 'A broker would start.'}
      </p>
      <p>
        {hadCleanShutdown
          ? 'Whoever was here last stopped in order. '
          : 'No clean stop: segments from the recovery point on are checked. '}
        {workText(summary)}
      </p>
      {isOutdated && <p className={classes['stale']}>Files changed since: this is how it was before.</p>}
      {isRefused && (
        <p>
          {summary.stopsBeforeLoading
            ? 'It stops before it loads a log; the other rows happen once that is put right.'
            : 'It may have done part of the other rows by then.'}
        </p>
      )}
      {liveWriter !== null && <p>{liveWriterText(liveWriter)}</p>}
      {!areAssignmentsKnown && kind === 'data-directory' && (
        <p>Without cluster metadata nobody can tell which partitions it would set aside.</p>
      )}
    </section>
  );
}

function workText({ bytesToCheck, bytesToReplay, bytesToRemove }: StartupSummary): string {
  const parts = [
    [bytesToCheck, 'to check'],
    [bytesToReplay, 'to read for the producer state'],
    [bytesToRemove, 'to remove'],
  ] as const;
  const due = parts.filter(([bytes]) => bytes > 0).map(([bytes, what]) => `${sizeText(bytes)} ${what}`);
  return due.length === 0 ? 'Nothing to read or to remove.' : `${due.join(', ')}.`;
}

function NotInReport() {
  return (
    <Empty title="The next start-up is not in this saved report.">
      <p>
        It was not asked for when the report was made (strata report --startup). Open the directory itself.
      </p>
    </Empty>
  );
}

function NoSteps({ isFiltered }: { readonly isFiltered: boolean }) {
  const state = useApp(({ startupState }) => startupState);
  const plan = useApp(({ planStartup }) => planStartup);
  if (state === 'loading') return <Empty title="Playing through the next start-up…" />;
  if (state === 'cancelled')
    return (
      <Empty title="Cancelled.">
        <Button onClick={() => void plan()}>Plan the next start-up</Button>
      </Empty>
    );
  if (state !== 'ready') return <Empty title="No plan." />;
  return isFiltered ? (
    <Empty title="No file fits this filter." />
  ) : (
    <Empty title="Every file stays as it is.">
      <p>A broker has nothing to delete, complete, cut off or write anew here.</p>
    </Empty>
  );
}

const keyOf = ({ index }: NumberedStep) => index;
const fileText = ({ file }: StartupStep) => (file === '' ? '(directory)' : file);
const whyText = ({ reason, detail }: StartupStep) =>
  detail === null ? STARTUP_REASONS[reason] : `${detail} ${STARTUP_REASONS[reason]}`;

function matching(steps: readonly StartupStep[], filter: string): NumberedStep[] {
  const isMatch = wordFilter(filter);
  return steps
    .map((step, index) => ({ ...step, index }))
    .filter((step) =>
      isMatch(`${step.log ?? ''} ${fileText(step)} ${STARTUP_ACTIONS[step.action]} ${whyText(step)}`),
    );
}

const COLUMNS: readonly Column<NumberedStep>[] = [
  {
    ...{ key: 'action', title: 'Broker', width: '144px' },
    cell: ({ action }) => <Badge tone={TONES[action] ?? 'accent'}>{STARTUP_ACTIONS[action]}</Badge>,
    text: ({ action }) => action,
    order: ({ action }) => Object.keys(STARTUP_ACTIONS).indexOf(action),
  },
  {
    ...{ key: 'log', title: 'Log', width: 'minmax(140px, 0.5fr)' },
    cell: ({ log }) => <span title={log ?? ''}>{log ?? '–'}</span>,
    text: ({ log }) => log ?? '',
    order: ({ log }) => log,
  },
  {
    ...{ key: 'file', title: 'File', width: '220px' },
    cell: (step) => <FileName name={fileText(step)} />,
    text: fileText,
    order: fileText,
  },
  ...optional(sizeColumn('Bytes', '84px', bytesOfStep)),
  {
    ...{ key: 'why', title: 'Why', width: 'minmax(116px, 1fr)' },
    cell: (step) => <span title={whyText(step)}>{whyText(step)}</span>,
    text: whyText,
  },
];

const COLUMNS_OF_ONE_LOG = COLUMNS.filter(({ key }) => key !== 'log');

function StepDetails({ step }: { readonly step: StartupStep }) {
  const { log, action, toName, sizeInBytes, sizeAfterInBytes, reason, detail } = step;
  return (
    <div className={classes['details']}>
      <h2 className={classes['title']}>
        A broker {STARTUP_ACTIONS[action]}
        {action === 'refuse' ? '' : ' this'}
      </h2>
      {detail !== null && <p>{detail}</p>}
      <p>{STARTUP_REASONS[reason]}</p>
      <Facts
        rows={[
          log === null ? null : ['Log', log],
          ['File', fileText(step)],
          toName === null ? null : ['Name afterwards', toName],
          ['Bytes now', <Size key="v" bytes={sizeInBytes} />],
          ['Bytes afterwards', <Size key="v" bytes={sizeAfterInBytes} />],
          ['Reason', reason],
        ]}
      />
      <ShowLog name={log} />
    </div>
  );
}

/** From the plan of the whole directory to that of one log. */
function ShowLog({ name }: { readonly name: string | null }) {
  const showStartupOfLog = useApp((state) => state.showStartupOfLog);
  const logId = useApp((state) =>
    isAboutDirectory(state) ? (state.directory?.logs.find((log) => log.name === name)?.logId ?? null) : null,
  );
  if (logId === null) return null;
  return <Button onClick={() => showStartupOfLog(logId)}>{`Show it in ${name}`}</Button>;
}
