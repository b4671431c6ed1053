/**
 * The latest offset of each key, by the key's hash: 24 bytes a slot, fixed size, open addressing
 * (SkimpyOffsetMap). Keeps no key, so that memory does not depend on their length.
 *
 * `latestOffset` is how far the log was read into it. When `isFull`, the caller stops and cleans in rounds.
 */
import type { Bytes, Offset } from '../../../shared/units';
import { RECORDS_AT_ONCE, type RecordColumns } from '../format/record-columns';
import { type HashLanes, hashKey, type KeyHash } from './key-hash';

/** 16 of hash, 8 of offset. */
export const OFFSET_MAP_SLOT_BYTES = 24;
/** log.cleaner.io.buffer.load.factor, by default. */
const LOAD_FACTOR_MAX = 0.9;
const LANES = 4;
const SLOT_WORDS = 6;
const SLOT_DOUBLES = 3;
/** Of the hash; the first word chooses the slot. */
const SPARE_WORD = 3;
/** In doubles, behind the hash. */
const OFFSET_AT = 2;
const NOT_FOUND = -1;
const HASH_WORD_VALUES = 2 ** 32;

/** Keys that fit a map of this memory: slots by the load factor. */
export function offsetMapCapacity(memoryBytes: Bytes): number {
  return Math.max(1, Math.floor(slotsIn(memoryBytes) * LOAD_FACTOR_MAX));
}

