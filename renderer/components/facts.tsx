/** Names and values in two columns. A value of null is left out. */
import type { ReactNode } from 'react';
import classes from './facts.module.css';

export interface FactsProps {
  readonly rows: readonly (readonly [name: string, value: ReactNode] | null)[];
}

export function Facts({ rows }: FactsProps) {
  return (
    <dl className={classes['facts']}>
      {rows.map((row) =>
        row === null ? null : (
          <div key={row[0]} className={classes['row']}>
            <dt>{row[0]}</dt>
            <dd>{row[1]}</dd>
          </div>
        ),
      )}
    </dl>
  );
}
