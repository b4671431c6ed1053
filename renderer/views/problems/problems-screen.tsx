/** Every finding of the log with its place, its consequence and its remedy. */
import { useMemo, useState } from 'react';
import { PROBLEM_KINDS, type Problem, type ProblemCode } from '../../../shared/problem';
import { Badge, Button } from '../../components/controls';
import { type Column, DataTable } from '../../components/data-table';
import { Facts } from '../../components/facts';
import { Empty, Failure } from '../../components/notices';
import { Count, None, Size } from '../../components/quantities';
import { SplitPane } from '../../components/split-pane';
import { segmentColouring } from '../../core/core-tones';
import { useApp, useAppParts } from '../../store/use-app';
import { plural } from '../../text/quantities';
import { wordFilter } from '../../text/word-filter';
import { CoreStrip } from '../core-strip';
import { FileBytes } from '../file-bytes';
import { FilterBar } from '../filter-bar';
import { LogGate } from '../log-gate';
import { ProblemViewChoice } from './problem-view-choice';
import classes from './problems-screen.module.css';
import { SalvageReportView } from './salvage-report';
import { StartupView } from './startup-view';

interface NumberedProblem extends Problem {
  readonly index: number;
}

const SEVERITY_ORDER = { error: 0, warning: 1, info: 2 } as const;
const SEVERITY_TONES = { error: 'error', warning: 'warning', info: 'quiet' } as const;

export function ProblemsScreen() {
  const segments = useApp((state) => state.segments);
  const view = useApp((state) => state.problemView);
  const isVerified = useApp((state) => state.isVerified);
  const colouring = useMemo(() => segmentColouring(segments, 'damage', isVerified), [segments, isVerified]);
  return (
    <LogGate>
      <CoreStrip colouring={colouring} meaning="Coloured by damage" />
      {view === 'problems' ? <ProblemList /> : <StartupView />}
    </LogGate>
  );
}

