/** The segments that a log's directory holds now, and whether they are still those that a plan was made from. */
import { join } from 'node:path';
import { AppError } from '../../../shared/errors';
import type { Bytes, Offset } from '../../../shared/units';
import type { FileSystem } from '../file-system';
import { LOG_SUFFIX, offsetName, parseSegmentFileName } from '../format/file-names';
import { mapConcurrently } from '../map-concurrently';

/** Base offsets of the .log files, ascending; deleted, cleaned and swapped ones are not among them. */
export async function segmentsOnDisk(fs: FileSystem, directory: string): Promise<Offset[]> {
  const found: Offset[] = [];
  for (const { name } of await fs.list(directory)) {
    const parsed = parseSegmentFileName(name);
    if (parsed?.kind === 'log' && parsed.state === 'current') found.push(parsed.baseOffset);
  }
  return found.sort((a, b) => a - b);
}

export interface PlannedSegment {
  readonly baseOffset: Offset;
  /** Of the .log file. */
  readonly sizeInBytes: Bytes;
}

/** @throws AppError PLAN_OUTDATED where a segment came, went, or has another size */
export async function requireUnchanged(
  fs: FileSystem,
  directory: string,
  planned: readonly PlannedSegment[],
): Promise<void> {
  const isSame = await mapConcurrently(planned, async ({ baseOffset, sizeInBytes }) => {
    const status = await fs.status(join(directory, offsetName(baseOffset) + LOG_SUFFIX));
    return status?.sizeInBytes === sizeInBytes;
  });
  const count = (await segmentsOnDisk(fs, directory)).length;
  if (count !== planned.length || isSame.includes(false))
    throw new AppError('PLAN_OUTDATED', 'The files changed since the plan was made; nothing was done.', {
      path: directory,
    });
}
