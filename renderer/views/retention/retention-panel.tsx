/** The policy being tried, what it comes to, and the run: delete, undo, free the space. */
import { memo, useMemo } from 'react';
import { cleanupPolicyText } from '../../../shared/plan/cleanup-policy';
import type { Departure } from '../../../shared/plan/growth-projection';
import type { IngestRates } from '../../../shared/plan/ingest-rate';
import type { RetentionFacts, RetentionWish } from '../../../shared/retention';
import type { GrowthPoint } from '../../charts/growth-chart';
import { Choice } from '../../components/controls';
import { Facts } from '../../components/facts';
import { Count, None, Time } from '../../components/quantities';
import { useApp, useAppParts } from '../../store/use-app';
import { SIZE_SCALE, TIME_SCALE } from '../../text/limits';
import { countText, durationText, plural, sizeText } from '../../text/quantities';
import { diskGrowth, diskRows } from '../disk/disk-view';
import { Runway } from '../disk/runway';
import { LimitControl } from '../limit-control';
import { PendingRuns } from '../pending-runs';
import { PlaceButton } from '../place-button';
import classes from '../plan-panel.module.css';
import { PolicyChoice } from '../policy-choice';
import { PolicyComparison, steadyText } from './policy-comparison';
import { ProjectionRate } from './projection-controls';
import { RetentionRun } from './retention-run';
import type { RetentionView } from './retention-view';

export interface RetentionPanelProps {
  readonly facts: RetentionFacts;
  readonly view: RetentionView;
}

interface PanelProps extends RetentionPanelProps {
  readonly compared: RetentionView | null;
  readonly growth: readonly GrowthPoint[];
  readonly rates: IngestRates;
}

export function RetentionPanel({ facts, view, compared, growth, rates }: PanelProps) {
  const last = growth.at(-1);
  const end =
    last === undefined
      ? null
      : { atMs: last.atMs, bytes: last.withPolicyBytes ?? 0, comparedBytes: last.comparedBytes ?? 0 };
  return (
    <div className={classes['panel']}>
      <PendingRuns />
      <Policy facts={facts} view={view} rates={rates} />
      <PolicyComparison facts={facts} view={view} compared={compared} end={end} />
      <RetentionRun facts={facts} view={view} />
      <Outcome facts={facts} view={view} />
      <WholeDisk />
    </div>
  );
}

/** What this log shares with the others of its directory. */
const WholeDisk = memo(function WholeDisk() {
  const { logs, usage, nowMs, rate } = useAppParts((state) => ({
    ...{ logs: state.directory?.logs, usage: state.diskUsage },
    ...{ nowMs: state.diskNowMs, rate: state.diskRate },
  }));
  const growth = useMemo(
    () =>
      usage?.isComplete === true && logs !== undefined
        ? diskGrowth(usage, diskRows(usage, logs), { rate, nowMs })
        : null,
    [usage, logs, rate, nowMs],
  );
  return growth === null ? null : <Runway growth={growth} nowMs={nowMs} />;
});

/** kafka: largest timestamps of the records, as a broker compares them. */
const CLOCKS = ['kafka', 'modification-time'] as const;
const CLOCK_TITLES = { kafka: 'its records', 'modification-time': 'its file' } as const;

function Policy({ facts, view, rates }: RetentionPanelProps & Pick<PanelProps, 'rates'>) {
  const { given, give } = useAppParts((state) => ({
    given: state.givenRetention,
    give: state.giveRetention,
  }));
  const { policy } = view;
  const giving = useMemo(() => giversOf(give), [give]);
  return (
    <section className={classes['group']} aria-label="Policy">
      <PolicyChoice
        policy={given.cleanupPolicy ?? cleanupPolicyText(facts.policy)}
        source={facts.policySource}
        onChange={giving.cleanupPolicy}
      />
      <LimitControl
        name="retention.ms"
        scale={TIME_SCALE}
        value={policy.retentionMs}
        own={facts.settings['retention.ms']}
        isTried={given.retentionMs !== null}
        isDisabled={!policy.deletes}
        onChange={giving.retentionMs}
      />
      <LimitControl
        name="retention.bytes"
        scale={SIZE_SCALE}
        value={policy.retentionBytes}
        own={facts.settings['retention.bytes']}
        isTried={given.retentionBytes !== null}
        isDisabled={!policy.deletes}
        onChange={giving.retentionBytes}
      />
      <ClockAndSources clock={given.clock} onClock={giving.clock} />
      <ProjectionRate rates={rates} />
    </section>
  );
}

