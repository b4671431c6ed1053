/**
 * What the cleaner makes of one batch after the other: copied, rebuilt without some records, emptied, or dropped
 * (Cleaner.cleanInto and its RecordFilter, MemoryRecords.filterTo; Kafka 4.4).
 *
 * One set of rules for the plan and for the run: a run asks for the bytes, a plan for their number.
 */
import type { CleanerRules } from '../../../shared/plan/cleaner-version';
import type { Bytes, Milliseconds, Offset, TimestampMs } from '../../../shared/units';
import {
  emptyBatch,
  estimateRebuiltSize,
  KeptRecords,
  type RebuiltFields,
  rebuildBatch,
} from '../format/rebuild-batch';
import { estimateMessageSize, rebuildMessage } from '../format/rebuild-message';
import {
  CODEC_MASK,
  CONTROL_BIT,
  DELETE_HORIZON_BIT,
  RECORD_BATCH_HEADER_SIZE,
  type RecordBatchHeader,
  TIMESTAMP_TYPE_BIT,
} from '../format/record-batch';
import type { AbortedTransaction } from '../format/transaction-index';
import { BatchRecords, corrupt, markerTypeOf, type Payload } from './batch-records';
import type { CleanedTransactions } from './cleaned-transactions';
import type { OffsetMap } from './offset-map';
import type { RecordBits } from './record-bits';
import type { SupersededMarks } from './superseded-marks';
import type { CleaningObserver } from './supersessions';

const CURRENT_MAGIC = 2;

/** The last of an active producer, whose sequence must not be lost (UnifiedLog.lastRecordsOfActiveProducers). */
export interface LastBatchOfProducer {
  /** Last offset of its last data batch; null where its epoch changed since. */
  readonly lastDataOffset: Offset | null;
  readonly producerEpoch: number;
}

export interface CleaningTerms {
  readonly map: OffsetMap;
  /** What was noted while the map was filled. */
  readonly marks: SupersededMarks;
  readonly transactions: CleanedTransactions;
  /** By producer id. */
  readonly producers: ReadonlyMap<number, LastBatchOfProducer>;
  /** The batch that ends there, exclusive, stays, if need be empty; null for none. */
  readonly keptEndOffset: Offset | null;
  readonly rules: CleanerRules;
  readonly nowMs: TimestampMs;
  /** delete.retention.ms */
  readonly deleteRetentionMs: Milliseconds;
  /** Records that earlier rounds have found superseded, by their number in the pass. */
  readonly earlierRounds: RecordBits;
  /** Without it, rebuilt batches have a size and no bytes, and the size of a compressed one is an estimate. */
  readonly needsBytes: boolean;
  readonly observer: CleaningObserver | null;
}

/** Sums over batches; records that stay are what is left. */
export interface CleaningCounts {
  recordsBefore: number;
  recordsAfter: number;
  bytesBefore: Bytes;
  bytesAfter: Bytes;
  isExact: boolean;
  /** Records with a later one of the same key. */
  supersededCount: number;
  nullKeyCount: number;
  /** Of aborted transactions. */
  abortedCount: number;
  tombstonesKeptCount: number;
  tombstonesDroppedCount: number;
  controlRecordsCount: number;
  emptyBatchesKeptCount: number;
}

export function noCounts(): CleaningCounts {
  return {
    recordsBefore: 0,
    recordsAfter: 0,
    bytesBefore: 0,
    bytesAfter: 0,
    isExact: true,
    supersededCount: 0,
    nullKeyCount: 0,
    abortedCount: 0,
    tombstonesKeptCount: 0,
    tombstonesDroppedCount: 0,
    controlRecordsCount: 0,
    emptyBatchesKeptCount: 0,
  };
}

