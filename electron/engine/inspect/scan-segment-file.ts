/** Walks one segment's .log file as `scanSegment` does, and closes it again. */
import type { FilePosition, Offset } from '../../../shared/units';
import type { ReadingFileSystem } from '../file-system';
import type { SegmentFile } from './log-files';
import { withFile } from './read-index';
import type { CountedPlace } from './scan-original-segment';
import { type SegmentScan, type SegmentVisitor, scanSegment } from './scan-segment';

export interface SegmentOnDisk {
  readonly log: Pick<SegmentFile, 'name' | 'path' | 'sizeInBytes'>;
  readonly baseOffset: Offset;
  readonly logManager?: CountedPlace | null;
}

export type ScanOptions = Pick<SegmentScan, 'needsBytes' | 'skipsCrc' | 'signal' | 'onPosition'> & {
  readonly fromPosition?: FilePosition;
};

/** @throws AppError where the file cannot be read; the signal's reason when aborted */
export function scanSegmentFile(
  fs: ReadingFileSystem,
  { log, baseOffset, logManager }: SegmentOnDisk,
  options: ScanOptions,
  visitor: SegmentVisitor,
): Promise<void> {
  const { name: fileName, sizeInBytes } = log;
  return withFile(fs, log, (file) =>
    scanSegment({ file, fileName, sizeInBytes, baseOffset, logManager, ...options }, visitor),
  );
}
