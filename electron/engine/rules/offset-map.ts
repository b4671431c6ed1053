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
const SLOT_WORDS = 6;
const SLOT_DOUBLES = 3;
/** In doubles, behind the hash. */
const OFFSET_AT = 2;
const NOT_FOUND = -1;

/** Keys that fit a map of this memory: slots by the load factor. */
export function offsetMapCapacity(memoryBytes: Bytes): number {
  return Math.max(1, Math.floor(slotsIn(memoryBytes) * LOAD_FACTOR_MAX));
}

function slotsIn(memoryBytes: Bytes): number {
  return Math.max(2, Math.floor(memoryBytes / OFFSET_MAP_SLOT_BYTES));
}

export class OffsetMap {
  /** Keys that fit. */
  readonly capacity: number;
  size = 0;
  /** Inclusive; -1 before anything was read. */
  latestOffset: Offset = -1;
  /** Where `get` found the last key; -1 where it was not put. */
  foundSlot = NOT_FOUND;
  readonly slotCount: number;
  /** The slots, one behind the other, so that a look-up touches one place in memory: of each, four words of hash ... */
  readonly #words: Int32Array;
  /** ... and, over the same memory, the offset plus one, so that zero is an empty slot. */
  readonly #doubles: Float64Array;
  readonly #hash: KeyHash;
  readonly #lanes: HashLanes = new Int32Array(LANES);

  /** @param memoryBytes log.cleaner.dedupe.buffer.size of one cleaner thread */
  constructor(memoryBytes: Bytes, hash: KeyHash = hashKey) {
    this.slotCount = slotsIn(memoryBytes);
    this.capacity = offsetMapCapacity(memoryBytes);
    this.#doubles = new Float64Array(this.slotCount * SLOT_DOUBLES);
    this.#words = new Int32Array(this.#doubles.buffer);
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
    const offsetAt = slot * SLOT_DOUBLES + OFFSET_AT;
    const before = this.#doubles[offsetAt]! - 1;
    if (before === NOT_FOUND) {
      this.size++;
      const words = this.#words;
      const at = slot * SLOT_WORDS;
      for (let lane = 0; lane < LANES; lane++) words[at + lane] = this.#lanes[lane]!;
    }
    this.#doubles[offsetAt] = value + 1;
    return before;
  }

  /** -1 where the key was not put. */
  get(bytes: Uint8Array, from: number, to: number): Offset {
    const slot = this.#slotOf(bytes, from, to);
    const offset = this.offsetIn(slot);
    this.foundSlot = offset === NOT_FOUND ? NOT_FOUND : slot;
    return offset;
  }

  /** @param slot From 0 to `slotCount`. @returns -1 where it is empty */
  offsetIn(slot: number): Offset {
    return this.#doubles[slot * SLOT_DOUBLES + OFFSET_AT]! - 1;
  }

  /** One of the values that the test holds for; null where there is none. */
  find(test: (value: number) => boolean): number | null {
    for (let slot = 0; slot < this.slotCount; slot++) {
      const stored = this.#doubles[slot * SLOT_DOUBLES + OFFSET_AT]!;
      if (stored !== 0 && test(stored - 1)) return stored - 1;
    }
    return null;
  }

  clear(): void {
    // A new map is empty: to fill its memory would hold up everybody for as long.
    if (this.size > 0) this.#doubles.fill(0);
    this.size = 0;
    this.latestOffset = -1;
  }

  /** The slot with this key, or the empty one where it belongs. Ends, since a tenth of the slots stays empty. */
  #slotOf(bytes: Uint8Array, from: number, to: number): number {
    const lanes = this.#lanes;
    this.#hash(bytes, from, to, lanes);
    const words = this.#words;
    const doubles = this.#doubles;
    const [h0, h1, h2, h3] = [lanes[0]!, lanes[1]!, lanes[2]!, lanes[3]!];
    let slot = (h0 >>> 0) % this.slotCount;
    while (doubles[slot * SLOT_DOUBLES + OFFSET_AT] !== 0) {
      const at = slot * SLOT_WORDS;
      if (words[at] === h0 && words[at + 1] === h1 && words[at + 2] === h2 && words[at + 3] === h3) break;
      if (++slot === this.slotCount) slot = 0;
    }
    return slot;
  }
}
