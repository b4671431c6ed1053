/**
 * The transactions of a log: from which offset to which marker, committed, aborted or still open.
 *
 * From the batches alone (the transaction index names only aborted ones). A transaction whose first batches were
 * deleted begins, for us, with the first that is left. Reads every byte, since markers tell their type in the record.
 */
import type { Offset } from '../../../shared/units';
import type { ReadingFileSystem } from '../file-system';
import { controlTypeOf } from '../format/control-record';
import { CONTROL_BIT, type RecordBatchHeader, TRANSACTIONAL_BIT } from '../format/record-batch';
import { recordsOf } from './check-batch';
import { listLogFiles } from './log-files';
import { scanSegmentFile } from './scan-segment-file';

export type TransactionState = 'open' | 'committed' | 'aborted';

export interface Transaction {
  readonly producerId: number;
  readonly producerEpoch: number;
  /** Of the first batch. */
  readonly firstOffset: Offset;
  /** Of the marker; null while open. */
  readonly lastOffset: Offset | null;
  readonly state: TransactionState;
}

export class Transactions {
  /** In the order of their markers, open ones last. */
  readonly all: readonly Transaction[];
  readonly #byProducer = new Map<number, Transaction[]>();

  constructor(all: readonly Transaction[]) {
    this.all = all;
    for (const transaction of all) {
      const { producerId } = transaction;
      const list = this.#byProducer.get(producerId);
      if (list === undefined) this.#byProducer.set(producerId, [transaction]);
      else list.push(transaction);
    }
  }

  /** How the transaction of a batch ended; null outside of a transaction. */
  stateOf({ attributes, producerId, baseOffset }: RecordBatchHeader): TransactionState | null {
    if ((attributes & TRANSACTIONAL_BIT) === 0 || (attributes & CONTROL_BIT) !== 0) return null;
    const own = this.#byProducer.get(producerId) ?? [];
    return own.find(({ lastOffset }) => lastOffset === null || lastOffset > baseOffset)?.state ?? 'open';
  }

  /** First offset of the earliest open transaction; null where none is open. */
  get firstOpenOffset(): Offset | null {
    let first: Offset | null = null;
    for (const { state, firstOffset } of this.all)
      if (state === 'open') first = Math.min(first ?? firstOffset, firstOffset);
    return first;
  }
}

export interface TransactionScan {
  /** Batches before this offset need not be looked at. */
  readonly fromOffset?: Offset | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: { bytesDone: number; bytesTotal: number }) => void) | undefined;
}

/** @throws AppError where the directory or a segment cannot be read; the signal's reason when aborted */
export async function readTransactions(
  fs: ReadingFileSystem,
  directory: string,
  { fromOffset = 0, signal, onProgress }: TransactionScan,
): Promise<Transactions> {
  const { segments } = await listLogFiles(fs, directory);
  const wanted = segments.filter(
    ({ log }, index) =>
      log.isRegular && (segments[index + 1]?.baseOffset ?? Number.POSITIVE_INFINITY) > fromOffset,
  );
  const bytesTotal = wanted.reduce((sum, { log }) => sum + log.sizeInBytes, 0);
  const ended: Transaction[] = [];
  const open = new Map<number, Transaction>();
  let bytesDone = 0;
  for (const { log, baseOffset } of wanted) {
    const onPosition = (position: number) => onProgress?.({ bytesDone: bytesDone + position, bytesTotal });
    await scanSegmentFile(
      fs,
      { log, baseOffset },
      { needsBytes: true, signal, onPosition },
      {
        batch(header, position, reader) {
          if ((header.attributes & TRANSACTIONAL_BIT) === 0 || header.magic < 2) return true;
          follow(header, reader.batchAt(position, header.sizeInBytes), open, ended);
          return true;
        },
        damage: () => true,
      },
    );
    bytesDone += log.sizeInBytes;
  }
  return new Transactions([...ended, ...open.values()]);
}

function follow(
  header: RecordBatchHeader,
  bytes: Uint8Array,
  open: Map<number, Transaction>,
  ended: Transaction[],
): void {
  const { producerId, producerEpoch, baseOffset, attributes } = header;
  if ((attributes & CONTROL_BIT) === 0) {
    if (!open.has(producerId))
      open.set(producerId, {
        producerId,
        producerEpoch,
        firstOffset: baseOffset,
        lastOffset: null,
        state: 'open',
      });
    return;
  }
  const [marker] = recordsOf(header, bytes).records;
  const type = marker === undefined ? null : controlTypeOf(marker.key);
  const transaction = open.get(producerId);
  if (transaction === undefined || (type !== 'COMMIT' && type !== 'ABORT')) return;
  open.delete(producerId);
  ended.push({ ...transaction, lastOffset: baseOffset, state: type === 'COMMIT' ? 'committed' : 'aborted' });
}
