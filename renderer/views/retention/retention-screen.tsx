/** What retention deletes now, what goes next and why the rest stays; other policies tried; run and undo. */
import { useMemo } from 'react';
import { type IngestRates, ingestRates } from '../../../shared/plan/ingest-rate';
import type { RetentionFacts } from '../../../shared/retention';
import { GrowthChart, type GrowthPoint } from '../../charts/growth-chart';
import { Badge } from '../../components/controls';
import type { Column } from '../../components/data-table';
import { Empty, Failure } from '../../components/notices';
import { countColumn, sizeColumn, timeColumn } from '../../components/number-columns';
import { Time } from '../../components/quantities';
import { SplitPane } from '../../components/split-pane';
import { useCalmed } from '../../components/use-calmed';
import { useApp, useAppParts } from '../../store/use-app';
import { countText } from '../../text/quantities';
import { CoreStrip } from '../core-strip';
import { FilteredTable } from '../filtered-table';
import { LogGate } from '../log-gate';
import { HorizonChoice } from './projection-controls';
import { RetentionPanel, TIME_SOURCE_TITLES } from './retention-panel';
import classes from './retention-screen.module.css';
import {
  type Fate,
  fateColouring,
  growthOf,
  horizonOf,
  type RetentionView,
  retentionPolicy,
  retentionView,
  type SegmentFate,
  type ViewSituation,
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
  const { given, nowMs, selected, selectSegment, comparedPolicy, chosenHorizonMs } = useAppParts((state) => ({
    given: state.givenRetention,
    nowMs: state.retentionNowMs,
    selected: state.selectedSegment,
    selectSegment: state.selectSegment,
    comparedPolicy: state.comparedPolicy,
    chosenHorizonMs: state.retentionHorizonMs,
  }));
  const showRecord = useApp((state) => state.showRecordAt);
  const policy = useMemo(() => retentionPolicy(facts, given), [facts, given]);
  const { rates, situation } = useSituation(facts, nowMs);
  const view = useMemo(() => retentionView(facts, policy, situation), [facts, policy, situation]);
  const compared = useMemo(
    () => (comparedPolicy === null ? null : retentionView(facts, comparedPolicy, situation)),
    [facts, comparedPolicy, situation],
  );
  const colouring = useMemo(() => fateColouring(view), [view]);
  // The chart follows a few times a second: core and table keep up with the slider.
  const drawn = useCalmed(view);
  const growth = useMemo(
    () => growthPoints(facts, drawn, compared, { nowMs, horizonMs: horizonOf(drawn, chosenHorizonMs) }),
    [facts, drawn, compared, nowMs, chosenHorizonMs],
  );
  const columns = useMemo(() => columnsWith(compared, showRecord), [compared, showRecord]);
  return (
    <>
      <CoreStrip colouring={colouring} meaning="Coloured by fate" />
      <SplitPane
        name="retention"
        initialShare={0.6}
        first={
          <>
            {growth.length > 0 && (
              <div className={classes['growth']}>
                <GrowthChart
                  points={growth}
                  nowMs={nowMs}
                  retentionBytes={sizeLimitOf(drawn.policy)}
                  isCompared={compared !== null}
                  controls={HORIZON_CHOICE}
                />
              </div>
            )}
            <FilteredTable
              label="Fates"
              rows={view.fates}
              columns={columns}
              keyOf={keyOf}
              selectedKey={selected}
              onSelect={({ baseOffset }) => selectSegment(baseOffset)}
              empty={<Empty title="This log has no segment." />}
            />
          </>
        }
        second={
          <RetentionPanel facts={facts} view={view} compared={compared} growth={growth} rates={rates} />
        }
      />
    </>
  );
}

const HORIZON_CHOICE = <HorizonChoice />;

function sizeLimitOf({ deletes, retentionBytes }: RetentionView['policy']): number | null {
  return deletes && retentionBytes >= 0 ? retentionBytes : null;
}

/** What the view needs besides facts and policy. */
function useSituation(
  facts: RetentionFacts,
  nowMs: number,
): { readonly rates: IngestRates; readonly situation: ViewSituation } {
  const rateName = useApp((state) => state.retentionRate);
  const futureRecords = useApp((state) => state.futureRecords);
  const rates = useMemo(() => ingestRates(facts.segments, nowMs), [facts, nowMs]);
  const rate = rates[rateName] ?? rates.overall;
  const situation = useMemo(() => ({ nowMs, rate, futureRecords }), [nowMs, rate, futureRecords]);
  return { rates, situation };
}

