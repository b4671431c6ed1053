/**
 * Recovers one segment: cuts it off at the first batch that is not sound, and writes its indexes anew (LogSegment.recover).
 *
 * Batches are checked more strictly than by a broker: their offsets must go on from the one before and stay in the
 * segment's range, because the CRC does not cover them. Knows nothing of the log's other segments.
 */
import { DueIndexEntries } from '../../../shared/plan/due-index-entries';
import type { Bytes, FilePosition, Offset } from '../../../shared/units';
import { closeAll, type FileSystem, type WritableFile } from '../file-system';
import {
  LOG_SUFFIX,
  OFFSET_INDEX_SUFFIX,
  TIME_INDEX_SUFFIX,
  TRANSACTION_INDEX_SUFFIX,
} from '../format/file-names';
import { encodeAbortedTransaction } from '../format/transaction-index';
import type { ProducerStates } from '../rules/producer-states';
import { writeWhole } from './atomic-file';
import { offsetIndexFile, timeIndexFile } from './index-file';
import { type LogBatch, readPiece } from './log-batch';
import { type SegmentFileSuffix, segmentPath } from './segment';
import type { LogSettings } from './settings';

const OFFSET_RANGE_MAX = 2 ** 31 - 1;

export interface CutTail {
  readonly position: FilePosition;
  readonly sizeInBytes: Bytes;
  /** Why the bytes from there on are no batches. */
  readonly reason: string;
}

export interface RecoveredSegment {
  readonly baseOffset: Offset;
  readonly nextOffset: Offset;
  readonly leaderEpochs: readonly { readonly epoch: number; readonly startOffset: Offset }[];
  /** null where every byte was sound. */
  readonly cut: CutTail | null;
}

/** @param producers State at the segment's beginning; at its end when this returns. */
export async function recoverSegment(
  fs: FileSystem,
  { directory, baseOffset }: { readonly directory: string; readonly baseOffset: Offset },
  settings: LogSettings,
  producers: ProducerStates,
): Promise<RecoveredSegment> {
  const path = (suffix: SegmentFileSuffix) => segmentPath(directory, baseOffset, suffix);
  const opened: WritableFile[] = [];
  const open = async (suffix: SegmentFileSuffix) => {
    const file = await fs.openForWriting(path(suffix), 'existing-or-new');
    opened.push(file);
    return file;
  };
  try {
    const log = await open(LOG_SUFFIX);
    const offsets = offsetIndexFile(await open(OFFSET_INDEX_SUFFIX), settings.segmentIndexBytes);
    const times = timeIndexFile(await open(TIME_INDEX_SUFFIX), settings.segmentIndexBytes);
    // The time index is emptied first and trimmed last: as long as it is, the segment counts as not recovered.
    for (const index of [times, offsets]) {
      await index.cutBack(0);
      await index.sync();
    }
    const { indexIntervalBytes } = settings;
    const columns = { offsets: offsets.columns, times: times.columns };
    const rebuilt = new DueIndexEntries({ baseOffset, indexIntervalBytes }, columns);
    const aborted: Uint8Array[] = [];
    const walked = await walkBatches(log, baseOffset, (batch) => {
      rebuilt.add(batch.header, batch.position);
      const transaction = producers.update(batch.header, () => batch.records());
      if (transaction !== null) aborted.push(encodeAbortedTransaction(transaction));
    });
    const end: number | undefined = walked.cut?.position;
    if (end !== undefined) await log.truncate(end);
    await log.sync();
    rebuilt.finish();
    await writeTransactionIndex(fs, path(TRANSACTION_INDEX_SUFFIX), aborted);
    await fs.syncDirectory(directory);
    // Entries are on the disk before the trimming that says so: it may get there alone.
    for (const index of [offsets, times]) {
      await index.write();
      await index.sync();
    }
    for (const index of [offsets, times]) {
      await index.trim();
      await index.sync();
    }
    return { baseOffset, ...walked };
  } finally {
    await closeAll(opened);
  }
}

async function walkBatches(
  file: WritableFile,
  baseOffset: Offset,
  onBatch: (batch: LogBatch) => void,
): Promise<Omit<RecoveredSegment, 'baseOffset'>> {
  const sizeInBytes: number = (await file.status()).sizeInBytes;
  const leaderEpochs: { epoch: number; startOffset: Offset }[] = [];
  let nextOffset = baseOffset;
  const cutAt = (position: number, reason: string) => {
    const lost: number = sizeInBytes - position;
    return { nextOffset, leaderEpochs, cut: { position, sizeInBytes: lost, reason } };
  };
  for (let position = 0; position < sizeInBytes; ) {
    const piece = await readPiece(file, position, sizeInBytes);
    for (const batch of piece.batches) {
      const { header } = batch;
      const flaw = offsetFlaw(batch, baseOffset, nextOffset);
      if (flaw !== null) return cutAt(batch.position, flaw);
      onBatch(batch);
      nextOffset = header.lastOffset + 1;
      if (header.partitionLeaderEpoch > (leaderEpochs.at(-1)?.epoch ?? -1))
        leaderEpochs.push({ epoch: header.partitionLeaderEpoch, startOffset: header.baseOffset });
    }
    if (piece.flaw !== null) return cutAt(piece.flaw.position, piece.flaw.reason);
    position = piece.nextPosition;
  }
  return { nextOffset, leaderEpochs, cut: null };
}

function offsetFlaw({ header }: LogBatch, baseOffset: Offset, nextOffset: Offset): string | null {
  // The wrapper of an old message set carries its last offset; both ends are at or above the next one either way.
  if (header.baseOffset < nextOffset) return `offset ${header.baseOffset} comes after ${nextOffset - 1}`;
  if (header.lastOffset - baseOffset > OFFSET_RANGE_MAX)
    return `offset ${header.lastOffset} is out of the segment's range`;
  return null;
}

async function writeTransactionIndex(
  fs: FileSystem,
  path: string,
  entries: readonly Uint8Array[],
): Promise<void> {
  if (entries.length > 0) await writeWhole(fs, path, Buffer.concat(entries));
  else if ((await fs.status(path)) !== null) await fs.removeFile(path);
}
