/** The run: in place or on a copy; why it is refused, and what lifts that. */
import { memo } from 'react';
import type { CompactionFacts } from '../../../shared/compaction';
import { spaceNeeds } from '../../../shared/plan/compaction-space';
import { Badge } from '../../components/controls';
import { Facts } from '../../components/facts';
import { ANALYSIS_KEY, type MadeAnalysis } from '../../store/compaction-slice';
import { useApp } from '../../store/use-app';
import { countText, plural, sizeText } from '../../text/quantities';
import { PlaceButton } from '../place-button';
import classes from '../plan-panel.module.css';
import { RunDescription, RunDialog } from '../run-dialog';
import { RunRefusal, useRefusal } from '../run-refusal';
import { isDamaged } from './compaction-view';

export interface CompactionRunProps {
  readonly facts: CompactionFacts;
  /** Whether the cleaner takes the log under the settings of the moment. */
  readonly isDue: boolean;
  /** Whether the analysis is of the log and the settings of the moment. */
  readonly isCurrent: boolean;
  readonly analysis: MadeAnalysis | null;
}

export const CompactionRun = memo(function CompactionRun({
  facts,
  isDue,
  isCurrent,
  analysis,
}: CompactionRunProps) {
  const copyPlace = useApp((state) => state.copyPlace);
  const isAnalysing = useApp((state) =>
    state.tasks.some(({ key, state: each }) => key === ANALYSIS_KEY && each === 'running'),
  );
  const isSaved = useApp((state) => state.directory?.savedReport !== undefined);
  const refusal = useRefusal(facts.refusal);
  if (isAnalysing) return null;
  if (isSaved && facts.refusal !== null) return <RunRefusal refusal={facts.refusal} />;
  if (!isDue)
    return <p className={classes['quiet']}>Not compacted under these settings; above it says why.</p>;
  if (analysis === null || !isCurrent)
    return (
      <p className={classes['quiet']}>Analyse first: what is run is the plan that the analysis shows.</p>
    );
  if (isDamaged(analysis))
    return (
      <p className={classes['refusal']}>
        <Badge tone="error">damaged</Badge> Neither this log nor a copy of it is compacted: above it says
        where the damage is.
      </p>
    );
  return (
    <section aria-label="Run compaction">
      {refusal !== null && <RunRefusal refusal={refusal} />}
      <div className={classes['places']}>
        <PlaceButton place="copyPlace" text="Run on a copy…" chosenText="Copy into" />
      </div>
      {refusal === null && <ConfirmedRun analysis={analysis} copyPath={copyPlace?.path ?? null} />}
    </section>
  );
});

interface ConfirmedRunProps {
  readonly analysis: MadeAnalysis;
  /** null: in place. */
  readonly copyPath: string | null;
}

function ConfirmedRun({ analysis, copyPath }: ConfirmedRunProps) {
  const compactLog = useApp((state) => state.compactLog);
  const { plan } = analysis;
  const cleaned = plan.segments.filter(({ isCleaned }) => isCleaned);
  const sources = cleaned.flatMap(({ sourceBaseOffsets }) => sourceBaseOffsets);
  const nullKeyCount = cleaned.reduce((sum, segment) => sum + segment.nullKeyCount, 0);
  const isEstimate = !plan.bytesAfterIsExact && !plan.isRecompressed;
  const where = copyPath === null ? '' : ' in a copy';
  const text = `Compact ${plural(sources.length, 'segment')} into ${countText(cleaned.length)} (${isEstimate ? 'about ' : ''}${sizeText(plan.bytesBefore - plan.bytesAfter)} freed)${where}`;
  return (
    <RunDialog text={text} keepText="Keep the log as it is" onConfirm={() => void compactLog()}>
      <RunDescription>
        {copyPath === null ? '' : `The log is copied into ${copyPath}; it stays as it is. `}
        {`The plan is made again under the lock, and runs only where it comes out the same. New segments are written beside the old ones (${sizeText(spaceNeeds(analysis.plan).whileItRunsBytes)}) and verified record by record; cancelled or failed until then, the log stays as it is. Then they are swapped in, and the old ones become .deleted: until their space is freed, the run can be undone. A broker that starts frees it at once.`}
      </RunDescription>
      <Facts
        rows={[
          ['Segments', `${countText(sources[0]!)} to ${countText(sources.at(-1)!)}`],
          ['Records that stay', countText(plan.recordsAfter)],
          ['Records that go', countText(plan.recordsBefore - plan.recordsAfter)],
          nullKeyCount === 0
            ? null
            : ['Of these without a key: nothing supersedes them', countText(nullKeyCount)],
          ['Cleaned up to offset', countText(plan.cleanableEndOffset)],
        ]}
      />
    </RunDialog>
  );
}
