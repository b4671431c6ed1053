/**
 * What the filter pass of an analysis sees beyond its counts: which segment's records are superseded from which later
 * segment, which keys have the most of them, where tombstones stay and for how long, which records have no key.
 *
 * In bounded memory: 20 bytes a slot of the offset map, a matrix of at most MATRIX_SIDE_MAX blocks a side, lists with an
 * end. Where the keys take several rounds, each round tells of the records that it finds superseded first: the next of their key is
 * then in the part of the log that the map holds.
 */
import type { Bytes, Offset, TimestampMs } from '../../../shared/units';
import type { RecordBatchHeader } from '../format/record-batch';
import type { RecordColumns } from '../format/record-columns';
import type { CleanedBatch } from './clean-batch';
import type { OffsetMap } from './offset-map';
import { TopKeys, type WorstKey, WorstKeys } from './top-keys';

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
  readonly matrix: SupersessionMatrix;
  /** By bytes superseded, the most first. */
  readonly worstKeys: readonly WorstKey[];
  readonly tombstoneBatches: readonly TombstoneBatch[];
  readonly tombstoneBatchCount: number;
  /** Offsets of the first records without a key. */
  readonly nullKeyOffsets: readonly Offset[];
}

/** Sees what the cleaner does with each record, round by round; the last round is the pass over the whole log. */
export interface CleaningObserver {
  /** The map holds the keys from this offset on, as far as it has read. */
  startRound(map: OffsetMap, fromOffset: Offset): void;
  startSegment(): void;
  /** A record with a key, which `map` has just looked up, up to the map's latest offset. */
  record(records: RecordColumns, index: number, offset: Offset, isSuperseded: boolean): void;
  /** The map goes on to the next keys. Not called for the last round. */
  endRound(): void;
  nullKey(offset: Offset): void;
  batch(header: RecordBatchHeader, cleaned: CleanedBatch, tombstoneCount: number): void;
}

export class Supersessions implements CleaningObserver {
  readonly #baseOffsets: readonly Offset[];
  readonly #segmentsPerBlock: number;
  readonly #side: number;
  readonly #counts: Float64Array<ArrayBuffer>;
  readonly #bytes: Float64Array<ArrayBuffer>;
  /** By segment: records with a later one of their key in the same segment. */
  readonly #repeats: Float64Array;
  readonly #tombstoneBatches: TombstoneBatch[] = [];
  #tombstoneBatchCount = 0;
  readonly #nullKeyOffsets: Offset[] = [];
  #map: OffsetMap | null = null;
  #words = new Uint32Array(0);
  #keyBytes = new Float64Array(0);
  #fromOffset: Offset = 0;
  #topKeys = new TopKeys();
  readonly #worstKeys = new WorstKeys();
  #segment = -1;

  /** @param baseOffsets Of the segments that are cleaned, ascending. */
  constructor(baseOffsets: readonly Offset[]) {
    this.#baseOffsets = baseOffsets;
    this.#segmentsPerBlock = Math.max(1, Math.ceil(baseOffsets.length / MATRIX_SIDE_MAX));
    this.#side = Math.ceil(baseOffsets.length / this.#segmentsPerBlock);
    this.#counts = new Float64Array(this.#side ** 2);
    this.#bytes = new Float64Array(this.#side ** 2);
    this.#repeats = new Float64Array(baseOffsets.length);
  }

  /** Records that the same segment, by its number, holds a later one of their key for. */
  repeatCount(segment: number): number {
    return this.#repeats[segment] ?? 0;
  }

  startRound(map: OffsetMap, fromOffset: Offset): void {
    const isFirst = this.#map === null;
    this.#map = map;
    this.#fromOffset = fromOffset;
    this.#segment = -1;
    this.#words = isFirst ? new Uint32Array(map.slotCount * WORDS) : this.#words.fill(0);
    this.#keyBytes = isFirst ? new Float64Array(map.slotCount) : this.#keyBytes.fill(0);
    this.#topKeys = new TopKeys();
  }

  startSegment(): void {
    this.#segment++;
  }

  /** The record before of the same key, if there is one, is superseded by this one: the first that is in the map. */
  record(records: RecordColumns, index: number, offset: Offset, isSuperseded: boolean): void {
    const slot = this.#map!.foundSlot;
    // A key that is not in the map keeps its record, as far as this round goes.
    if (slot < 0) return;
    const words = this.#words;
    const at = slot * WORDS;
    const sizeInBytes = records.end[index]! - records.start[index]!;
    const before = words[at]!;
    if (before > 0 && offset >= this.#fromOffset) this.#note(before - 1, words[at + SIZE_AT]!);
    words[at] = this.#segment + 1;
    words[at + SIZE_AT] = sizeInBytes;
    if (!isSuperseded) return;
    const count = words[at + COUNT_AT]! + 1;
    const bytes = this.#keyBytes[slot]! + sizeInBytes;
    words[at + COUNT_AT] = count;
    this.#keyBytes[slot] = bytes;
    this.#topKeys.offer(slot, { bytes, count }, records, index);
  }

  endRound(): void {
    this.#worstKeys.add(this.#topKeys, this.#map!);
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

  /** After the last round. */
  findings(): SupersessionFindings {
    if (this.#map !== null) this.endRound();
    return {
      matrix: {
        segmentsPerBlock: this.#segmentsPerBlock,
        baseOffsets: this.#baseOffsets.filter((_base, index) => index % this.#segmentsPerBlock === 0),
        counts: this.#counts,
        bytes: this.#bytes,
      },
      worstKeys: this.#worstKeys.list,
      tombstoneBatches: this.#tombstoneBatches,
      tombstoneBatchCount: this.#tombstoneBatchCount,
      nullKeyOffsets: this.#nullKeyOffsets,
    };
  }

  #note(segment: number, sizeInBytes: Bytes): void {
    if (segment === this.#segment) this.#repeats[segment] = this.#repeats[segment]! + 1;
    const row = Math.floor(segment / this.#segmentsPerBlock);
    const cell = row * this.#side + Math.floor(this.#segment / this.#segmentsPerBlock);
    this.#counts[cell] = this.#counts[cell]! + 1;
    this.#bytes[cell] = this.#bytes[cell]! + sizeInBytes;
  }
}
