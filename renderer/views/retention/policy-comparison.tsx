/** Two policies side by side: the one that was kept for comparison, and the one being tried now. */
import { useMemo } from 'react';
import { cleanupPolicyText } from '../../../shared/plan/cleanup-policy';
import type { RetentionPolicy } from '../../../shared/plan/retention-plan';
import type { RetentionFacts } from '../../../shared/retention';
import { Button } from '../../components/controls';
import { useAppParts } from '../../store/use-app';
import { limitText, SIZE_SCALE, TIME_SCALE } from '../../text/limits';
import { countText, plural, sizeText, timeText } from '../../text/quantities';
import classes from '../plan-panel.module.css';
import { differenceOf, type RetentionView } from './retention-view';

export interface PolicyComparisonProps {
  readonly facts: RetentionFacts;
  readonly view: RetentionView;
  /** Of the policy that is compared with; null where there is no comparison. */
  readonly compared: RetentionView | null;
  /** Where the projections end, with the sizes of both; null where there is no rate. */
  readonly end: { readonly atMs: number; readonly bytes: number; readonly comparedBytes: number } | null;
}

export function PolicyComparison({ facts, view, compared, end }: PolicyComparisonProps) {
  const { comparePolicy } = useAppParts((state) => ({ comparePolicy: state.comparePolicy }));
  if (compared === null)
    return (
      <div className={classes['places']}>
        <Button onClick={() => comparePolicy(view.policy)}>Compare with this policy</Button>
      </div>
    );
  return (
    <section className={classes['group']} aria-label="Comparison">
      <ComparisonTable facts={facts} view={view} compared={compared} end={end} />
      <div className={classes['policy']}>
        <Button onClick={() => comparePolicy(view.policy)}>Compare with this one instead</Button>
        <Button kind="plain" onClick={() => comparePolicy(null)}>
          End comparison
        </Button>
      </div>
    </section>
  );
}

type Row = readonly [title: string, compared: string, now: string];

function ComparisonTable({
  facts,
  view,
  compared,
  end,
}: PolicyComparisonProps & { readonly compared: RetentionView }) {
  const rows = useMemo(() => comparisonRows(view, compared, end), [view, compared, end]);
  const { segmentCount, sizeInBytes, offsets } = differenceOf(facts, compared.plan, view.plan);
  return (
    <>
      <table className={classes['comparison']}>
        <thead>
          <tr>
            <th scope="col">Two policies</th>
            <th scope="col">compared</th>
            <th scope="col">tried now</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(([title, one, other]) => (
            <tr key={title}>
              <th scope="row">{title}</th>
              <td>{one}</td>
              <td className={one === other ? classes['same'] : undefined}>{other}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p>
        {offsets === null
          ? 'Both delete the same segments now.'
          : `${plural(segmentCount, 'segment')} (${sizeText(sizeInBytes)}), offsets ${countText(offsets.from)} to ${countText(offsets.to - 1)}, go under the one and stay under the other.`}
      </p>
    </>
  );
}

function comparisonRows(
  view: RetentionView,
  compared: RetentionView,
  end: PolicyComparisonProps['end'],
): Row[] {
  const both = (title: string, text: (each: RetentionView) => string): Row => [
    title,
    text(compared),
    text(view),
  ];
  return [
    both('Policy', ({ policy }) => policyText(policy)),
    both('Goes now', ({ plan }) => `${plural(plan.deletedCount, 'segment')}, ${sizeText(plan.freedBytes)}`),
    both('Stays', ({ keptCount, keptBytes }) => `${plural(keptCount, 'segment')}, ${sizeText(keptBytes)}`),
    both('Log start offset after', ({ plan }) => countText(plan.logStartOffsetAfter)),
    both('Next one goes', ({ next }) => (next === null ? 'never' : timeText(next.atMs))),
    both('In the long run', ({ steady }) => steadyText(steady)),
    ...(end === null
      ? []
      : [
          [
            `On ${timeText(end.atMs).slice(0, 10)}`,
            sizeText(end.comparedBytes),
            sizeText(end.bytes),
          ] as const,
        ]),
  ];
}

/** As in "compact,delete after 7 d or above 1.0 GiB". */
export function policyText(policy: RetentionPolicy): string {
  const name = cleanupPolicyText(policy) || '(empty)';
  if (!policy.deletes) return name;
  const { retentionMs, retentionBytes } = policy;
  const limits = [
    ...(retentionMs < 0 ? [] : [`after ${limitText(TIME_SCALE, retentionMs)}`]),
    ...(retentionBytes < 0 ? [] : [`above ${limitText(SIZE_SCALE, retentionBytes)}`]),
  ];
  return limits.length === 0 ? `${name}, no limit` : `${name} ${limits.join(' or ')}`;
}

/** The smallest and the largest size of the steady state. */
export function steadyText(steady: RetentionView['steady']): string {
  if (steady === null) return 'grows on';
  return `${sizeText(Math.round(steady.bytesMin))} to ${sizeText(Math.round(steady.bytesMax))}`;
}
