/**
 * Inspects one log: its segments in order, with what is known or wrong of each, and the log's own figures.
 *
 * Reads only. Problems never stop it; only a directory that cannot be listed, or the signal, does.
 */
import { dirname, join } from 'node:path';
import type { Problem } from '../../../shared/problem';
import type { Bytes, Offset, TimestampMs } from '../../../shared/units';
import type { FileStatus, ReadingFileSystem } from '../file-system';
import { mapConcurrently } from '../map-concurrently';
import { LeaderEpochsSeen } from './check-leader-epochs';
import { SequenceChecker, type SequenceState } from './check-sequence';
import { checkSideFiles } from './check-side-files';
import { TransactionChecker } from './check-transactions';
import { readCheckpointOffset, readLogStart } from './checkpoint-offset';
import {
  type Depth,
  inspectSegment,
  type SegmentFindings,
  type SegmentInspection,
  type SegmentTask,
} from './inspect-segment';
import type { LogDirectory } from './list-logs';
import { type LogFiles, listLogFiles, type SegmentFile, type SegmentFiles } from './log-files';
import type { LogFormat } from './log-format';

export interface LogInspection {
  readonly name: string;
  readonly format: LogFormat;
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

/** What an inspection of headers or records found in one segment, and where the next one goes on from. */
export interface KnownSegment extends SegmentFindings {
  /** Of the segment behind it then; it has to be the same now. */
  readonly nextBaseOffset: Offset | null;
  readonly sequenceBehind: SequenceState;
}

export interface InspectOptions {
  readonly depth: Depth;
  /** Timestamps behind it are a finding; left out, none is. */
  readonly nowMs?: TimestampMs;
  readonly signal?: AbortSignal;
  /** Bytes of .log files; called after each piece. */
  readonly onProgress?: (progress: { bytesDone: Bytes; bytesTotal: Bytes; problemCount: number }) => void;
  /**
   * Closed segments, by base offset, whose files have not changed since they were inspected, at this depth or
   * deeper: those at the start of the log are taken over instead of read.
   */
  readonly known?: ReadonlyMap<Offset, KnownSegment>;
  /** The log's files, where they were listed for others too a moment ago; left out, they are listed. */
  readonly listed?: LogFiles;
  /** Called for each segment in order; what an inspection later on can take over. Not at a glance. */
  readonly onSegment?: (segment: KnownSegment) => void;
}

/** How often a log is read that changes faster than it can be read: shortened by retention, swapped by compaction. */
const ATTEMPTS_MAX = 3;

/** @throws AppError where the directory cannot be listed; the signal's reason when aborted. */
export function inspectLog(
  fs: ReadingFileSystem,
  log: LogDirectory,
  options: InspectOptions,
): Promise<LogInspection> {
  return inspectAsListed(fs, log, options, ATTEMPTS_MAX);
}

async function inspectAsListed(
  fs: ReadingFileSystem,
  log: LogDirectory,
  options: InspectOptions,
  attemptsLeft: number,
): Promise<LogInspection> {
  const { depth } = options;
  const isFirst = attemptsLeft === ATTEMPTS_MAX;
  const listed = (isFirst ? options.listed : undefined) ?? (await listLogFiles(fs, log.path));
  const readCheckpoint = (name: string) => readCheckpointOffset(fs, join(dirname(log.path), name), log);
  const isCleaned = (await readCheckpoint('cleaner-offset-checkpoint')) !== null;
  const checkpoint = await readLogStart(fs, log);
  const sequence = new SequenceChecker({ isCompacted: isCleaned, logStartOffset: checkpoint ?? 0 });
  const beside =
    depth === 'records' ? { transactions: new TransactionChecker(), epochs: new LeaderEpochsSeen() } : null;
  const found =
    depth === 'glance'
      ? await glanceAtSegments(fs, listed.segments, sequence, options)
      : await inspectSegments(fs, listed.segments, { sequence, beside }, options);
  const { listing, findings, isChanged } = await asItStands(fs, listed, found);
  // Its last segment is deleted already: what was read is not how the log ends, and hardly how it is.
  const isOvertaken = listing.segments.at(-1)?.baseOffset !== listed.segments.at(-1)?.baseOffset;
  if ((isOvertaken || isChanged) && attemptsLeft > 1)
    return inspectAsListed(fs, log, options, attemptsLeft - 1);
  const segments = findings.map(({ segment }) => segment);
  const fileNames = new Set(listing.segments.map(({ log: file }) => file.name));
  const firstBase = segments[0]?.baseOffset ?? 0;
  const last = segments.at(-1);
  const logStartOffset = Math.max(checkpoint ?? 0, firstBase);
  const gaps = sequence.gaps().filter(({ file }) => fileNames.has(file)); // not those of a deleted start
  const logEndOffset = last === undefined ? 0 : (last.lastOffset ?? last.baseOffset - 1) + 1;
  const facts = { log, files: listing, logStartOffset, logEndOffset };
  const besides = beside === null ? [] : await checkSideFiles(fs, { ...facts, epochs: beside.epochs });
  return {
    name: log.name,
    format: log.format,
    logStartOffset,
    logStartOffsetSource: checkpoint !== null && checkpoint >= firstBase ? 'checkpoint' : 'first-segment',
    logEndOffset,
    sizeInBytes: segments.reduce((sum, segment) => sum + segment.sizeInBytes, 0),
    recordCount:
      depth === 'glance' ? null : segments.reduce((sum, { recordCount }) => sum + (recordCount ?? 0), 0),
    recordCountIsExact: depth !== 'glance' && !findings.some(({ hasDamage }) => hasDamage),
    segments,
    problems: [...listing.problems, ...findings.flatMap(({ problems }) => problems), ...gaps, ...besides],
  };
}

/**
 * What of the findings still holds. Segments that were deleted since they were listed are no finding: the log goes on
 * without them. isChanged: one in which something was found wrong was replaced or cut off since, which may be all that
 * is wrong with it.
 */
async function asItStands(
  fs: ReadingFileSystem,
  listing: LogFiles,
  findings: readonly SegmentFindings[],
): Promise<{ listing: LogFiles; findings: readonly SegmentFindings[]; isChanged: boolean }> {
  const isThere: boolean[] = [];
  let isChanged = false;
  for (const [index, { log, all }] of listing.segments.entries()) {
    const { problems } = findings[index]!;
    const inDoubt = all.filter(({ name }) => problems.some((one) => isError(one) && one.file === name));
    let isGone = false;
    for (const file of inDoubt) {
      const status = await fs.status(file.path).catch(() => undefined);
      if (status === null && file === log) isGone = true;
      else if (status !== undefined) isChanged ||= status === null || isOther(file, status);
    }
    isThere.push(!isGone);
  }
  return {
    listing: { ...listing, segments: listing.segments.filter((_, index) => isThere[index]) },
    findings: findings.filter((_, index) => isThere[index]),
    isChanged,
  };
}

const isError = ({ severity }: Problem) => severity === 'error';

function isOther(listed: SegmentFile, now: FileStatus): boolean {
  return now.inode !== listed.inode || now.sizeInBytes < listed.sizeInBytes;
}

/** A glance at one segment needs nothing of the one before it, so that many are looked at together. */
function glanceAtSegments(
  fs: ReadingFileSystem,
  files: readonly SegmentFiles[],
  sequence: SequenceChecker,
  { nowMs, signal }: InspectOptions,
): Promise<SegmentFindings[]> {
  return mapConcurrently(files, (segmentFiles, index) => {
    signal?.throwIfAborted();
    const nextBaseOffset = files[index + 1]?.baseOffset ?? null;
    return inspectSegment(fs, {
      files: segmentFiles,
      nextBaseOffset,
      depth: 'glance',
      sequence,
      beside: null,
      nowMs,
      signal,
    });
  });
}

async function inspectSegments(
  fs: ReadingFileSystem,
  files: readonly SegmentFiles[],
  { sequence, beside }: Pick<SegmentTask, 'sequence' | 'beside'>,
  { depth, nowMs, signal, onProgress, known, onSegment }: InspectOptions,
): Promise<SegmentFindings[]> {
  const bytesTotal = files.reduce((sum, { log: file }) => sum + file.sizeInBytes, 0);
  const findings: SegmentFindings[] = [];
  let bytesDone = 0;
  let problemCount = 0;
  let isTakingOver = true;
  for (const [index, segmentFiles] of files.entries()) {
    signal?.throwIfAborted();
    const nextBaseOffset = files[index + 1]?.baseOffset ?? null;
    const before: KnownSegment | null = isTakingOver
      ? knownSegment(known, segmentFiles, nextBaseOffset)
      : null;
    isTakingOver &&= before !== null;
    if (before !== null) sequence.resume(before.sequenceBehind);
    const onPosition = (position: number) =>
      onProgress?.({ bytesDone: bytesDone + position, bytesTotal, problemCount });
    const { segment, problems, hasDamage } =
      before ??
      (await inspectSegment(fs, {
        files: segmentFiles,
        nextBaseOffset,
        depth,
        sequence,
        beside,
        nowMs,
        signal,
        onPosition,
      }));
    findings.push({ segment, problems, hasDamage });
    onSegment?.({ segment, problems, hasDamage, nextBaseOffset, sequenceBehind: sequence.state() });
    bytesDone += segmentFiles.log.sizeInBytes;
    problemCount += problems.length;
  }
  return findings;
}

/** What is known of a segment, where it still holds; null where it has to be read. */
function knownSegment(
  known: ReadonlyMap<Offset, KnownSegment> | undefined,
  { baseOffset, log }: SegmentFiles,
  nextBaseOffset: Offset | null,
): KnownSegment | null {
  const found = known?.get(baseOffset);
  if (found === undefined || nextBaseOffset === null || found.nextBaseOffset !== nextBaseOffset) return null;
  return found.segment.sizeInBytes === log.sizeInBytes ? found : null;
}
