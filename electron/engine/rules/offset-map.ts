/**
 * The latest offset of each key, by the key's hash: 24 bytes a slot, fixed size, open addressing
 * (SkimpyOffsetMap). Keeps no key, so that memory does not depend on their length.
 *
 * `latestOffset` is how far the log was read into it. When `isFull`, the caller stops and cleans in rounds.
 */
import type { Bytes, Offset } from '../../../shared/units';
import type { RecordCursor } from '../format/record-cursor';
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
/** Records whose keys are hashed ahead of their look-ups. */
const AHEAD_MAX = 4096;
/** For a look-up of a key that was not. */
export const NOT_AHEAD = AHEAD_MAX;

/** A key within the bytes of its batch; `keyTo` is exclusive. */
export type KeyPlace = Pick<RecordCursor, 'bytes' | 'keyFrom' | 'keyTo'>;

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
  /** Hashes of the keys ahead, lane by lane. */
  #ahead: HashLanes = new Int32Array(0);
  #aheadCount = 0;
  /** Sum of what `lookAhead` has fetched: it would not be fetched for nothing. */
  protected near = 0;

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

  /**
   * Hashes the keys of the next records and fetches their slots side by side: one by one, each look-up waits for the
   * memory, which takes longer than all the rest. The look-ups then say the record's index behind where the cursor was.
   */
  lookAhead(cursor: RecordCursor): void {
    const [lanes, hash] = [this.#lanes, this.#hash];
    let ahead = this.#ahead;
    let count = 0;
    while (count < AHEAD_MAX && cursor.next()) {
      if (cursor.keyFrom >= 0) hash(cursor.bytes, cursor.keyFrom, cursor.keyTo, lanes);
      const at = LANES * count++;
      if (at === ahead.length) ahead = this.#moreAhead();
      for (let lane = 0; lane < LANES; lane++) ahead[at + lane] = lanes[lane]!;
    }
    this.#aheadCount = count;
    let near = 0;
    for (let index = 0; index < count; index++)
      near += this.#doubles[((ahead[LANES * index]! >>> 0) % this.slotCount) * SLOT_DOUBLES + OFFSET_AT]!;
    this.near = near;
  }

  #moreAhead(): HashLanes {
    const larger = new Int32Array(Math.max(LANES, this.#ahead.length * 2));
    larger.set(this.#ahead);
    this.#ahead = larger;
    return larger;
  }

  /**
   * Sets the key's offset; the caller puts in ascending order and has asked `isFull`.
   * @param index As `lookAhead` counts, or NOT_AHEAD.
   */
  put(key: KeyPlace, index: number, offset: Offset): void {
    this.exchange(key, index, offset);
    this.latestOffset = offset;
  }

  /** As `put`, with any safe integer from 0 for the offset. @returns what was there before; -1 for nothing */
  exchange(key: KeyPlace, index: number, value: number): number {
    const slot = this.#slotOf(key, index);
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

  /** -1 where the key was not put. @param index As `lookAhead` counts, or NOT_AHEAD. */
  get(key: KeyPlace, index: number): Offset {
    const slot = this.#slotOf(key, index);
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
  #slotOf({ bytes, keyFrom, keyTo }: KeyPlace, index: number): number {
    const lanes = this.#lanes;
    if (index < this.#aheadCount) {
      const at = LANES * index;
      for (let lane = 0; lane < LANES; lane++) lanes[lane] = this.#ahead[at + lane]!;
    } else this.#hash(bytes, keyFrom, keyTo, lanes);
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
