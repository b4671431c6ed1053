/**
 * Searches the records of a log for text, bytes or a regular expression, in keys, values and headers. Reads only.
 *
 * Stops at a number of matches, or at a record that an expression does not come to an end with, and says where to go on;
 * a long search tells its matches on the way, and is cancelled through its signal.
 */
import type { Problem } from '../../../shared/problem';
import type { Bytes, Milliseconds, Offset } from '../../../shared/units';
import type { ReadingFileSystem } from '../file-system';
import type { LogRecord } from '../format/records';
import type { LogDirectory } from './list-logs';
import { listLogFiles, type SegmentFiles } from './log-files';
import {
  HELD_BYTES_MAX,
  heldBytesOf,
  type RecordBatchFound,
  type RecordRange,
  readRecordsOf,
} from './read-records';
import { TransactionStates } from './record-page';
import { type RecordRow, recordRow } from './record-row';
import { TimedMatcher } from './timed-matcher';

/** text and regex look at the bytes as UTF-8; bytes is hexadecimal. */
export interface RecordPattern {
  readonly kind: 'text' | 'bytes' | 'regex';
  readonly pattern: string;
  readonly isCaseSensitive: boolean;
  readonly places: readonly ('key' | 'value' | 'headers')[];
}

export interface RecordSearch {
  readonly pattern: RecordPattern;
  /** For an expression and one record; by default what timed-matcher.ts has. */
  readonly recordMsMax?: Milliseconds | undefined;
  readonly fromOffset?: Offset | undefined;
  readonly limit: number;
  readonly contentBytesMax: Bytes;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?:
    | ((progress: {
        bytesDone: Bytes;
        bytesTotal: Bytes;
        recordsDone: number;
        /** All so far: reports may be held back. */
        rows: RecordRow[];
        hasUnreadable: boolean;
        /** Where a search that is cancelled now goes on. */
        nextOffset: Offset;
      }) => void)
    | undefined;
}

export interface RecordMatches {
  readonly rows: RecordRow[];
  readonly recordsDone: number;
  /** Where the search goes on after the limit or the record below; null at the end of the log. */
  readonly nextOffset: Offset | null;
  /** Of the record with which the expression came to no end in its time: the search stopped there. */
  readonly slowOffset: Offset | null;
  /** Something on the way could not be read: what it held was not searched. */
  readonly hasUnreadable: boolean;
}

/** Why a pattern cannot be searched for, or null. */
export function patternFlaw({ kind, pattern }: RecordPattern): string | null {
  if (pattern === '') return 'The pattern is empty.';
  if (kind === 'bytes')
    return /^([0-9a-f]{2}\s*)+$/i.test(pattern)
      ? null
      : 'Bytes are pairs of hexadecimal digits, as in "ca fe".';
  if (kind !== 'regex') return null;
  try {
    new RegExp(pattern, 'u');
    return null;
  } catch (error) {
    return (error as SyntaxError).message;
  }
}

/** The pattern has no flaw. @throws AppError where a file cannot be read; the signal's reason when aborted */
export async function searchRecords(
  fs: ReadingFileSystem,
  log: LogDirectory,
  { limit, contentBytesMax, onProgress, ...search }: RecordSearch,
): Promise<RecordMatches> {
  const states = new TransactionStates(fs, log, search.signal);
  const rows: RecordRow[] = [];
  let recordsDone = 0;
  let hasUnreadable = false;
  const onProblem = ({ severity }: Problem) => {
    if (severity !== 'info') hasUnreadable = true;
  };
  for await (const part of matchingRecords(fs, log, { ...search, onProblem })) {
    for (const { batch, record, ordinal } of part.found) {
      const transactionState = await states.of(batch);
      rows.push(recordRow(batch, record, { log: log.name, transactionState, contentBytesMax }));
      if (rows.length < limit) continue;
      return { rows, recordsDone: ordinal, nextOffset: record.offset + 1, slowOffset: null, hasUnreadable };
    }
    ({ recordsDone } = part);
    if (part.slow !== null) {
      const { offset } = part.slow.record;
      return { rows, recordsDone, nextOffset: offset + 1, slowOffset: offset, hasUnreadable };
    }
    const { bytesDone, bytesTotal, nextOffset } = part;
    onProgress?.({ bytesDone, bytesTotal, recordsDone, rows, hasUnreadable, nextOffset });
  }
  return { rows, recordsDone, nextOffset: null, slowOffset: null, hasUnreadable };
}

export interface SearchedRecord {
  readonly batch: RecordBatchFound;
  readonly record: LogRecord;
  /** How many records were searched, this one included. */
  readonly ordinal: number;
}

/** Some of the records in the order of the log. */
export interface SearchedPart {
  readonly found: readonly SearchedRecord[];
  /** The record with which the expression came to no end in its time; then nothing behind it was searched. */
  readonly slow: SearchedRecord | null;
  /** From the start of the search on. */
  readonly recordsDone: number;
  readonly bytesDone: Bytes;
  readonly bytesTotal: Bytes;
  /** Behind the batches of this part. */
  readonly nextOffset: Offset;
}

