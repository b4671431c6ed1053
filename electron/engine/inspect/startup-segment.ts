/**
 * What a start finds out from one segment's files: where a look-up would begin, where the segment ends, whether its
 * transaction index will do (OffsetIndex.lookup, LogSegment.readNextOffset, TransactionIndex.sanityCheck).
 *
 * Trusts an index as a broker does: its last slot is its last entry, zeros included. Changes nothing.
 */
import { AppError } from '../../../shared/errors';
import type { StartupReason } from '../../../shared/plan/startup-reasons';
import type { Bytes, FilePosition, Offset } from '../../../shared/units';
import type { ReadableFile, ReadingFileSystem } from '../file-system';
import { OFFSET_INDEX_ENTRY_SIZE } from '../format/index-files';
import { readInt64 } from '../format/int64';
import {
  firstUnknownVersion,
  LAST_OFFSET_AT,
  TRANSACTION_INDEX_ENTRY_SIZE,
} from '../format/transaction-index';
import { walkBrokerBatches } from './broker-batches';
import { withFile } from './read-index';
import { readSmallFile } from './read-small-file';

/** Entries at the end of an index that a broker searches first (OffsetIndex.warmEntries). */
const WARM_ENTRY_COUNT = 8192 / OFFSET_INDEX_ENTRY_SIZE;

/** The broker stops here, or what it does is not predicted. Thrown through a simulation, and never out of it. */
export class StartEnds extends Error {
  readonly action: 'refuse' | 'unpredicted';
  readonly reason: StartupReason;
  readonly file: string;
  readonly detail: string | null;

  constructor(
    reason: StartupReason,
    file: string,
    detail: string | null = null,
    action: 'refuse' | 'unpredicted' = 'refuse',
  ) {
    super(reason);
    this.action = action;
    this.reason = reason;
    this.file = file;
    this.detail = detail;
  }
}

export interface StartingSegment {
  readonly baseOffset: Offset;
  readonly logName: string;
  readonly logPath: string;
  /** As the start has left it so far. */
  readonly sizeInBytes: Bytes;
  /** null where the index is not the one on the disk any more: written anew, and right. */
  readonly indexPath: string | null;
  /** Exclusive; known once the segment was checked. */
  readonly nextOffset: Offset | null;
}

/** Opens, uses and closes; a file that cannot be read ends the start. */
export async function readOrEnd<T>(
  fs: ReadingFileSystem,
  { name, path }: { readonly name: string; readonly path: string },
  use: (file: ReadableFile) => Promise<T>,
): Promise<T> {
  try {
    return await withFile(fs, { path }, use);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    throw new StartEnds('file-unreadable', name, `${error.code}: ${error.message}`);
  }
}

/** The offset behind the last batch, as far as a broker finds it through the index. @throws StartEnds */
export async function readNextOffset(
  fs: ReadingFileSystem,
  segment: StartingSegment,
  signal: AbortSignal | undefined,
): Promise<Offset> {
  if (segment.nextOffset !== null) return segment.nextOffset;
  const last = await lastIndexed(fs, segment);
  const found = await findBatch(fs, segment, last, signal);
  return found.lastOffset === null ? segment.baseOffset : found.lastOffset + 1;
}

/** Where reading at an offset begins; null where the segment holds nothing at or above it. @throws StartEnds */
export async function positionOf(
  fs: ReadingFileSystem,
  segment: StartingSegment,
  offset: Offset,
  signal: AbortSignal | undefined,
): Promise<FilePosition | null> {
  if (segment.sizeInBytes === 0 && segment.nextOffset !== null) return null; // it was checked, and opened for that
  const from =
    segment.indexPath === null
      ? 0
      : await withFile(fs, { path: segment.indexPath }, (index) => lookUp(index, segment, offset));
  let position: FilePosition | null = null;
  await walk(fs, segment, from, signal, (batch) => {
    if (batch.lastOffset >= offset) position = batch.position;
    return position === null;
  });
  return position;
}

interface Indexed {
  readonly offset: Offset;
  readonly position: FilePosition;
}

