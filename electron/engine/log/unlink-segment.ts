/**
 * Frees a segment's space at once, where a full disk leaves no room for a renaming to `.deleted`. Which one may go, and
 * making it durable, is the caller's.
 */
import type { FileSystem } from '../file-system';
import {
  LOG_SUFFIX,
  OFFSET_INDEX_SUFFIX,
  TIME_INDEX_SUFFIX,
  TRANSACTION_INDEX_SUFFIX,
} from '../format/file-names';
import type { OpenFiles } from './open-files';
import type { Segment } from './segment';

/** The log first: without it the rest is a leftover that recovery removes. */
const SUFFIXES = [LOG_SUFFIX, OFFSET_INDEX_SUFFIX, TIME_INDEX_SUFFIX, TRANSACTION_INDEX_SUFFIX] as const;

export async function unlinkSegment(fs: FileSystem, files: OpenFiles, segment: Segment): Promise<void> {
  for (const suffix of SUFFIXES) {
    const path = segment.pathOf(suffix);
    await files.release(path);
    if ((await fs.status(path)) !== null) await fs.removeFile(path);
  }
}
