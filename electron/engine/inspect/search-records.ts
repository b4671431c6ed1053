/**
 * Searches the records of a log for text, bytes or a regular expression, in keys, values and headers. Reads only.
 *
 * Stops at a number of matches and says where to go on; a long search is cancelled through its signal.
 */
import type { Bytes, Offset } from '../../../shared/units';
import type { ReadingFileSystem } from '../file-system';
import type { LogRecord } from '../format/records';
import type { LogDirectory } from './list-logs';
import { listLogFiles } from './log-files';
import { readRecords } from './read-records';
import { TransactionStates } from './record-page';
import { type RecordRow, recordRow } from './record-row';

/** text and regex look at the bytes as UTF-8; bytes is hexadecimal. */
export interface RecordPattern {
  readonly kind: 'text' | 'bytes' | 'regex';
  readonly pattern: string;
  readonly isCaseSensitive: boolean;
  readonly places: readonly ('key' | 'value' | 'headers')[];
}

export interface RecordSearch {
  readonly pattern: RecordPattern;
  readonly fromOffset?: Offset | undefined;
  readonly limit: number;
  readonly contentBytesMax: Bytes;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?:
    | ((progress: { bytesDone: Bytes; bytesTotal: Bytes; recordsDone: number; matchCount: number }) => void)
    | undefined;
}

export interface RecordMatches {
  readonly rows: RecordRow[];
  readonly recordsDone: number;
  /** Behind the last match where the limit was reached; null at the end of the log. */
  readonly nextOffset: Offset | null;
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
  { pattern, fromOffset, limit, contentBytesMax, signal, onProgress }: RecordSearch,
): Promise<RecordMatches> {
  const matches = recordMatcher(pattern);
  const states = new TransactionStates(fs, log, signal);
  const progress = await progressOf(fs, log, fromOffset ?? 0);
  const rows: RecordRow[] = [];
  let recordsDone = 0;
  for await (const batch of readRecords(fs, log.path, { fromOffset, signal })) {
    signal?.throwIfAborted();
    for (const record of batch.records) {
      recordsDone++;
      if (!matches(record)) continue;
      const transactionState = await states.of(batch);
      rows.push(recordRow(batch, record, { log: log.name, transactionState, contentBytesMax }));
      if (rows.length === limit) return { rows, recordsDone, nextOffset: record.offset + 1 };
    }
    onProgress?.({ ...progress(batch), recordsDone, matchCount: rows.length });
  }
  return { rows, recordsDone, nextOffset: null };
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
async function progressOf(fs: ReadingFileSystem, log: LogDirectory, fromOffset: Offset) {
  const { segments } = await listLogFiles(fs, log.path);
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