function ProblemList() {
  const state = useAppParts((all) => ({
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
  const [filter, setFilter] = useState('');
  const rows = useMemo(() => matching(state.problems, filter), [state.problems, filter]);
  const chosen = state.selected === null ? undefined : state.problems[state.selected];
  return (
    <>
      <FilterBar
        label="Filter problems"
        placeholder="Filter by code, file or text"
        value={filter}
        onChange={setFilter}
      >
        <Extent total={state.total} isComplete={state.isComplete} />
      </FilterBar>
      {state.error !== null && <Failure title="The problems could not be listed." error={state.error} />}
      <SplitPane
        name="problems"
        initialShare={0.64}
        first={
          <DataTable
            label="Problems"
            rows={rows}
            columns={COLUMNS}
            keyOf={keyOf}
            selectedKey={state.selected}
            onSelect={({ index }) => state.selectProblem(index)}
            empty={
              <NoProblems
                isLoading={state.isLoading}
                isFiltered={filter !== ''}
                isComplete={state.isComplete}
              />
            }
          />
        }
        second={
          state.salvageReport !== null ? (
            <SalvageReportView report={state.salvageReport} onClose={state.clearSalvage} />
          ) : state.total === 0 ? null : chosen === undefined ? (
            <Empty title="No problem chosen.">
              <p>Choose one to read what follows from it and what to do.</p>
            </Empty>
          ) : (
            <ProblemDetails problem={chosen} />
          )
        }
      />
    </>
  );
}

function Extent({ total, isComplete }: { readonly total: number; readonly isComplete: boolean }) {
  const verifyLog = useApp((state) => state.verifyLog);
  const salvageLog = useApp((state) => state.salvageLog);
  const isSaved = useApp((state) => state.directory?.savedReport !== undefined);
  return (
    <span className={classes['extent']}>
      <ProblemViewChoice />
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
  readonly isFiltered: boolean;
  readonly isComplete: boolean;
}

function NoProblems({ isLoading, isFiltered, isComplete }: NoProblemsProps) {
  if (isLoading) return <Empty title="Listing problems…" />;
  if (isFiltered) return <Empty title="No problem fits this filter." />;
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

const keyOf = (problem: NumberedProblem) => problem.index;

function matching(problems: readonly Problem[], filter: string): NumberedProblem[] {
  const isMatch = wordFilter(filter);
  return problems
    .map((problem, index) => ({ ...problem, index }))
    .filter(({ code, file, message, severity }) => isMatch(`${code} ${file} ${message} ${severity}`));
}

const COLUMNS: readonly Column<NumberedProblem>[] = [
  {
    ...{ key: 'severity', title: 'Severity', width: '80px' },
    cell: ({ severity }) => <Badge tone={SEVERITY_TONES[severity]}>{severity}</Badge>,
    text: ({ severity }) => severity,
    order: ({ severity }) => SEVERITY_ORDER[severity],
  },
  {
    ...{ key: 'message', title: 'Problem', width: 'minmax(180px, 1fr)' },
    cell: ({ message }) => <span title={message}>{message}</span>,
    text: ({ message }) => message,
    order: ({ message }) => message,
  },
  {
    ...{ key: 'file', title: 'File', width: '190px' },
    cell: ({ file }) => <span className={classes['mono']}>{file}</span>,
    text: ({ file }) => file,
    order: ({ file }) => file,
  },
  {
    ...{ key: 'position', title: 'Position', width: '88px', isNumber: true },
    cell: ({ position }) => <Count value={position} />,
    text: ({ position }) => String(position ?? ''),
    order: ({ position }) => position,
  },
  {
    ...{ key: 'code', title: 'Code', width: '190px', isOptional: true },
    cell: ({ code }) => <span className={classes['mono']}>{code}</span>,
    text: ({ code }) => code,
    order: ({ code }) => code,
  },
];

function ProblemDetails({ problem }: { readonly problem: Problem }) {
  const { title, remedy } = PROBLEM_KINDS[problem.code];
  return (
    <div className={classes['details']}>
      <h2 className={classes['title']}>{title}</h2>
      <p>{problem.message}</p>
      <section>
        <h3 className={classes['heading']}>What a broker does</h3>
        <p>{problem.consequence}</p>
      </section>
      <section>
        <h3 className={classes['heading']}>What to do</h3>
        <p>{remedy}</p>
      </section>
      <Facts
        rows={[
          ['Code', problem.code],
          ['File', problem.file],
          [
            'Position',
            problem.position === null ? <None key="v" /> : <Count key="v" value={problem.position} />,
          ],
          ['Bytes', <Size key="v" bytes={problem.sizeInBytes} />],
          ['Base offset', <Count key="v" value={problem.baseOffset} />],
        ]}
      />
      <JumpToBytes problem={problem} />
    </div>
  );
}

/** Of these the file is not there, or is none that can be read. */
const WITHOUT_BYTES: readonly ProblemCode[] = [
  'offset-index-missing',
  'time-index-missing',
  'segment-unreadable',
  'file-not-regular',
];
/** As electron/engine/inspect/file-anatomy.ts knows them. */
const SMALL_FILE =
  /^\d{1,20}\.(?:index|timeindex|txnindex|snapshot|log\.\w+)(?:\.\w+)?$|(?:-checkpoint|^partition\.metadata)$/;

/** To the batch list of the segment at the bytes concerned; those of small files are shown here. */
function JumpToBytes({ problem: { code, file, position } }: { readonly problem: Problem }) {
  const { segments, showBatchAt, showFileBytes, shown, isSaved } = useAppParts((all) => ({
    segments: all.segments,
    showBatchAt: all.showBatchAt,
    showFileBytes: all.showFileBytes,
    shown: all.shownFile,
    isSaved: all.directory?.savedReport !== undefined,
  }));
  const base = /^(\d{1,20})\.log$/.exec(file)?.[1];
  const segment = segments.find(({ baseOffset }) => base !== undefined && baseOffset === Number(base));
  const hasBytes = segment !== undefined || SMALL_FILE.test(file);
  if (isSaved || !hasBytes || WITHOUT_BYTES.includes(code)) return null;
  const show = () =>
    segment === undefined
      ? showFileBytes(file, position ?? 0)
      : showBatchAt(segment.baseOffset, position ?? 0);
  return (
    <>
      {shown === null && <Button onClick={() => void show()}>Show the bytes</Button>}
      <FileBytes />
    </>
  );
}
