/**
 * Lends the files of a segment to readers, also while a segment that was just swapped in gets its final names.
 * Which descriptors stay open is the business of open-files.ts.
 */
import { AppError } from '../../../shared/errors';
import type { ReadableFile } from '../file-system';
import type { OpenFiles } from './open-files';
import type { Segment, SegmentFileSuffix } from './segment';

/** @throws AppError NOT_FOUND where the file is gone */
export async function withSegmentFile<T>(
  files: OpenFiles,
  segment: Segment,
  suffix: SegmentFileSuffix,
  use: (file: ReadableFile) => Promise<T>,
): Promise<T> {
  for (;;) {
    await segment.renaming;
    const path = segment.pathOf(suffix);
    try {
      return await files.use(path, use);
    } catch (error) {
      // It may have been renamed between the look at its name and the opening.
      const hasMoved = segment.renaming !== null || segment.pathOf(suffix) !== path;
      if (!hasMoved || !isGone(error)) throw error;
    }
  }
}

export function isGone(error: unknown): boolean {
  return error instanceof AppError && error.code === 'NOT_FOUND';
}
