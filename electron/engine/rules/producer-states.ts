/**
 * What the log knows of its producers, as far as snapshots carry it (ProducerStateManager, ProducerAppendInfo).
 *
 * Fed with every batch in order. Checks nothing: sequences and epochs were checked by the broker that wrote them, or
 * are the appender's own. Expires nobody: a broker does that by its own clock.
 */

import type { Milliseconds, Offset, TimestampMs } from '../../../shared/units';
import { controlTypeOf } from '../format/control-record';
import type { ProducerEntry } from '../format/producer-snapshot';
import { CONTROL_BIT, type RecordBatchHeader, TRANSACTIONAL_BIT } from '../format/record-batch';
import type { LogRecord } from '../format/records';
import type { AbortedTransaction } from '../format/transaction-index';
import type { LastBatchOfProducer } from './clean-batch';

const NONE = -1;
const SEQUENCE_COUNT = 2 ** 31;
const COORDINATOR_EPOCH_AT = 2;
const MARKER_VALUE_SIZE = 6;

export class ProducerStates {
  readonly #entries = new Map<number, ProducerEntry>();

  constructor(entries: readonly ProducerEntry[]) {
    for (const entry of entries) this.#entries.set(entry.producerId, entry);
  }

  entries(): readonly ProducerEntry[] {
    return [...this.#entries.values()];
  }

  /** First offset of the oldest open transaction; null where none is open. */
  firstOpenTransactionOffset(): Offset | null {
    const open = this.entries()
      .map(({ currentTransactionFirstOffset }) => currentTransactionFirstOffset)
      .filter((offset) => offset !== NONE);
    return open.reduce<Offset | null>((least, offset) => Math.min(least ?? offset, offset), null);
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

  /** Sequence of the producer's next record: 0 for a new producer or epoch. */
  nextSequenceOf(producerId: number, producerEpoch: number): number {
    const entry = this.#entries.get(producerId);
    if (entry === undefined || entry.producerEpoch !== producerEpoch) return 0;
    return (entry.lastSequence + 1) % SEQUENCE_COUNT;
  }

  /**
   * @param records Called for control batches only.
   * @returns the transaction that this batch aborts, or null
   */
  update(header: RecordBatchHeader, records: () => readonly LogRecord[]): AbortedTransaction | null {
    if (header.producerId === NONE) return null;
    if ((header.attributes & CONTROL_BIT) !== 0) return this.#endTransaction(header, records()[0]);
    const before = this.#entries.get(header.producerId);
    const delta = header.lastOffset - header.baseOffset;
    const isTransactional = (header.attributes & TRANSACTIONAL_BIT) !== 0;
    const openSince = before?.currentTransactionFirstOffset ?? NONE;
    this.#entries.set(header.producerId, {
      producerId: header.producerId,
      producerEpoch: header.producerEpoch,
      lastSequence: header.baseSequence === NONE ? NONE : (header.baseSequence + delta) % SEQUENCE_COUNT,
      lastOffset: header.lastOffset,
      offsetDelta: delta,
      timestampMs: header.maxTimestampMs,
      coordinatorEpoch: before?.coordinatorEpoch ?? NONE,
      currentTransactionFirstOffset: isTransactional && openSince === NONE ? header.baseOffset : openSince,
    });
    return null;
  }

  #endTransaction(header: RecordBatchHeader, marker: LogRecord | undefined): AbortedTransaction | null {
    const type = controlTypeOf(marker?.key ?? null);
    if (marker === undefined || (type !== 'COMMIT' && type !== 'ABORT')) return null;
    const before = this.#entries.get(header.producerId);
    const isSameEpoch = before?.producerEpoch === header.producerEpoch;
    const firstOffset = before?.currentTransactionFirstOffset ?? NONE;
    this.#entries.set(header.producerId, {
      producerId: header.producerId,
      producerEpoch: header.producerEpoch,
      lastSequence: isSameEpoch ? before.lastSequence : NONE,
      lastOffset: isSameEpoch ? before.lastOffset : NONE,
      offsetDelta: isSameEpoch ? before.offsetDelta : 0,
      timestampMs: marker.timestampMs,
      coordinatorEpoch: coordinatorEpochOf(marker.value),
      currentTransactionFirstOffset: NONE,
    });
    if (type === 'COMMIT' || firstOffset === NONE) return null;
    const lastStableOffset = this.firstOpenTransactionOffset() ?? header.lastOffset + 1;
    return { producerId: header.producerId, firstOffset, lastOffset: header.lastOffset, lastStableOffset };
  }
}

function coordinatorEpochOf(value: Uint8Array | null): number {
  if (value === null || value.length < MARKER_VALUE_SIZE) return NONE;
  return new DataView(value.buffer, value.byteOffset, value.byteLength).getInt32(COORDINATOR_EPOCH_AT);
}
