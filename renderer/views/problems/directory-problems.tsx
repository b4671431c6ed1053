/** Findings of a whole data directory: its own and those of all its logs, as far as they are known, with the way to each log. */
import { Button } from '../../components/controls';
import type { Column } from '../../components/data-table';
import { Empty, Failure } from '../../components/notices';
import { optional } from '../../components/number-columns';
import {
  areAllVerified,
  type DirectoryProblem,
  type DirectoryProblems,
} from '../../store/directory-problem-slice';
import { useApp, useAppParts } from '../../store/use-app';
import { countText, plural } from '../../text/quantities';
import { TaskFailure } from '../task-failure';
import { PROBLEM_COLUMNS } from './problem-columns';
import { ProblemDetails } from './problem-details';
import { ProblemList } from './problem-list';
import { ProblemScopeChoice, ProblemViewChoice } from './problem-view-choice';
import classes from './problems-screen.module.css';

const NOTHING: readonly DirectoryProblem[] = [];

export function DirectoryProblemList() {
  const state = useAppParts((all) => ({
    directoryId: all.directory?.directoryId ?? null,
    found: all.directoryProblems,
    error: all.directoryProblemsError,
    selected: all.selectedDirectoryProblem,
    select: all.selectDirectoryProblem,
    list: all.listDirectoryProblems,
    showInLog: all.showProblemInLog,
  }));
  return (
    <ProblemList
      name="directory-problems"
      initialShare={0.68}
      placeholder="Filter by log, code, file or text"
      problems={state.found?.rows ?? NOTHING}
      columns={COLUMNS}
      selected={state.selected}
      onSelect={state.select}
      onOpen={(problem) => void state.showInLog(problem)}
      extent={<Extent found={state.found} />}
      failures={
        <>
          {state.error !== null && (
            <Failure title="The problems could not be listed." error={state.error}>
              <Button onClick={() => void state.list()}>List them again</Button>
            </Failure>
          )}
          <TaskFailure
            taskKey="verify-directory"
            about={state.directoryId}
            title="The logs could not be verified."
          />
        </>
      }
      nothing={state.error === null && <NoProblems found={state.found} />}
      details={(problem) => (
        <ProblemDetails problem={problem} log={problem.log}>
          {problem.logId !== null && (
            <Button onClick={() => void state.showInLog(problem)}>{`Show it in ${problem.log}`}</Button>
          )}
        </ProblemDetails>
      )}
    />
  );
}

function Extent({ found }: { readonly found: DirectoryProblems | null }) {
  const { verify, list, isOutdated, isVerifying, isSaved } = useAppParts((state) => ({
    verify: state.verifyDirectory,
    list: state.listDirectoryProblems,
    isOutdated: state.areDirectoryProblemsOutdated,
    isVerifying: state.tasks.some((task) => task.key === 'verify-directory' && task.state === 'running'),
    isSaved: state.directory?.savedReport !== undefined,
  }));
  const isWhole = found !== null && areAllVerified(found);
  return (
    <span className={classes['extent']}>
      <ProblemViewChoice />
      <ProblemScopeChoice />
      <span className={classes['found']}>{found === null ? '' : extentText(found)}</span>
      {found !== null && isOutdated && !isVerifying && (
        <Button kind="primary" onClick={() => void list()}>
          Outdated: list again
        </Button>
      )}
      {!isSaved && (
        <Button
          kind={isWhole || isOutdated ? 'normal' : 'primary'}
          disabled={isVerifying || found === null || found.logCount === 0}
          onClick={() => void verify()}
        >
          {isWhole ? 'Verify all again' : 'Verify all logs'}
        </Button>
      )}
    </span>
  );
}

/** How much was found, and how deep was looked for it. */
function extentText(found: DirectoryProblems): string {
  const { total, logCount, logCountWithProblems, pendingLogCount, verifiedLogCount } = found;
  const where = logCountWithProblems === 0 ? '' : ` in ${plural(logCountWithProblems, 'log')}`;
  const depth =
    pendingLogCount > 0
      ? `; ${countText(pendingLogCount)} of ${plural(logCount, 'log')} not looked at yet`
      : areAllVerified(found)
        ? '; every byte was read'
        : verifiedLogCount > 0
          ? `; every byte was read of ${countText(verifiedLogCount)} of ${plural(logCount, 'log')}`
          : '; from names, sizes and headers';
  return `${plural(total, 'problem')}${where}${depth}.`;
}

function NoProblems({ found }: { readonly found: DirectoryProblems | null }) {
  const isVerifying = useApp((state) =>
    state.tasks.some((task) => task.key === 'verify-directory' && task.state === 'running'),
  );
  if (found === null) return <Empty title="Listing problems…" />;
  if (isVerifying) return <Empty title="Reading every byte of all logs…" />;
  if (areAllVerified(found))
    return (
      <Empty title="No problems.">
        <p>Every CRC, record, index and checkpoint of all logs was read.</p>
      </Empty>
    );
  return (
    <Empty title="No problem known so far.">
      <p>Verify reads every byte of all logs: CRCs, records, indexes against the logs.</p>
    </Empty>
  );
}

const LOG_COLUMN: Column<DirectoryProblem> = {
  ...{ key: 'log', title: 'Log', width: 'minmax(120px, 0.4fr)' },
  cell: ({ log }) => <span title={log ?? ''}>{log ?? '–'}</span>,
  text: ({ log }) => log ?? '',
  order: ({ log }) => log,
};
const [SEVERITY, PROBLEM, FILE, ...REST] = PROBLEM_COLUMNS;
const COLUMNS: readonly Column<DirectoryProblem & { readonly index: number }>[] = [
  ...[SEVERITY!, LOG_COLUMN, PROBLEM!],
  ...optional<DirectoryProblem>(FILE!, ...REST),
];
