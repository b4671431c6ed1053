/**
 * Inspects one segment: at a glance (sizes, index tails, single headers), by all headers, or by every byte.
 *
 * Never throws for what is in the files: damage comes back as problems. A file that cannot be opened is one too.
 */
import { AppError } from '../../../shared/errors';
import { type Problem, problemAt } from '../../../shared/problem';
import type { Bytes, FilePosition, Offset, TimestampMs } from '../../../shared/units';
import type { ReadingFileSystem } from '../file-system';
import { OFFSET_INDEX_ENTRY_SIZE, TIME_INDEX_ENTRY_SIZE } from '../format/index-files';
import { expandMessage } from '../format/message-set';
import { type Codec, codecOf, type RecordBatchHeader } from '../format/record-batch';
import { checkBatch } from './check-batch';
import { IndexChecker } from './check-indexes';
import type { LeaderEpochsSeen } from './check-leader-epochs';
import type { SequenceChecker } from './check-sequence';
import type { TransactionChecker } from './check-transactions';
import type { SegmentFile, SegmentFiles } from './log-files';
import {
  glanceAtOffsetIndex,
  glanceAtTimeIndex,
  readOffsetIndexFile,
  readTimeIndexFile,
  withFile,
} from './read-index';
import { readSmallFile } from './read-small-file';
import { scanSegment } from './scan-segment';
import { scanSegmentFile } from './scan-segment-file';

export type Depth = 'glance' | 'headers' | 'records';

export interface SegmentInspection {
  readonly baseOffset: Offset;
  /** Inclusive; null without a batch. At a glance, for closed segments, the offset before the next segment. */
  readonly lastOffset: Offset | null;
  readonly sizeInBytes: Bytes;
  readonly batchCount: number | null;
  readonly recordCount: number | null;
  readonly firstTimestampMs: TimestampMs | null;
  readonly largestTimestampMs: TimestampMs | null;
  readonly largestTimestampSource: 'batch-headers' | 'time-index' | 'modification-time';
  readonly modifiedAtMs: TimestampMs;
  readonly isActive: boolean;
  readonly codecs: (Codec | 'unknown')[];
  readonly offsetIndex: {
    readonly entryCount: number;
    readonly sizeInBytes: Bytes;
    readonly gapBytesMean: number | null;
    readonly gapBytesMax: Bytes | null;
  } | null;
  readonly timeIndex: { readonly entryCount: number; readonly sizeInBytes: Bytes } | null;
  readonly problemCount: number;
}

export interface SegmentTask {
  readonly files: SegmentFiles;
  /** Base offset of the next segment, or null for the active one. */
  readonly nextBaseOffset: Offset | null;
  readonly depth: Depth;
  readonly sequence: SequenceChecker;
  /** What looks at every byte sees besides: null at the other depths. */
  readonly beside: { readonly transactions: TransactionChecker; readonly epochs: LeaderEpochsSeen } | null;
  /** Later timestamps are a finding; left out, none is. */
  readonly nowMs?: TimestampMs | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onPosition?: ((position: number) => void) | undefined;
}

export interface SegmentFindings {
  readonly segment: SegmentInspection;
  readonly problems: Problem[];
  /** Bytes were passed over, so that records may be missing from the counts. */
  readonly hasDamage: boolean;
}

interface Totals {
  batchCount: number;
  recordCount: number;
  lastOffset: Offset | null;
  firstTimestampMs: TimestampMs | null;
  largestTimestampMs: TimestampMs | null;
  readonly codecs: Set<Codec | 'unknown'>;
  hasDamage: boolean;
}

/** How far behind the last index entry a glance looks for the last batch. */
const TAIL_BYTES_MAX = 16 * 1024 * 1024;

