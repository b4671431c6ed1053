/** What compaction would free and why it does not run; settings tried, the log analysed when asked to, run and undo. */
import { memo, useMemo } from 'react';
import type { CompactionFacts } from '../../../shared/compaction';
import { Choice } from '../../components/controls';
import { Empty, Failure } from '../../components/notices';
import { SplitPane } from '../../components/split-pane';
import { COMPACTION_TABS, type CompactionTab } from '../../store/compaction-slice';
import { useApp, useAppParts } from '../../store/use-app';
import { plural } from '../../text/quantities';
import { CoreStrip } from '../core-strip';
import { FilteredTable } from '../filtered-table';
import { LogGate } from '../log-gate';
import classes from './compaction.module.css';
import { CompactionPanel } from './compaction-panel';
import {
  type CompactionView,
  compactionView,
  coreSections,
  isDamaged,
  savingsColouring,
  unknownColouring,
  whatIsKnown,
} from './compaction-view';
import { ByAge, SupersededBy, Tombstones, WorstKeys } from './findings-tables';
import { KeyTab } from './key-tab';
import { sourceColumns } from './source-columns';
import { KnownSources, type SourceRow, type SourceTable } from './source-rows';
import { Verdict } from './verdict';

export function CompactionScreen() {
  const facts = useApp((state) => state.compactionFacts);
  const error = useApp((state) => state.compactionError);
  return (
    <LogGate>
      {error !== null && <Failure title="What compaction needs to know could not be read." error={error} />}
      {facts !== null ? <Compaction facts={facts} /> : error === null && <Loading />}
    </LogGate>
  );
}

const MEANING = 'Coloured by the share that compaction frees';

/** The core is known already. */
function Loading() {
  const segmentCount = useApp((state) => state.segments.length);
  const colouring = useMemo(() => unknownColouring(segmentCount), [segmentCount]);
  return (
    <>
      <CoreStrip colouring={colouring} meaning={MEANING} />
      <Empty
        title={`Reading timestamps of ${plural(segmentCount, 'segment')}, checkpoints and open transactions…`}
      />
    </>
  );
}

const keyOf = ({ baseOffset }: SourceRow) => baseOffset;

function Compaction({ facts }: { readonly facts: CompactionFacts }) {
  const { given, nowMs, analysis } = useAppParts((state) => ({
    given: state.givenCompaction,
    nowMs: state.compactionNowMs,
    analysis: state.compactionAnalysis,
  }));
  const known = useMemo(() => new KnownSources(facts.state, whatIsKnown(analysis)), [facts, analysis]);
  const view = useMemo(
    () => compactionView(facts, given, analysis, nowMs, known),
    [facts, given, analysis, nowMs, known],
  );
  const colouring = useMemo(() => savingsColouring(view.table), [view.table]);
  const sections = useMemo(() => coreSections(view.table), [view.table]);
  return (
    <>
      <CoreStrip colouring={colouring} meaning={MEANING} sections={sections} />
      <Verdict view={view} />
      <SplitPane
        name="compaction"
        initialShare={0.64}
        first={<Findings facts={facts} view={view} />}
        second={<CompactionPanel facts={facts} view={view} />}
      />
    </>
  );
}

interface FindingsProps {
  readonly facts: CompactionFacts;
  readonly view: CompactionView;
}

function Findings({ facts, view }: FindingsProps) {
  const { tab, showTab } = useAppParts((state) => ({
    tab: state.compactionTab,
    showTab: state.showCompactionTab,
  }));
  return (
    <>
      <div className={classes['tabs']}>
        <Choice label="Show" value={tab} options={COMPACTION_TABS} onChange={showTab} />
      </div>
      {tab === 'key' ? (
        <KeyTab view={view} />
      ) : (
        <Tab
          tab={tab}
          facts={facts}
          table={view.table}
          hasSomethingToClean={view.limits.compacts && view.analysisBytes > 0}
        />
      )}
    </>
  );
}

interface TabProps {
  readonly tab: Exclude<CompactionTab, 'key'>;
  readonly facts: CompactionFacts;
  readonly table: SourceTable;
  /** Under the settings of the moment. */
  readonly hasSomethingToClean: boolean;
}

/** Most settings leave the table as it is. */
const Tab = memo(function Tab({ tab, facts, table, hasSomethingToClean }: TabProps) {
  const { analysis, isSaved, selected, selectSegment } = useAppParts((state) => ({
    isSaved: state.directory?.savedReport !== undefined,
    analysis: state.compactionAnalysis,
    selected: state.selectedSegment,
    selectSegment: state.selectSegment,
  }));
  const columns = useMemo(() => sourceColumns(whatIsKnown(analysis)), [analysis]);
  if (tab === 'segments')
    return (
      <FilteredTable
        label="Before and after"
        rows={table.rows}
        columns={columns}
        keyOf={keyOf}
        selectedKey={selected}
        onSelect={({ baseOffset }) => selectSegment(baseOffset)}
        empty={<Empty title="This log has no segment." />}
      />
    );
  const findings = analysis?.findings ?? null;
  if (analysis === null && isSaved)
    return (
      <Empty title="No analysis is in this saved report.">
        It is in a report where it was asked for: Analysis of compaction on the Report screen, or strata
        report --compaction.
      </Empty>
    );
  if (analysis !== null && isDamaged(analysis)) return <Empty title="Damage ended the analysis." />;
  if (analysis !== null && findings === null)
    return <Empty title="Nothing is cleaned, so that nothing was found." />;
  if (analysis === null && !hasSomethingToClean)
    return <Empty title="Not analysed.">Nothing would be cleaned: above it says why.</Empty>;
  if (analysis === null || findings === null)
    return <Empty title="Not analysed.">Analyse the log above: it is read for that, and nothing else.</Empty>;
  if (tab === 'superseded by') return <SupersededBy matrix={findings.matrix} rows={table.rows} />;
  if (tab === 'worst keys') return <WorstKeys keys={findings.worstKeys} />;
  if (tab === 'tombstones') return <Tombstones findings={findings} nowMs={analysis.nowMs} />;
  return <ByAge facts={facts} rows={table.rows} nowMs={analysis.nowMs} />;
});
