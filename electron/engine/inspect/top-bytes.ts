/**
 * Which names take the most bytes, with a bounded number of counters: lossy counting (Manku and Motwani, 2002), where the
 * floor rises with what there is to forget.
 *
 * Exact while there are no more names than counters. When those are full, all at or below about the median are forgotten,
 * which becomes the floor; a name that comes anew may have had as many bytes before, and `bytesMin` says so. A name that
 * takes more than 8 times the total divided by the number of counters is never missed. Names are told apart by 64 bits of
 * their hash.
 */
import type { Bytes } from '../../../shared/units';
import type { HashLanes } from '../rules/key-hash';
import { textOrBase64 } from './record-row';

const COUNTER_COUNT = 4096;
/** Of each name, to be shown; one byte more is kept, which tells that the name was cut. */
const NAME_BYTES_MAX = 256;
const NAME_ROOM = NAME_BYTES_MAX + 1;
/** One counter in so many stands for the others when the median is taken. */
const SAMPLE_STEP = 4;

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
  /** Upper bounds: what was counted and the floor at the time when the name came. */
  readonly #bytes: Float64Array;
  readonly #bytesOver: Float64Array;
  readonly #names: Uint8Array;
  readonly #nameSizes: Int32Array;
  #used = 0;
  /** No name that was forgotten has more. */
  #floor: Bytes = 0;

  constructor(counterCount = COUNTER_COUNT) {
    this.#counterCount = counterCount;
    this.#slots = new Int32Array(2 ** Math.ceil(Math.log2(counterCount * 4)));
    this.#hashes = new Int32Array(counterCount * 2);
    this.#bytes = new Float64Array(counterCount);
    this.#bytesOver = new Float64Array(counterCount);
    this.#names = new Uint8Array(counterCount * NAME_ROOM);
    this.#nameSizes = new Int32Array(counterCount);
  }

  /** @param lanes Hash of the name, which is `bytes` from `from` to `to` (exclusive). @param weight In bytes. */
  add(lanes: HashLanes, bytes: Uint8Array, from: number, to: number, weight: Bytes): void {
    let slot = this.#slotOf(lanes[0]!, lanes[1]!);
    let counter = this.#slots[slot]! - 1;
    if (counter < 0) {
      if (this.#used === this.#counterCount) {
        this.#forgetTheSmall();
        slot = this.#slotOf(lanes[0]!, lanes[1]!);
      }
      counter = this.#used++;
      this.#slots[slot] = counter + 1;
      this.#hashes[2 * counter] = lanes[0]!;
      this.#hashes[2 * counter + 1] = lanes[1]!;
      this.#bytes[counter] = this.#floor;
      this.#bytesOver[counter] = this.#floor;
      this.#nameSizes[counter] = to - from;
      const end = Math.min(to, from + NAME_ROOM);
      for (let at = from, into = counter * NAME_ROOM; at < end; at++, into++) this.#names[into] = bytes[at]!;
    }
    this.#bytes[counter]! += weight;
  }

  /** The largest first. */
  top(count: number): TopEntry[] {
    return [...new Array(this.#used).keys()]
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

  /** Frees at least one counter in eight. */
  #forgetTheSmall(): void {
    const sample = new Float64Array(Math.ceil(this.#counterCount / SAMPLE_STEP));
    for (let index = 0; index < sample.length; index++) sample[index] = this.#bytes[index * SAMPLE_STEP]!;
    sample.sort();
    this.#floor = sample[sample.length >> 1]!;
    this.#slots.fill(0);
    let kept = 0;
    for (let counter = 0; counter < this.#used; counter++)
      if (this.#bytes[counter]! > this.#floor) this.#move(counter, kept++);
    this.#used = kept;
  }

  #move(counter: number, to: number): void {
    const [low, high] = [this.#hashes[2 * counter]!, this.#hashes[2 * counter + 1]!];
    this.#hashes[2 * to] = low;
    this.#hashes[2 * to + 1] = high;
    this.#bytes[to] = this.#bytes[counter]!;
    this.#bytesOver[to] = this.#bytesOver[counter]!;
    this.#nameSizes[to] = this.#nameSizes[counter]!;
    const from = counter * NAME_ROOM;
    this.#names.copyWithin(to * NAME_ROOM, from, from + Math.min(this.#nameSizes[counter]!, NAME_ROOM));
    this.#slots[this.#slotOf(low, high)] = to + 1;
  }
}
