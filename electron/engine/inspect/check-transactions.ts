/**
 * Checks transactions and producer sequences along a log, and each segment's transaction index against its markers.
 *
 * The index must name exactly the aborted transactions whose marker is in the segment (TransactionIndex). Where the
 * data of a transaction is gone (retention, cleaning) a missing entry cannot be told from one that never had to be.
 */
import { type Problem, type ProblemPlace, problemAt } from '../../../shared/problem';
import type { FilePosition, Offset } from '../../../shared/units';
import { controlTypeOf } from '../format/control-record';
import { CONTROL_BIT, type RecordBatchHeader, TRANSACTIONAL_BIT } from '../format/record-batch';
import {
  type AbortedTransaction,
  firstUnknownVersion,
  readTransactionIndex,
  TRANSACTION_INDEX_ENTRY_SIZE,
} from '../format/transaction-index';
import { recordsOf } from './check-batch';
import { Findings } from './findings';
import type { SegmentFiles } from './log-files';

interface AbortMarker {
  readonly producerId: number;
  readonly offset: Offset;
  readonly position: FilePosition;
  /** Of the transaction's data, or null where none was seen. */
  readonly firstOffset: Offset | null;
  /** Offset of the marker that ended the producer's transaction before; null where none was seen. */
  readonly endBefore: Offset | null;
  /** First offset of the transactions that were open, as far as they were seen, or else the offset behind the marker. */
  readonly lastStableOffsetMax: Offset;
}

interface ProducerSeen {
  readonly producerEpoch: number;
  readonly lastSequence: number;
}

const SEQUENCE_MAX = 0x7fff_ffff;
const NOTHING: readonly Problem[] = [];

export class TransactionChecker {
  /** First offset of the open transaction, by producer id. */
  readonly #open = new Map<number, Offset>();
  /** Offset of the last marker, by producer id. */
  readonly #ends = new Map<number, Offset>();
  readonly #producers = new Map<number, ProducerSeen>();
  #markers: AbortMarker[] = [];
  #hasDamage = false;

  /** @param bytes Exactly the batch. @returns What is wrong with its sequence. */
  batch(
    header: RecordBatchHeader,
    bytes: Uint8Array,
    place: { position: FilePosition; file: string },
  ): readonly Problem[] {
    if (header.producerId < 0) return NOTHING;
    if ((header.attributes & CONTROL_BIT) !== 0) {
      this.#endTransaction(header, bytes, place.position);
      return NOTHING;
    }
    if ((header.attributes & TRANSACTIONAL_BIT) !== 0 && !this.#open.has(header.producerId))
      this.#open.set(header.producerId, header.baseOffset);
    return this.#checkSequence(header, place);
  }

  /** Bytes were not readable: what stood there may have ended or begun a transaction. */
  damage(): void {
    this.#hasDamage = true;
    this.#open.clear();
  }

  /** Compares the index with the markers seen since the last call. @param bytes null where there is no index */
  endSegment({ txnindex, baseOffset, log }: SegmentFiles, bytes: Uint8Array | null): Problem[] {
    const markers = this.#markers;
    const hasDamage = this.#hasDamage;
    this.#markers = [];
    this.#hasDamage = false;
    const file = txnindex?.name ?? log.name.replace(/\.log$/, '.txnindex');
    const entries = bytes === null ? [] : readTransactionIndex(bytes);
    if (entries === null) return [unreadableIndex({ file, baseOffset }, bytes ?? new Uint8Array(0))];
    if (hasDamage) return [];
    return [
      ...misplacedEntries(entries, markers, { file, baseOffset }),
      ...missingEntries(entries, markers, { file, baseOffset }),
    ];
  }

  #endTransaction(header: RecordBatchHeader, bytes: Uint8Array, position: FilePosition): void {
    const [marker] = recordsOf(header, bytes).records;
    const type = marker === undefined ? null : controlTypeOf(marker.key);
    if (type !== 'ABORT' && type !== 'COMMIT') return;
    const { producerId, baseOffset: offset } = header;
    const firstOffset = this.#open.get(producerId) ?? null;
    this.#open.delete(producerId);
    if (type === 'ABORT') {
      const endBefore = this.#ends.get(producerId) ?? null;
      // The oldest was noted first, where the offsets ascend; elsewhere fewer entries are found wrong.
      const [oldestOpen = offset + 1] = this.#open.values();
      const lastStableOffsetMax = Math.min(offset + 1, oldestOpen);
      this.#markers.push({ producerId, offset, position, firstOffset, endBefore, lastStableOffsetMax });
    }
    this.#ends.set(producerId, offset);
  }

