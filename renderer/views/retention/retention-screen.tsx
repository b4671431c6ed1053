/** What retention deletes now, what goes next and why the rest stays; other policies tried; run and undo. */
import { useMemo } from 'react';
import { type IngestRates, ingestRates } from '../../../shared/plan/ingest-rate';
import type { RetentionFacts } from '../../../shared/retention';
import { GrowthChart, type GrowthPoint } from '../../charts/growth-chart';
import { Badge } from '../../components/controls';
import type { Column } from '../../components/data-table';
import { Empty, Failure } from '../../components/notices';
import { countColumn, sizeColumn, timeColumn } from '../../components/number-columns';
import { Time, wholeSecond } from '../../components/quantities';
import { SplitPane } from '../../components/split-pane';
import { useCalmed } from '../../components/use-calmed';
import { useApp, useAppParts } from '../../store/use-app';
import { countText, timeText } from '../../text/quantities';
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
        initialShare={0.63}
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
            <Reason view={view} selected={selected} />
          </>
        }
        second={
          <RetentionPanel facts={facts} view={view} compared={compared} growth={growth} rates={rates} />
        }
      />
    </>
  );
}

/** In full, what the table has no room for: of the chosen segment, or of the oldest one that stays. */
function Reason({ view, selected }: { readonly view: RetentionView; readonly selected: number | null }) {
  const { fates, plan } = view;
  const chosen = selected === null ? undefined : fates.find(({ baseOffset }) => baseOffset === selected);
  const shown = chosen ?? fates[plan.deletedCount] ?? fates[0];
  if (shown === undefined) return null;
  const { baseOffset, fate, why, largestTimestampMs, largestTimestampSource } = shown;
  return (
    <section className={classes['reason']} aria-label="Reason">
      <strong>{`Segment ${countText(baseOffset)}: ${FATE_BADGES[fate].text}.`}</strong> {why}{' '}
      <span className={classes['source']}>
        {`Largest timestamp ${timeText(largestTimestampMs)}, from ${TIME_SOURCE_TITLES[largestTimestampSource]}.`}
      </span>
    </section>
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
  ...{ key: 'fate', title: 'Fate', width: '94px' },
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
    ...{ key: 'why', title: 'Why', width: 'minmax(136px, 1fr)' },
    cell: (row) => <Why row={row} showRecord={showRecord} />,
    text: ({ why }) => why,
  };
  return [offset!, size!, fate!, ...(compared === null ? [] : [comparedFate]), goesAt!, why, ...rest];
}

interface WhyProps {
  readonly row: SegmentFate;
  readonly showRecord: (offset: number) => void;
}

/** Under the table stands the whole of it. */
function Why({ row: { baseOffset, reason, why }, showRecord }: WhyProps) {
  const record = useApp((state) => state.futureRecords.get(baseOffset));
  return (
    <span title={why}>
      {record !== undefined && (
        <button type="button" className={classes['link']} onClick={() => showRecord(record.offset)}>
          {`Record ${countText(record.offset)}`}
        </button>
      )}
      {reason}
    </span>
  );
}

const COLUMNS: readonly Column<SegmentFate>[] = [
  countColumn('Base offset', '100px', ({ baseOffset }) => baseOffset),
  sizeColumn('Size', '84px', ({ sizeInBytes }) => sizeInBytes),
  FATE_COLUMN,
  {
    ...timeColumn<SegmentFate>('Goes at', '176px', ({ goesAtMs }) => goesAtMs),
    shown: ({ fate, goesAtMs, isEstimate }) => {
      if (fate === 'going' || goesAtMs === null) return 'now';
      return `${isEstimate ? '≈ ' : ''}${timeText(wholeSecond(goesAtMs))}`;
    },
    cell: ({ fate, goesAtMs, isEstimate }) =>
      fate === 'going' ? (
        'now'
      ) : (
        <span title={isEstimate ? 'by size, at the rate of ingest: an estimate' : undefined}>
          {isEstimate && '≈ '}
          <Time ms={goesAtMs} isToSecond />
        </span>
      ),
  },
  {
    ...timeColumn<SegmentFate>('Largest timestamp', '230px', ({ largestTimestampMs }) => largestTimestampMs),
    isOptional: true,
    cell: ({ largestTimestampMs, largestTimestampSource }) => (
      <>
        <Time ms={largestTimestampMs} isToSecond />
        <span className={classes['source']} title={TIME_SOURCE_TITLES[largestTimestampSource]}>
          {unusualSource(largestTimestampSource)}
        </span>
      </>
    ),
    text: ({ largestTimestampMs, largestTimestampSource }) =>
      `${largestTimestampMs} ${TIME_SOURCE_TITLES[largestTimestampSource]}`,
    // Where there is no room for the source, the line below the table has it.
    shown: ({ largestTimestampMs }) => timeText(wholeSecond(largestTimestampMs)),
  },
];

/** Most are from the time index, which the reason of each tells; here only what else there is. */
function unusualSource(source: SegmentFate['largestTimestampSource']): string {
  return source === 'time-index' ? '' : ` ${TIME_SOURCE_TITLES[source]}`;
}
