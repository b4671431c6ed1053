/**
 * The two sides of the Problems screen: what is wrong now, and what a broker's next start would make of it; and of a data
 * directory, whether of the log that is open or of the whole.
 */
import { Choice } from '../../components/controls';
import { PROBLEM_SCOPES, PROBLEM_VIEWS } from '../../store/startup-slice';
import { useAppParts } from '../../store/use-app';

const TITLES = { problems: 'Problems', startup: 'Next start-up' } as const;
const SCOPE_TITLES = { log: 'This log', directory: 'Whole directory' } as const;

export function ProblemViewChoice() {
  const { view, show } = useAppParts((all) => ({ view: all.problemView, show: all.showProblemView }));
  return (
    <Choice
      label="View"
      value={view}
      options={PROBLEM_VIEWS}
      titleOf={(each) => TITLES[each]}
      onChange={show}
    />
  );
}

/** Where there is something to choose. */
export function ProblemScopeChoice() {
  const { hasBoth, scope, setScope } = useAppParts((all) => ({
    hasBoth: all.directory?.kind === 'data-directory' && all.logId !== null,
    scope: all.problemScope,
    setScope: all.setProblemScope,
  }));
  if (!hasBoth) return null;
  return (
    <Choice
      label="What it is about"
      value={scope}
      options={PROBLEM_SCOPES}
      titleOf={(each) => SCOPE_TITLES[each]}
      onChange={setScope}
    />
  );
}