export interface MatchingRange extends RecordRange, Pick<RecordSearch, 'pattern' | 'recordMsMax'> {}

/** As searchRecords, to the end of the log, for whoever makes something else of the matches. */
export async function* matchingRecords(
  fs: ReadingFileSystem,
  log: LogDirectory,
  { pattern, recordMsMax, ...range }: MatchingRange,
): AsyncGenerator<SearchedPart, void, undefined> {
  const matchesOf = searchedRecordMatcher(pattern, recordMsMax);
  const { segments } = await listLogFiles(fs, log.path);
  const progress = progressOf(segments, range.fromOffset ?? 0);
  let recordsDone = 0;
  for await (const batches of partsOf(readRecordsOf(fs, segments, range))) {
    range.signal?.throwIfAborted();
    const records = batches.flatMap((batch) =>
      batch.records.map((record) => ({ batch, record, ordinal: ++recordsDone })),
    );
    const { found, tooSlow: slow } = await matchesOf(records, range.signal);
    const last = batches.at(-1)!;
    const nextOffset = last.header.lastOffset + 1;
    yield { found, slow, recordsDone: slow?.ordinal ?? recordsDone, ...progress(last), nextOffset };
    if (slow !== null) return;
  }
}

/** What is searched at a time, and no more than may be held. Larger would make a cancelled search go on for longer. */
const PART_BYTES = 256 * 1024;
const PART_RECORDS = 4_096;

async function* partsOf(
  batches: AsyncIterable<RecordBatchFound>,
): AsyncGenerator<RecordBatchFound[], void, undefined> {
  let part: RecordBatchFound[] = [];
  let [bytes, held, records] = [0, 0, 0];
  for await (const batch of batches) {
    part.push(batch);
    bytes += batch.header.sizeInBytes;
    held += heldBytesOf(batch.records);
    records += batch.records.length;
    if (bytes < PART_BYTES && held < HELD_BYTES_MAX && records < PART_RECORDS) continue;
    yield part;
    part = [];
    [bytes, held, records] = [0, 0, 0];
  }
  if (part.length > 0) yield part;
}

/** Only an expression may come to no end: text and bytes need nobody who watches them. */
function searchedRecordMatcher(pattern: RecordPattern, recordMsMax: Milliseconds | undefined) {
  const matches = recordMatcher(pattern);
  const isMatch = ({ record }: SearchedRecord) => matches(record);
  if (pattern.kind !== 'regex')
    return (records: readonly SearchedRecord[]) => ({ found: records.filter(isMatch), tooSlow: null });
  const matcher = new TimedMatcher(isMatch, recordMsMax);
  return (records: readonly SearchedRecord[], signal?: AbortSignal) => matcher.matchesOf(records, signal);
}

function recordMatcher({
  kind,
  pattern,
  isCaseSensitive,
  places,
}: RecordPattern): (record: LogRecord) => boolean {
  const matches = bytesMatcher(kind, pattern, isCaseSensitive);
  return ({ key, value, headers }) =>
    (places.includes('key') && key !== null && matches(key)) ||
    (places.includes('value') && value !== null && matches(value)) ||
    (places.includes('headers') &&
      headers.some((one) => matches(one.name) || (one.value !== null && matches(one.value))));
}

function bytesMatcher(
  kind: RecordPattern['kind'],
  pattern: string,
  isCaseSensitive: boolean,
): (bytes: Uint8Array) => boolean {
  const asBuffer = (bytes: Uint8Array) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (kind === 'bytes') {
    const wanted = Buffer.from(pattern.replaceAll(/\s/g, ''), 'hex');
    return (bytes) => asBuffer(bytes).includes(wanted);
  }
  if (kind === 'regex') {
    const regex = new RegExp(pattern, isCaseSensitive ? 'u' : 'iu');
    return (bytes) => regex.test(asBuffer(bytes).toString('utf8'));
  }
  if (isCaseSensitive) {
    const wanted = Buffer.from(pattern);
    return (bytes) => asBuffer(bytes).includes(wanted);
  }
  const wanted = pattern.toLowerCase();
  return (bytes) => asBuffer(bytes).toString('utf8').toLowerCase().includes(wanted);
}

/** Bytes of .log files up to a batch, and in all; segments before the start are left out. */
function progressOf(segments: readonly SegmentFiles[], fromOffset: Offset) {
  const before = new Map<Offset, Bytes>();
  let bytesTotal = 0;
  for (const [index, { baseOffset, log: file }] of segments.entries()) {
    before.set(baseOffset, bytesTotal);
    if ((segments[index + 1]?.baseOffset ?? Number.POSITIVE_INFINITY) > fromOffset)
      bytesTotal += file.sizeInBytes;
  }
  return ({ segmentBaseOffset, position }: { segmentBaseOffset: Offset; position: number }) => ({
    bytesDone: (before.get(segmentBaseOffset) ?? 0) + position,
    bytesTotal,
  });
}
