/** The refusal of a plan that was confirmed in the window and comes out otherwise when it is made again. */
import { AppError } from '../../shared/errors';

export function planOutdated(path: string): AppError {
  return new AppError(
    'PLAN_OUTDATED',
    'The log changed since the plan was made; nothing was done. Look at the new plan.',
    { path },
  );
}
