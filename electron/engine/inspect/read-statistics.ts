/**
 * Statistics of a log or of one of its segments: what its records are, and what each byte of its files is.
 *
 * One pass over every byte. The parts add up to the sizes of the files: what cannot be read as batches is a part of
 * its own, so that damage never stops it. Reads only; problems are the business of inspect-log.ts.
 */
import { AppError } from '../../../shared/errors';
import type { Bytes, Offset } from '../../../shared/units';
import type { ReadingFileSystem } from '../file-system';
import { OFFSET_INDEX_ENTRY_SIZE, TIME_INDEX_ENTRY_SIZE } from '../format/index-files';
import { pathsIn, statusesOf } from '../statuses';
import type { LogDirectory } from './list-logs';
import { listLogFiles, type SegmentFile, type SegmentFiles } from './log-files';
import { glanceAtOffsetIndex, glanceAtTimeIndex } from './read-index';
import { type RecordBytes, type RecordFigures, RecordStatistics } from './record-statistics';
import { scanSegmentFile } from './scan-segment-file';

/** As shared/statistics.ts has them: all parts but the gain add up, and minus it they are `total`. */
export interface BytesByPart extends Omit<RecordBytes, 'unreadable'> {
  /** Used entries of offset, time and transaction indexes. */
  indexes: Bytes;
  /** Snapshots, checkpoints, metadata, leftovers and whatever else lies in the directory. */
  sideFiles: Bytes;
  /** Preallocated or zeroed room: behind the entries of an index, and zeros in a segment. */
  slack: Bytes;
  /** Neither batches nor zeros, or batches whose records cannot be read. */
  damaged: Bytes;
  /** Sizes of all files, as listed. */
  total: Bytes;
}

export interface LogStatistics extends Omit<RecordFigures, 'bytes'> {
  readonly name: string;
  /** null for the whole log. */
  readonly segmentBaseOffset: Offset | null;
  readonly segmentCount: number;
  /** False where bytes are damaged: records may be missing from the counts. */
  readonly isComplete: boolean;
  readonly bytes: BytesByPart;
}

export interface StatisticsOptions {
  /** Only this segment; null for the whole log. */
  readonly segmentBaseOffset: Offset | null;
  readonly countsUniqueKeys?: boolean;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?:
    | ((progress: { bytesDone: Bytes; bytesTotal: Bytes; recordsDone: number }) => void)
    | undefined;
}

type FileBytes = Pick<BytesByPart, 'indexes' | 'sideFiles' | 'slack' | 'damaged' | 'total'>;

/** @throws AppError NOT_FOUND without such a segment, or where the directory cannot be listed; the signal's reason */
export async function readStatistics(
  fs: ReadingFileSystem,
  log: LogDirectory,
  { segmentBaseOffset, countsUniqueKeys = true, signal, onProgress }: StatisticsOptions,
): Promise<LogStatistics> {
  const { segments: all } = await listLogFiles(fs, log.path);
  const segments = all.filter(
    ({ baseOffset }) => segmentBaseOffset === null || baseOffset === segmentBaseOffset,
  );
  if (segmentBaseOffset !== null && segments.length === 0)
    throw new AppError('NOT_FOUND', `${log.name} has no segment that begins at offset ${segmentBaseOffset}.`);
  const files: FileBytes = { indexes: 0, sideFiles: 0, slack: 0, damaged: 0, total: 0 };
  const statistics = new RecordStatistics({ countsUniqueKeys });
  const bytesTotal = segments.reduce((sum, segment) => sum + segment.log.sizeInBytes, 0);
  let bytesDone = 0;
  for (const segment of segments) {
    signal?.throwIfAborted();
    await addIndexes(fs, segment, files);
    await addSegment(fs, segment, { statistics, files, signal }, (position) =>
      onProgress?.({ bytesDone: bytesDone + position, bytesTotal, recordsDone: statistics.recordCount }),
    );
    bytesDone += segment.log.sizeInBytes;
  }
  await addSideFiles(fs, log.path, segments, { isWholeLog: segmentBaseOffset === null, signal }, files);
  const { bytes, counts, ...figures } = statistics.figures();
  const { unreadable, ...recordBytes } = bytes;
  const damaged = files.damaged + unreadable;
  return {
    ...{ name: log.name, segmentBaseOffset, segmentCount: segments.length, isComplete: damaged === 0 },
    ...figures,
    counts,
    bytes: { ...recordBytes, ...files, damaged },
  };
}

