/**
 * Whether a log's policy is known well enough to act on it, and why not. Decides nothing about files or locks.
 *
 * An assumed policy may be shown and never applied; a given one must not contradict what the metadata log says.
 */
import {
  type CleanupPolicy,
  POLICY_IS_ASSUMED,
  parseCleanupPolicy,
} from '../../../shared/plan/cleanup-policy';
import { type Setting, type SettingPlaces, settingOf } from '../../../shared/plan/topic-settings';
import { CLUSTER_METADATA_TOPIC } from '../format/file-names';
import type { BrokerState } from './broker-state';
import type { LogDirectory } from './list-logs';

export type PolicySource = 'metadata' | 'given' | 'assumed';

export interface KnownPolicy {
  readonly policy: CleanupPolicy;
  readonly source: PolicySource;
  /** What the metadata log says, where the user gave another one. */
  readonly contradicts: string | null;
}

/** Kafka's own topics are created with this policy (GroupCoordinator, TransactionCoordinator, ShareCoordinator). */
const COMPACTED_INTERNAL_TOPICS: readonly string[] = [
  '__consumer_offsets',
  '__transaction_state',
  '__share_group_state',
];
const UNREADABLE: CleanupPolicy = { deletes: false, compacts: false };

export function policyOf({ topic }: LogDirectory, places: SettingPlaces): KnownPolicy {
  const own = settingOf('cleanup.policy', { ...places, given: new Map() });
  const known: Setting =
    own.source === 'default' && COMPACTED_INTERNAL_TOPICS.includes(topic)
      ? { ...own, value: 'compact' }
      : own;
  const given = places.given.get('cleanup.policy');
  const policy = parseCleanupPolicy(given ?? known.value);
  const isInternal = COMPACTED_INTERNAL_TOPICS.includes(topic);
  const isContradicted =
    given !== undefined &&
    (known.source !== 'default' || isInternal) &&
    !isSame(policy, parseCleanupPolicy(known.value));
  return {
    policy: policy ?? UNREADABLE,
    source: given !== undefined ? 'given' : sourceOf(known, policy),
    contradicts: isContradicted ? known.value : null,
  };
}

/** Why nothing may be changed here, for retention as for compaction; null where nothing stands against it. */
export function refusalOf(
  log: LogDirectory,
  { source, contradicts }: KnownPolicy,
  broker: BrokerState,
): string | null {
  const refusal = placeRefusalOf(log, broker);
  if (refusal !== null) return refusal;
  if (contradicts !== null) return `The topic's own cleanup.policy is ${contradicts}.`;
  return source === 'assumed' ? POLICY_IS_ASSUMED : null;
}

/** Its files are not Kafka's to clean: compaction there would renumber its records. */
export const NOT_KAFKA = "This directory is in the original log manager's format, which is only read here.";

/** Why nothing may be changed here whatever the policy is. */
export function placeRefusalOf(log: LogDirectory, broker: BrokerState): string | null {
  if (log.format !== 'kafka') return NOT_KAFKA;
  if (log.topic === CLUSTER_METADATA_TOPIC)
    return 'The metadata log has snapshot rules of its own; nothing may change it.';
  const writer = broker.writer === 'engine' ? "Strata's engine" : 'A broker';
  if (broker.verdict === 'live') return `${writer} is at work here. ${broker.reason}`;
  if (broker.verdict === 'unknown')
    return `Whether a broker, or Strata's engine, is at work here is not known. ${broker.reason}`;
  return null;
}

function sourceOf({ source }: Setting, policy: CleanupPolicy | null): PolicySource {
  if (policy === null || source === 'default') return 'assumed';
  return source === 'broker-config' ? 'given' : 'metadata';
}

function isSame(a: CleanupPolicy | null, b: CleanupPolicy | null): boolean {
  return a !== null && b !== null && a.deletes === b.deletes && a.compacts === b.compacts;
}
