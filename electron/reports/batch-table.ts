/**
 * Batches of a log as the columns of a report, and back as the rows that the window's list of batches shows.
 *
 * What is read is what that list reads: every byte of a segment, damage in its place. Knows no format of a file.
 */
import {
  BATCH_COLUMN_NAMES,
  type BatchTable,
  SPAN_CODECS,
  SPAN_FLAGS,
  SPAN_KINDS,
} from '../../shared/batch-table';
import type { SpanRow } from '../../shared/inspection';
import type { Problem } from '../../shared/problem';
import type { Bytes, FilePosition, Offset } from '../../shared/units';
import type { ReadingFileSystem } from '../engine/file-system';
import type { SegmentFiles } from '../engine/inspect/log-files';
import { readSegmentSpans } from '../engine/inspect/read-spans';

/** Rows at a time, between which the signal is looked at. */
const PAGE_ROWS = 10_000;
const NONE = -1;

type ColumnName = (typeof BATCH_COLUMN_NAMES)[number];

export interface BatchTableOptions {
  /** null comes back for a log with more. */
  readonly rowsMax: number;
  readonly signal?: AbortSignal | undefined;
  /** Of .log files. */
  readonly onBytes: (bytesDone: Bytes) => void;
}

/** @throws AppError where a file cannot be read; the signal's reason when aborted */
export async function readBatchTable(
  fs: ReadingFileSystem,
  segments: readonly SegmentFiles[],
  { rowsMax, signal, onBytes }: BatchTableOptions,
): Promise<BatchTable | null> {
  const rows = new BatchTableRows();
  let bytesBefore = 0;
  for (const segment of segments) {
    const { log } = segment;
    rows.startSegment(segment.baseOffset);
    let position: FilePosition | null = log.isRegular ? 0 : null;
    while (position !== null) {
      signal?.throwIfAborted();
      const range = { fromPosition: position, limit: PAGE_ROWS };
      const page = await readSegmentSpans(fs, segment, range);
      for (const span of page.rows) rows.add(span);
      if (rows.count > rowsMax) return null;
      position = page.nextPosition;
      onBytes(bytesBefore + (position ?? log.sizeInBytes));
    }
    bytesBefore += log.sizeInBytes;
  }
  return rows.table();
}

export class BatchTableRows {
  readonly #segments: { baseOffset: Offset; spanCount: number }[] = [];
  readonly #columns = Object.fromEntries(BATCH_COLUMN_NAMES.map((name) => [name, [] as number[]])) as Record<
    ColumnName,
    number[]
  >;
  readonly #problems: { row: number; problem: Problem }[] = [];
  count = 0;

  startSegment(baseOffset: Offset): void {
    this.#segments.push({ baseOffset, spanCount: 0 });
  }

  /** @param span Of the segment that was started last. */
  add(span: SpanRow): void {
    this.#segments.at(-1)!.spanCount++;
    if (span.problem !== null) this.#problems.push({ row: this.count, problem: span.problem });
    this.count++;
    const numbers: Readonly<Record<ColumnName, number | null>> = {
      kinds: SPAN_KINDS.indexOf(span.kind),
      sizesInBytes: span.sizeInBytes,
      baseOffsets: span.baseOffset,
      lastOffsets: span.lastOffset,
      recordCounts: span.recordCount,
      magics: span.magic,
      codecs: span.codec === null ? null : SPAN_CODECS.indexOf(span.codec),
      flags: span.magic === null ? null : flagsOf(span),
      baseTimestampsMs: span.baseTimestampMs,
      maxTimestampsMs: span.maxTimestampMs,
      producerIds: span.producerId,
      producerEpochs: span.producerEpoch,
      baseSequences: span.baseSequence,
      partitionLeaderEpochs: span.partitionLeaderEpoch,
      crcs: span.crc === null ? null : span.crc | 0,
    };
    for (const name of BATCH_COLUMN_NAMES) this.#columns[name].push(numbers[name] ?? NONE);
  }

