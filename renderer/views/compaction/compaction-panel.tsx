/** The settings being tried, what the analysis came to, and the runs. */

import { memo, useMemo } from 'react';
import type { CompactionFacts, CompactionWish } from '../../../shared/compaction';
import { CLEANER_VERSIONS } from '../../../shared/plan/cleaner-version';
import { cleanupPolicyText } from '../../../shared/plan/cleanup-policy';
import { savedShare, spaceNeeds } from '../../../shared/plan/compaction-space';
import { percentText, ratioText } from '../../../shared/plan/share-text';
import { Choice } from '../../components/controls';
import { Facts } from '../../components/facts';
import { Count, None, Size, Time } from '../../components/quantities';
import type { MadeAnalysis } from '../../store/compaction-slice';
import { useApp, useAppParts } from '../../store/use-app';
import { LAG_SCALE, SHARE_SCALE, TIME_SCALE } from '../../text/limits';
import { countText, sizeText } from '../../text/quantities';
import { LimitControl, SETTING_SOURCES } from '../limit-control';
import { PendingRuns } from '../pending-runs';
import { PlaceButton } from '../place-button';
import classes from '../plan-panel.module.css';
import { PolicyChoice } from '../policy-choice';
import own from './compaction.module.css';
import { CompactionRun } from './compaction-run';
import { type AnalysisState, type CompactionView, cleaningSums, isDamaged } from './compaction-view';
import { EstimatedSize } from './estimates';

export interface CompactionPanelProps {
  readonly facts: CompactionFacts;
  readonly view: CompactionView;
}

export function CompactionPanel({ facts, view }: CompactionPanelProps) {
  const analysis = useApp((state) => state.compactionAnalysis);
  return (
    <div className={classes['panel']}>
      <PendingRuns />
      <Settings facts={facts} view={view} />
      {analysis !== null && !isDamaged(analysis) && (
        <Outcome analysis={analysis} analysisState={view.analysisState} />
      )}
      <CompactionRun
        facts={facts}
        isDue={view.limits.compacts && view.eligibility.isEligible}
        isCurrent={view.analysisState === 'current'}
        analysis={analysis}
      />
    </div>
  );
}

type Giver<Name extends keyof CompactionWish> = (value: CompactionWish[Name]) => void;

/** What each control calls: the same functions as long as the screen is there, so that a slider draws only itself anew. */
function useGivers(): { readonly [Name in keyof CompactionWish]: Giver<Name> } {
  const give = useApp((state) => state.giveCompaction);
  return useMemo(
    () => ({
      cleanupPolicy: (cleanupPolicy) => give({ cleanupPolicy }),
      minCleanableDirtyRatio: (minCleanableDirtyRatio) => give({ minCleanableDirtyRatio }),
      minCompactionLagMs: (minCompactionLagMs) => give({ minCompactionLagMs }),
      maxCompactionLagMs: (maxCompactionLagMs) => give({ maxCompactionLagMs }),
      deleteRetentionMs: (deleteRetentionMs) => give({ deleteRetentionMs }),
      kafkaVersion: (kafkaVersion) => give({ kafkaVersion }),
    }),
    [give],
  );
}

function Settings({ facts, view }: CompactionPanelProps) {
  const given = useApp((state) => state.givenCompaction);
  const give = useGivers();
  const { limits, deleteRetentionMs } = view;
  const isDisabled = !limits.compacts;
  return (
    <section className={classes['group']} aria-label="Settings">
      <PolicyChoice
        policy={given.cleanupPolicy ?? cleanupPolicyText(facts.policy)}
        source={facts.policySource}
        onChange={give.cleanupPolicy}
      />
      <LimitControl
        name="min.cleanable.dirty.ratio"
        scale={SHARE_SCALE}
        value={limits.minCleanableDirtyRatio}
        own={facts.settings['min.cleanable.dirty.ratio']}
        isTried={given.minCleanableDirtyRatio !== null}
        isDisabled={isDisabled}
        onChange={give.minCleanableDirtyRatio}
      />
      <LimitControl
        name="min.compaction.lag.ms"
        scale={LAG_SCALE}
        value={limits.minCompactionLagMs}
        own={facts.settings['min.compaction.lag.ms']}
        isTried={given.minCompactionLagMs !== null}
        isDisabled={isDisabled}
        onChange={give.minCompactionLagMs}
      />
      <LimitControl
        name="max.compaction.lag.ms"
        scale={TIME_SCALE}
        value={limits.maxCompactionLagMs}
        own={facts.settings['max.compaction.lag.ms']}
        isTried={given.maxCompactionLagMs !== null}
        isDisabled={isDisabled}
        onChange={give.maxCompactionLagMs}
      />
      <LimitControl
        name="delete.retention.ms"
        scale={LAG_SCALE}
        value={deleteRetentionMs}
        own={facts.settings['delete.retention.ms']}
        isTried={given.deleteRetentionMs !== null}
        isDisabled={isDisabled}
        onChange={give.deleteRetentionMs}
      />
      <div className={classes['policy']}>
        <PlaceButton place="brokerConfig" text="Give server.properties…" chosenText="Settings also from" />
      </div>
      <div className={classes['policy']}>
        <span>Rules since Kafka</span>
        <Choice
          label="Rules since Kafka"
          value={view.kafkaVersion}
          options={CLEANER_VERSIONS}
          onChange={give.kafkaVersion}
        />
      </div>
      <Recompressing />
    </section>
  );
}

