/**
 * What of a log can be saved: the batches whose every byte is sound and whose offsets go up, and what lies between.
 *
 * A batch is sound when its CRC holds and its records decode. Leader epochs are taken as they are: no other byte tells
 * the right one. Reads only.
 */
import { PROBLEM_KINDS, type Problem, problemAt } from '../../../shared/problem';
import type { Bytes, FilePosition, Offset } from '../../../shared/units';
import type { ReadingFileSystem } from '../file-system';
import { expandMessage } from '../format/message-set';
import type { RecordBatchHeader } from '../format/record-batch';
import { longestOffsetChain } from '../rules/longest-offset-chain';
import { checkBatch } from './check-batch';
import { listLogFiles, type SegmentFile, type SegmentFiles } from './log-files';
import { scanSegmentFile } from './scan-segment-file';

/** A stretch of sound batches without a gap between them. */
export interface SoundRun {
  readonly position: FilePosition;
  readonly sizeInBytes: Bytes;
}

export interface SoundSegment {
  readonly baseOffset: Offset;
  readonly file: SegmentFile;
  /** Ascending. */
  readonly runs: readonly SoundRun[];
  readonly batchCount: number;
  readonly recordCount: number;
}

/** A stretch that is no sound batch, and why. */
export interface LeftOut extends Problem {
  /** The lowest offset that may be lost with it. */
  readonly fromOffset: Offset;
  /** The highest one, inclusive; null at the end of the log, where nobody knows. */
  readonly toOffset: Offset | null;
}

export interface SoundBatches {
  /** Those with a sound batch, ascending. */
  readonly segments: readonly SoundSegment[];
  /** In the order of segments and positions. */
  readonly leftOut: readonly LeftOut[];
}

export interface SoundOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: (progress: { bytesDone: Bytes; bytesTotal: Bytes }) => void;
}

/** @throws AppError where the directory or a segment cannot be read; the signal's reason when aborted */
export async function findSoundBatches(
  fs: ReadingFileSystem,
  directory: string,
  { signal, onProgress }: SoundOptions = {},
): Promise<SoundBatches> {
  const { segments: files } = await listLogFiles(fs, directory);
  const bytesTotal = files.reduce((sum, { log }) => sum + log.sizeInBytes, 0);
  const segments: SoundSegment[] = [];
  const leftOut: LeftOut[] = [];
  let bytesDone = 0;
  let nextOffset = files[0]?.baseOffset ?? 0;
  for (const [index, segment] of files.entries()) {
    const nextBaseOffset = files[index + 1]?.baseOffset ?? null;
    const onPosition = (position: number) => onProgress?.({ bytesDone: bytesDone + position, bytesTotal });
    const stretches = await readStretches(fs, segment, { nextBaseOffset, signal, onPosition });
    const sound = soundSegment(segment, stretches);
    if (sound !== null) segments.push(sound);
    for (const stretch of stretches) {
      if (stretch.problem === null) nextOffset = stretch.lastOffset + 1;
      else leftOut.push({ ...stretch.problem, fromOffset: nextOffset, toOffset: null });
      if (stretch.problem === null) closeGaps(leftOut, stretch.baseOffset);
    }
    bytesDone += segment.log.sizeInBytes;
  }
  return { segments, leftOut };
}

/** One batch, or bytes that are none; offsets count only where there is no problem. */
interface Stretch {
  readonly position: FilePosition;
  readonly sizeInBytes: Bytes;
  readonly baseOffset: Offset;
  readonly lastOffset: Offset;
  readonly recordCount: number;
  readonly problem: Problem | null;
}

interface ReadingSegment {
  readonly nextBaseOffset: Offset | null;
  readonly signal: AbortSignal | undefined;
  readonly onPosition: (position: FilePosition) => void;
}