  table(): BatchTable {
    const ints = (name: ColumnName) => Int32Array.from(this.#columns[name]);
    const floats = (name: ColumnName) => Float64Array.from(this.#columns[name]);
    return {
      segments: this.#segments,
      kinds: ints('kinds'),
      sizesInBytes: floats('sizesInBytes'),
      baseOffsets: floats('baseOffsets'),
      lastOffsets: floats('lastOffsets'),
      recordCounts: ints('recordCounts'),
      magics: ints('magics'),
      codecs: ints('codecs'),
      flags: ints('flags'),
      baseTimestampsMs: floats('baseTimestampsMs'),
      maxTimestampsMs: floats('maxTimestampsMs'),
      producerIds: floats('producerIds'),
      producerEpochs: ints('producerEpochs'),
      baseSequences: ints('baseSequences'),
      partitionLeaderEpochs: ints('partitionLeaderEpochs'),
      crcs: ints('crcs'),
      problems: this.#problems,
    };
  }
}

function flagsOf(span: SpanRow): number {
  return (
    (span.isTransactional ? SPAN_FLAGS.isTransactional : 0) |
    (span.isControl ? SPAN_FLAGS.isControl : 0) |
    (span.hasDeleteHorizon ? SPAN_FLAGS.hasDeleteHorizon : 0) |
    (span.timestampType === 'LogAppendTime' ? SPAN_FLAGS.isLogAppendTime : 0)
  );
}

export interface SpanPage {
  readonly rows: SpanRow[];
  /** Where the next page begins; null at the end of the segment. */
  readonly nextPosition: FilePosition | null;
}

/** A page of a segment's spans, as the window asks for it. null where the table has no such segment. */
export function spansOf(
  table: BatchTable,
  { baseOffset, fromPosition, limit }: { baseOffset: Offset; fromPosition: FilePosition; limit: number },
): SpanPage | null {
  let row = 0;
  for (const segment of table.segments) {
    if (segment.baseOffset === baseOffset)
      return pageOf(table, { row, end: row + segment.spanCount }, fromPosition, limit);
    row += segment.spanCount;
  }
  return null;
}

function pageOf(
  table: BatchTable,
  { row: firstRow, end }: { readonly row: number; readonly end: number },
  fromPosition: FilePosition,
  limit: number,
): SpanPage {
  let row = firstRow;
  let position: number = 0;
  while (row < end && position < fromPosition) position += table.sizesInBytes[row++]!;
  const problems = new Map(table.problems.map((each) => [each.row, each.problem]));
  const rows: SpanRow[] = [];
  for (; row < end && rows.length < limit; row++) {
    rows.push(spanAt(table, row, position, problems.get(row) ?? null));
    position += table.sizesInBytes[row]!;
  }
  return { rows, nextPosition: row < end ? position : null };
}

/** Every span of the table with the segment that it is in, in the order of the log. */
export function* allSpans(table: BatchTable): Generator<SpanRow & { readonly segmentBaseOffset: Offset }> {
  const problems = new Map(table.problems.map((each) => [each.row, each.problem]));
  let row = 0;
  for (const { baseOffset: segmentBaseOffset, spanCount } of table.segments) {
    let position: number = 0;
    for (const end = row + spanCount; row < end; row++) {
      yield { ...spanAt(table, row, position, problems.get(row) ?? null), segmentBaseOffset };
      position += table.sizesInBytes[row]!;
    }
  }
}

/** What a table says comes from anybody: a number that stands for nothing is taken for the least harmful. */
function spanAt(table: BatchTable, row: number, position: FilePosition, problem: Problem | null): SpanRow {
  const kind = SPAN_KINDS[table.kinds[row]!] ?? 'corrupt';
  const isBatch = kind === 'batch';
  const cell = (name: ColumnName) => (isBatch ? table[name][row]! : null);
  const flags = table.flags[row]!;
  const flag = (bit: number) => (isBatch ? (flags & bit) !== 0 : null);
  const recordCount = cell('recordCounts');
  const isLogAppendTime = flag(SPAN_FLAGS.isLogAppendTime);
  return {
    ...{ kind, position, sizeInBytes: table.sizesInBytes[row]!, problem },
    crc: isBatch ? table.crcs[row]! >>> 0 : null,
    baseOffset: cell('baseOffsets'),
    lastOffset: cell('lastOffsets'),
    recordCount: recordCount === NONE ? null : recordCount,
    magic: cell('magics'),
    codec: isBatch ? (SPAN_CODECS[table.codecs[row]!] ?? 'unknown') : null,
    timestampType: isLogAppendTime === null ? null : isLogAppendTime ? 'LogAppendTime' : 'CreateTime',
    baseTimestampMs: cell('baseTimestampsMs'),
    maxTimestampMs: cell('maxTimestampsMs'),
    producerId: cell('producerIds'),
    producerEpoch: cell('producerEpochs'),
    baseSequence: cell('baseSequences'),
    partitionLeaderEpoch: cell('partitionLeaderEpochs'),
    isTransactional: flag(SPAN_FLAGS.isTransactional),
    isControl: flag(SPAN_FLAGS.isControl),
    hasDeleteHorizon: flag(SPAN_FLAGS.hasDeleteHorizon),
  };
}
