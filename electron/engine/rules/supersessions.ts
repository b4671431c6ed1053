/**
 * What the filter pass of an analysis sees beyond its counts: which segment's records are superseded from which later
 * segment, which keys have the most of them, where tombstones stay and for how long, which records have no key.
 *
 * In bounded memory: 20 bytes a slot of the offset map, a matrix of at most MATRIX_SIDE_MAX blocks a side, lists with an
 * end. Only where the keys fit the map at once: with several rounds there is no chain from a record to the next.
 */
import type { Bytes, Offset, TimestampMs } from '../../../shared/units';
import type { RecordBatchHeader } from '../format/record-batch';
import type { RecordCursor } from '../format/record-cursor';
import type { CleanedBatch } from './clean-batch';
import type { OffsetMap } from './offset-map';
import { TopKeys, type WorstKey } from './top-keys';

export const MATRIX_SIDE_MAX = 256;
const TOMBSTONE_BATCHES_MAX = 2_000;
const NULL_KEYS_MAX = 20;
/** Of the words of a slot: index of the segment plus one, size of the record, records superseded. */
const WORDS = 3;
const SIZE_AT = 1;
const COUNT_AT = 2;

export interface SupersessionMatrix {
  /** How many neighbouring segments share a row and a column. */
  readonly segmentsPerBlock: number;
  /** Base offset of the first segment of each block, ascending. */
  readonly baseOffsets: readonly Offset[];
  /** Row by row: records of the row's block of which the next of their key is in the column's block. */
  readonly counts: Float64Array<ArrayBuffer>;
  /** Their bytes, uncompressed. */
  readonly bytes: Float64Array<ArrayBuffer>;
}

export interface TombstoneBatch {
  readonly segmentBaseOffset: Offset;
  readonly baseOffset: Offset;
  readonly lastOffset: Offset;
  readonly tombstoneCount: number;
  /** Of a transaction: it goes by the same horizon. */
  readonly isMarker: boolean;
  /** From when on its tombstones may go; null for those of old formats, which go by their segment's modification time. */
  readonly deleteHorizonMs: TimestampMs | null;
}

export interface SupersessionFindings {
  /** null where the keys took several rounds. */
  readonly matrix: SupersessionMatrix | null;
  /** By bytes superseded, the most first; null where the keys took several rounds. */
  readonly worstKeys: readonly WorstKey[] | null;
  readonly tombstoneBatches: readonly TombstoneBatch[];
  readonly tombstoneBatchCount: number;
  /** Offsets of the first records without a key. */
  readonly nullKeyOffsets: readonly Offset[];
}

/** Sees what the cleaner does with each record. */
export interface CleaningObserver {
  /** The map is whole; not called where it took several rounds. */
  start(map: OffsetMap): void;
  startSegment(): void;
  /** `map` has just looked the record's key up. */
  record(cursor: RecordCursor, offset: Offset, isSuperseded: boolean): void;
  nullKey(offset: Offset): void;
  batch(header: RecordBatchHeader, cleaned: CleanedBatch, tombstoneCount: number): void;
}

export class Supersessions implements CleaningObserver {
  readonly #baseOffsets: readonly Offset[];
  readonly #firstDirtyOffset: Offset;
  readonly #segmentsPerBlock: number;
  readonly #side: number;
  readonly #counts: Float64Array<ArrayBuffer>;
  readonly #bytes: Float64Array<ArrayBuffer>;
  readonly #tombstoneBatches: TombstoneBatch[] = [];
  #tombstoneBatchCount = 0;
  readonly #nullKeyOffsets: Offset[] = [];
  #map: OffsetMap | null = null;
  #words = new Uint32Array(0);
  #keyBytes = new Float64Array(0);
  readonly #topKeys = new TopKeys();
  #segment = -1;

  /** @param baseOffsets Of the segments that are cleaned, ascending. */
  constructor(baseOffsets: readonly Offset[], firstDirtyOffset: Offset) {
    this.#baseOffsets = baseOffsets;
    this.#firstDirtyOffset = firstDirtyOffset;
    this.#segmentsPerBlock = Math.max(1, Math.ceil(baseOffsets.length / MATRIX_SIDE_MAX));
    this.#side = Math.ceil(baseOffsets.length / this.#segmentsPerBlock);
    this.#counts = new Float64Array(this.#side ** 2);
    this.#bytes = new Float64Array(this.#side ** 2);
  }

  start(map: OffsetMap): void {
    this.#map = map;
    this.#words = new Uint32Array(map.slotCount * WORDS);
    this.#keyBytes = new Float64Array(map.slotCount);
  }

  startSegment(): void {
    this.#segment++;
  }

  /** The record before of the same key, if there is one, is superseded by this one: the first that is dirty. */
  record(cursor: RecordCursor, offset: Offset, isSuperseded: boolean): void {
    if (this.#map === null) return;
    const slot = this.#map.foundSlot;
    // A key that is not dirty at all keeps its record.
    if (slot < 0) return;
    const words = this.#words;
    const at = slot * WORDS;
    const before = words[at]!;
    if (before > 0 && offset >= this.#firstDirtyOffset) this.#note(before - 1, words[at + SIZE_AT]!);
    const sizeInBytes = cursor.end - cursor.start;
    words[at] = this.#segment + 1;
    words[at + SIZE_AT] = sizeInBytes;
    if (!isSuperseded) return;
    const count = words[at + COUNT_AT]! + 1;
    const bytes = this.#keyBytes[slot]! + sizeInBytes;
    words[at + COUNT_AT] = count;
    this.#keyBytes[slot] = bytes;
    this.#topKeys.offer(slot, { bytes, count }, cursor);
  }

  nullKey(offset: Offset): void {
    if (this.#nullKeyOffsets.length < NULL_KEYS_MAX) this.#nullKeyOffsets.push(offset);
  }

  batch(header: RecordBatchHeader, { deleteHorizonMs }: CleanedBatch, tombstoneCount: number): void {
    if (deleteHorizonMs === null && tombstoneCount === 0) return;
    this.#tombstoneBatchCount++;
    if (this.#tombstoneBatches.length >= TOMBSTONE_BATCHES_MAX) return;
    this.#tombstoneBatches.push({
      segmentBaseOffset: this.#baseOffsets[this.#segment]!,
      baseOffset: header.baseOffset,
      lastOffset: header.lastOffset,
      tombstoneCount,
      isMarker: tombstoneCount === 0,
      deleteHorizonMs,
    });
  }

  findings(): SupersessionFindings {
    const map = this.#map;
    const blocks = this.#baseOffsets.filter((_base, index) => index % this.#segmentsPerBlock === 0);
    return {
      matrix:
        map === null
          ? null
          : {
              segmentsPerBlock: this.#segmentsPerBlock,
              baseOffsets: blocks,
              counts: this.#counts,
              bytes: this.#bytes,
            },
      worstKeys: map === null ? null : this.#topKeys.worst((slot) => map.offsetIn(slot)),
      tombstoneBatches: this.#tombstoneBatches,
      tombstoneBatchCount: this.#tombstoneBatchCount,
      nullKeyOffsets: this.#nullKeyOffsets,
    };
  }

  #note(segment: number, sizeInBytes: Bytes): void {
    const row = Math.floor(segment / this.#segmentsPerBlock);
    const cell = row * this.#side + Math.floor(this.#segment / this.#segmentsPerBlock);
    this.#counts[cell] = this.#counts[cell]! + 1;
    this.#bytes[cell] = this.#bytes[cell]! + sizeInBytes;
  }
}
