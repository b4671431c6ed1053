/**
 * One log's entry in a checkpoint file of its data directory, read and replaced; the other entries stay as they are.
 * Which file, and what the offset means, its callers know.
 */
import type { Offset } from '../../../shared/units';
import type { FileSystem, ReadingFileSystem } from '../file-system';
import {
  type CheckpointEntry,
  encodeOffsetCheckpoint,
  readOffsetCheckpoint,
} from '../format/checkpoint-files';
import { readWhole, writeAtomically } from './atomic-file';

const CHECKPOINT_BYTES_MAX = 64 * 1024 * 1024;

export interface Partition {
  readonly topic: string;
  readonly partition: number;
}

export interface CheckpointFile {
  readonly path: string;
  /** What is written where no entry is left. */
  readonly withoutEntries: Uint8Array;
}

/** null where there is no entry. A file that cannot be read counts as empty, as for a broker. */
export async function checkpointEntry(
  fs: ReadingFileSystem,
  path: string,
  partition: Partition,
): Promise<Offset | null> {
  return offsetIn(await entriesOf(fs, path), partition);
}

/** Sets the entry, or takes it away (null), durably. @returns what it was before; null where there was none */
export async function setCheckpointEntry(
  fs: FileSystem,
  { path, withoutEntries }: CheckpointFile,
  own: Partition,
  offset: Offset | null,
): Promise<Offset | null> {
  const entries = await entriesOf(fs, path);
  const before = offsetIn(entries, own);
  if (before === offset) return before;
  const after = entries.filter((entry) => !isSame(entry, own));
  if (offset !== null) after.push({ ...own, offset });
  await writeAtomically(fs, path, after.length === 0 ? withoutEntries : encodeOffsetCheckpoint(after));
  return before;
}

async function entriesOf(fs: ReadingFileSystem, path: string): Promise<CheckpointEntry[]> {
  const bytes = await readWhole(fs, path, CHECKPOINT_BYTES_MAX);
  const known = readOffsetCheckpoint(Buffer.from(bytes ?? []).toString('utf8'));
  return typeof known === 'string' ? [] : known;
}

function offsetIn(entries: readonly CheckpointEntry[], own: Partition): Offset | null {
  return entries.find((entry) => isSame(entry, own))?.offset ?? null;
}

function isSame(a: Partition, b: Partition): boolean {
  return a.topic === b.topic && a.partition === b.partition;
}