/** The same functions at each move of a slider, so that the controls that do not move are not drawn anew. */
function giversOf(give: (part: Partial<RetentionWish>) => void) {
  return {
    cleanupPolicy: (cleanupPolicy: RetentionWish['cleanupPolicy']) => give({ cleanupPolicy }),
    retentionMs: (retentionMs: number | null) => give({ retentionMs }),
    retentionBytes: (retentionBytes: number | null) => give({ retentionBytes }),
    clock: (clock: RetentionWish['clock']) => give({ clock }),
  };
}

interface ClockProps {
  readonly clock: RetentionWish['clock'];
  readonly onClock: (clock: RetentionWish['clock']) => void;
}

const ClockAndSources = memo(function ClockAndSources({ clock, onClock }: ClockProps) {
  return (
    <div className={classes['policy']}>
      <span>Age of a segment by</span>
      <Choice
        label="Age of a segment by"
        value={clock}
        options={CLOCKS}
        titleOf={(each) => CLOCK_TITLES[each]}
        onChange={onClock}
      />
      <PlaceButton place="brokerConfig" text="Give server.properties…" chosenText="Settings also from" />
    </div>
  );
});

function Outcome({ facts, view }: RetentionPanelProps) {
  const { plan, keptBytes, keptCount, next, steady } = view;
  const nowMs = useApp((state) => state.retentionNowMs);
  const nextSegment = facts.segments[plan.deletedCount];
  const times = useMemo(() => timeSources(facts), [facts]);
  return (
    <section aria-label="Outcome">
      <Facts
        rows={[
          ['Goes now', `${plural(plan.deletedCount, 'segment')}, ${sizeText(plan.freedBytes)}`],
          ['Stays', `${plural(keptCount, 'segment')}, ${sizeText(keptBytes)}`],
          ['Log start offset after', <Count key="v" value={plan.logStartOffsetAfter} />],
          [
            'Next to go',
            nextSegment === undefined || next === null ? (
              <None key="v" />
            ) : (
              <Count key="v" value={nextSegment.baseOffset} />
            ),
          ],
          ['It goes', next === null ? 'never' : departureText(next, nowMs)],
          ['In the long run', steadyText(steady)],
          [
            'High watermark',
            `${countText(facts.highWatermark)} (${facts.highWatermarkSource === 'checkpoint' ? 'replication-offset-checkpoint' : 'end of the log'})`,
          ],
          [
            'Log start offset',
            `${countText(facts.logStartOffset)} (${facts.logStartOffsetSource === 'checkpoint' ? 'log-start-offset-checkpoint' : 'first segment'})`,
          ],
          ['Times from', times],
          ['As of', <Time key="v" ms={nowMs} />],
          plan.rollsActiveSegment ? ['Active segment', 'an empty one is rolled first'] : null,
        ]}
      />
    </section>
  );
}

export const TIME_SOURCE_TITLES: Readonly<
  Record<RetentionFacts['segments'][number]['largestTimestampSource'], string>
> = {
  'time-index': 'time index',
  'batch-headers': 'batch headers',
  'modification-time': 'modification time',
};

/** How many segments tell their largest timestamp by which source. */
function timeSources({ segments }: RetentionFacts): string {
  const counts = new Map<string, number>();
  for (const { largestTimestampSource: source } of segments)
    counts.set(source, (counts.get(source) ?? 0) + 1);
  return Object.entries(TIME_SOURCE_TITLES)
    .filter(([source]) => counts.has(source))
    .map(([source, title]) => `${title} ${countText(counts.get(source)!)}`)
    .join(', ');
}

/** By size it is an estimate, at the rate of ingest. */
function departureText({ atMs, reason }: Departure, nowMs: number): string {
  const wait = durationText(Math.max(0, atMs - nowMs));
  return reason === 'size' ? `by size, in about ${wait}` : `in ${wait}`;
}