export interface CleanedBatch {
  readonly sizeInBytes: Bytes;
  /** null where only the size was asked for. A batch that is copied stands in the bytes it was given in. */
  readonly bytes: Uint8Array | null;
  /** Of an abort marker that stays: its entry in the transaction index. */
  readonly aborted: AbortedTransaction | null;
  /** When its tombstones or its marker may go; null where there are none. */
  readonly deleteHorizonMs: TimestampMs | null;
}

interface Verdict {
  readonly dropsRecords: boolean;
  readonly isDiscardableMarker: boolean;
  readonly staysEmpty: boolean;
  readonly aborted: AbortedTransaction | null;
}

export class BatchCleaner {
  readonly #terms: CleaningTerms;
  readonly #records: BatchRecords;
  readonly #kept = new KeptRecords();
  #recordNumber = 0;
  #hasTombstone = false;

  /** @param records Hold those of the batch that was cleaned last, for whoever looks at them as well. */
  constructor(terms: CleaningTerms, records: BatchRecords = new BatchRecords()) {
    this.#terms = terms;
    this.#records = records;
  }

  /**
   * @param batch Exactly its bytes. The CRC may be checked afterwards: what is made of a damaged one must not count.
   * @param retainsLegacyTombstones Whether those that go by the time of this segment's file are still held: of old
   * message formats, and all of them by the rules of old versions.
   * @returns null where nothing stays of it
   * @throws AppError CORRUPT where its records cannot be read
   */
  clean(
    header: RecordBatchHeader,
    batch: Uint8Array,
    counts: CleaningCounts,
    retainsLegacyTombstones: boolean,
  ): CleanedBatch | null {
    const cleaned =
      header.magic < CURRENT_MAGIC
        ? this.#cleanLegacy(header, batch, counts, retainsLegacyTombstones)
        : this.#cleanCurrent(header, batch, counts, retainsLegacyTombstones);
    counts.bytesBefore += header.sizeInBytes;
    counts.bytesAfter += cleaned?.sizeInBytes ?? 0;
    return cleaned;
  }

