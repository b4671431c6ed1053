/** Which logs a planning command is about, what surrounds them, and how it ends. */
import { AppError } from '../../shared/errors';
import { POLICY_IS_ASSUMED, parseCleanupPolicy } from '../../shared/plan/cleanup-policy';
import type { ReadingFileSystem } from '../engine/file-system';
import { type BrokerState, brokerStateOfEach } from '../engine/inspect/broker-state';
import { type LogDirectory, type LogListing, listLogs } from '../engine/inspect/list-logs';
import { NOT_KAFKA } from '../engine/inspect/policy-refusal';
import { type DirectoryPolicies, readDirectoryPolicies } from '../engine/inspect/topic-policy';
import { type ExitStatus, usageError } from './command';

/** Current logs only: a broker plans nothing for deleted, stray and future ones. @throws AppError NOT_FOUND */
export async function logsToPlan(
  fs: ReadingFileSystem,
  directory: string,
  topic: string | undefined,
): Promise<LogListing> {
  const listing = await listLogs(fs, directory);
  const logs = listing.logs.filter(
    (log) => log.state === 'current' && (topic === undefined || log.topic === topic),
  );
  if (topic !== undefined && logs.length === 0)
    throw new AppError('NOT_FOUND', `There is no partition of ${topic} in ${listing.path}.`, { topic });
  return { ...listing, logs };
}

/** @throws AppError INVALID_ARGUMENT where a log is not Kafka's: its records cannot be moved or cleaned */
export function requireKafka(logs: readonly LogDirectory[]): void {
  if (logs.some(({ format }) => format !== 'kafka')) throw new AppError('INVALID_ARGUMENT', NOT_KAFKA);
}

/** @throws AppError INVALID_ARGUMENT for what is no cleanup.policy */
export function requireCleanupPolicy(cleanupPolicy: string | undefined): void {
  if (cleanupPolicy !== undefined && parseCleanupPolicy(cleanupPolicy) === null)
    throw usageError(`--cleanup-policy takes delete, compact or compact,delete, not ${cleanupPolicy}.`);
}

/** What surrounds a log: the policies of its directory, and who is at work there. */
export interface Surroundings {
  readonly policies: DirectoryPolicies;
  readonly broker: BrokerState;
}

/** Plans the logs one after the other. @param brokerConfig Path of a server.properties, or null */
export async function planEachLog<Plan>(
  fs: ReadingFileSystem,
  logs: readonly LogDirectory[],
  { brokerConfig, signal }: { readonly brokerConfig: string | null; readonly signal: AbortSignal },
  planOne: (log: LogDirectory, around: Surroundings) => Promise<Plan>,
): Promise<Plan[]> {
  const [first] = logs;
  if (first === undefined) return [];
  const policies = await readDirectoryPolicies(fs, first.path, brokerConfig);
  const brokerOf = await brokerStateOfEach(fs, first.path);
  const plans: Plan[] = [];
  for (const log of logs) {
    signal.throwIfAborted();
    plans.push(await planOne(log, { policies, broker: await brokerOf(log.path) }));
  }
  return plans;
}

/** A refusal in the words of the command line: what would lift it, where an option does. */
export function refusalText(refusal: string, isApplying: boolean): string {
  const remedy = refusal === POLICY_IS_ASSUMED ? ' Give --cleanup-policy or --broker-config.' : '';
  return `${isApplying ? 'Refused' : '--apply would refuse'}: ${refusal}${remedy}`;
}

/** 0 where everything that was to be done is done, and something was. */
export function appliedStatus<Plan extends { readonly applied: object | null }>(
  plans: readonly Plan[],
  isWanted: (plan: Plan) => boolean,
): ExitStatus {
  const isDone = plans.every((plan) => !isWanted(plan) || plan.applied !== null);
  return isDone && plans.some(({ applied }) => applied !== null) ? 0 : 1;
}
