/** The files that belong to one segment. Names, sizes and times only; opens nothing. */
import { AppError } from '../../../shared/errors';
import type { Bytes, Offset, TimestampMs } from '../../../shared/units';
import type { ReadingFileSystem } from '../file-system';
import { offsetName, SEGMENT_SUFFIXES, SNAPSHOT_SUFFIX } from '../format/file-names';
import { listLogFiles, type SegmentFiles } from './log-files';

/**
 * By the names that Kafka gives: a directory of a million files is not listed for one segment. Only a segment without them,
 * or without a time index, which none of the original log manager's has, is told by the others.
 * @throws AppError NOT_FOUND where the segment is gone.
 */
export async function findSegment(
  fs: ReadingFileSystem,
  directory: string,
  baseOffset: Offset,
): Promise<SegmentFiles> {
  const named = [...SEGMENT_SUFFIXES, SNAPSHOT_SUFFIX].map((suffix) => ({
    name: offsetName(baseOffset) + suffix,
    kind: 'file' as const,
  }));
  const [expected] = (await listLogFiles(fs, directory, named)).segments;
  if (expected !== undefined && expected.timeindex !== null) return expected;
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
