/**
 * Findings with a filter above them and the details of the chosen one beside them: of a log or of a whole directory. What
 * stands in the bar, beside a finding or in place of all, the two screens know.
 */
import { type ReactNode, useMemo, useState } from 'react';
import type { Problem } from '../../../shared/problem';
import { type Column, DataTable } from '../../components/data-table';
import { Empty } from '../../components/notices';
import { SplitPane } from '../../components/split-pane';
import { FilterBar } from '../filter-bar';
import { matchingProblems, type Numbered, problemKey } from './problem-columns';

export interface ProblemListProps<P extends Problem> {
  /** Under which the divider is remembered. */
  readonly name: string;
  readonly initialShare: number;
  readonly placeholder: string;
  readonly problems: readonly P[];
  readonly columns: readonly Column<Numbered<P>>[];
  /** Place in the whole list; null for none. */
  readonly selected: number | null;
  readonly onSelect: (index: number) => void;
  readonly onOpen?: (problem: P) => void;
  /** How much was found and what finds more, beside the filter. */
  readonly extent: ReactNode;
  /** What could not be done. */
  readonly failures: ReactNode;
  /** In place of the rows where there are none. */
  readonly nothing: ReactNode;
  readonly details: (problem: P) => ReactNode;
  /** In place of the details, where there is more to say of all; null for the details. */
  readonly beside?: ReactNode;
}

export function ProblemList<P extends Problem & { readonly log?: string | null }>(
  props: ProblemListProps<P>,
) {
  const { problems, selected, beside = null, onOpen } = props;
  const [filter, setFilter] = useState('');
  const rows = useMemo(() => matchingProblems(problems, filter), [problems, filter]);
  const chosen = selected === null ? undefined : problems[selected];
  return (
    <>
      <FilterBar label="Filter problems" placeholder={props.placeholder} value={filter} onChange={setFilter}>
        {props.extent}
      </FilterBar>
      {props.failures}
      <SplitPane
        name={props.name}
        initialShare={props.initialShare}
        first={
          <DataTable
            label="Problems"
            rows={rows}
            columns={props.columns}
            keyOf={problemKey}
            selectedKey={selected}
            onSelect={({ index }) => props.onSelect(index)}
            {...(onOpen === undefined ? {} : { onOpen })}
            empty={
              filter === '' || problems.length === 0 ? (
                props.nothing
              ) : (
                <Empty title="No problem fits this filter." />
              )
            }
          />
        }
        second={
          beside ??
          (problems.length === 0 ? null : chosen === undefined ? <NoneChosen /> : props.details(chosen))
        }
      />
    </>
  );
}

function NoneChosen() {
  return (
    <Empty title="No problem chosen.">
      <p>Choose one to read what follows from it and what to do.</p>
    </Empty>
  );
}
