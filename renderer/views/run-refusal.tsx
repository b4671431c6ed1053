/** Why a run is refused in the directory that is open, and what of the window's own lifts that. */
import { POLICY_IS_ASSUMED } from '../../shared/plan/cleanup-policy';
import { Badge } from '../components/controls';
import { useApp } from '../store/use-app';
import classes from './plan-panel.module.css';

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
