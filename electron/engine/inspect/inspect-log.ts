/**
 * Inspects one log: its segments in order, with what is known or wrong of each, and the log's own figures.
 *
 * Reads only. Problems never stop it; only a directory that cannot be listed, or the signal, does.
 */
import { dirname, join } from 'node:path';
import type { Problem } from '../../../shared/problem';
import type { Bytes, Offset } from '../../../shared/units';
import type { ReadingFileSystem } from '../file-system';
import { SequenceChecker } from './check-sequence';
import { readCheckpointOffset } from './checkpoint-offset';
import { type Depth, inspectSegment, type SegmentInspection } from './inspect-segment';
import type { LogDirectory } from './list-logs';
import { listLogFiles } from './log-files';

export interface LogInspection {
  readonly name: string;
  readonly format: 'kafka';
  readonly logStartOffset: Offset;
  readonly logStartOffsetSource: 'checkpoint' | 'first-segment';
  /** Exclusive. */
  readonly logEndOffset: Offset;
  /** Sum of the .log files. */
  readonly sizeInBytes: Bytes;
  /** null at a glance. Control records count: they are records of the log. */
  readonly recordCount: number | null;
  readonly recordCountIsExact: boolean;
  readonly segments: SegmentInspection[];
  readonly problems: Problem[];
}

export interface InspectOptions {
  readonly depth: Depth;
  readonly signal?: AbortSignal;
  /** Bytes of .log files; called after each piece. */
  readonly onProgress?: (progress: { bytesDone: Bytes; bytesTotal: Bytes; problemCount: number }) => void;
}

/** @throws AppError where the directory cannot be listed; the signal's reason when aborted. */
export async function inspectLog(
  fs: ReadingFileSystem,
  log: LogDirectory,
  { depth, signal, onProgress }: InspectOptions,
): Promise<LogInspection> {
  const listing = await listLogFiles(fs, log.path);
  const problems = [...listing.problems];
  const isCleaned =
    (await readCheckpointOffset(fs, join(dirname(log.path), 'cleaner-offset-checkpoint'), log)) !== null;
  const sequence = new SequenceChecker({ isCompacted: isCleaned });
  const sizeInBytes = listing.segments.reduce((sum, { log: file }) => sum + file.sizeInBytes, 0);
  const segments: SegmentInspection[] = [];
  let bytesDone = 0;
  let hasDamage = false;
  for (const [index, files] of listing.segments.entries()) {
    signal?.throwIfAborted();
    const found = await inspectSegment(fs, {
      files,
      nextBaseOffset: listing.segments[index + 1]?.baseOffset ?? null,
      depth,
      sequence,
      signal,
      onPosition: (position) =>
        onProgress?.({
          bytesDone: bytesDone + position,
          bytesTotal: sizeInBytes,
          problemCount: problems.length,
        }),
    });
    segments.push(found.segment);
    problems.push(...found.problems);
    hasDamage ||= found.hasDamage;
    bytesDone += files.log.sizeInBytes;
  }
  problems.push(...sequence.gaps());
  const checkpoint = await readCheckpointOffset(
    fs,
    join(dirname(log.path), 'log-start-offset-checkpoint'),
    log,
  );
  const firstBase = segments[0]?.baseOffset ?? 0;
  const last = segments.at(-1);
  return {
    name: log.name,
    format: 'kafka',
    logStartOffset: Math.max(checkpoint ?? 0, firstBase),
    logStartOffsetSource: checkpoint !== null && checkpoint >= firstBase ? 'checkpoint' : 'first-segment',
    logEndOffset: last === undefined ? 0 : (last.lastOffset ?? last.baseOffset - 1) + 1,
    sizeInBytes,
    recordCount:
      depth === 'glance' ? null : segments.reduce((sum, { recordCount }) => sum + (recordCount ?? 0), 0),
    recordCountIsExact: depth !== 'glance' && !hasDamage,
    segments,
    problems,
  };
}
