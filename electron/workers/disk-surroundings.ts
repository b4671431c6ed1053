/** What stands around the logs of a directory: their policies, the free space, files that are no log's. Reads only. */
import { dirname } from 'node:path';
import type { DirectorySpace, LogPolicy } from '../../shared/disk-usage';
import { type Setting, settingNumber, settingsOf } from '../../shared/plan/topic-settings';
import type { ReadingFileSystem } from '../engine/file-system';
import { policyOf } from '../engine/inspect/policy-refusal';
import { readDirectoryPolicies, settingPlacesOf } from '../engine/inspect/topic-policy';
import { readFileStates } from './file-states';
import type { LogDirectory } from './scan-contract';

const NO_LIMIT = -1;
const NOTHING_GIVEN: ReadonlyMap<string, string> = new Map();

/** In the order of the logs, which lie in the same data directory. */
export async function logPolicies(
  fs: ReadingFileSystem,
  logs: readonly LogDirectory[],
): Promise<LogPolicy[]> {
  const [first] = logs;
  if (first === undefined) return [];
  const policies = await readDirectoryPolicies(fs, first.path, null);
  return logs.map((log) => {
    const places = settingPlacesOf(policies, log, NOTHING_GIVEN);
    const { policy, source } = policyOf(log, places);
    const settings = settingsOf(['retention.ms', 'retention.bytes'], places);
    return {
      ...{ deletes: policy.deletes, compacts: policy.compacts, source },
      retentionMs: limitOf(settings['retention.ms']),
      retentionBytes: limitOf(settings['retention.bytes']),
    };
  });
}

/** -1 for no limit, and for what is none. */
export function limitOf(setting: Setting): number {
  const value = settingNumber(setting) ?? NO_LIMIT;
  return Number.isFinite(value) ? Math.max(NO_LIMIT, Math.trunc(value)) : NO_LIMIT;
}

/** A log on its own has no files beside those of its segments. */
export async function directorySpace(
  fs: ReadingFileSystem,
  path: string,
  kind: 'log' | 'data-directory',
): Promise<DirectorySpace> {
  const { totalBytes, availableBytes } = await fs.diskSpace(kind === 'log' ? dirname(path) : path);
  const files = kind === 'log' ? [] : await readFileStates(fs, path);
  const rootFilesBytes = files.reduce((sum, { sizeInBytes }) => sum + sizeInBytes, 0);
  return { totalBytes, availableBytes, rootFilesBytes };
}
