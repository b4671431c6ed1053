/**
 * Everything that a retention plan of one log is made from: its facts, its settings and their sources, and whether
 * the policy is known well enough to act on it. Makes no plan; reads only.
 */
import type { RetentionPolicy } from '../../../shared/plan/retention-plan';
import {
  type Setting,
  type SettingName,
  settingNumber,
  settingsOf,
} from '../../../shared/plan/topic-settings';
import type { ReadingFileSystem } from '../file-system';
import type { BrokerState } from './broker-state';
import type { LogDirectory } from './list-logs';
import type { LogFiles } from './log-files';
import { type KnownPolicy, policyOf, refusalOf } from './policy-refusal';
import { type RetentionClock, type RetentionFacts, readRetentionFacts } from './retention-facts';
import { type DirectoryPolicies, settingPlacesOf } from './topic-policy';

const NAMES = [
  'cleanup.policy',
  'retention.ms',
  'retention.bytes',
  'segment.ms',
  'segment.bytes',
  'file.delete.delay.ms',
] as const satisfies readonly SettingName[];

export interface RetentionInputs {
  readonly facts: RetentionFacts;
  readonly known: KnownPolicy;
  readonly policy: RetentionPolicy;
  readonly settings: Readonly<Record<(typeof NAMES)[number], Setting>>;
  /** Why nothing may be changed here; null where nothing stands against it. */
  readonly refusal: string | null;
}

export interface InputsOptions {
  readonly policies: DirectoryPolicies;
  readonly broker: BrokerState;
  /** The user's own settings, by topic names. */
  readonly given: ReadonlyMap<string, string>;
  readonly clock: RetentionClock;
  /** Where the log's checkpoints are; left out, the directory above its own. */
  readonly dataDirectory?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** The log's files, where they were listed for others too a moment ago; left out, they are listed. */
  readonly listed?: LogFiles | undefined;
}

/** @throws AppError where the directory or a file cannot be read */
export async function readRetentionInputs(
  fs: ReadingFileSystem,
  log: LogDirectory,
  { policies, broker, given, clock, dataDirectory, signal, listed }: InputsOptions,
): Promise<RetentionInputs> {
  const places = settingPlacesOf(policies, log, given);
  const known = policyOf(log, places);
  const settings = settingsOf(NAMES, places);
  const facts = await readRetentionFacts(fs, log, {
    broker: broker.verdict,
    replicaCount: places.metadataTopic?.replicaCounts.get(log.partition ?? -1) ?? null,
    clock,
    dataDirectory,
    signal,
    listed,
  });
  return {
    facts,
    known,
    policy: {
      ...known.policy,
      retentionMs: settingNumber(settings['retention.ms']) ?? -1,
      retentionBytes: settingNumber(settings['retention.bytes']) ?? -1,
    },
    settings,
    refusal: refusalOf(log, known, broker),
  };
}
