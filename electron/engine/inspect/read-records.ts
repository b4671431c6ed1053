/**
 * The records of a log in offset order, from an offset or a time on, with the batch that each one is in.
 *
 * Reads on behind damage and says what it passed over. The offset index only tells where to start, and only where a
 * plausible batch of a lower offset stands there: a wrong index costs time, never a record. Reads only.
 */
import { type Problem, problemAt } from '../../../shared/problem';
import type { Bytes, FilePosition, Offset, TimestampMs } from '../../../shared/units';
import type { ReadableFile, ReadingFileSystem } from '../file-system';
import {
  HEADER_SIZE_UP_TO_MAGIC,
  RECORD_BATCH_HEADER_SIZE,
  type RecordBatchHeader,
} from '../format/record-batch';
import type { LogRecord } from '../format/records';
import { headerAt, plausibleSizeAt } from './batch-at';
import { recordsOf } from './check-batch';
import { listLogFiles, type SegmentFiles } from './log-files';
import { readOffsetIndexFile } from './read-index';
import { scanSegment } from './scan-segment';

export interface RecordBatchFound {
  readonly segmentBaseOffset: Offset;
  /** Of the batch in the segment file. */
  readonly position: FilePosition;
  readonly header: RecordBatchHeader;
  /** Those from the asked place on; their bytes stay valid. */
  readonly records: readonly LogRecord[];
}

export interface RecordRange {
  /** The first record at or above it. Default: the first there is on disk. */
  readonly fromOffset?: Offset | undefined;
  /** The first record, in offset order, with this timestamp or a later one; all behind it follow. */
  readonly fromTimestampMs?: TimestampMs | undefined;
  /** Base offset of a segment: no other one is read. */
  readonly onlySegment?: Offset | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called for each finding on the way: bytes that are no batch, records that cannot be read. */
  readonly onProblem?: ((problem: Problem) => void) | undefined;
}

/** So many bytes of batches are taken at a time; the reader's own buffers are used again behind them. */
const SLICE_BYTES = 1024 * 1024;
/** Records that are in memory together end there, whatever few bytes they were compressed to; one batch may be as large. */
export const HELD_BYTES_MAX: Bytes = 64 * 1024 * 1024;
/** About what the objects of a record take beside its bytes. */
const RECORD_OBJECT_BYTES = 256;

/** What the records of one batch take in memory, decompressed. */
export function heldBytesOf(records: readonly LogRecord[]): Bytes {
  const last = records.at(-1);
  if (last === undefined) return 0;
  return last.payloadPosition + last.sizeInBytes + records.length * RECORD_OBJECT_BYTES;
}

/**
 * @param directory Path of one log.
 * @throws AppError where the directory or a segment cannot be read; the signal's reason when aborted
 */
export async function* readRecords(
  fs: ReadingFileSystem,
  directory: string,
  range: RecordRange,
): AsyncGenerator<RecordBatchFound, void, undefined> {
  const { segments } = await listLogFiles(fs, directory);
  yield* readRecordsOf(fs, segments, range);
}

/**
 * As readRecords, for whoever has the files already.
 *
 * @param segments All of the log, ascending.
 */
export async function* readRecordsOf(
  fs: ReadingFileSystem,
  segments: readonly SegmentFiles[],
  range: RecordRange,
): AsyncGenerator<RecordBatchFound, void, undefined> {
  const start: RecordStart = {
    offset: range.fromOffset ?? Number.NEGATIVE_INFINITY,
    timestampMs: range.fromTimestampMs ?? null,
  };
  for (const [index, files] of segments.entries()) {
    const next = segments[index + 1];
    if (next !== undefined && next.baseOffset <= start.offset) continue;
    if (range.onlySegment !== undefined && files.baseOffset !== range.onlySegment) continue;
    if (!files.log.isRegular) continue;
    yield* readSegment(fs, files, start, range);
  }
}

interface RecordStart {
  readonly offset: Offset;
  /** Set to null at the first record that is not too old. */
  timestampMs: TimestampMs | null;
}

interface Slice {
  readonly found: RecordBatchFound[];
  /** Where to go on, or null at the end. */
  next: FilePosition | null;
}

