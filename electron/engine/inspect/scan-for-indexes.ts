/**
 * One segment's batches as a recovery would go through them: the index entries that it would write, what is wrong with
 * the index files that are there, and whether some bytes are no batches. Decides nothing; reads only.
 */
import { DueIndexEntries } from '../../../shared/plan/due-index-entries';
import { type Problem, problemAt } from '../../../shared/problem';
import type { Bytes, FilePosition, Offset, TimestampMs } from '../../../shared/units';
import type { ReadingFileSystem } from '../file-system';
import {
  OFFSET_INDEX_ENTRY_SIZE,
  type OffsetIndexEntries,
  TIME_INDEX_ENTRY_SIZE,
  type TimeIndexEntries,
} from '../format/index-files';
import { expandMessage } from '../format/message-set';
import type { RecordBatchHeader } from '../format/record-batch';
import type { ProducerStates } from '../rules/producer-states';
import { recordsOf } from './check-batch';
import { IndexChecker } from './check-indexes';
import type { TransactionChecker } from './check-transactions';
import type { SegmentFile, SegmentFiles } from './log-files';
import { readOffsetIndexFile, readTimeIndexFile } from './read-index';
import { readSmallFile } from './read-small-file';
import { scanSegmentFile } from './scan-segment-file';

const OFFSET_RANGE_MAX = 2 ** 31 - 1;

export interface ScannedSegment {
  /** Entries there are; null where the file is missing. */
  readonly offsets: OffsetIndexEntries | null;
  readonly times: TimeIndexEntries | null;
  /** What a recovery writes. */
  readonly dueOffsets: readonly { readonly relativeOffset: Offset; readonly position: FilePosition }[];
  readonly dueTimes: readonly { readonly timestampMs: TimestampMs; readonly relativeOffset: Offset }[];
  readonly abortedCount: number;
  /** About index files of the segment. */
  readonly problems: readonly Problem[];
  /** Why its indexes cannot be rebuilt; null where every byte is sound. */
  readonly damage: string | null;
}

export interface IndexScan {
  readonly transactions: TransactionChecker;
  /** At the beginning of the segment; at its end afterwards. */
  readonly producers: ProducerStates;
  readonly isActive: boolean;
  readonly indexIntervalBytes: Bytes;
  readonly signal?: AbortSignal | undefined;
  readonly onPosition: (position: FilePosition) => void;
}

/** @throws AppError where a file cannot be read; the signal's reason when aborted */
export async function scanForIndexes(
  fs: ReadingFileSystem,
  files: SegmentFiles,
  { transactions, producers, isActive, indexIntervalBytes, signal, onPosition }: IndexScan,
): Promise<ScannedSegment> {
  const { log, baseOffset, index, timeindex, txnindex } = files;
  const offsets = await entriesOf(index, (file) => readOffsetIndexFile(fs, file));
  const times = await entriesOf(timeindex, (file) => readTimeIndexFile(fs, file));
  const checker = new IndexChecker({
    ...{ baseOffset, isActive, logSizeInBytes: log.sizeInBytes },
    offsetIndex: offsets === null ? null : { fileName: index!.name, entries: offsets },
    timeIndex: times === null ? null : { fileName: timeindex!.name, entries: times },
  });
  const due = {
    offsets: [] as ScannedSegment['dueOffsets'][number][],
    times: [] as ScannedSegment['dueTimes'][number][],
  };
  const rule = new DueIndexEntries({ baseOffset, indexIntervalBytes }, due);
  const seen = {
    damage: log.isRegular ? null : 'It is no file.',
    nextOffset: baseOffset,
    abortedCount: 0,
  } as {
    damage: string | null;
    nextOffset: Offset;
    abortedCount: number;
  };
  const batch = (header: RecordBatchHeader, position: FilePosition, bytes: Uint8Array) => {
    seen.damage ??= offsetFlaw(header, baseOffset, seen.nextOffset);
    seen.nextOffset = header.lastOffset + 1;
    checker.batch(header, position);
    rule.add(header, position);
    transactions.batch(header, bytes, { position, file: log.name });
    if (producers.update(header, () => recordsOf(header, bytes).records) !== null) seen.abortedCount++;
  };
  if (log.isRegular)
    await scanSegmentFile(
      fs,
      files,
      { needsBytes: true, signal, onPosition },
      {
        batch(outer, position, reader) {
          const bytes = reader.batchAt(position, outer.sizeInBytes);
          batch(outer.recordsCount < 0 ? expandMessage(bytes).header : outer, position, bytes);
          return true;
        },
        damage(_kind, _position, _sizeInBytes, { message }) {
          seen.damage ??= message;
          transactions.damage();
          checker.damage();
          return true;
        },
      },
    );
  rule.finish();
  const aborted = txnindex === null || !txnindex.isRegular ? null : await readSmallFile(fs, txnindex.path);
  return {
    ...{ offsets, times, dueOffsets: due.offsets, dueTimes: due.times },
    ...{ abortedCount: seen.abortedCount, damage: seen.damage },
    problems: [...sizeProblems(files), ...checker.finish(), ...transactions.endSegment(files, aborted)],
  };
}

async function entriesOf<T>(file: SegmentFile | null, read: (file: SegmentFile) => Promise<T>) {
  return file === null || !file.isRegular ? null : read(file);
}

/** As a recovery sees it, which would cut the segment off there. */
function offsetFlaw(header: RecordBatchHeader, baseOffset: Offset, nextOffset: Offset): string | null {
  if (header.baseOffset < nextOffset) return `Offset ${header.baseOffset} comes after ${nextOffset - 1}.`;
  if (header.lastOffset - baseOffset > OFFSET_RANGE_MAX)
    return `Offset ${header.lastOffset} is out of the segment's range.`;
  return null;
}

function sizeProblems({ index, timeindex, baseOffset }: SegmentFiles): Problem[] {
  const checked = [
    [index, OFFSET_INDEX_ENTRY_SIZE, 'offset-index-size-invalid'],
    [timeindex, TIME_INDEX_ENTRY_SIZE, 'time-index-size-invalid'],
  ] as const;
  return checked.flatMap(([file, entrySize, code]) =>
    file === null || file.sizeInBytes % entrySize === 0
      ? []
      : [problemAt(code, { file: file.name, baseOffset }, `It has ${file.sizeInBytes} bytes.`)],
  );
}
