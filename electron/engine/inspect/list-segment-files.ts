/** The files that belong to one segment. Names, sizes and times only; opens nothing. */
import { AppError } from '../../../shared/errors';
import type { Bytes, Offset, TimestampMs } from '../../../shared/units';
import type { ReadingFileSystem } from '../file-system';
import { listLogFiles, type SegmentFiles } from './log-files';

/** @throws AppError NOT_FOUND where the segment is gone. */
export async function findSegment(
  fs: ReadingFileSystem,
  directory: string,
  baseOffset: Offset,
): Promise<SegmentFiles> {
  const { segments } = await listLogFiles(fs, directory);
  const segment = segments.find((candidate) => candidate.baseOffset === baseOffset);
  if (segment === undefined)
    throw new AppError('NOT_FOUND', `The segment ${baseOffset} is gone.`, { path: directory, baseOffset });
  return segment;
}

/** In the order of their names. @throws AppError NOT_FOUND where the segment is gone. */
export async function listSegmentFiles(
  fs: ReadingFileSystem,
  directory: string,
  baseOffset: Offset,
): Promise<{ name: string; sizeInBytes: Bytes; modifiedAtMs: TimestampMs }[]> {
  const { all } = await findSegment(fs, directory, baseOffset);
  return all.map(({ name, sizeInBytes, modifiedAtMs }) => ({ name, sizeInBytes, modifiedAtMs }));
}
