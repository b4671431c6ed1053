/** Every finding with its place, its consequence and its remedy: of the log, or of the whole directory. */
import { useMemo } from 'react';
import { Button } from '../../components/controls';
import { Empty, Failure } from '../../components/notices';
import { segmentColouring } from '../../core/core-tones';
import { isAboutDirectory } from '../../store/startup-slice';
import { useApp, useAppParts } from '../../store/use-app';
import { plural } from '../../text/quantities';
import { CoreStrip } from '../core-strip';
import { LogGate } from '../log-gate';
import { TaskFailure } from '../task-failure';
import { DirectoryProblemList } from './directory-problems';
import { PROBLEM_COLUMNS } from './problem-columns';
import { JumpToBytes, ProblemDetails } from './problem-details';
import { ProblemList } from './problem-list';
import { ProblemScopeChoice, ProblemViewChoice } from './problem-view-choice';
import classes from './problems-screen.module.css';
import { SalvageReportView } from './salvage-report';
import { StartupView } from './startup-view';

export function ProblemsScreen() {
  const view = useApp((state) => state.problemView);
  const isWhole = useApp(isAboutDirectory);
  if (isWhole) return view === 'problems' ? <DirectoryProblemList /> : <StartupView />;
  return (
    <LogGate>
      <DamageCore />
      {view === 'problems' ? <LogProblems /> : <StartupView />}
    </LogGate>
  );
}

function DamageCore() {
  const segments = useApp((state) => state.segments);
  const isVerified = useApp((state) => state.isVerified);
  const colouring = useMemo(() => segmentColouring(segments, 'damage', isVerified), [segments, isVerified]);
  return <CoreStrip colouring={colouring} meaning="Coloured by damage" />;
}

function LogProblems() {
  const state = useAppParts((all) => ({
    logId: all.logId,
    problems: all.problems,
    total: all.problemTotal,
    error: all.problemsError,
    isComplete: all.areProblemsComplete,
    selected: all.selectedProblem,
    selectProblem: all.selectProblem,
    salvageReport: all.salvageReport,
    clearSalvage: all.clearSalvage,
    isLoading: all.problemsState === 'loading',
  }));
  const { problems, total, error, isComplete, isLoading, salvageReport } = state;
  return (
    <ProblemList
      name="problems"
      initialShare={0.64}
      placeholder="Filter by code, file or text"
      problems={problems}
      columns={PROBLEM_COLUMNS}
      selected={state.selected}
      onSelect={state.selectProblem}
      extent={<Extent total={total} isComplete={isComplete} />}
      failures={
        <>
          {error !== null && <Failure title="The problems could not be listed." error={error} />}
          <TaskFailure taskKey="verify" about={state.logId} title="The log could not be verified." />
          <TaskFailure taskKey="salvage" about={state.logId} title="The sound batches could not be saved." />
        </>
      }
      nothing={error === null && <NoProblems isLoading={isLoading} isComplete={isComplete} />}
      details={(problem) => (
        <ProblemDetails problem={problem}>
          <JumpToBytes problem={problem} />
        </ProblemDetails>
      )}
      beside={salvageReport && <SalvageReportView report={salvageReport} onClose={state.clearSalvage} />}
    />
  );
}

function Extent({ total, isComplete }: { readonly total: number; readonly isComplete: boolean }) {
  const verifyLog = useApp((state) => state.verifyLog);
  const salvageLog = useApp((state) => state.salvageLog);
  const isSaved = useApp((state) => state.directory?.savedReport !== undefined);
  return (
    <span className={classes['extent']}>
      <ProblemViewChoice />
      <ProblemScopeChoice />
      <span className={classes['found']}>
        {isComplete
          ? `${plural(total, 'problem')}; every byte was read.`
          : `${plural(total, 'problem')} found from names, sizes and headers.`}
      </span>
      {!isSaved && isComplete && total > 0 && (
        <Button onClick={() => void salvageLog()}>Salvage the sound batches…</Button>
      )}
      {!isSaved && (
        <Button kind={isComplete ? 'normal' : 'primary'} onClick={() => void verifyLog()}>
          {isComplete ? 'Verify again' : 'Verify: read every byte'}
        </Button>
      )}
    </span>
  );
}

interface NoProblemsProps {
  readonly isLoading: boolean;
  readonly isComplete: boolean;
}

function NoProblems({ isLoading, isComplete }: NoProblemsProps) {
  if (isLoading) return <Empty title="Listing problems…" />;
  return isComplete ? (
    <Empty title="No problems.">
      <p>Every CRC, record, index and checkpoint of this log was read.</p>
    </Empty>
  ) : (
    <Empty title="No problem known so far.">
      <p>Verify reads every byte: CRCs, records, indexes against the log.</p>
    </Empty>
  );
}