export async function inspectSegment(fs: ReadingFileSystem, task: SegmentTask): Promise<SegmentFindings> {
  const { files, nextBaseOffset, depth } = task;
  const { baseOffset } = files;
  const problems: Problem[] = [];
  const offsetIndex: OffsetIndexSeen | null = await tryFile<OffsetIndexSeen>(
    problems,
    files.index,
    'offset-index-missing',
    files,
    (file) => (depth === 'glance' ? glance(fs, file) : readOffsetIndexFile(fs, file)),
  );
  const timeIndex: TimeIndexSeen | null =
    files.logManager !== null
      ? null // the format has none
      : await tryFile<TimeIndexSeen>(problems, files.timeindex, 'time-index-missing', files, (file) =>
          depth === 'glance' ? glanceAtTimeIndex(fs, file) : readTimeIndexFile(fs, file),
        );
  problems.push(...checkIndexSizes(files));
  const log = nextBaseOffset === null ? await asOfNow(fs, files.log) : files.log;
  const seen = { ...task, files: { ...files, log } };
  const checker = new IndexChecker({
    baseOffset,
    isActive: nextBaseOffset === null,
    logSizeInBytes: log.sizeInBytes,
    offsetIndex:
      offsetIndex !== null && 'positions' in offsetIndex
        ? { fileName: files.index!.name, entries: offsetIndex }
        : null,
    timeIndex:
      timeIndex !== null && 'timestampsMs' in timeIndex
        ? { fileName: files.timeindex!.name, entries: timeIndex }
        : null,
  });
  const totals = newTotals();
  const lastIndexed = offsetIndex !== null && 'lastPosition' in offsetIndex ? offsetIndex.lastPosition : null;
  try {
    if (!log.isRegular) totals.hasDamage = true;
    else if (depth === 'glance') await glanceAtLog(fs, seen, totals, lastIndexed ?? 0);
    else await scanLog(fs, seen, totals, checker, problems);
  } catch (error) {
    totals.hasDamage = true;
    problems.push(unreadable(error, log, baseOffset));
    // What the rest of the file holds is not known: neither its index nor the next segment can be blamed.
    task.sequence.damage();
    task.beside?.transactions.damage();
    checker.damage();
  }
  if (depth !== 'glance' && log.isRegular) problems.push(...checker.finish());
  const lastTimeIndexed =
    timeIndex !== null && 'lastTimestampMs' in timeIndex ? timeIndex.lastTimestampMs : null;
  return {
    segment: summary(seen, totals, offsetIndex, timeIndex, lastTimeIndexed, problems.length),
    problems,
    hasDamage: totals.hasDamage,
  };
}

/** Of a log that is written meanwhile: its writer extends the .log first, so that no index entry is ahead of it. */
async function asOfNow(fs: ReadingFileSystem, log: SegmentFile): Promise<SegmentFile> {
  const status = await fs.status(log.path).catch(() => null);
  if (status?.kind !== 'file') return log; // reading it will say why
  return { ...log, sizeInBytes: status.sizeInBytes, modifiedAtMs: status.modifiedAtMs };
}

function newTotals(): Totals {
  return {
    batchCount: 0,
    recordCount: 0,
    lastOffset: null,
    firstTimestampMs: null,
    largestTimestampMs: null,
    codecs: new Set(),
    hasDamage: false,
  };
}

async function glance(fs: ReadingFileSystem, file: SegmentFile) {
  return glanceAtOffsetIndex(fs, file);
}

/** The first header, and for the active segment the headers from the last index entry on. */
async function glanceAtLog(fs: ReadingFileSystem, task: SegmentTask, totals: Totals, tailPosition: number) {
  const { log, baseOffset } = task.files;
  const scan = {
    fileName: log.name,
    sizeInBytes: log.sizeInBytes,
    baseOffset,
    needsBytes: false,
    logManager: task.files.logManager,
    signal: task.signal,
  };
  await withFile(fs, log, async (file) => {
    let remaining = TAIL_BYTES_MAX;
    const visitor = (isFirst: boolean) => ({
      batch(header: RecordBatchHeader) {
        add(totals, header);
        remaining -= header.sizeInBytes;
        return !isFirst && remaining > 0;
      },
      damage: () => false,
    });
    await scanSegment({ ...scan, file }, visitor(true));
    const from = Math.max(0, Math.min(tailPosition, log.sizeInBytes));
    if (task.nextBaseOffset === null)
      await scanSegment({ ...scan, file, fromPosition: from }, visitor(false));
  });
}

