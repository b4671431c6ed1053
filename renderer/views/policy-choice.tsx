/** cleanup.policy as a choice of three, and where the one in force is from. */
import { memo } from 'react';
import type { PolicySource } from '../../shared/retention';
import { Choice } from '../components/controls';
import classes from './plan-panel.module.css';

const POLICY_SOURCES = {
  metadata: 'the metadata log says so',
  given: 'given here',
  assumed: 'assumed: nothing on this disk says it',
} as const;
const POLICIES = ['delete', 'compact', 'compact,delete'] as const;
export type PolicyName = (typeof POLICIES)[number];

export interface PolicyChoiceProps {
  /** In Kafka's words; empty for a policy without any of them. */
  readonly policy: string;
  readonly source: PolicySource;
  readonly onChange: (policy: PolicyName) => void;
}

export const PolicyChoice = memo(function PolicyChoice({ policy, source, onChange }: PolicyChoiceProps) {
  return (
    <div className={classes['policy']}>
      <span>cleanup.policy</span>
      <Choice label="cleanup.policy" value={policy as PolicyName} options={POLICIES} onChange={onChange} />
      <span className={classes['source']}>{POLICY_SOURCES[source]}</span>
    </div>
  );
});