async function readStretches(
  fs: ReadingFileSystem,
  { log, baseOffset }: SegmentFiles,
  { nextBaseOffset, signal, onPosition }: ReadingSegment,
): Promise<Stretch[]> {
  const place = { file: log.name, baseOffset };
  if (!log.isRegular)
    return [noBatch(0, log.sizeInBytes, problemAt('file-not-regular', place, `${log.name} is no file.`))];
  const stretches: Stretch[] = [];
  await scanSegmentFile(
    fs,
    { log, baseOffset },
    { needsBytes: true, signal, onPosition },
    {
      batch(outer, position, reader) {
        const bytes = reader.batchAt(position, outer.sizeInBytes);
        const header = outer.magic < 2 ? expandMessage(bytes).header : outer;
        const problem = flawIn(header, bytes, position, log.name);
        const { sizeInBytes, lastOffset, recordsCount } = header;
        const own = { baseOffset: header.baseOffset, lastOffset, recordCount: recordsCount };
        stretches.push({ position, sizeInBytes, ...own, problem });
        return true;
      },
      damage(_kind, position, sizeInBytes, problem) {
        stretches.push(noBatch(position, sizeInBytes, { ...problem, baseOffset }));
        return true;
      },
    },
  );
  return withoutMisplaced(stretches, { fileName: log.name, baseOffset, nextBaseOffset });
}

function noBatch(position: FilePosition, sizeInBytes: Bytes, problem: Problem): Stretch {
  return { position, sizeInBytes, baseOffset: 0, lastOffset: 0, recordCount: 0, problem };
}

/** What is merely odd does not count: a broker and its readers take such a batch. */
function flawIn(
  header: RecordBatchHeader,
  bytes: Uint8Array,
  position: FilePosition,
  file: string,
): Problem | null {
  const flaw = checkBatch(header, bytes);
  if (flaw === null || PROBLEM_KINDS[flaw.code].severity !== 'error') return null;
  const { sizeInBytes, baseOffset } = header;
  return problemAt(flaw.code, { file, position, sizeInBytes, baseOffset }, flaw.message);
}

/** Batches whose offsets cannot be true become problems. */
function withoutMisplaced(
  stretches: readonly Stretch[],
  segment: { readonly fileName: string; readonly baseOffset: Offset; readonly nextBaseOffset: Offset | null },
): Stretch[] {
  const end = segment.nextBaseOffset ?? Number.POSITIVE_INFINITY;
  const isInside = ({ problem, baseOffset, lastOffset }: Stretch) =>
    problem === null && baseOffset >= segment.baseOffset && lastOffset < end;
  const candidates = stretches.filter(isInside);
  // The ends of the segment take part: a batch that joins one of them is in its place.
  const limits = [segment.baseOffset - 1, segment.nextBaseOffset].map((offset) =>
    offset === null ? [] : [{ baseOffset: offset, lastOffset: offset }],
  );
  const chain = longestOffsetChain([...limits[0]!, ...candidates, ...limits[1]!]);
  const kept = new Set(chain.map((index) => candidates[index - 1]));
  return stretches.map((stretch) => {
    if (stretch.problem !== null || kept.has(stretch)) return stretch;
    const { position, sizeInBytes, baseOffset } = stretch;
    const place = { file: segment.fileName, position, sizeInBytes, baseOffset };
    const problem = isInside(stretch)
      ? problemAt('batch-offset-out-of-order', place, `Offset ${baseOffset} does not fit its neighbours.`)
      : problemAt(
          'batch-offset-outside-segment',
          place,
          `Offset ${baseOffset} lies outside the segment ${segment.baseOffset}.`,
        );
    return { ...stretch, problem };
  });
}

function soundSegment({ baseOffset, log }: SegmentFiles, stretches: readonly Stretch[]): SoundSegment | null {
  const sound = stretches.filter(({ problem }) => problem === null);
  if (sound.length === 0) return null;
  const runs: { position: FilePosition; sizeInBytes: Bytes }[] = [];
  for (const { position, sizeInBytes } of sound) {
    const run = runs.at(-1);
    if (run !== undefined && run.position + run.sizeInBytes === position) run.sizeInBytes += sizeInBytes;
    else runs.push({ position, sizeInBytes });
  }
  const recordCount = sound.reduce((sum, stretch) => sum + stretch.recordCount, 0);
  return { baseOffset, file: log, runs, batchCount: sound.length, recordCount };
}

/** The gaps before a sound batch end below it. */
function closeGaps(leftOut: LeftOut[], baseOffset: Offset): void {
  for (let index = leftOut.length - 1; index >= 0 && leftOut[index]!.toOffset === null; index--)
    leftOut[index] = { ...leftOut[index]!, toOffset: baseOffset - 1 };
}
