/**
 * Which names take the most bytes, with a bounded number of counters: lossy counting (Manku and Motwani, 2002), where the
 * floor rises with what there is to forget, behind a filter (Homem and Carvalho, 2010).
 *
 * Exact while there are no more names than counters. When those are full, all at or below about the median are forgotten,
 * which becomes the floor. A name without a counter adds to a sum that it shares with others, and gets one when that is
 * above the floor; it may have had all of the sum before, and `bytesMin` says so. A name that takes more than 8 times the
 * total divided by the number of counters is never missed. Names are told apart by 64 bits of their hash.
 */
import type { Bytes } from '../../../shared/units';
import type { HashLanes } from '../rules/key-hash';
import { textOrBase64 } from './record-row';

/** A slot has room for 65,535. */
const COUNTER_COUNT = 4096;
/** Of each name, to be shown; one byte more is kept, which tells that the name was cut. */
const NAME_BYTES_MAX = 256;
const NAME_ROOM = NAME_BYTES_MAX + 1;
/** Room a counter to begin with; it doubles where names are longer. */
const SHORT_NAME_SIZE = 16;
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
  /** Open addressing by hash, four slots a counter: the counter plus one, 0 where free. Narrow, to stay in a cache. */
  readonly #slots: Uint16Array;
  /** By hash, of all names without a counter; none is above the floor. */
  readonly #sharedSums: Float64Array;
  readonly #hashes: Int32Array;
  /** Upper bounds: what was counted, and what the shared sum was when the name got its counter. */
  readonly #bytes: Float64Array;
  readonly #bytesOver: Float64Array;
  /** One behind another, in the order of the counters. */
  #names: Uint8Array;
  readonly #nameFrom: Int32Array;
  readonly #nameSizes: Int32Array;
  /** Where the names end. */
  #namesEnd = 0;
  #used = 0;
  /** No name without a counter has more. Below zero at first, so that a name of no bytes gets one too. */
  #floor: Bytes = -1;

  constructor(counterCount = COUNTER_COUNT) {
    this.#counterCount = counterCount;
    this.#slots = new Uint16Array(2 ** Math.ceil(Math.log2(counterCount * 4)));
    this.#hashes = new Int32Array(counterCount * 2);
    this.#sharedSums = new Float64Array(this.#slots.length);
    this.#bytes = new Float64Array(counterCount);
    this.#bytesOver = new Float64Array(counterCount);
    this.#names = new Uint8Array(counterCount * SHORT_NAME_SIZE + NAME_ROOM);
    this.#nameFrom = new Int32Array(counterCount);
    this.#nameSizes = new Int32Array(counterCount);
  }

  /** @param lanes Hash of the name, which is `bytes` from `from` to `to` (exclusive). @param weight In bytes. */
  add(lanes: HashLanes, bytes: Uint8Array, from: number, to: number, weight: Bytes): void {
    let counter = this.#slots[this.#slotOf(lanes[0]!, lanes[1]!)]! - 1;
    if (counter < 0) {
      const shared = this.#sharedSumOf(lanes[1]!);
      const bytesBefore = this.#sharedSums[shared]!;
      if (bytesBefore + weight <= this.#floor) {
        this.#sharedSums[shared] = bytesBefore + weight;
        return;
      }
      if (this.#used === this.#counterCount) this.#forgetTheSmall();
      counter = this.#used++;
      this.#slots[this.#slotOf(lanes[0]!, lanes[1]!)] = counter + 1;
      this.#hashes[2 * counter] = lanes[0]!;
      this.#hashes[2 * counter + 1] = lanes[1]!;
      this.#bytes[counter] = bytesBefore;
      this.#bytesOver[counter] = bytesBefore;
      this.#nameSizes[counter] = to - from;
      this.#keepName(counter, bytes, from);
    }
    this.#bytes[counter]! += weight;
  }

  /** The largest first. */
  top(count: number): TopEntry[] {
    const bytes = this.#bytes.subarray(0, this.#used);
    const least = bytes.slice().sort().at(-count) ?? 0; // far faster than by comparing counters
    return [...bytes.keys()]
      .filter((counter) => bytes[counter]! >= least)
      .sort((a, b) => bytes[b]! - bytes[a]!)
      .slice(0, count)
      .map((counter) => {
        const nameSizeInBytes = this.#nameSizes[counter]!;
        const bytesMax = bytes[counter]!;
        return {
          ...textOrBase64('name', this.#nameOf(counter), NAME_BYTES_MAX),
          nameSizeInBytes,
          bytesMax,
          bytesMin: bytesMax - this.#bytesOver[counter]!,
        };
      });
  }

  #nameOf(counter: number): Uint8Array {
    const from = this.#nameFrom[counter]!;
    return this.#names.subarray(from, from + Math.min(this.#nameSizes[counter]!, NAME_ROOM));
  }

  /** Behind the other names, whose counters come before. */
  #keepName(counter: number, bytes: Uint8Array, from: number): void {
    const names = this.#names;
    const to = from + Math.min(this.#nameSizes[counter]!, NAME_ROOM);
    let end = this.#namesEnd;
    this.#nameFrom[counter] = end;
    for (let at = from; at < to; at++, end++) names[end] = bytes[at]!;
    this.#namesEnd = end;
    if (end + NAME_ROOM <= names.length) return;
    this.#names = new Uint8Array(2 * names.length);
    this.#names.set(names);
  }

  #sharedSumOf(high: number): number {
    return high & (this.#sharedSums.length - 1);
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
    this.#namesEnd = 0;
    let kept = 0;
    for (let counter = 0; counter < this.#used; counter++) {
      const bytes = this.#bytes[counter]!;
      if (bytes > this.#floor) {
        this.#move(counter, kept++);
        continue;
      }
      const shared = this.#sharedSumOf(this.#hashes[2 * counter + 1]!);
      if (bytes > this.#sharedSums[shared]!) this.#sharedSums[shared] = bytes;
    }
    this.#used = kept;
  }

  #move(counter: number, to: number): void {
    const [low, high] = [this.#hashes[2 * counter]!, this.#hashes[2 * counter + 1]!];
    this.#hashes[2 * to] = low;
    this.#hashes[2 * to + 1] = high;
    this.#bytes[to] = this.#bytes[counter]!;
    this.#bytesOver[to] = this.#bytesOver[counter]!;
    this.#nameSizes[to] = this.#nameSizes[counter]!;
    this.#keepName(to, this.#names, this.#nameFrom[counter]!);
    this.#slots[this.#slotOf(low, high)] = to + 1;
  }
}
