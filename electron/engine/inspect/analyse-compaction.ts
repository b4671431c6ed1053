/**
 * What compaction would do to a log, record by record: the dirty part once into the offset map, then the cleaned part
 * once more through the cleaner's filter (rules/clean-log.ts), without writing anything.
 *
 * Every byte of what is read is checked by its CRC, in the second pass. Damage ends the analysis: the cleaner would stop
 * there, too.
 */
import { AppError } from '../../../shared/errors';
import type { Bytes } from '../../../shared/units';
import type { ReadingFileSystem } from '../file-system';
import { type BatchVisit, type CleaningResult, type CleaningTask, cleanLog } from '../rules/clean-log';
import type { CleaningObserver } from '../rules/supersessions';
import type { CompactionFacts, CompactionSource } from './compaction-facts';
import { type ScanOptions, scanSegmentFile } from './scan-segment-file';

export interface AnalysisOptions {
  readonly signal?: AbortSignal | undefined;
  /** Bytes of both passes; where the map gets full there are more, and the total grows. */
  readonly onProgress?: ((progress: { bytesDone: Bytes; bytesTotal: Bytes }) => void) | undefined;
  /** Compresses what is compressed anew, so that its size is that of a run of ours: slower. */
  readonly recompresses?: boolean | undefined;
}

/** @throws AppError CORRUPT where a batch is damaged; the signal's reason when aborted */
export async function analyseCompaction(
  fs: ReadingFileSystem,
  { segments }: CompactionFacts,
  task: CleaningTask,
  { signal, onProgress, recompresses = false }: AnalysisOptions = {},
  observer?: CleaningObserver,
): Promise<CleaningResult> {
  const cleaned = segments.filter(({ baseOffset }) => baseOffset < task.endOffset);
  const dirty = cleaned.filter(
    (_segment, index) => (cleaned[index + 1]?.baseOffset ?? task.endOffset) > task.firstDirtyOffset,
  );
  const expected = sizeOf(dirty) + sizeOf(cleaned);
  let done = 0;
  const read = async (segment: CompactionSource, visit: BatchVisit, checksCrc: boolean) => {
    const onPosition = (position: number) => {
      const bytesDone = done + position;
      onProgress?.({ bytesDone, bytesTotal: Math.max(expected, bytesDone) });
    };
    try {
      await readSegment(fs, segment, visit, { skipsCrc: !checksCrc, signal, onPosition });
    } catch (error) {
      // Which bytes are damaged, a batch that cannot be read does not tell, and its CRC does.
      if (!checksCrc && error instanceof AppError && error.code === 'CORRUPT')
        await readSegment(fs, segment, () => true, { skipsCrc: false, signal });
      throw error;
    }
    done += segment.sizeInBytes;
  };
  return cleanLog(segments, task, read, { needsBytes: recompresses, observer });
}

function sizeOf(segments: readonly CompactionSource[]): Bytes {
  return segments.reduce((sum, { sizeInBytes }) => sum + sizeInBytes, 0);
}

async function readSegment(
  fs: ReadingFileSystem,
  { file, baseOffset }: CompactionSource,
  visit: BatchVisit,
  options: Omit<ScanOptions, 'needsBytes'>,
): Promise<void> {
  await scanSegmentFile(
    fs,
    { log: file, baseOffset },
    { ...options, needsBytes: true },
    {
      batch(header, position, reader) {
        return visit(header, reader.batchAt(position, header.sizeInBytes));
      },
      damage(_kind, position, _size, { message }) {
        throw new AppError('CORRUPT', `${file.name} is damaged at byte ${position}: ${message}`, {
          file: file.name,
          position,
        });
      },
    },
  );
}
