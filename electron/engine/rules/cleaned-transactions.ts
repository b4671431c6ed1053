/**
 * Which batches belong to aborted transactions, and which markers may go, while the cleaner walks through a log
 * (CleanedTransactionMetadata). Fed with every batch in order; one object a pass.
 */
import type { Offset } from '../../../shared/units';
import type { ControlType } from '../format/control-record';
import { type RecordBatchHeader, TRANSACTIONAL_BIT } from '../format/record-batch';
import type { AbortedTransaction } from '../format/transaction-index';

interface OngoingAborted {
  readonly transaction: AbortedTransaction;
  wasSeen: boolean;
}

export class CleanedTransactions {
  /** By first offset, the next one last. */
  readonly #ahead: AbortedTransaction[];
  readonly #aborted = new Map<number, OngoingAborted>();
  readonly #committed = new Set<number>();

  /** @param aborted All entries of the log's transaction indexes. */
  constructor(aborted: readonly AbortedTransaction[]) {
    this.#ahead = [...aborted].sort((a, b) => b.firstOffset - a.firstOffset);
  }

  /** @returns whether the batch belongs to an aborted transaction */
  onDataBatch({ attributes, producerId, lastOffset }: RecordBatchHeader): boolean {
    this.#beginUpTo(lastOffset);
    if ((attributes & TRANSACTIONAL_BIT) === 0) return false;
    const aborted = this.#aborted.get(producerId);
    if (aborted === undefined) {
      this.#committed.add(producerId);
      return false;
    }
    aborted.wasSeen = true;
    return true;
  }

  /**
   * @param type null for a control batch whose record was cleaned away
   * @returns whether no batch of the transaction is left, so that the marker may go; and for an ABORT that stays, what
   * the transaction index says of it
   */
  onControlBatch(
    { producerId, lastOffset }: RecordBatchHeader,
    type: ControlType | null,
  ): { readonly isDiscardable: boolean; readonly aborted: AbortedTransaction | null } {
    this.#beginUpTo(lastOffset);
    if (type === null) return { isDiscardable: true, aborted: null };
    if (type === 'COMMIT') return { isDiscardable: !this.#committed.delete(producerId), aborted: null };
    if (type !== 'ABORT') return { isDiscardable: false, aborted: null };
    const ongoing = this.#aborted.get(producerId);
    this.#aborted.delete(producerId);
    return ongoing?.wasSeen
      ? { isDiscardable: false, aborted: ongoing.transaction }
      : { isDiscardable: true, aborted: null };
  }

  #beginUpTo(offset: Offset): void {
    for (let next = this.#ahead.at(-1); next !== undefined && next.firstOffset <= offset; ) {
      this.#ahead.pop();
      if (!this.#aborted.has(next.producerId))
        this.#aborted.set(next.producerId, { transaction: next, wasSeen: false });
      next = this.#ahead.at(-1);
    }
  }
}
