/**
 * Which names take the most bytes, with a bounded number of counters: space-saving (Metwally and others, 2005).
 *
 * Exact while there are no more names than counters. Beyond that a new name takes over the smallest counter and what
 * is in it: the count is then an upper bound, and `bytesOver` says by how much it may be too high. A name that takes
 * more than the total divided by the number of counters is never missed. Names are told apart by 64 bits of their hash.
 */
import type { Bytes } from '../../../shared/units';
import type { HashLanes } from '../rules/key-hash';
import { textOrBase64 } from './record-row';

const COUNTER_COUNT = 1024;
/** Of each name, to be shown; one byte more is kept, which tells that the name was cut. */
const NAME_BYTES_MAX = 256;
const NAME_ROOM = NAME_BYTES_MAX + 1;

export interface TopEntry {
  /** The name, of a long one its first 256 bytes: text, or base64 where that is no UTF-8. */
  readonly nameText?: string | null;
  readonly nameBase64?: string;
  readonly nameSizeInBytes: Bytes;
  /** At most so many. */
  readonly bytesMax: Bytes;
  /** At least so many; the same where exact. */
  readonly bytesMin: Bytes;
}

export class TopBytes {
  readonly #counterCount: number;
  /** Open addressing by hash, four slots a counter: the counter plus one, 0 where free. */
  readonly #slots: Int32Array;
  readonly #hashes: Int32Array;
  readonly #bytes: Float64Array;
  readonly #bytesOver: Float64Array;
  readonly #names: Uint8Array;
  readonly #nameSizes: Int32Array;
  /** Counters as a heap, the smallest first, and where each one stands in it. */
  readonly #heap: Int32Array;
  readonly #placeOf: Int32Array;
  #used = 0;

  constructor(counterCount = COUNTER_COUNT) {
    this.#counterCount = counterCount;
    this.#slots = new Int32Array(2 ** Math.ceil(Math.log2(counterCount * 4)));
    this.#hashes = new Int32Array(counterCount * 2);
    this.#bytes = new Float64Array(counterCount);
    this.#bytesOver = new Float64Array(counterCount);
    this.#names = new Uint8Array(counterCount * NAME_ROOM);
    this.#nameSizes = new Int32Array(counterCount);
    this.#heap = new Int32Array(counterCount);
    this.#placeOf = new Int32Array(counterCount);
  }

  /** @param lanes Hash of the name, which is `bytes` from `from` to `to` (exclusive). @param weight In bytes. */
  add(lanes: HashLanes, bytes: Uint8Array, from: number, to: number, weight: Bytes): void {
    const slot = this.#slotOf(lanes[0]!, lanes[1]!);
    let counter = this.#slots[slot]! - 1;
    if (counter < 0) counter = this.#takeCounter(lanes, bytes, from, to);
    this.#bytes[counter]! += weight;
    this.#sink(this.#placeOf[counter]!);
  }

  /** The largest first. */
  top(count: number): TopEntry[] {
    return [...this.#heap.subarray(0, this.#used)]
      .sort((a, b) => this.#bytes[b]! - this.#bytes[a]!)
      .slice(0, count)
      .map((counter) => {
        const nameSizeInBytes = this.#nameSizes[counter]!;
        const bytesMax = this.#bytes[counter]!;
        return {
          ...textOrBase64('name', this.#nameOf(counter), NAME_BYTES_MAX),
          nameSizeInBytes,
          bytesMax,
          bytesMin: bytesMax - this.#bytesOver[counter]!,
        };
      });
  }

  #nameOf(counter: number): Uint8Array {
    const from = counter * NAME_ROOM;
    return this.#names.subarray(from, from + Math.min(this.#nameSizes[counter]!, NAME_ROOM));
  }

  /** Where the hash is, or the free slot where it would be. */
  #slotOf(low: number, high: number): number {
    const mask = this.#slots.length - 1;
    for (let slot = low & mask; ; slot = (slot + 1) & mask) {
      const counter = this.#slots[slot]! - 1;
      if (counter < 0) return slot;
      if (this.#hashes[2 * counter] === low && this.#hashes[2 * counter + 1] === high) return slot;
    }
  }

  /** Frees the slot of a counter, and moves up those behind it that it was in the way of. */
  #forget(counter: number): void {
    const mask = this.#slots.length - 1;
    let free = this.#slotOf(this.#hashes[2 * counter]!, this.#hashes[2 * counter + 1]!);
    for (let slot = (free + 1) & mask; this.#slots[slot] !== 0; slot = (slot + 1) & mask) {
      const home = this.#hashes[2 * (this.#slots[slot]! - 1)]! & mask;
      if (((slot - home) & mask) < ((slot - free) & mask)) continue;
      this.#slots[free] = this.#slots[slot]!;
      free = slot;
    }
    this.#slots[free] = 0;
  }

  #takeCounter(lanes: HashLanes, bytes: Uint8Array, from: number, to: number): number {
    let counter: number;
    if (this.#used < this.#counterCount) {
      counter = this.#used++;
      this.#heap[counter] = counter;
      this.#placeOf[counter] = counter;
      this.#rise(counter);
    } else {
      counter = this.#heap[0]!;
      this.#forget(counter);
      this.#bytesOver[counter] = this.#bytes[counter]!;
    }
    this.#slots[this.#slotOf(lanes[0]!, lanes[1]!)] = counter + 1;
    this.#hashes[2 * counter] = lanes[0]!;
    this.#hashes[2 * counter + 1] = lanes[1]!;
    this.#nameSizes[counter] = to - from;
    const end = Math.min(to, from + NAME_ROOM);
    for (let at = from, into = counter * NAME_ROOM; at < end; at++, into++) this.#names[into] = bytes[at]!;
    return counter;
  }

  #sink(start: number): void {
    let place = start;
    for (;;) {
      let least = 2 * place + 1;
      if (least >= this.#used) return;
      if (least + 1 < this.#used && this.#at(least + 1) < this.#at(least)) least++;
      if (this.#at(place) <= this.#at(least)) return;
      this.#swap(place, least);
      place = least;
    }
  }

  #rise(start: number): void {
    for (let place = start; place > 0; ) {
      const parent = (place - 1) >> 1;
      if (this.#at(parent) <= this.#at(place)) return;
      this.#swap(place, parent);
      place = parent;
    }
  }

  #at(place: number): Bytes {
    return this.#bytes[this.#heap[place]!]!;
  }

  #swap(a: number, b: number): void {
    const [one, other] = [this.#heap[a]!, this.#heap[b]!];
    this.#heap[a] = other;
    this.#heap[b] = one;
    this.#placeOf[one] = b;
    this.#placeOf[other] = a;
  }
}
