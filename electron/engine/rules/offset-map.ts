/**
 * The latest offset of each key, by the key's hash: 24 bytes a slot, fixed size, open addressing
 * (SkimpyOffsetMap). Keeps no key, so that memory does not depend on their length.
 *
 * `latestOffset` is how far the log was read into it. When `isFull`, the caller stops and cleans in rounds.
 */
import type { Bytes, Offset } from '../../../shared/units';
import { type HashLanes, hashKey, type KeyHash } from './key-hash';

/** 16 of hash, 8 of offset. */
export const OFFSET_MAP_SLOT_BYTES = 24;
/** log.cleaner.io.buffer.load.factor */
const LOAD_FACTOR_MAX = 0.9;
const LANES = 4;
const NOT_FOUND = -1;

export class OffsetMap {
  /** Keys that fit: slots by the load factor. */
  readonly capacity: number;
  size = 0;
  /** Inclusive; -1 before anything was read. */
  latestOffset: Offset = -1;
  readonly #slotCount: number;
  readonly #hashes: Int32Array;
  /** Offset plus one, so that zero is an empty slot. */
  readonly #offsets: Float64Array;
  readonly #hash: KeyHash;
  readonly #lanes: HashLanes = new Int32Array(LANES);

  /** @param memoryBytes log.cleaner.dedupe.buffer.size of one cleaner thread */
  constructor(memoryBytes: Bytes, hash: KeyHash = hashKey) {
    this.#slotCount = Math.max(2, Math.floor(memoryBytes / OFFSET_MAP_SLOT_BYTES));
    this.capacity = Math.max(1, Math.floor(this.#slotCount * LOAD_FACTOR_MAX));
    this.#hashes = new Int32Array(this.#slotCount * LANES);
    this.#offsets = new Float64Array(this.#slotCount);
    this.#hash = hash;
  }

  get isFull(): boolean {
    return this.size >= this.capacity;
  }

  /** Sets the key's offset; the caller puts in ascending order and has asked `isFull`. @param to Exclusive. */
  put(bytes: Uint8Array, from: number, to: number, offset: Offset): void {
    this.exchange(bytes, from, to, offset);
    this.latestOffset = offset;
  }

  /** As `put`, with any safe integer from 0 for the offset. @returns what was there before; -1 for nothing */
  exchange(bytes: Uint8Array, from: number, to: number, value: number): number {
    const slot = this.#slotOf(bytes, from, to);
    const before = this.#offsets[slot]! - 1;
    if (before === NOT_FOUND) {
      this.size++;
      this.#hashes.set(this.#lanes, slot * LANES);
    }
    this.#offsets[slot] = value + 1;
    return before;
  }

  /** -1 where the key was not put. */
  get(bytes: Uint8Array, from: number, to: number): Offset {
    const stored = this.#offsets[this.#slotOf(bytes, from, to)]!;
    return stored === 0 ? NOT_FOUND : stored - 1;
  }

  clear(): void {
    this.#offsets.fill(0);
    this.size = 0;
    this.latestOffset = -1;
  }

  /** The slot with this key, or the empty one where it belongs. Ends, since a tenth of the slots stays empty. */
  #slotOf(bytes: Uint8Array, from: number, to: number): number {
    const lanes = this.#lanes;
    this.#hash(bytes, from, to, lanes);
    const hashes = this.#hashes;
    const offsets = this.#offsets;
    const [h0, h1, h2, h3] = [lanes[0]!, lanes[1]!, lanes[2]!, lanes[3]!];
    let slot = (h0 >>> 0) % this.#slotCount;
    while (offsets[slot] !== 0) {
      const at = slot * LANES;
      if (hashes[at] === h0 && hashes[at + 1] === h1 && hashes[at + 2] === h2 && hashes[at + 3] === h3) break;
      if (++slot === this.#slotCount) slot = 0;
    }
    return slot;
  }
}
