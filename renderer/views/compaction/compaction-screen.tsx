/** What compaction would free and why it does not run; settings tried, the log analysed when asked to, run and undo. */
import { useMemo } from 'react';
import type { CompactionFacts } from '../../../shared/compaction';
import { DataTable } from '../../components/data-table';
import { Empty, Failure } from '../../components/notices';
import { SplitPane } from '../../components/split-pane';
import { useApp, useAppParts } from '../../store/use-app';
import { CoreStrip } from '../core-strip';
import { LogGate } from '../log-gate';
import { CompactionPanel } from './compaction-panel';
import { compactionView, coreSections, type SourceRow, savingsColouring } from './compaction-view';
import { SOURCE_COLUMNS } from './source-columns';
import { Verdict } from './verdict';

export function CompactionScreen() {
  const facts = useApp((state) => state.compactionFacts);
  const error = useApp((state) => state.compactionError);
  return (
    <LogGate>
      {error !== null && <Failure title="What compaction needs to know could not be read." error={error} />}
      {facts !== null ? (
        <Compaction facts={facts} />
      ) : (
        error === null && <Empty title="Reading timestamps, checkpoints and open transactions…" />
      )}
    </LogGate>
  );
}

const keyOf = ({ baseOffset }: SourceRow) => baseOffset;

function Compaction({ facts }: { readonly facts: CompactionFacts }) {
  const { given, nowMs, analysis, selected, selectSegment } = useAppParts((state) => ({
    given: state.givenCompaction,
    nowMs: state.compactionNowMs,
    analysis: state.compactionAnalysis,
    selected: state.selectedSegment,
    selectSegment: state.selectSegment,
  }));
  const view = useMemo(() => compactionView(facts, given, analysis, nowMs), [facts, given, analysis, nowMs]);
  const colouring = useMemo(() => savingsColouring(view.rows), [view.rows]);
  const sections = useMemo(() => coreSections(view.rows), [view.rows]);
  return (
    <>
      <CoreStrip
        colouring={colouring}
        meaning="Coloured by the share that compaction frees"
        sections={sections}
      />
      <Verdict view={view} />
      <SplitPane
        name="compaction"
        initialShare={0.64}
        first={
          <DataTable
            label="Before and after"
            rows={view.rows}
            columns={SOURCE_COLUMNS}
            keyOf={keyOf}
            selectedKey={selected}
            onSelect={({ baseOffset }) => selectSegment(baseOffset)}
            empty={<Empty title="This log has no segment." />}
          />
        }
        second={<CompactionPanel facts={facts} view={view} />}
      />
    </>
  );
}
