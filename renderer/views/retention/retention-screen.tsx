/** What retention deletes now, what goes next and why the rest stays; other policies tried; run and undo. */
import { useMemo } from 'react';
import type { RetentionFacts } from '../../../shared/retention';
import { GrowthChart } from '../../charts/growth-chart';
import { Badge } from '../../components/controls';
import { type Column, DataTable } from '../../components/data-table';
import { Empty, Failure } from '../../components/notices';
import { countColumn, sizeColumn, timeColumn } from '../../components/number-columns';
import { Time } from '../../components/quantities';
import { SplitPane } from '../../components/split-pane';
import { useApp, useAppParts } from '../../store/use-app';
import { CoreStrip } from '../core-strip';
import { LogGate } from '../log-gate';
import { RetentionPanel, TIME_SOURCE_TITLES } from './retention-panel';
import {
  type Fate,
  fateColouring,
  growthOf,
  retentionPolicy,
  retentionView,
  type SegmentFate,
} from './retention-view';

export function RetentionScreen() {
  const facts = useApp((state) => state.retentionFacts);
  const error = useApp((state) => state.retentionError);
  return (
    <LogGate>
      {error !== null && <Failure title="What retention needs to know could not be read." error={error} />}
      {facts !== null ? (
        <Retention facts={facts} />
      ) : (
        error === null && <Empty title="Reading timestamps and settings…" />
      )}
    </LogGate>
  );
}

const keyOf = (segment: SegmentFate) => segment.baseOffset;

function Retention({ facts }: { readonly facts: RetentionFacts }) {
  const { given, nowMs, selected, selectSegment } = useAppParts((state) => ({
    given: state.givenRetention,
    nowMs: state.retentionNowMs,
    selected: state.selectedSegment,
    selectSegment: state.selectSegment,
  }));
  const policy = useMemo(() => retentionPolicy(facts, given), [facts, given]);
  const view = useMemo(() => retentionView(facts, policy, nowMs), [facts, policy, nowMs]);
  const colouring = useMemo(() => fateColouring(view.fates), [view]);
  const growth = useMemo(() => growthOf(facts, view, nowMs), [facts, view, nowMs]);
  return (
    <>
      <CoreStrip colouring={colouring} meaning="Coloured by fate" />
      <SplitPane
        name="retention"
        initialShare={0.6}
        first={
          <>
            {growth.length > 0 && (
              <GrowthChart
                points={growth}
                nowMs={nowMs}
                retentionBytes={policy.deletes && policy.retentionBytes >= 0 ? policy.retentionBytes : null}
              />
            )}
            <DataTable
              label="Fates"
              rows={view.fates}
              columns={COLUMNS}
              keyOf={keyOf}
              selectedKey={selected}
              onSelect={({ baseOffset }) => selectSegment(baseOffset)}
              empty={<Empty title="This log has no segment." />}
            />
          </>
        }
        second={<RetentionPanel facts={facts} view={view} />}
      />
    </>
  );
}

const FATE_BADGES: Readonly<
  Record<Fate, { readonly tone: 'error' | 'warning' | 'quiet'; readonly text: string }>
> = {
  going: { tone: 'error', text: 'goes now' },
  soon: { tone: 'warning', text: 'within a day' },
  kept: { tone: 'quiet', text: 'kept' },
};

const COLUMNS: readonly Column<SegmentFate>[] = [
  countColumn('Base offset', '100px', ({ baseOffset }) => baseOffset),
  sizeColumn('Size', '84px', ({ sizeInBytes }) => sizeInBytes),
  {
    ...{ key: 'fate', title: 'Fate', width: '98px' },
    cell: ({ fate }) => <Badge tone={FATE_BADGES[fate].tone}>{FATE_BADGES[fate].text}</Badge>,
    text: ({ fate }) => fate,
    order: ({ fate }) => fate,
  },
  {
    ...{ key: 'why', title: 'Why', width: 'minmax(240px, 1fr)' },
    cell: ({ why }) => <span title={why}>{why}</span>,
    text: ({ why }) => why,
  },
  {
    ...timeColumn<SegmentFate>('Goes at', '160px', ({ dueAtMs }) => dueAtMs),
    cell: ({ fate, dueAtMs }) => (fate === 'going' ? 'now' : <Time ms={dueAtMs} />),
  },
  timeColumn('Largest timestamp', '160px', ({ largestTimestampMs }) => largestTimestampMs),
  {
    ...{ key: 'source', title: 'Timestamp from', width: '120px' },
    cell: ({ largestTimestampSource }) => TIME_SOURCE_TITLES[largestTimestampSource],
    text: ({ largestTimestampSource }) => largestTimestampSource,
    order: ({ largestTimestampSource }) => largestTimestampSource,
  },
];
