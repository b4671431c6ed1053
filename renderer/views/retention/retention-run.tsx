/** The run: in place or on a copy, with what goes archived or not; why it is refused, and what lifts that. */
import { settingNumber } from '../../../shared/plan/topic-settings';
import { useAppParts } from '../../store/use-app';
import { countText, durationText, plural, sizeText } from '../../text/quantities';
import { PlaceButton } from '../place-button';
import classes from '../plan-panel.module.css';
import { RunDescription, RunDialog } from '../run-dialog';
import { RunRefusal, useRefusal } from '../run-refusal';
import type { RetentionPanelProps } from './retention-panel';

export function RetentionRun({ facts, view }: RetentionPanelProps) {
  const { copyPlace, archivePlace, applyRetention } = useAppParts((state) => ({
    copyPlace: state.copyPlace,
    archivePlace: state.archivePlace,
    applyRetention: state.applyRetention,
  }));
  const refusal = useRefusal(facts.refusal);
  const { deletedCount, freedBytes } = view.plan;
  if (deletedCount === 0) return <p className={classes['quiet']}>Nothing to delete under this policy.</p>;
  const where = copyPlace === null ? '' : ' in a copy';
  const delayText = durationText(settingNumber(facts.settings['file.delete.delay.ms']) ?? 0);
  return (
    <section aria-label="Run retention">
      {refusal !== null && <RunRefusal refusal={refusal} />}
      <div className={classes['places']}>
        <PlaceButton place="copyPlace" text="Run on a copy…" chosenText="Copy into" />
        <PlaceButton place="archivePlace" text="Archive to…" chosenText="Archive in" />
      </div>
      {refusal === null && (
        <RunDialog
          text={`Delete ${plural(deletedCount, 'segment')} (${sizeText(freedBytes)})${where}`}
          keepText="Keep them"
          onConfirm={() => void applyRetention(facts.segments.slice(0, deletedCount))}
        >
          <RunDescription>
            {copyPlace === null ? '' : `The log is copied into ${copyPlace.path}; it stays as it is. `}
            {archivePlace === null ? '' : `What goes is kept in ${archivePlace.path}. `}
            {`Segments ${countText(facts.segments[0]!.baseOffset)} to ${countText(facts.segments[deletedCount - 1]!.baseOffset)} are renamed to .deleted. For ${delayText} (file.delete.delay.ms) the run can be undone; then their space is freed, here or when the log is next opened. A broker that starts frees it at once.`}
          </RunDescription>
        </RunDialog>
      )}
    </section>
  );
}
