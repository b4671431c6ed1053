/**
 * Reads back what a compaction wrote, before the old segments go: the files hold the bytes that were checked as they left
 * (cleaned-check.ts), and what those checks had no memory for is checked now, part of the keys by part.
 */
import type { Bytes, Offset } from '../../../shared/units';
import type { ReadingFileSystem } from '../file-system';
import { extendedCrc32c } from '../format/crc';
import { ATTRIBUTES_AT } from '../format/record-batch';
import type { CleaningTask } from '../rules/clean-log';
import type { WorkSlices } from '../work-slices';
import { type BatchStream, readBatchPieces } from './batch-stream';
import { CleanedCheck, type KeyMemory, type KeyPart, wrong } from './cleaned-check';
import type { LogBatch } from './log-batch';

export interface WrittenFile {
  readonly stream: BatchStream;
  readonly baseOffset: Offset;
  /** Of its batches, as they were checked. */
  readonly digest: HeaderDigest;
}

const HEADERS_AT_ONCE = 256;

/** Of batches in order: what their own CRCs do not cover, and these. */
export class HeaderDigest {
  #crc = 0;
  #sizeInBytes: Bytes = 0;
  /** Gathered: for single ones, the call of the native library takes longer than its work. */
  readonly #headers = new Uint8Array(HEADERS_AT_ONCE * ATTRIBUTES_AT);
  #end = 0;

  add(batch: Uint8Array): void {
    if (this.#end === this.#headers.length) this.#take();
    for (let at = 0; at < ATTRIBUTES_AT; at++) this.#headers[this.#end + at] = batch[at]!;
    this.#end += ATTRIBUTES_AT;
    this.#sizeInBytes += batch.length;
  }

  equals(other: HeaderDigest): boolean {
    return this.#sizeInBytes === other.#sizeInBytes && this.#take() === other.#take();
  }

  /** @returns the CRC of all headers so far */
  #take(): number {
    this.#crc = extendedCrc32c(this.#headers.subarray(0, this.#end), this.#crc);
    this.#end = 0;
    return this.#crc;
  }
}

/** @throws AppError CORRUPT where the file holds anything else; the signal's reason when aborted */
export async function requireWritten(
  fs: ReadingFileSystem,
  { stream, baseOffset, digest }: WrittenFile,
  slices: WorkSlices,
): Promise<void> {
  const found = new HeaderDigest();
  for await (const batches of readBatchPieces(fs, stream)) {
    for (const { bytes } of batches) found.add(bytes);
    if (slices.isOver) await slices.rest();
  }
  const status = await fs.status(stream.path);
  if (status?.sizeInBytes !== stream.sizeInBytes || !found.equals(digest))
    throw wrong(baseOffset, 'the file is not what was written');
}

export interface CleanedPair {
  /** Each call reads from the start; CRCs are not checked. A batch is gone with the next piece, here as in `cleaned`. */
  readonly sources: () => AsyncIterable<readonly LogBatch[]>;
  readonly cleaned: () => AsyncIterable<LogBatch>;
  readonly task: CleaningTask;
  readonly slices: WorkSlices;
}

/** @param parts One pass over the pair for each, and for those that they leave. @throws AppError CORRUPT, naming the offset */
export async function verifyParts(
  pair: CleanedPair,
  memory: KeyMemory,
  parts: readonly KeyPart[],
): Promise<void> {
  const left = [...parts];
  for (let part = left.pop(); part !== undefined; part = left.pop()) {
    const check = new CleanedCheck(pair.task, memory, { part });
    await verifyPair(pair, check);
    left.push(...check.partsLeft);
  }
}

async function verifyPair({ sources, cleaned, slices }: CleanedPair, check: CleanedCheck): Promise<void> {
  const written = cleaned()[Symbol.asyncIterator]();
  try {
    let next = await written.next();
    for await (const pieces of sources()) {
      for (const source of pieces) {
        const left = next.done ? null : (next.value as LogBatch);
        const isPair = left !== null && left.header.lastOffset <= source.header.lastOffset;
        check.see(source, isPair ? left.bytes : null);
        if (isPair) next = await written.next();
        if (slices.isOver) await slices.rest();
      }
    }
    if (!next.done)
      throw wrong((next.value as LogBatch).header.baseOffset, 'a batch is left that was not there');
    check.end();
  } finally {
    await written.return?.();
  }
}
