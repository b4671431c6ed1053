/** What a list of problems shows of each, and what it is filtered by; of one log or of many. */
import type { Problem } from '../../../shared/problem';
import { Badge, SEVERITY_TONES } from '../../components/controls';
import type { Column } from '../../components/data-table';
import { Count } from '../../components/quantities';
import { wordFilter } from '../../text/word-filter';
import classes from './problems-screen.module.css';

const SEVERITY_ORDER = { error: 0, warning: 1, info: 2 } as const;

export type Numbered<P extends Problem> = P & { readonly index: number };

export const problemKey = ({ index }: { readonly index: number }) => index;

/** Each with its place in the whole list. */
export function matchingProblems<P extends Problem & { readonly log?: string | null }>(
  problems: readonly P[],
  filter: string,
): Numbered<P>[] {
  const isMatch = wordFilter(filter);
  return problems
    .map((problem, index) => ({ ...problem, index }))
    .filter(({ code, file, message, severity, log }) =>
      isMatch(`${code} ${file} ${message} ${severity} ${log ?? ''}`),
    );
}

/** Cut at its beginning, which is zeros. */
export function FileName({ name }: { readonly name: string }) {
  return (
    <span className={`${classes['mono']} ${classes['file']}`} title={name}>
      <bdi>{name}</bdi>
    </span>
  );
}

export const PROBLEM_COLUMNS: readonly Column<Problem>[] = [
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
    ...{ key: 'file', title: 'File', width: '212px' },
    cell: ({ file }) => <FileName name={file} />,
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