/** Both policies over the same horizon. */
function growthPoints(
  facts: RetentionFacts,
  view: RetentionView,
  compared: RetentionView | null,
  ahead: { readonly nowMs: number; readonly horizonMs: number },
): GrowthPoint[] {
  const others = compared === null ? [] : growthOf(facts, compared, ahead);
  return growthOf(facts, view, ahead).map((point, index) => ({
    ...point,
    comparedBytes: others[index]?.withPolicyBytes ?? null,
  }));
}

const FATE_BADGES: Readonly<
  Record<Fate, { readonly tone: 'going' | 'warning' | 'quiet'; readonly text: string }>
> = {
  going: { tone: 'going', text: 'goes now' },
  soon: { tone: 'warning', text: 'within a day' },
  kept: { tone: 'quiet', text: 'kept' },
};

const FATE_COLUMN: Column<SegmentFate> = {
  ...{ key: 'fate', title: 'Fate', width: '98px' },
  cell: ({ fate }) => <FateBadge fate={fate} />,
  text: ({ fate }) => fate,
  order: ({ fate }) => fate,
};

function FateBadge({ fate }: { readonly fate: Fate }) {
  return <Badge tone={FATE_BADGES[fate].tone}>{FATE_BADGES[fate].text}</Badge>;
}

/** With a comparison, the fate under the other policy beside; with a way to the record of a future timestamp. */
function columnsWith(
  compared: RetentionView | null,
  showRecord: (offset: number) => void,
): readonly Column<SegmentFate>[] {
  const [offset, size, fate, goesAt, ...rest] = COLUMNS;
  const other = ({ index }: SegmentFate) => compared?.fates[index]?.fate ?? 'kept';
  const comparedFate: Column<SegmentFate> = {
    ...{ key: 'compared', title: 'Compared', width: '98px' },
    cell: (row) => <FateBadge fate={other(row)} />,
    text: other,
    order: other,
  };
  const why: Column<SegmentFate> = {
    ...{ key: 'why', title: 'Why', width: 'minmax(240px, 1fr)' },
    cell: (row) => <Why baseOffset={row.baseOffset} why={row.why} showRecord={showRecord} />,
    text: ({ why }) => why,
  };
  return [offset!, size!, fate!, ...(compared === null ? [] : [comparedFate]), goesAt!, why, ...rest];
}

interface WhyProps {
  readonly baseOffset: number;
  readonly why: string;
  readonly showRecord: (offset: number) => void;
}

function Why({ baseOffset, why, showRecord }: WhyProps) {
  const record = useApp((state) => state.futureRecords.get(baseOffset));
  return (
    <span title={why}>
      {record !== undefined && (
        <button type="button" className={classes['link']} onClick={() => showRecord(record.offset)}>
          {`Record ${countText(record.offset)}`}
        </button>
      )}
      {why}
    </span>
  );
}

const COLUMNS: readonly Column<SegmentFate>[] = [
  countColumn('Base offset', '100px', ({ baseOffset }) => baseOffset),
  sizeColumn('Size', '84px', ({ sizeInBytes }) => sizeInBytes),
  FATE_COLUMN,
  {
    ...timeColumn<SegmentFate>('Goes at', '176px', ({ goesAtMs }) => goesAtMs),
    cell: ({ fate, goesAtMs, isEstimate }) =>
      fate === 'going' ? (
        'now'
      ) : (
        <span title={isEstimate ? 'by size, at the rate of ingest: an estimate' : undefined}>
          {isEstimate && '≈ '}
          <Time ms={goesAtMs} />
        </span>
      ),
  },
  timeColumn('Largest timestamp', '160px', ({ largestTimestampMs }) => largestTimestampMs),
  {
    ...{ key: 'source', title: 'Timestamp from', width: '120px' },
    cell: ({ largestTimestampSource }) => TIME_SOURCE_TITLES[largestTimestampSource],
    text: ({ largestTimestampSource }) => largestTimestampSource,
    order: ({ largestTimestampSource }) => largestTimestampSource,
  },
];
