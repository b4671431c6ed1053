/** One log's entry in cleaner-offset-checkpoint of its data directory (LogCleanerManager.updateCheckpoints). */
import { join } from 'node:path';
import type { Offset } from '../../../shared/units';
import type { FileSystem } from '../file-system';
import { CLEANER_CHECKPOINT, encodeOffsetCheckpoint, readOffsetCheckpoint } from '../format/checkpoint-files';
import { readWhole, writeAtomically } from './atomic-file';

const CHECKPOINT_BYTES_MAX = 64 * 1024 * 1024;

export interface Partition {
  readonly topic: string;
  readonly partition: number;
}

/**
 * Sets the entry, or takes it away (null); the others stay as they are. Without any, the file is empty, as at first.
 * @returns what it was before; null where there was none
 */
export async function setCleanerCheckpoint(
  fs: FileSystem,
  dataDirectory: string,
  { topic, partition }: Partition,
  offset: Offset | null,
): Promise<Offset | null> {
  const path = join(dataDirectory, CLEANER_CHECKPOINT);
  const bytes = await readWhole(fs, path, CHECKPOINT_BYTES_MAX);
  // A file that cannot be read counts as empty, as for a broker.
  const known = bytes === null ? [] : readOffsetCheckpoint(Buffer.from(bytes).toString('utf8'));
  const entries = typeof known === 'string' ? [] : known;
  const isOwn = (entry: Partition) => entry.topic === topic && entry.partition === partition;
  const before = entries.find(isOwn)?.offset ?? null;
  if (before === offset) return before;
  const after = entries.filter((entry) => !isOwn(entry));
  if (offset !== null) after.push({ topic, partition, offset });
  await writeAtomically(fs, path, after.length === 0 ? new Uint8Array(0) : encodeOffsetCheckpoint(after));
  return before;
}
