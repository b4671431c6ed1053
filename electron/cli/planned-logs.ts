/** Which logs a planning command is about, and the policy that its options give. */
import { AppError } from '../../shared/errors';
import { parseCleanupPolicy } from '../../shared/plan/cleanup-policy';
import type { ReadingFileSystem } from '../engine/file-system';
import { type LogListing, listLogs } from '../engine/inspect/list-logs';
import { usageError } from './command';

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

/** Settings by Kafka's names, to begin with. @throws AppError INVALID_ARGUMENT */
export function givenPolicy(cleanupPolicy: string | undefined): Map<string, string> {
  const given = new Map<string, string>();
  if (cleanupPolicy === undefined) return given;
  if (parseCleanupPolicy(cleanupPolicy) === null)
    throw usageError(`--cleanup-policy takes delete, compact or compact,delete, not ${cleanupPolicy}.`);
  return given.set('cleanup.policy', cleanupPolicy);
}