async function lastIndexed(fs: ReadingFileSystem, segment: StartingSegment): Promise<Indexed> {
  if (segment.indexPath === null) return { offset: segment.baseOffset, position: 0 };
  return withFile(fs, { path: segment.indexPath }, async (index) => {
    const count = entryCountOf((await index.status()).sizeInBytes);
    if (count === 0) return { offset: segment.baseOffset, position: 0 };
    const { offset } = await entryAt(index, segment.baseOffset, count - 1);
    return { offset, position: await lookUp(index, segment, offset) };
  });
}

/** The last batch of those from the one that holds the indexed offset on. */
async function findBatch(
  fs: ReadingFileSystem,
  segment: StartingSegment,
  { offset, position }: Indexed,
  signal: AbortSignal | undefined,
): Promise<{ lastOffset: Offset | null }> {
  let lastOffset: Offset | null = null;
  await walk(fs, segment, position, signal, (batch) => {
    if (lastOffset !== null || batch.lastOffset >= offset) lastOffset = batch.lastOffset;
    return true;
  });
  return { lastOffset };
}

/** Headers only. @throws StartEnds where reading on fails */
async function walk(
  fs: ReadingFileSystem,
  { logName, logPath, sizeInBytes }: StartingSegment,
  from: FilePosition,
  signal: AbortSignal | undefined,
  visit: Parameters<typeof walkBrokerBatches>[1],
): Promise<void> {
  const place = { name: logName, path: logPath };
  const end = await readOrEnd(fs, place, (file) =>
    walkBrokerBatches({ file, from, sizeInBytes, checksCrc: false, signal }, visit),
  );
  if (end.flaw === 'length') throw new StartEnds('batch-length-too-small', logName, end.message);
  if (end.flaw === 'overrun') throw new StartEnds('batch-overrun', logName, end.message);
}

function entryCountOf(sizeInBytes: Bytes): number {
  return Math.floor(sizeInBytes / OFFSET_INDEX_ENTRY_SIZE);
}

async function entryAt(index: ReadableFile, baseOffset: Offset, slot: number): Promise<Indexed> {
  const bytes = Buffer.alloc(OFFSET_INDEX_ENTRY_SIZE);
  await index.read(bytes, slot * OFFSET_INDEX_ENTRY_SIZE);
  return { offset: baseOffset + bytes.readInt32BE(0), position: bytes.readInt32BE(4) };
}

/** Position of the entry at or below the offset, by the broker's own steps: entries out of order mislead it likewise. */
async function lookUp(
  index: ReadableFile,
  { baseOffset }: StartingSegment,
  offset: Offset,
): Promise<FilePosition> {
  const count = entryCountOf((await index.status()).sizeInBytes);
  if (count === 0) return 0;
  const firstWarm = Math.max(0, count - 1 - WARM_ENTRY_COUNT);
  let [low, high]: [number, number] = [0, firstWarm];
  if ((await entryAt(index, baseOffset, firstWarm)).offset < offset) [low, high] = [firstWarm, count - 1];
  else if ((await entryAt(index, baseOffset, 0)).offset > offset) return 0;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    const found = await entryAt(index, baseOffset, middle);
    if (found.offset === offset) return found.position;
    if (found.offset > offset) high = middle - 1;
    else low = middle;
  }
  return (await entryAt(index, baseOffset, low)).position;
}

/** Whether the segment has to be checked because of its transaction index. @throws StartEnds for an unknown version */
export async function hasCorruptTransactionIndex(
  fs: ReadingFileSystem,
  { name, path }: { readonly name: string; readonly path: string },
  baseOffset: Offset,
): Promise<boolean> {
  const bytes = await readSmallFile(fs, path);
  if (bytes === null) return false;
  const unknown = firstUnknownVersion(bytes);
  if (unknown !== null && unknown.version > 0) {
    const detail = `The entry at position ${unknown.position} has version ${unknown.version}.`;
    throw new StartEnds('transaction-index-version', name, detail);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let at = 0; at + TRANSACTION_INDEX_ENTRY_SIZE <= bytes.length; at += TRANSACTION_INDEX_ENTRY_SIZE)
    if (readInt64(view, at + LAST_OFFSET_AT) < baseOffset) return true;
  return false;
}