/** Memory of a map that is full with so many keys: more than Kafka's where a broker loads its own fuller than nine tenths. */
export function offsetMapBytes(capacity: number): Bytes {
  return Math.ceil(capacity / LOAD_FACTOR_MAX) * OFFSET_MAP_SLOT_BYTES;
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
  /** Hashes of the keys that are looked up next, by the index of their record. */
  readonly #ahead: HashLanes = new Int32Array(LANES * RECORDS_AT_ONCE);
  /** Where each of them is looked for first. */
  readonly #firstSlots = new Int32Array(RECORDS_AT_ONCE);
  /** From a hash word to a slot: a product, since a remainder of numbers beyond 2^31 is a call into the C library. */
  readonly #slotsPerHash: number;
  /** Sum of what `lookAhead` has fetched: it would not be fetched for nothing. */
  protected near = 0;

  /** @param memoryBytes log.cleaner.dedupe.buffer.size of one cleaner thread */
  constructor(memoryBytes: Bytes, hash: KeyHash = hashKey) {
    this.slotCount = slotsIn(memoryBytes);
    this.capacity = offsetMapCapacity(memoryBytes);
    this.#slotsPerHash = this.slotCount / HASH_WORD_VALUES;
    this.#doubles = new Float64Array(this.slotCount * SLOT_DOUBLES);
    this.#words = new Int32Array(this.#doubles.buffer);
    this.#hash = hash;
  }

  get isFull(): boolean {
    return this.size >= this.capacity;
  }

  /**
   * Hashes the keys of some records and fetches their slots side by side: one by one, each look-up waits for the memory,
   * which takes longer than all the rest. `get`, `put` and `exchange` are then asked by the index of a record.
   */
  lookAhead({ bytes, count, keyFrom, keyTo }: RecordColumns): void {
    const [lanes, hash, ahead] = [this.#lanes, this.#hash, this.#ahead];
    const [doubles, firstSlots, slotsPerHash] = [this.#doubles, this.#firstSlots, this.#slotsPerHash];
    for (let index = 0; index < count; index++) {
      if (keyFrom[index]! < 0) continue;
      hash(bytes, keyFrom[index]!, keyTo[index]!, lanes);
      const at = LANES * index;
      ahead[at] = lanes[0]!;
      ahead[at + 1] = lanes[1]!;
      ahead[at + 2] = lanes[2]!;
      ahead[at + 3] = lanes[3]!;
      firstSlots[index] = (lanes[0]! >>> 0) * slotsPerHash;
    }
    let near = 0;
    for (let index = 0; index < count; index++)
      near += doubles[firstSlots[index]! * SLOT_DOUBLES + OFFSET_AT]!;
    this.near = near;
  }

  /** Sets the key's offset; the caller puts in ascending order and has asked `isFull`. @returns as `exchange` */
  put(index: number, offset: Offset): Offset {
    this.latestOffset = offset;
    return this.exchange(index, offset);
  }

  /** As `put`, with any safe integer from 0 for the offset. @returns what was there before; -1 for nothing */
  exchange(index: number, value: number): number {
    const slot = this.#slotOf(index);
    const offsetAt = slot * SLOT_DOUBLES + OFFSET_AT;
    const before = this.#doubles[offsetAt]! - 1;
    if (before === NOT_FOUND) {
      this.size++;
      const at = slot * SLOT_WORDS;
      for (let lane = 0; lane < LANES; lane++) this.#words[at + lane] = this.#ahead[LANES * index + lane]!;
    }
    this.#doubles[offsetAt] = value + 1;
    return before;
  }

  /** -1 where the key was not put. */
  get(index: number): Offset {
    const slot = this.#slotOf(index);
    const offset = this.offsetIn(slot);
    this.foundSlot = offset === NOT_FOUND ? NOT_FOUND : slot;
    return offset;
  }

  /** @param slot From 0 to `slotCount`. @returns -1 where it is empty */
  offsetIn(slot: number): Offset {
    return this.#doubles[slot * SLOT_DOUBLES + OFFSET_AT]! - 1;
  }

  /** Tells the key in a slot from others, also those in another filling of the map. */
  hashIn(slot: number): string {
    return this.#words.subarray(slot * SLOT_WORDS, slot * SLOT_WORDS + LANES).join(' ');
  }

  /** One of the values that the test holds for; null where there is none. */
  find(test: (value: number) => boolean): number | null {
    for (let slot = 0; slot < this.slotCount; slot++) {
      const stored = this.#doubles[slot * SLOT_DOUBLES + OFFSET_AT]!;
      if (stored !== 0 && test(stored - 1)) return stored - 1;
    }
    return null;
  }

  /** Of a record that was looked ahead over: a word of its key's hash that its slot does not depend on, unsigned. */
  spareHashWord(index: number): number {
    return this.#ahead[LANES * index + SPARE_WORD]! >>> 0;
  }

  /** Forgets the keys that the test does not hold for. @param test Gets the key's `spareHashWord`, and its value */
  keep(test: (spareHashWord: number, value: number) => boolean): void {
    const words = this.#words;
    const kept = new Int32Array(this.size * SLOT_WORDS);
    let end = 0;
    for (let slot = 0; slot < this.slotCount; slot++) {
      const value = this.offsetIn(slot);
      const at = slot * SLOT_WORDS;
      if (value === NOT_FOUND || !test(words[at + SPARE_WORD]! >>> 0, value)) continue;
      kept.set(words.subarray(at, at + SLOT_WORDS), end);
      end += SLOT_WORDS;
    }
    this.#doubles.fill(0);
    this.size = end / SLOT_WORDS;
    for (let from = 0; from < end; from += SLOT_WORDS) {
      let slot = Math.floor((kept[from]! >>> 0) * this.#slotsPerHash);
      while (this.offsetIn(slot) !== NOT_FOUND) if (++slot === this.slotCount) slot = 0;
      words.set(kept.subarray(from, from + SLOT_WORDS), slot * SLOT_WORDS);
    }
  }

  clear(): void {
    // A new map is empty: to fill its memory would hold up everybody for as long.
    if (this.size > 0) this.#doubles.fill(0);
    this.size = 0;
    this.latestOffset = -1;
  }

  /** The slot with this key, or the empty one where it belongs. Ends, since a tenth of the slots stays empty. */
  #slotOf(index: number): number {
    const [words, doubles, ahead] = [this.#words, this.#doubles, this.#ahead];
    const hashAt = LANES * index;
    const [h0, h1, h2, h3] = [ahead[hashAt]!, ahead[hashAt + 1]!, ahead[hashAt + 2]!, ahead[hashAt + 3]!];
    let slot = this.#firstSlots[index]!;
    while (doubles[slot * SLOT_DOUBLES + OFFSET_AT] !== 0) {
      const at = slot * SLOT_WORDS;
      if (words[at] === h0 && words[at + 1] === h1 && words[at + 2] === h2 && words[at + 3] === h3) break;
      if (++slot === this.slotCount) slot = 0;
    }
    return slot;
  }
}
