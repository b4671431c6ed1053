/**
 * The index files of a log, and its batches and index entries as columns, from one pass over the batch headers.
 *
 * Headers are read from the newest segment back, as long as there is room in the columns: what a broker's readers ask for
 * is mostly there. Judges nothing; reads only.
 */
import { type Setting, settingsOf } from '../../../shared/plan/topic-settings';
import type { Bytes, Offset } from '../../../shared/units';
import type { ReadingFileSystem } from '../file-system';
import {
  OFFSET_INDEX_ENTRY_SIZE,
  type OffsetIndexEntries,
  TIME_INDEX_ENTRY_SIZE,
  type TimeIndexEntries,
} from '../format/index-files';
import { expandMessage } from '../format/message-set';
import { TRANSACTION_INDEX_ENTRY_SIZE } from '../format/transaction-index';
import { mapConcurrently } from '../map-concurrently';
import { type BatchColumnsRead, BatchColumnWriter } from './batch-columns';
import type { LogDirectory } from './list-logs';
import { listLogFiles, type SegmentFile, type SegmentFiles } from './log-files';
import { readOffsetIndexFile, readTimeIndexFile } from './read-index';
import { scanSegmentFile } from './scan-segment-file';
import { type DirectoryPolicies, settingPlacesOf } from './topic-policy';

/** About 160 MB of columns. */
const BATCH_COUNT_MAX = 8_000_000;
/** What is read beyond the room for batches stays below what is in so many bytes. */
const PART_BYTES: Bytes = 16 * 1024 * 1024;
const NAMES = ['index.interval.bytes', 'segment.index.bytes'] as const;

interface Rows {
  readonly from: number;
  readonly count: number;
}

export interface IndexSegmentFacts {
  readonly baseOffset: Offset;
  readonly isActive: boolean;
  readonly sizeInBytes: Bytes;
  readonly recordCount: number | null;
  readonly offsetIndex: IndexFileFacts | null;
  readonly timeIndex: IndexFileFacts | null;
  readonly transactionIndex: { readonly entryCount: number; readonly sizeInBytes: Bytes } | null;
  readonly rows: { readonly batches: Rows; readonly offsets: Rows; readonly times: Rows } | null;
}

interface IndexFileFacts {
  readonly entryCount: number;
  readonly sizeInBytes: Bytes;
  readonly zeroTailBytes: Bytes;
}

/** As shared/index-facts.ts has it; columns in memory that threads share, for they are large and several work on them. */
export interface IndexFactsRead {
  readonly settings: Readonly<Record<(typeof NAMES)[number], Setting>>;
  readonly segments: IndexSegmentFacts[];
  readonly batches: {
    readonly positions: Int32Array<SharedArrayBuffer>;
    readonly lastOffsets: Int32Array<SharedArrayBuffer>;
    readonly recordCounts: Int32Array<SharedArrayBuffer>;
    readonly maxTimestampsMs: Float64Array<SharedArrayBuffer>;
  };
  readonly offsetEntries: {
    readonly relativeOffsets: Int32Array<SharedArrayBuffer>;
    readonly positions: Int32Array<SharedArrayBuffer>;
  };
  readonly timeEntries: {
    readonly timestampsMs: Float64Array<SharedArrayBuffer>;
    readonly relativeOffsets: Int32Array<SharedArrayBuffer>;
  };
}

export interface IndexFactsOptions {
  readonly policies: DirectoryPolicies;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: { bytesDone: Bytes; bytesTotal: Bytes }) => void) | undefined;
  /** Segments whose batches would make more are left without rows. */
  readonly batchCountMax?: number;
}

interface SegmentRead {
  readonly files: SegmentFiles;
  readonly offsets: OffsetIndexEntries | null;
  readonly times: TimeIndexEntries | null;
  readonly batches: BatchColumnsRead | null;
}

/** @throws AppError where the directory or a file cannot be read; the signal's reason when aborted */
export async function readIndexFacts(
  fs: ReadingFileSystem,
  log: LogDirectory,
  { policies, signal, onProgress, batchCountMax = BATCH_COUNT_MAX }: IndexFactsOptions,
): Promise<IndexFactsRead> {
  const { segments } = await listLogFiles(fs, log.path);
  const bytesTotal = segments.reduce((sum, { log: file }) => sum + file.sizeInBytes, 0);
  const read: SegmentRead[] = [];
  let bytesDone = 0;
  let roomLeft = batchCountMax;
  for (const part of partsOf(segments.toReversed())) {
    signal?.throwIfAborted();
    const from = bytesDone;
    const onPosition = (position: number) => onProgress?.({ bytesDone: from + position, bytesTotal });
    const room = roomLeft;
    const facts = await mapConcurrently(part, (files) =>
      readSegment(fs, files, room, { signal, onPosition }),
    );
    for (const { batches, ...segment } of facts) {
      const count = batches === 'full' ? Number.POSITIVE_INFINITY : (batches?.positions.length ?? 0);
      const fits = roomLeft > 0 && count <= roomLeft;
      roomLeft = fits ? roomLeft - count : 0;
      read.push({ ...segment, batches: fits && batches !== 'full' ? batches : null });
      bytesDone += segment.files.log.sizeInBytes;
    }
  }
  return joined(read.reverse(), settingsOf(NAMES, settingPlacesOf(policies, log, new Map())));
}

/** Segments that are read at once: as many small ones as make up a large one, each of which is read alone. */
function partsOf(segments: readonly SegmentFiles[]): SegmentFiles[][] {
  const parts: SegmentFiles[][] = [];
  let partBytes = Number.POSITIVE_INFINITY;
  for (const segment of segments) {
    const { sizeInBytes } = segment.log;
    if (partBytes + sizeInBytes > PART_BYTES) {
      parts.push([]);
      partBytes = 0;
    }
    parts.at(-1)!.push(segment);
    partBytes += sizeInBytes;
  }
  return parts;
}