async function addSegment(
  fs: ReadingFileSystem,
  segment: SegmentFiles,
  into: {
    readonly statistics: RecordStatistics;
    readonly files: FileBytes;
    readonly signal: AbortSignal | undefined;
  },
  onPosition: (position: number) => void,
): Promise<void> {
  const { statistics, files, signal } = into;
  const { log, baseOffset } = segment;
  if (!log.isRegular) return;
  files.total += log.sizeInBytes;
  let end = 0;
  try {
    const options = { needsBytes: true, signal, onPosition };
    await scanSegmentFile(fs, segment, options, {
      batch(header, position, reader) {
        statistics.batch(header, reader.batchAt(position, header.sizeInBytes), baseOffset);
        end = position + header.sizeInBytes;
        return true;
      },
      damage(kind, position, sizeInBytes) {
        if (kind === 'zeros') files.slack += sizeInBytes;
        else files.damaged += sizeInBytes;
        end = position + sizeInBytes;
        return true;
      },
    });
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
  }
  files.damaged += log.sizeInBytes - end; // the disk gave no more than that
}

async function addIndexes(fs: ReadingFileSystem, segment: SegmentFiles, files: FileBytes): Promise<void> {
  const { index, timeindex, txnindex } = segment;
  const offsetEntries = await entryCountOf(index, (file) => glanceAtOffsetIndex(fs, file));
  const timeEntries = await entryCountOf(timeindex, (file) => glanceAtTimeIndex(fs, file));
  addIndex(index, offsetEntries * OFFSET_INDEX_ENTRY_SIZE, files);
  addIndex(timeindex, timeEntries * TIME_INDEX_ENTRY_SIZE, files);
  addIndex(txnindex, txnindex?.sizeInBytes ?? 0, files);
}

function addIndex(file: SegmentFile | null, usedBytes: Bytes, files: FileBytes): void {
  if (file === null || !file.isRegular) return;
  files.indexes += usedBytes;
  files.slack += file.sizeInBytes - usedBytes;
  files.total += file.sizeInBytes;
}

/** An index that cannot be read has no entries to tell from its room. */
async function entryCountOf(
  file: SegmentFile | null,
  glance: (file: SegmentFile) => Promise<{ readonly entryCount: number }>,
): Promise<number> {
  if (file === null || !file.isRegular) return 0;
  try {
    return (await glance(file)).entryCount;
  } catch (error) {
    if (error instanceof AppError) return 0;
    throw error;
  }
}

/** Everything that is neither segment nor index of one; of a segment, its snapshot. */
async function addSideFiles(
  fs: ReadingFileSystem,
  directory: string,
  segments: readonly SegmentFiles[],
  { isWholeLog, signal }: { readonly isWholeLog: boolean; readonly signal: AbortSignal | undefined },
  files: FileBytes,
): Promise<void> {
  const counted = new Set<string>();
  for (const { log, index, timeindex, txnindex } of segments)
    for (const file of [log, index, timeindex, txnindex]) if (file !== null) counted.add(file.name);
  const names = isWholeLog
    ? (await fs.list(directory)).filter(({ kind }) => kind === 'file').map(({ name }) => name)
    : segments.flatMap(({ all }) => all.map(({ name }) => name));
  const others = names.filter((name) => !counted.has(name));
  for (const status of await statusesOf(fs, pathsIn(directory, others), signal)) {
    if (status?.kind !== 'file') continue; // gone meanwhile, or no file
    files.sideFiles += status.sizeInBytes;
    files.total += status.sizeInBytes;
  }
}