  #cleanCurrent(
    header: RecordBatchHeader,
    batch: Uint8Array,
    counts: CleaningCounts,
    segmentHoldsTombstones: boolean,
  ): CleanedBatch | null {
    const isControl = (header.attributes & CONTROL_BIT) !== 0;
    counts.recordsBefore += header.recordsCount;
    if (isControl) counts.controlRecordsCount += header.recordsCount;
    const verdict = isControl
      ? this.#judgeControl(header, batch, segmentHoldsTombstones)
      : this.#judgeData(header);
    if (verdict.dropsRecords) {
      if (!isControl) counts.abortedCount += header.recordsCount;
      this.#recordNumber += isControl ? 0 : header.recordsCount;
      return this.#emptied(header, verdict, counts);
    }
    const payload = this.#records.open(header, batch);
    const horizon = horizonOf(header);
    const { nowMs, rules } = this.#terms;
    const hasHorizons = rules.tombstonesGoBy === 'batch-horizon';
    this.#filter(payload, {
      isControl,
      tombstonesStay: hasHorizons ? horizon === null || nowMs < horizon : segmentHoldsTombstones,
      counts,
    });
    const kept = this.#kept;
    counts.recordsAfter += kept.count;
    if (kept.count === 0) return this.#emptied(header, verdict, counts);
    const needsHorizon =
      hasHorizons && horizon === null && (this.#hasTombstone || verdict.isDiscardableMarker);
    const deleteHorizonMs = needsHorizon ? nowMs + this.#terms.deleteRetentionMs : horizon;
    const { aborted } = verdict;
    // Timestamps are stored as distances from the horizon, which is the moment of the run.
    if (needsHorizon) counts.isExact = false;
    if (kept.count === header.recordsCount && !needsHorizon)
      return { sizeInBytes: header.sizeInBytes, bytes: batch, aborted, deleteHorizonMs };
    // Named one by one: a spread here takes microseconds a batch.
    const { sizeInBytes, bytes } = this.#rebuilt(payload, { deleteHorizonMs }, counts);
    return { sizeInBytes, bytes, aborted, deleteHorizonMs };
  }

  /** As if every record stood in a batch of its own without a producer; since Kafka 4.0 it becomes magic 2, with a horizon. */
  #cleanLegacy(
    wrapper: RecordBatchHeader,
    bytes: Uint8Array,
    counts: CleaningCounts,
    tombstonesStay: boolean,
  ): CleanedBatch | null {
    const payload = this.#records.open(wrapper, bytes);
    this.#terms.transactions.onDataBatch(payload.header);
    counts.recordsBefore += payload.header.recordsCount;
    this.#filter(payload, { isControl: false, tombstonesStay, counts });
    const kept = this.#kept;
    counts.recordsAfter += kept.count;
    if (kept.count === 0) return null;
    const none = { aborted: null, deleteHorizonMs: null };
    const { rules, nowMs, deleteRetentionMs } = this.#terms;
    const isRewritten = rules.oldFormats === 'rewritten';
    if (kept.count === payload.header.recordsCount && !isRewritten)
      return { sizeInBytes: wrapper.sizeInBytes, bytes, ...none };
    const deleteHorizonMs = isRewritten && this.#hasTombstone ? nowMs + deleteRetentionMs : null;
    if (deleteHorizonMs !== null) counts.isExact = false;
    const { first, last } = kept.offsetRange(payload.header.baseOffset);
    const rebased = { ...payload, header: { ...payload.header, baseOffset: first, lastOffset: last } };
    kept.moveDeltas(first - payload.header.baseOffset);
    if (!isRewritten) return { ...this.#rebuiltMessage(rebased, counts), ...none };
    const rebuilt = this.#rebuilt(rebased, { deleteHorizonMs }, counts);
    return { ...rebuilt, aborted: null, deleteHorizonMs };
  }

  /** Of a compressed wrapper: others are whole or gone. */
  #rebuiltMessage(
    { header, bytes: payload }: Payload,
    counts: CleaningCounts,
  ): { sizeInBytes: Bytes; bytes: Uint8Array | null } {
    counts.isExact = false;
    if (this.#terms.needsBytes) {
      const bytes = rebuildMessage(header, this.#kept, payload);
      return { sizeInBytes: bytes.length, bytes };
    }
    const before = { payload, recordsBefore: header.recordsCount };
    return { sizeInBytes: estimateMessageSize(header, this.#kept, before), bytes: null };
  }

  #rebuilt(
    { header, bytes: payload, from }: Payload,
    fields: RebuiltFields,
    counts: CleaningCounts,
  ): { sizeInBytes: Bytes; bytes: Uint8Array | null } {
    const isCompressed = (header.attributes & CODEC_MASK) !== 0;
    // Kafka's codecs are other builds than ours, so that a compressed size is never certain.
    if (isCompressed) counts.isExact = false;
    if (this.#terms.needsBytes) {
      const bytes = rebuildBatch(header, this.#kept, payload, fields);
      return { sizeInBytes: bytes.length, bytes };
    }
    const size = estimateRebuiltSize(header, this.#kept, payload.length - from, fields);
    return { sizeInBytes: size, bytes: null };
  }

  #emptied(header: RecordBatchHeader, verdict: Verdict, counts: CleaningCounts): CleanedBatch | null {
    if (!verdict.staysEmpty) return null;
    counts.emptyBatchesKeptCount++;
    const { aborted } = verdict;
    return {
      sizeInBytes: RECORD_BATCH_HEADER_SIZE,
      bytes: emptyBatch(header),
      aborted,
      deleteHorizonMs: null,
    };
  }

  /** Leaves the records that stay in `#kept`. */
  #filter({ header }: Payload, how: FilterTerms): void {
    const { isControl, counts } = how;
    const records = this.#records.columns;
    const isLogAppendTime = (header.attributes & TIMESTAMP_TYPE_BIT) !== 0;
    const kept = this.#kept;
    kept.clear();
    this.#hasTombstone = false;
    let seenCount = 0;
    while (this.#records.next() > 0) {
      seenCount += records.count;
      if (!isControl) this.#lookAhead(header.baseOffset);
      for (let index = 0; index < records.count; index++) {
        const offset = header.baseOffset + records.offsetDelta[index]!;
        if (!isControl && !this.#retains(index, offset, how)) continue;
        if (records.hasValue[index] === 0) {
          this.#hasTombstone = true;
          counts.tombstonesKeptCount++;
        }
        const timestampMs = isLogAppendTime
          ? header.maxTimestampMs
          : header.baseTimestampMs + records.timestampDelta[index]!;
        kept.push(records, index, timestampMs);
      }
    }
    if (this.#records.hasFailed || seenCount !== header.recordsCount)
      throw corrupt(header, `record ${seenCount} cannot be read`);
  }

  /** Of all records at once, where one of them may be looked up. */
  #lookAhead(baseOffset: Offset): void {
    const { map, marks, observer } = this.#terms;
    if (observer !== null || !marks.knows(baseOffset)) map.lookAhead(this.#records.columns);
  }

  /** @param index In the columns. */
  #retains(index: number, offset: Offset, { tombstonesStay, counts }: FilterTerms): boolean {
    const { map, marks, earlierRounds, observer } = this.#terms;
    const records = this.#records.columns;
    const number = this.#recordNumber++;
    if (offset > map.latestOffset) return true;
    if (records.keyFrom[index]! < 0) {
      counts.nullKeyCount++;
      observer?.nullKey(offset);
      return false;
    }
    // The observer wants to know the slot.
    const latestOffset = observer === null && marks.knows(offset) ? null : map.get(index);
    const isSuperseded =
      earlierRounds.has(number) || (latestOffset === null ? marks.has(offset) : offset < latestOffset);
    observer?.record(records, index, offset, isSuperseded);
    if (isSuperseded) {
      counts.supersededCount++;
      return false;
    }
    if (records.hasValue[index] !== 0 || tombstonesStay) return true;
    counts.tombstonesDroppedCount++;
    return false;
  }

  #judgeData(header: RecordBatchHeader): Verdict {
    const dropsRecords = this.#terms.transactions.onDataBatch(header);
    const staysEmpty = this.#staysEmpty(header, false);
    return { dropsRecords, isDiscardableMarker: false, staysEmpty, aborted: null };
  }

  #judgeControl(header: RecordBatchHeader, batch: Uint8Array, segmentHoldsMarkers: boolean): Verdict {
    const { transactions, nowMs, rules } = this.#terms;
    const type = markerTypeOf(header, batch);
    const { isDiscardable, aborted } = transactions.onControlBatch(header, type);
    const horizon = horizonOf(header);
    const isOver =
      rules.tombstonesGoBy === 'batch-horizon' ? horizon !== null && horizon <= nowMs : !segmentHoldsMarkers;
    return {
      dropsRecords: isDiscardable && isOver,
      isDiscardableMarker: isDiscardable,
      staysEmpty: this.#staysEmpty(header, true),
      aborted,
    };
  }

  #staysEmpty(header: RecordBatchHeader, isControl: boolean): boolean {
    const { producers, keptEndOffset } = this.#terms;
    if (header.lastOffset + 1 === keptEndOffset) return true;
    const last = header.producerId < 0 ? undefined : producers.get(header.producerId);
    if (last === undefined) return false;
    if (last.lastDataOffset !== null) return header.lastOffset === last.lastDataOffset;
    return isControl && header.producerEpoch === last.producerEpoch;
  }
}

interface FilterTerms {
  readonly isControl: boolean;
  readonly tombstonesStay: boolean;
  readonly counts: CleaningCounts;
}

function horizonOf({ attributes, baseTimestampMs }: RecordBatchHeader): TimestampMs | null {
  return (attributes & DELETE_HORIZON_BIT) === 0 ? null : baseTimestampMs;
}
