/** Saves the sound batches of one log into a new log elsewhere, and reports what was left out. */
import { join } from 'node:path';
import type { SalvageReport } from '../../shared/salvage';
import type { FileSystem } from '../engine/file-system';
import { findSoundBatches, type SoundOptions } from '../engine/inspect/sound-batches';
import { writeSalvagedLog } from '../engine/log/write-salvaged-log';

/**
 * @param into Where the new log goes, under the name of the old one.
 * @throws AppError ALREADY_THERE; INVALID_ARGUMENT where that is no place for it; the signal's reason
 */
export async function salvageLog(
  fs: FileSystem,
  { path: source, name, into }: { readonly path: string; readonly name: string; readonly into: string },
  options: SoundOptions,
): Promise<SalvageReport> {
  const { segments, leftOut } = await findSoundBatches(fs, source, options);
  const path = segments.length === 0 ? null : join(into, name);
  if (path !== null) await writeSalvagedLog(fs, { source, target: path, segments }, options.signal);
  const sum = (count: (segment: (typeof segments)[number]) => number) =>
    segments.reduce((total, segment) => total + count(segment), 0);
  return {
    name,
    path,
    batchCount: sum((segment) => segment.batchCount),
    recordCount: sum((segment) => segment.recordCount),
    sizeInBytes: sum(({ runs }) => runs.reduce((total, run) => total + run.sizeInBytes, 0)),
    leftOut: [...leftOut],
  };
}