async function scanLog(
  fs: ReadingFileSystem,
  task: SegmentTask,
  totals: Totals,
  checker: IndexChecker,
  problems: Problem[],
): Promise<void> {
  const { files, nextBaseOffset, depth, sequence, beside, signal, onPosition } = task;
  const { log, baseOffset, txnindex } = files;
  const future = new FutureTimestamps(task);
  const bounds = { fileName: log.name, baseOffset, nextBaseOffset };
  await scanSegmentFile(
    fs,
    files,
    { needsBytes: depth === 'records', signal, onPosition },
    {
      batch(outer, position, reader) {
        const isWrapper = outer.recordsCount < 0;
        const header = isWrapper ? expandMessage(reader.batchAt(position, outer.sizeInBytes)).header : outer;
        add(totals, header);
        const found = sequence.batch(header, position, bounds);
        if (found.length > 0) problems.push(...found);
        checker.batch(header, position);
        future.batch(header, position);
        if (beside === null) return true;
        const bytes = reader.batchAt(position, header.sizeInBytes);
        beside.epochs.batch(header);
        const outOfSequence = beside.transactions.batch(header, bytes, { position, file: log.name });
        if (outOfSequence.length > 0) problems.push(...outOfSequence);
        const flaw = checkBatch(header, bytes);
        if (flaw !== null) {
          const place = {
            file: log.name,
            position,
            sizeInBytes: header.sizeInBytes,
            baseOffset: header.baseOffset,
          };
          problems.push(problemAt(flaw.code, place, flaw.message));
        }
        return true;
      },
      damage(_kind, _position, _sizeInBytes, problem) {
        totals.hasDamage = true;
        sequence.damage();
        beside?.transactions.damage();
        checker.damage();
        problems.push({ ...problem, baseOffset });
        return true;
      },
    },
  );
  problems.push(...future.problems());
  if (beside === null) return;
  const bytes = txnindex === null || !txnindex.isRegular ? null : await readSmallFile(fs, txnindex.path);
  problems.push(...beside.transactions.endSegment(files, bytes));
}

/** Producers' clocks may be ahead by as much (message.timestamp.after.max.ms, 1 h by default). */
const CLOCK_SKEW_MS = 3_600_000;

/** The first batch of a segment with a timestamp in the future, and how far ahead the farthest is. */
class FutureTimestamps {
  readonly #limitMs: TimestampMs;
  readonly #file: string;
  #first: { readonly header: RecordBatchHeader; readonly position: FilePosition } | null = null;
  #largestMs: TimestampMs = 0;

  constructor({ nowMs = Number.POSITIVE_INFINITY, files }: SegmentTask) {
    this.#limitMs = nowMs + CLOCK_SKEW_MS;
    this.#file = files.log.name;
  }

