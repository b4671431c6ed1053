/** One log's entry in cleaner-offset-checkpoint of its data directory (LogCleanerManager.updateCheckpoints). */
import { join } from 'node:path';
import type { Offset } from '../../../shared/units';
import type { FileSystem } from '../file-system';
import { CLEANER_CHECKPOINT } from '../format/checkpoint-files';
import { type Partition, setCheckpointEntry } from './checkpoint-entry';

export type { Partition } from './checkpoint-entry';

/**
 * Sets the entry, or takes it away (null); the others stay as they are. Without any, the file is empty, as at first.
 * @returns what it was before; null where there was none
 */
export function setCleanerCheckpoint(
  fs: FileSystem,
  dataDirectory: string,
  own: Partition,
  offset: Offset | null,
): Promise<Offset | null> {
  const file = { path: join(dataDirectory, CLEANER_CHECKPOINT), withoutEntries: new Uint8Array(0) };
  return setCheckpointEntry(fs, file, own, offset);
}