async function readSegment(
  fs: ReadingFileSystem,
  files: SegmentFiles,
  roomLeft: number,
  options: { readonly signal?: AbortSignal | undefined; readonly onPosition: (position: number) => void },
) {
  const [offsets, times, batches] = await Promise.all([
    entriesOf(files.index, (file) => readOffsetIndexFile(fs, file)),
    entriesOf(files.timeindex, (file) => readTimeIndexFile(fs, file)),
    roomLeft <= 0 ? null : readBatches(fs, files, roomLeft, options),
  ]);
  return { files, offsets, times, batches };
}

async function entriesOf<T>(file: SegmentFile | null, read: (file: SegmentFile) => Promise<T>) {
  return file === null || !file.isRegular ? null : read(file);
}

/** null where some bytes are no batches; `full` where there are more batches than there is room for. */
async function readBatches(
  fs: ReadingFileSystem,
  files: SegmentFiles,
  roomLeft: number,
  options: { readonly signal?: AbortSignal | undefined; readonly onPosition: (position: number) => void },
): Promise<BatchColumnsRead | 'full' | null> {
  if (!files.log.isRegular) return null;
  const columns = new BatchColumnWriter(files.baseOffset);
  const stopped = { isFull: false, isDamaged: false };
  await scanSegmentFile(
    fs,
    files,
    { needsBytes: false, ...options },
    {
      batch(outer, position, reader) {
        const isWrapper = outer.recordsCount < 0;
        const header = isWrapper ? expandMessage(reader.batchAt(position, outer.sizeInBytes)).header : outer;
        columns.push(header, position);
        stopped.isFull = columns.count > roomLeft;
        return !stopped.isFull;
      },
      damage() {
        stopped.isDamaged = true;
        return false;
      },
    },
  );
  if (stopped.isFull) return 'full';
  return stopped.isDamaged ? null : columns.columns();
}

function joined(read: readonly SegmentRead[], settings: IndexFactsRead['settings']): IndexFactsRead {
  const covered = read.filter(({ batches }) => batches !== null);
  const ints = (of: (segment: SegmentRead) => Int32Array) => joinedInts(covered.map(of));
  const floats = (of: (segment: SegmentRead) => Float64Array) => joinedFloats(covered.map(of));
  const next = { batches: 0, offsets: 0, times: 0 };
  const rowsOf = (key: keyof typeof next, count: number): Rows => {
    const from = next[key];
    next[key] += count;
    return { from, count };
  };
  return {
    settings,
    segments: read.map(({ files, offsets, times, batches }, index) => ({
      baseOffset: files.baseOffset,
      isActive: index === read.length - 1,
      sizeInBytes: files.log.sizeInBytes,
      recordCount: batches?.recordCount ?? null,
      offsetIndex: fileFacts(files.index, offsets, OFFSET_INDEX_ENTRY_SIZE),
      timeIndex: fileFacts(files.timeindex, times, TIME_INDEX_ENTRY_SIZE),
      transactionIndex: transactionIndexFacts(files.txnindex),
      rows:
        batches === null
          ? null
          : {
              batches: rowsOf('batches', batches.positions.length),
              offsets: rowsOf('offsets', offsets?.entryCount ?? 0),
              times: rowsOf('times', times?.entryCount ?? 0),
            },
    })),
    batches: {
      positions: ints(({ batches }) => batches!.positions),
      lastOffsets: ints(({ batches }) => batches!.lastOffsets),
      recordCounts: ints(({ batches }) => batches!.recordCounts),
      maxTimestampsMs: floats(({ batches }) => batches!.maxTimestampsMs),
    },
    offsetEntries: {
      relativeOffsets: ints(({ offsets }) => offsets?.relativeOffsets ?? new Int32Array(0)),
      positions: ints(({ offsets }) => offsets?.positions ?? new Int32Array(0)),
    },
    timeEntries: {
      timestampsMs: floats(({ times }) => times?.timestampsMs ?? new Float64Array(0)),
      relativeOffsets: ints(({ times }) => times?.relativeOffsets ?? new Int32Array(0)),
    },
  };
}

function fileFacts(
  file: SegmentFile | null,
  entries: { readonly entryCount: number } | null,
  entrySize: Bytes,
): IndexFileFacts | null {
  if (file === null || entries === null) return null;
  const { entryCount } = entries;
  const { sizeInBytes } = file;
  return { entryCount, sizeInBytes, zeroTailBytes: Math.max(0, sizeInBytes - entryCount * entrySize) };
}

function transactionIndexFacts(file: SegmentFile | null): IndexSegmentFacts['transactionIndex'] {
  if (file === null) return null;
  const { sizeInBytes } = file;
  return { entryCount: Math.floor(sizeInBytes / TRANSACTION_INDEX_ENTRY_SIZE), sizeInBytes };
}

const byteLengthOf = (parts: readonly (Int32Array | Float64Array)[]) =>
  parts.reduce((sum, { byteLength }) => sum + byteLength, 0);

function joinedInts(parts: readonly Int32Array[]): Int32Array<SharedArrayBuffer> {
  const whole = new Int32Array(new SharedArrayBuffer(byteLengthOf(parts)));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function joinedFloats(parts: readonly Float64Array[]): Float64Array<SharedArrayBuffer> {
  const whole = new Float64Array(new SharedArrayBuffer(byteLengthOf(parts)));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
