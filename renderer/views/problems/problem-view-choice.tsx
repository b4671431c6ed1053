/** The two sides of the Problems screen: what is wrong now, and what a broker's next start would make of it. */
import { Choice } from '../../components/controls';
import { PROBLEM_VIEWS } from '../../store/startup-slice';
import { useAppParts } from '../../store/use-app';

const TITLES = { problems: 'Problems', startup: 'Next start-up' } as const;

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
