/** Why a run is refused in the directory that is open, and what of the window's own lifts that. */
import { POLICY_IS_ASSUMED } from '../../shared/plan/cleanup-policy';
import { Badge } from '../components/controls';
import { useApp } from '../store/use-app';
import classes from './plan-panel.module.css';

const CUT_OFF = 'An earlier run on this log was cut off: undo it, or free its space, first.';

/** null where nothing stands against a run: on a copy nothing does. @param refusal Of the log and its policy */
export function useRefusal(refusal: string | null): string | null {
  const isOnCopy = useApp((state) => state.copyPlace !== null);
  const isCutOff = useApp((state) => state.runs.some(({ state: each }) => each === 'running'));
  if (isOnCopy) return null;
  return refusal ?? (isCutOff ? CUT_OFF : null);
}

export function RunRefusal({ refusal }: { readonly refusal: string }) {
  const isSaved = useApp((state) => state.directory?.savedReport !== undefined);
  return (
    <p className={classes['refusal']}>
      <Badge tone="warning">not here</Badge> {refusal} {isSaved ? '' : remedyOf(refusal)}
    </p>
  );
}

function remedyOf(refusal: string): string {
  return refusal === POLICY_IS_ASSUMED
    ? 'Choose cleanup.policy above, or give the broker’s server.properties; or run it on a copy.'
    : 'It can be run on a copy.';
}
