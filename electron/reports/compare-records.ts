/**
 * Where the records of two copies of a log differ first, in the offsets that both have. Reads both, side by side.
 *
 * Batches that are the same byte for byte, but for what the CRC does not cover, are passed over without a look inside; of
 * others the records are compared, so that batches that were only cut or compressed otherwise make no difference.
 */
import type { FirstDifference } from '../../shared/report-diff';
import type { Bytes, Offset } from '../../shared/units';
import type { ReadingFileSystem } from '../engine/file-system';
import type { RecordBatchHeader } from '../engine/format/record-batch';
import type { LogRecord } from '../engine/format/records';
import { recordsOf } from '../engine/inspect/check-batch';
import { listLogFiles, type SegmentFiles } from '../engine/inspect/log-files';
import { scanSegmentFile } from '../engine/inspect/scan-segment-file';

/** Of each copy, in memory at a time. */
const PAGE_BYTES = 4 * 1024 * 1024;

export interface CompareOptions {
  /** The first offset that both have. */
  readonly fromOffset: Offset;
  /** Exclusive. */
  readonly endOffset: Offset;
  readonly signal?: AbortSignal | undefined;
  /** Bytes of the first copy. */
  readonly onBytes?: (bytesDone: Bytes) => void;
}

/** @returns null where nothing differs. @throws AppError where a directory or file cannot be read */
export async function firstDifference(
  fs: ReadingFileSystem,
  before: string,
  after: string,
  { fromOffset, endOffset, signal, onBytes }: CompareOptions,
): Promise<FirstDifference | null> {
  const range = { fromOffset, endOffset };
  const [a, b] = [new CopyReader(fs, before, range, signal), new CopyReader(fs, after, range, signal)];
  for (;;) {
    signal?.throwIfAborted();
    const [batchA, batchB] = [await a.wholeBatch(), await b.wholeBatch()];
    onBytes?.(a.bytesDone);
    if (batchA !== null && batchB !== null && isSameBatch(batchA, batchB)) {
      a.passBatch();
      b.passBatch();
      continue;
    }
    const [recordA, recordB] = [await a.record(), await b.record()];
    if (recordA === 'damaged') return { offset: a.nextOffset, kind: 'damaged-before' };
    if (recordB === 'damaged') return { offset: b.nextOffset, kind: 'damaged-after' };
    if (recordA === null && recordB === null) return null;
    const difference = recordDifference(recordA, recordB);
    if (difference !== null) return difference;
    a.passRecord();
    b.passRecord();
  }
}

interface Batch {
  readonly header: RecordBatchHeader;
  readonly bytes: Uint8Array;
}

/** The CRC covers all but base offset and leader epoch; equal bytes are looked at all the same: a CRC may collide. */
function isSameBatch(a: Batch, b: Batch): boolean {
  const isAlike =
    a.header.baseOffset === b.header.baseOffset &&
    a.header.crc === b.header.crc &&
    a.header.magic === b.header.magic &&
    a.bytes.length === b.bytes.length;
  const from = a.header.magic === 2 ? COVERED_FROM : 0;
  return isAlike && Buffer.compare(a.bytes.subarray(from), b.bytes.subarray(from)) === 0;
}

/** Attributes of a batch of magic 2. */
const COVERED_FROM = 21;

function recordDifference(a: LogRecord | null, b: LogRecord | null): FirstDifference | null {
  if (b === null || (a !== null && a.offset < b.offset)) return { offset: a!.offset, kind: 'only-before' };
  if (a === null || b.offset < a.offset) return { offset: b.offset, kind: 'only-after' };
  const { offset } = a;
  if (a.timestampMs !== b.timestampMs) return { offset, kind: 'timestamp' };
  if (!isSameBytes(a.key, b.key)) return { offset, kind: 'key' };
  if (!isSameBytes(a.value, b.value)) return { offset, kind: 'value' };
  const isSameHeaders =
    a.headers.length === b.headers.length &&
    a.headers.every(
      ({ name, value }, index) =>
        isSameBytes(name, b.headers[index]!.name) && isSameBytes(value, b.headers[index]!.value),
    );
  return isSameHeaders ? null : { offset, kind: 'headers' };
}

function isSameBytes(a: Uint8Array | null, b: Uint8Array | null): boolean {
  if (a === null || b === null) return a === b;
  return Buffer.compare(a, b) === 0;
}

/** The batches of one copy in the order of the log, and their records where they are asked for. */
class CopyReader {
  /** Behind what was passed. */
  nextOffset: Offset;
  bytesDone: Bytes = 0;
  readonly #pages: AsyncIterator<readonly (Batch | 'damaged')[]>;
  readonly #range: Pick<CompareOptions, 'fromOffset' | 'endOffset'>;
  #page: readonly (Batch | 'damaged')[] = [];
  #at = 0;
  /** Of the batch at hand, once it was opened; the first is the next. */
  #records: readonly LogRecord[] | null = null;
  #recordAt = 0;

