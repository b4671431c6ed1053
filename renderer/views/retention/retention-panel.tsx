/** The policy being tried, what it comes to, and the run: delete, undo, free the space. */
import { cleanupPolicyText, POLICY_IS_ASSUMED } from '../../../shared/plan/cleanup-policy';
import { settingNumber } from '../../../shared/plan/topic-settings';
import type { RetentionFacts } from '../../../shared/retention';
import { Badge } from '../../components/controls';
import { Facts } from '../../components/facts';
import { Count, None, Size, Time } from '../../components/quantities';
import { useApp, useAppParts } from '../../store/use-app';
import { SIZE_SCALE, TIME_SCALE } from '../../text/limits';
import { countText, durationText, plural, sizeText } from '../../text/quantities';
import { LimitControl } from '../limit-control';
import { PendingRuns } from '../pending-runs';
import classes from '../plan-panel.module.css';
import { PolicyChoice } from '../policy-choice';
import { RunDescription, RunDialog } from '../run-dialog';
import type { RetentionView } from './retention-view';

export interface RetentionPanelProps {
  readonly facts: RetentionFacts;
  readonly view: RetentionView;
}

export function RetentionPanel({ facts, view }: RetentionPanelProps) {
  return (
    <div className={classes['panel']}>
      <Policy facts={facts} view={view} />
      <Outcome facts={facts} view={view} />
      <RunRetention facts={facts} view={view} />
      <PendingRuns />
    </div>
  );
}

function Policy({ facts, view }: RetentionPanelProps) {
  const { given, give } = useAppParts((state) => ({
    given: state.givenRetention,
    give: state.giveRetention,
  }));
  const { policy } = view;
  return (
    <section className={classes['group']} aria-label="Policy">
      <PolicyChoice
        policy={given.cleanupPolicy ?? cleanupPolicyText(facts.policy)}
        source={facts.policySource}
        onChange={(cleanupPolicy) => give({ cleanupPolicy })}
      />
      <LimitControl
        name="retention.ms"
        scale={TIME_SCALE}
        value={policy.retentionMs}
        own={facts.settings['retention.ms']}
        isTried={given.retentionMs !== null}
        isDisabled={!policy.deletes}
        onChange={(retentionMs) => give({ retentionMs })}
      />
      <LimitControl
        name="retention.bytes"
        scale={SIZE_SCALE}
        value={policy.retentionBytes}
        own={facts.settings['retention.bytes']}
        isTried={given.retentionBytes !== null}
        isDisabled={!policy.deletes}
        onChange={(retentionBytes) => give({ retentionBytes })}
      />
    </section>
  );
}

function Outcome({ facts, view }: RetentionPanelProps) {
  const { plan, keptBytes, nextDueAtMs, rate } = view;
  const nowMs = useApp((state) => state.retentionNowMs);
  const next = plan.kept[0];
  return (
    <section aria-label="Outcome">
      <Facts
        rows={[
          ['Goes now', `${plural(plan.deletions.length, 'segment')}, ${sizeText(plan.freedBytes)}`],
          ['Stays', `${plural(plan.kept.length, 'segment')}, ${sizeText(keptBytes)}`],
          ['Log start offset after', <Count key="v" value={plan.logStartOffsetAfter} />],
          ['Next to go', next === undefined ? <None key="v" /> : <Count key="v" value={next.baseOffset} />],
          [
            'It goes',
            nextDueAtMs === null
              ? 'not by time'
              : nextDueAtMs <= nowMs
                ? 'now'
                : `in ${durationText(nextDueAtMs - nowMs)}`,
          ],
          [
            'Rate of ingest',
            rate === null ? <None key="v" /> : <Rate key="v" bytesPerMs={rate.bytesPerMs} />,
          ],
          [
            'High watermark',
            `${countText(facts.highWatermark)} (${facts.highWatermarkSource === 'checkpoint' ? 'checkpoint' : 'end of the log'})`,
          ],
          ['As of', <Time key="v" ms={nowMs} />],
          plan.rollsActiveSegment ? ['Active segment', 'an empty one is rolled first'] : null,
        ]}
      />
    </section>
  );
}

function Rate({ bytesPerMs }: { readonly bytesPerMs: number }) {
  return (
    <>
      <Size bytes={bytesPerMs * 3_600_000} /> per hour
    </>
  );
}

function RunRetention({ facts, view }: RetentionPanelProps) {
  const applyRetention = useApp((state) => state.applyRetention);
  const { deletions, freedBytes } = view.plan;
  const text = `Delete ${plural(deletions.length, 'segment')} (${sizeText(freedBytes)})`;
  if (facts.refusal !== null)
    return (
      <p className={classes['refusal']}>
        <Badge tone="warning">not here</Badge> {facts.refusal}
        {facts.refusal === POLICY_IS_ASSUMED && ' Choose cleanup.policy above to say it.'}
      </p>
    );
  if (deletions.length === 0) return <p className={classes['quiet']}>Nothing to delete under this policy.</p>;
  return (
    <RunDialog text={text} keepText="Keep them" onConfirm={() => void applyRetention(deletions)}>
      <RunDescription>
        {`Segments ${countText(deletions[0]!.baseOffset)} to ${countText(deletions.at(-1)!.baseOffset)} are renamed to .deleted. The run can be undone until their space is freed: here, by strata purge, or by a broker at its next start. (A broker's own deletions wait ${durationText(settingNumber(facts.settings['file.delete.delay.ms']) ?? 0)}: file.delete.delay.ms.)`}
      </RunDescription>
    </RunDialog>
  );
}
