/** What stands where there is nothing to show: what happened, to which file, and the one thing to do. */
import type { ReactNode } from 'react';
import type { WireError } from '../../shared/errors';
import classes from './notices.module.css';

export interface EmptyProps {
  readonly title: string;
  readonly children?: ReactNode;
}

export function Empty({ title, children }: EmptyProps) {
  return (
    <div className={classes['empty']}>
      <p className={classes['title']}>{title}</p>
      {children}
    </div>
  );
}

export interface FailureProps {
  readonly error: WireError;
  /** What could not be done. */
  readonly title: string;
  readonly children?: ReactNode;
}

export function Failure({ error, title, children }: FailureProps) {
  const incident = error.details['incidentId'];
  return (
    <div className={classes['failure']} role="alert">
      <p className={classes['title']}>{title}</p>
      <p>{error.message}</p>
      <p className={classes['code']}>
        {error.code}
        {incident === undefined ? '' : ` · incident ${incident}`}
      </p>
      {children}
    </div>
  );
}