  constructor(
    fs: ReadingFileSystem,
    path: string,
    range: Pick<CompareOptions, 'fromOffset' | 'endOffset'>,
    signal: AbortSignal | undefined,
  ) {
    this.#range = range;
    this.nextOffset = range.fromOffset;
    this.#pages = pagesOf(fs, path, range, signal);
  }

  /** The next batch, where none of it was passed yet and all of it is in the range; null otherwise. */
  async wholeBatch(): Promise<Batch | null> {
    const batch = this.#records === null ? await this.#batch() : null;
    if (batch === null || batch === 'damaged') return null;
    const { baseOffset, lastOffset } = batch.header;
    const { fromOffset, endOffset } = this.#range;
    return baseOffset >= fromOffset && lastOffset < endOffset ? batch : null;
  }

  passBatch(): void {
    const batch = this.#page[this.#at++] as Batch;
    this.nextOffset = batch.header.lastOffset + 1;
    this.bytesDone += batch.bytes.length;
    this.#records = null;
  }

  /** The next record in the range; null at its end. */
  async record(): Promise<LogRecord | 'damaged' | null> {
    for (;;) {
      if (this.#records !== null && this.#recordAt < this.#records.length)
        return this.#records[this.#recordAt]!;
      if (this.#records !== null) this.passBatch();
      const batch = await this.#batch();
      if (batch === null || batch === 'damaged') return batch;
      const { records, flaw } = recordsOf(batch.header, batch.bytes);
      if (flaw !== null) return 'damaged';
      const { fromOffset, endOffset } = this.#range;
      this.#records = records.filter(({ offset }) => offset >= fromOffset && offset < endOffset);
      this.#recordAt = 0;
    }
  }

  passRecord(): void {
    this.nextOffset = this.#records![this.#recordAt++]!.offset + 1;
  }

  /** Damage behind which the next offset stands hides no record of the range. */
  #passHarmlessDamage(): void {
    for (;;) {
      const [damage, behind] = [this.#page[this.#at], this.#page[this.#at + 1]];
      if (damage !== 'damaged' || behind === undefined || behind === 'damaged') return;
      if (behind.header.baseOffset > this.nextOffset) return;
      this.#at++;
    }
  }

  async #batch(): Promise<Batch | 'damaged' | null> {
    while (this.#at >= this.#page.length) {
      const { value, done } = await this.#pages.next();
      if (done === true) return null;
      this.#page = value;
      this.#at = 0;
    }
    this.#passHarmlessDamage();
    const batch = this.#page[this.#at]!;
    return batch !== 'damaged' && batch.header.baseOffset >= this.#range.endOffset ? null : batch;
  }
}

async function* pagesOf(
  fs: ReadingFileSystem,
  path: string,
  { fromOffset, endOffset }: Pick<CompareOptions, 'fromOffset' | 'endOffset'>,
  signal: AbortSignal | undefined,
): AsyncGenerator<readonly (Batch | 'damaged')[]> {
  const { segments } = await listLogFiles(fs, path);
  for (const [index, segment] of segments.entries()) {
    const nextBase = segments[index + 1]?.baseOffset ?? Number.POSITIVE_INFINITY;
    if (nextBase <= fromOffset || segment.baseOffset >= endOffset || !segment.log.isRegular) continue;
    for (let position = 0; position < segment.log.sizeInBytes; ) {
      const page = await readPage(fs, segment, position, fromOffset, signal);
      yield page.batches;
      position = page.endPosition;
    }
  }
}

async function readPage(
  fs: ReadingFileSystem,
  segment: SegmentFiles,
  fromPosition: number,
  fromOffset: Offset,
  signal: AbortSignal | undefined,
): Promise<{ batches: (Batch | 'damaged')[]; endPosition: number }> {
  const batches: (Batch | 'damaged')[] = [];
  let endPosition = fromPosition;
  await scanSegmentFile(
    fs,
    segment,
    { fromPosition, needsBytes: true, signal },
    {
      batch(header, position, reader) {
        endPosition = position + header.sizeInBytes;
        // The reader's buffer is used again: what outlives this call is copied.
        if (header.lastOffset >= fromOffset)
          batches.push({ header, bytes: Uint8Array.from(reader.batchAt(position, header.sizeInBytes)) });
        return endPosition - fromPosition < PAGE_BYTES;
      },
      damage(_kind, position, sizeInBytes) {
        endPosition = position + sizeInBytes;
        batches.push('damaged');
        return endPosition - fromPosition < PAGE_BYTES;
      },
    },
  );
  return { batches, endPosition };
}
