/**
 * Writes the producers' state at an offset beside the segments (ProducerStateManager.takeSnapshot): durable, and whole or
 * not at all. When one is due, the log knows.
 */
import { join } from 'node:path';
import type { Offset } from '../../../shared/units';
import type { FileSystem } from '../file-system';
import { offsetName, SNAPSHOT_SUFFIX } from '../format/file-names';
import { encodeProducerSnapshot } from '../format/producer-snapshot';
import type { ProducerStates } from '../rules/producer-states';
import { writeWhole } from './atomic-file';

export async function writeSnapshot(
  fs: FileSystem,
  directory: string,
  offset: Offset,
  producers: ProducerStates,
): Promise<void> {
  const path = join(directory, offsetName(offset) + SNAPSHOT_SUFFIX);
  try {
    await writeWhole(fs, path, encodeProducerSnapshot(producers.entries()));
  } catch (error) {
    await fs.removeFile(path).catch(() => {}); // half of one is worse than none; it may not be there
    throw error;
  }
}
