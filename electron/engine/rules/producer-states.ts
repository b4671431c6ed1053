/**
 * What a log knows of its producers, as far as snapshots carry it (ProducerStateManager, ProducerAppendInfo).
 *
 * Fed with every batch in order. Checks nothing: sequences and epochs were checked by the broker that wrote them.
 */
import type { Milliseconds, Offset, TimestampMs } from '../../../shared/units';
import { controlTypeOf } from '../format/control-record';
import type { ProducerEntry } from '../format/producer-snapshot';
import { CONTROL_BIT, type RecordBatchHeader, TRANSACTIONAL_BIT } from '../format/record-batch';
import type { LogRecord } from '../format/records';
import type { LastBatchOfProducer } from './clean-batch';

const NONE = -1;
const SEQUENCE_COUNT = 2 ** 31;

export class ProducerStates {
  readonly #entries = new Map<number, ProducerEntry>();

  constructor(entries: readonly ProducerEntry[]) {
    for (const entry of entries) this.#entries.set(entry.producerId, entry);
  }

  /** First offset of the oldest open transaction; null where none is open. */
  firstOpenTransactionOffset(): Offset | null {
    const open = [...this.#entries.values()]
      .map(({ currentTransactionFirstOffset }) => currentTransactionFirstOffset)
      .filter((offset) => offset !== NONE);
    return open.length === 0 ? null : Math.min(...open);
  }

  /** By producer id, without those that have been idle for producer.id.expiration.ms and have no open transaction. */
  lastBatchesOfActive(nowMs: TimestampMs, expirationMs: Milliseconds): Map<number, LastBatchOfProducer> {
    const active = new Map<number, LastBatchOfProducer>();
    for (const entry of this.#entries.values()) {
      const { producerId, producerEpoch, lastOffset, timestampMs, currentTransactionFirstOffset } = entry;
      if (currentTransactionFirstOffset === NONE && nowMs - timestampMs >= expirationMs) continue;
      active.set(producerId, { producerEpoch, lastDataOffset: lastOffset < 0 ? null : lastOffset });
    }
    return active;
  }

  /** @param records Called for control batches only. */
  update(header: RecordBatchHeader, records: () => readonly LogRecord[]): void {
    if (header.producerId < 0) return;
    if ((header.attributes & CONTROL_BIT) !== 0) {
      this.#endTransaction(header, records()[0]);
      return;
    }
    const before = this.#entries.get(header.producerId);
    const delta = header.lastOffset - header.baseOffset;
    const isTransactional = (header.attributes & TRANSACTIONAL_BIT) !== 0;
    const openSince = before?.currentTransactionFirstOffset ?? NONE;
    this.#entries.set(header.producerId, {
      producerId: header.producerId,
      producerEpoch: header.producerEpoch,
      lastSequence: header.baseSequence < 0 ? NONE : (header.baseSequence + delta) % SEQUENCE_COUNT,
      lastOffset: header.lastOffset,
      offsetDelta: delta,
      timestampMs: header.maxTimestampMs,
      coordinatorEpoch: before?.coordinatorEpoch ?? NONE,
      currentTransactionFirstOffset: isTransactional && openSince === NONE ? header.baseOffset : openSince,
    });
  }

  /** A marker of another epoch (transaction version 2) clears the last batch, too. */
  #endTransaction(header: RecordBatchHeader, marker: LogRecord | undefined): void {
    const type = controlTypeOf(marker?.key ?? null);
    if (marker === undefined || (type !== 'COMMIT' && type !== 'ABORT')) return;
    const before = this.#entries.get(header.producerId);
    const isSameEpoch = before?.producerEpoch === header.producerEpoch;
    this.#entries.set(header.producerId, {
      producerId: header.producerId,
      producerEpoch: header.producerEpoch,
      lastSequence: isSameEpoch ? before.lastSequence : NONE,
      lastOffset: isSameEpoch ? before.lastOffset : NONE,
      offsetDelta: isSameEpoch ? before.offsetDelta : 0,
      timestampMs: marker.timestampMs,
      coordinatorEpoch: before?.coordinatorEpoch ?? NONE,
      currentTransactionFirstOffset: NONE,
    });
  }
}
