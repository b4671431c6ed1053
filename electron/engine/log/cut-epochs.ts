/**
 * Leader epochs behind a deletion: those that are below the log's start go, and the first offset that is left begins its
 * epoch (LeaderEpochFileCache.truncateFromStart). Which segments went, the log knows.
 */
import { join } from 'node:path';
import type { Offset } from '../../../shared/units';
import type { FileSystem } from '../file-system';
import { encodeLeaderEpochs, LEADER_EPOCH_CHECKPOINT, type LeaderEpoch } from '../format/checkpoint-files';
import { writeAtomically } from './atomic-file';

/** @returns the epochs that are left, which the checkpoint of the directory has by then */
export async function cutEpochs(
  fs: FileSystem,
  directory: string,
  epochs: readonly LeaderEpoch[],
  logStartOffset: Offset,
): Promise<readonly LeaderEpoch[]> {
  const later = epochs.filter(({ startOffset }) => startOffset > logStartOffset);
  const current = epochs[epochs.length - later.length - 1];
  if (current === undefined) return epochs;
  const left = [{ epoch: current.epoch, startOffset: logStartOffset }, ...later];
  await writeAtomically(fs, join(directory, LEADER_EPOCH_CHECKPOINT), encodeLeaderEpochs(left));
  return left;
}