function Recompressing() {
  const { recompresses, setRecompresses } = useAppParts((state) => ({
    recompresses: state.recompressesForSizes,
    setRecompresses: state.setRecompresses,
  }));
  return (
    <label className={own['check']}>
      <input
        type="checkbox"
        checked={recompresses}
        onChange={(event) => setRecompresses(event.target.checked)}
      />
      Analyse by compressing anew: exact sizes for a run, slower
    </label>
  );
}

interface OutcomeProps {
  readonly analysis: MadeAnalysis;
  readonly analysisState: AnalysisState;
}

/** Goes over all segments: made again with an analysis, not with a slider. */
const Outcome = memo(function Outcome({ analysis, analysisState }: OutcomeProps) {
  const { plan, nowMs } = analysis;
  const sums = cleaningSums(analysis);
  const space = spaceNeeds(plan);
  const horizons = plan.segments.flatMap(({ deleteHorizonMinMs }) => deleteHorizonMinMs ?? []);
  const isStale = analysisState !== 'current';
  const count = (value: number) => <Count key="v" value={value} />;
  return (
    <section aria-label="Outcome">
      {isStale && (
        <p className={classes['quiet']}>
          {analysisState === 'other-log'
            ? 'These figures are of the log as it was: it has changed since.'
            : `These figures are of other settings: up to offset ${countText(plan.cleanableEndOffset)}.`}
        </p>
      )}
      <Facts
        rows={[
          ['Log', <BeforeAfter key="v" plan={plan} />],
          ['Records', `${countText(plan.recordsBefore)}, then ${countText(plan.recordsAfter)}`],
          ['Segments', `${countText(plan.sources.length)}, then ${countText(plan.segments.length)}`],
          ['Superseded (duplicates)', count(sums.supersededCount)],
          ['Unique keys in the dirty part', count(plan.uniqueKeyCount)],
          ['Keys that fit the map', mapText(plan)],
          ['Tombstones kept', count(sums.tombstonesKeptCount)],
          ['The first may go', <Time key="v" ms={horizons.length === 0 ? null : Math.min(...horizons)} />],
          ['Tombstones dropped', count(sums.tombstonesDroppedCount)],
          ['Null keys dropped', nullKeyText(sums.nullKeyCount, analysis.findings?.nullKeyOffsets ?? [])],
          ['Aborted records dropped', count(sums.abortedCount)],
          ['Control records', count(sums.controlRecordsCount)],
          ['Empty batches kept', count(sums.emptyBatchesKeptCount)],
          plan.roundCount > 1 ? ['Rounds: the keys do not fit', count(plan.roundCount)] : null,
          ['Space while it runs', <Size key="v" bytes={space.whileItRunsBytes} />],
          ['Written for each byte freed', ratioOf(space.writeAmplification)],
          ['Log size by what stays', ratioOf(space.spaceAmplification)],
          plan.isRecompressed ? ['Compressed sizes', 'by compressing anew: those of a run here'] : null,
          ['As of', <Time key="v" ms={nowMs} />],
        ]}
      />
    </section>
  );
});

/** A compacted topic refuses new records without a key; those that are there go without a word. */
function nullKeyText(count: number, offsets: readonly number[]): string {
  if (count === 0) return '0';
  return `${countText(count)}: offsets ${offsets.slice(0, NULL_KEYS_SHOWN).map(countText).join(', ')}${count > NULL_KEYS_SHOWN ? ' …' : ''}`;
}

function mapText({ offsetMapCapacity, settings }: MadeAnalysis['plan']): string {
  const { value, source } = settings['log.cleaner.dedupe.buffer.size'];
  return `${countText(offsetMapCapacity)} (${sizeText(Number(value))}, ${SETTING_SOURCES[source]})`;
}

const NULL_KEYS_SHOWN = 3;
const ratioOf = (ratio: number | null) => (ratio === null ? <None /> : ratioText(ratio));

function BeforeAfter({ plan }: Pick<MadeAnalysis, 'plan'>) {
  return (
    <>
      <Size bytes={plan.bytesBefore} />
      {', then '}
      <EstimatedSize bytes={plan.bytesAfter} isExact={plan.bytesAfterIsExact} />
      {` (${percentText(savedShare(plan))} freed)`}
    </>
  );
}