  batch(header: RecordBatchHeader, position: FilePosition): void {
    if (header.maxTimestampMs <= this.#limitMs) return;
    this.#first ??= { header, position };
    this.#largestMs = Math.max(this.#largestMs, header.maxTimestampMs);
  }

  problems(): Problem[] {
    if (this.#first === null) return [];
    const { header, position } = this.#first;
    const { sizeInBytes, baseOffset } = header;
    const message = `The batch at offset ${baseOffset} has timestamp ${header.maxTimestampMs}; the largest of the segment is ${this.#largestMs}.`;
    return [
      problemAt('timestamp-in-future', { file: this.#file, position, sizeInBytes, baseOffset }, message),
    ];
  }
}

function add(totals: Totals, header: RecordBatchHeader): void {
  totals.batchCount++;
  if (header.recordsCount < 0) totals.hasDamage = true;
  else totals.recordCount += header.recordsCount;
  totals.lastOffset = Math.max(totals.lastOffset ?? header.lastOffset, header.lastOffset);
  const { maxTimestampMs } = header;
  totals.firstTimestampMs ??= header.recordsCount === 0 ? maxTimestampMs : firstTimestampOf(header);
  totals.largestTimestampMs = Math.max(totals.largestTimestampMs ?? maxTimestampMs, maxTimestampMs);
  totals.codecs.add(codecOf(header.attributes) ?? 'unknown');
}

const DELETE_HORIZON = 0x40;

/** With a delete horizon the base timestamp is that horizon, and the first record's time is not in the header. */
function firstTimestampOf(header: RecordBatchHeader): TimestampMs {
  return (header.attributes & DELETE_HORIZON) === 0 ? header.baseTimestampMs : header.maxTimestampMs;
}

type TimeIndexSeen =
  | Awaited<ReturnType<typeof glanceAtTimeIndex>>
  | Awaited<ReturnType<typeof readTimeIndexFile>>;
type OffsetIndexSeen =
  | Awaited<ReturnType<typeof glanceAtOffsetIndex>>
  | Awaited<ReturnType<typeof readOffsetIndexFile>>;

function summary(
  { files, nextBaseOffset, depth }: SegmentTask,
  totals: Totals,
  offsetIndex: OffsetIndexSeen | null,
  timeIndex: { readonly entryCount: number } | null,
  lastTimeIndexed: TimestampMs | null,
  problemCount: number,
): SegmentInspection {
  const { log, baseOffset } = files;
  const isActive = nextBaseOffset === null;
  const isCounted = depth !== 'glance';
  const isFromHeaders = isCounted || (isActive && totals.largestTimestampMs !== null);
  const fromHeaders = Math.max(totals.largestTimestampMs ?? -1, isCounted ? -1 : (lastTimeIndexed ?? -1));
  const known = isFromHeaders ? fromHeaders : lastTimeIndexed;
  const isKnown = known !== null && known >= 0;
  return {
    baseOffset,
    lastOffset: isCounted || isActive || totals.lastOffset === null ? totals.lastOffset : nextBaseOffset - 1,
    sizeInBytes: log.sizeInBytes,
    batchCount: isCounted ? totals.batchCount : null,
    recordCount: isCounted ? totals.recordCount : null,
    firstTimestampMs:
      totals.firstTimestampMs !== null && totals.firstTimestampMs >= 0 ? totals.firstTimestampMs : null,
    largestTimestampMs: isKnown ? known : log.sizeInBytes === 0 ? null : log.modifiedAtMs,
    largestTimestampSource: !isKnown ? 'modification-time' : isFromHeaders ? 'batch-headers' : 'time-index',
    modifiedAtMs: log.modifiedAtMs,
    isActive,
    codecs: [...totals.codecs],
    offsetIndex:
      offsetIndex === null || files.index === null
        ? null
        : {
            entryCount: offsetIndex.entryCount,
            sizeInBytes: files.index.sizeInBytes,
            ...gapsOf(offsetIndex),
          },
    timeIndex:
      timeIndex === null || files.timeindex === null
        ? null
        : { entryCount: timeIndex.entryCount, sizeInBytes: files.timeindex.sizeInBytes },
    problemCount,
  };
}

function gapsOf(index: OffsetIndexSeen): { gapBytesMean: number | null; gapBytesMax: Bytes | null } {
  const { entryCount } = index;
  if (entryCount < 2) return { gapBytesMean: null, gapBytesMax: null };
  if (!('positions' in index)) {
    const span = (index.lastPosition ?? 0) - (index.firstPosition ?? 0);
    return { gapBytesMean: Math.max(0, span / (entryCount - 1)), gapBytesMax: null };
  }
  const { positions } = index;
  let max = 0;
  for (let slot = 1; slot < entryCount; slot++) max = Math.max(max, positions[slot]! - positions[slot - 1]!);
  return {
    gapBytesMean: Math.max(0, (positions[entryCount - 1]! - positions[0]!) / (entryCount - 1)),
    gapBytesMax: max,
  };
}

function checkIndexSizes({ index, timeindex, baseOffset }: SegmentFiles): Problem[] {
  const problems: Problem[] = [];
  const check = (
    file: SegmentFile | null,
    entrySize: number,
    code: 'offset-index-size-invalid' | 'time-index-size-invalid',
  ) => {
    if (file !== null && file.sizeInBytes % entrySize !== 0)
      problems.push(
        problemAt(
          code,
          { file: file.name, sizeInBytes: file.sizeInBytes, baseOffset },
          `It has ${file.sizeInBytes} bytes.`,
        ),
      );
  };
  check(index, OFFSET_INDEX_ENTRY_SIZE, 'offset-index-size-invalid');
  check(timeindex, TIME_INDEX_ENTRY_SIZE, 'time-index-size-invalid');
  return problems;
}

async function tryFile<T>(
  problems: Problem[],
  file: SegmentFile | null,
  missing: 'offset-index-missing' | 'time-index-missing',
  { log, baseOffset }: SegmentFiles,
  read: (file: SegmentFile) => Promise<T>,
): Promise<T | null> {
  if (file === null) {
    const suffix = missing === 'offset-index-missing' ? '.index' : '.timeindex';
    const name = log.name.replace(/\.log$/, suffix);
    problems.push(problemAt(missing, { file: name, baseOffset }, `There is no ${name}.`));
    return null;
  }
  if (!file.isRegular) return null; // reported where the files were listed
  try {
    return await read(file);
  } catch (error) {
    problems.push(unreadable(error, file, baseOffset));
    return null;
  }
}

/** A file that cannot be read is a finding; anything else is not ours to judge. */
function unreadable(error: unknown, file: SegmentFile, baseOffset: Offset): Problem {
  if (!(error instanceof AppError)) throw error;
  return problemAt(
    'segment-unreadable',
    { file: file.name, sizeInBytes: file.sizeInBytes, baseOffset },
    `${error.code}: ${error.message}`,
  );
}
