/** The line above a table: the field that filters it, which Find leads to, and what stands beside. */
import type { ReactNode } from 'react';
import { Field } from '../components/controls';
import classes from './filter-bar.module.css';
import { useFindRequest } from './use-find-request';

export interface FilterBarProps {
  readonly label: string;
  readonly placeholder: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  /** Where the bar is there only when asked for: it then has the cursor. */
  readonly onEscape?: () => void;
  readonly children: ReactNode;
}

export function FilterBar({ label, placeholder, value, onChange, onEscape, children }: FilterBarProps) {
  const field = useFindRequest();
  return (
    <div className={classes['bar']}>
      <Field
        ref={field}
        aria-label={label}
        placeholder={placeholder}
        value={value}
        autoFocus={onEscape !== undefined}
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={(event) => event.key === 'Escape' && onEscape?.()}
      />
      {children}
    </div>
  );
}