  #checkSequence(
    header: RecordBatchHeader,
    place: { position: FilePosition; file: string },
  ): readonly Problem[] {
    const { producerId, producerEpoch, baseSequence, baseOffset, lastOffset, sizeInBytes } = header;
    if (baseSequence < 0) return NOTHING;
    const before = this.#producers.get(producerId);
    const lastSequence = (baseSequence + (lastOffset - baseOffset)) % (SEQUENCE_MAX + 1);
    this.#producers.set(producerId, { producerEpoch, lastSequence });
    // A sequence of 0 is a fresh start, and a much lower one has wrapped round.
    const isRepeated =
      before !== undefined &&
      before.producerEpoch === producerEpoch &&
      baseSequence > 0 &&
      baseSequence <= before.lastSequence &&
      before.lastSequence - baseSequence < SEQUENCE_MAX / 2;
    if (!isRepeated) return NOTHING;
    const message = `Producer ${producerId} has sequence ${baseSequence} after ${before.lastSequence}.`;
    return [problemAt('producer-sequence-out-of-order', { ...place, sizeInBytes, baseOffset }, message)];
  }
}

function misplacedEntries(
  entries: readonly AbortedTransaction[],
  markers: readonly AbortMarker[],
  place: ProblemPlace,
): Problem[] {
  const findings = new Findings('entries');
  const markerAt = new Map(markers.map((marker) => [marker.offset, marker]));
  for (const [slot, entry] of entries.entries()) {
    const flaw = entryFlaw(entry, entries[slot - 1], markerAt.get(entry.lastOffset));
    if (flaw === null) continue;
    const position = slot * TRANSACTION_INDEX_ENTRY_SIZE;
    const at = { ...place, position, sizeInBytes: TRANSACTION_INDEX_ENTRY_SIZE };
    findings.add('transaction-index-misleading', at, `Entry ${slot} ${flaw}.`);
  }
  return findings.all();
}

function missingEntries(
  entries: readonly AbortedTransaction[],
  markers: readonly AbortMarker[],
  place: ProblemPlace,
): Problem[] {
  const findings = new Findings('transactions');
  const indexed = new Set(entries.map(({ lastOffset }) => lastOffset));
  for (const { producerId, offset, firstOffset } of markers)
    if (firstOffset !== null && !indexed.has(offset))
      findings.add(
        'transaction-index-misleading',
        place,
        `The transaction of producer ${producerId} from offset ${firstOffset} to ${offset} was aborted and has no entry.`,
      );
  return findings.all();
}

function unreadableIndex(place: { file: string; baseOffset: Offset }, bytes: Uint8Array): Problem {
  const unknown = firstUnknownVersion(bytes);
  if (unknown === null)
    return problemAt('transaction-index-malformed', place, 'An entry has a number outside 2^53.');
  const { position, version } = unknown;
  const message = `The entry at position ${position} has version ${version}.`;
  return problemAt(
    'transaction-index-version-unknown',
    { ...place, position, sizeInBytes: TRANSACTION_INDEX_ENTRY_SIZE },
    message,
  );
}

function entryFlaw(
  { producerId, firstOffset, lastOffset, lastStableOffset }: AbortedTransaction,
  before: AbortedTransaction | undefined,
  marker: AbortMarker | undefined,
): string | null {
  if (before !== undefined && lastOffset <= before.lastOffset) return 'is not above the one before it';
  if (marker?.producerId !== producerId)
    return `names an abort marker of producer ${producerId} at offset ${lastOffset}, where there is none`;
  if (marker.firstOffset !== null && marker.firstOffset < firstOffset)
    return `says that the transaction began at offset ${firstOffset}; its first batch is at ${marker.firstOffset}`;
  // Too low, committed records of the same producer count as aborted; too high, aborted ones are not looked for.
  if (marker.endBefore !== null && firstOffset <= marker.endBefore)
    return `says that the transaction began at offset ${firstOffset}; one before it ended at ${marker.endBefore}`;
  if (lastStableOffset > marker.lastStableOffsetMax)
    return `says that offsets were decided up to ${lastStableOffset}; they were up to ${marker.lastStableOffsetMax}`;
  return null;
}
