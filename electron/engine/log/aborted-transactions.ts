/**
 * What an aborted transaction leaves beside its batches: the producers' state, and an entry of the transaction index.
 * When a transaction is aborted, others know.
 */
import { dirname } from 'node:path';
import type { FileSystem } from '../file-system';
import { readRecordBatchHeader } from '../format/record-batch';
import type { FinishedBatch } from '../format/record-batch-writer';
import { type AbortedTransaction, encodeAbortedTransaction } from '../format/transaction-index';
import type { ProducerStates } from '../rules/producer-states';
import { LogBatch } from './log-batch';

/** Takes the batches into the producers' state. @returns the transaction that they abort, or null */
export function accountTransaction(
  producers: ProducerStates,
  bytes: Uint8Array,
  batches: readonly FinishedBatch[],
): AbortedTransaction | null {
  let aborted: AbortedTransaction | null = null;
  let position = 0;
  for (const { sizeInBytes } of batches) {
    const batch = bytes.subarray(position, position + sizeInBytes);
    const header = readRecordBatchHeader(new DataView(batch.buffer, batch.byteOffset, batch.byteLength), 0);
    aborted = producers.update(header, () => new LogBatch(header, 0, batch).records()) ?? aborted;
    position += sizeInBytes;
  }
  return aborted;
}

/**
 * Adds an entry to a segment's transaction index, durably; after an error the file is as it was.
 * @param orFail Runs what cannot be taken back when it fails.
 */
export async function addAborted(
  fs: FileSystem,
  path: string,
  aborted: AbortedTransaction,
  orFail: (operation: () => Promise<void>) => Promise<void>,
): Promise<void> {
  const file = await fs.openForWriting(path, 'existing-or-new');
  try {
    const position = (await file.status()).sizeInBytes;
    try {
      await file.write(encodeAbortedTransaction(aborted), position);
    } catch (error) {
      await orFail(() => (position === 0 ? fs.removeFile(path) : file.truncate(position)));
      throw error;
    }
    await orFail(async () => {
      await file.sync();
      // A crash after the next roll must not find the new segment without this file: only the last one is recovered.
      if (position === 0) await fs.syncDirectory(dirname(path));
    });
  } finally {
    await file.close();
  }
}