async function* readSegment(
  fs: ReadingFileSystem,
  files: SegmentFiles,
  start: RecordStart,
  range: RecordRange,
): AsyncGenerator<RecordBatchFound, void, undefined> {
  const file = await fs.openForReading(files.log.path);
  try {
    // As long as it is now: since it was listed it may have grown, or another may have taken its place.
    const { sizeInBytes } = await file.status();
    const opened = { ...files, log: { ...files.log, sizeInBytes } };
    let position: FilePosition | null = await startPosition(fs, opened, file, start.offset);
    while (position !== null) {
      const slice: Slice = await readSlice(file, opened, position, start, range);
      yield* slice.found;
      position = slice.next;
    }
  } finally {
    await file.close();
  }
}

async function readSlice(
  file: ReadableFile,
  { log, baseOffset, logManager }: SegmentFiles,
  fromPosition: FilePosition,
  start: RecordStart,
  { signal, onProblem }: RecordRange,
): Promise<Slice> {
  const slice: Slice = { found: [], next: null };
  const scan = { file, fileName: log.name, sizeInBytes: log.sizeInBytes, baseOffset, fromPosition, signal };
  let [taken, held] = [0, 0];
  await scanSegment(
    { ...scan, logManager, needsBytes: true },
    {
      batch(header, position, reader) {
        if (header.lastOffset < start.offset) return true;
        if (start.timestampMs !== null && header.maxTimestampMs < start.timestampMs) return true;
        const bytes = reader.batchAt(position, header.sizeInBytes).slice();
        const batch = recordsOf(header, bytes);
        if (batch.flaw !== null)
          onProblem?.(problemAt(batch.flaw.code, placeOf(header, position, log.name), batch.flaw.message));
        const records = batch.records.filter((record) => isWanted(record, start));
        if (records.length > 0)
          slice.found.push({ segmentBaseOffset: baseOffset, position, header: batch.header, records });
        taken += header.sizeInBytes;
        held += heldBytesOf(records);
        if (taken < SLICE_BYTES && held < HELD_BYTES_MAX) return true;
        const end = position + header.sizeInBytes;
        slice.next = end < log.sizeInBytes ? end : null;
        return false;
      },
      damage(_kind, _position, _size, problem) {
        onProblem?.({ ...problem, baseOffset });
        return true;
      },
    },
  );
  return slice;
}

function placeOf({ sizeInBytes, baseOffset }: RecordBatchHeader, position: FilePosition, file: string) {
  return { file, position, sizeInBytes, baseOffset };
}

function isWanted(record: LogRecord, start: RecordStart): boolean {
  if (record.offset < start.offset) return false;
  if (start.timestampMs === null) return true;
  if (record.timestampMs < start.timestampMs) return false;
  start.timestampMs = null;
  return true;
}

/** Position of a batch at or below the offset, as near as the index knows one that is believable. */
async function startPosition(
  fs: ReadingFileSystem,
  { log, index, baseOffset, logManager }: SegmentFiles,
  file: ReadableFile,
  offset: Offset,
): Promise<FilePosition> {
  // Without offsets on disk an entry cannot be checked, and the records before it have to be counted anyway.
  if (logManager !== null || index === null || !index.isRegular || offset <= baseOffset) return 0;
  const { relativeOffsets, positions } = await readOffsetIndexFile(fs, index);
  let slot = relativeOffsets.findLastIndex((relative) => baseOffset + relative <= offset);
  for (; slot >= 0; slot--) {
    const position = positions[slot]!;
    if (position < log.sizeInBytes && (await isBatchAtOrBelow(file, log.sizeInBytes, position, offset)))
      return position;
  }
  return 0;
}

async function isBatchAtOrBelow(
  file: ReadableFile,
  sizeInBytes: number,
  position: FilePosition,
  offset: Offset,
): Promise<boolean> {
  const bytes = Buffer.alloc(RECORD_BATCH_HEADER_SIZE);
  const count = await file.read(bytes, position);
  const rest = sizeInBytes - position;
  if (count < Math.min(rest, RECORD_BATCH_HEADER_SIZE) || count < HEADER_SIZE_UP_TO_MAGIC) return false;
  const place = { view: new DataView(bytes.buffer, bytes.byteOffset, count), at: 0, rest };
  return typeof plausibleSizeAt(place) === 'number' && headerAt(place).baseOffset <= offset;
}
