/**
 * Which batches of a file belong together when some offsets cannot be true: the longest chain that only goes up.
 *
 * The CRC does not cover base offsets. One that was changed upwards must not cost the batches behind it, as it would if
 * each were compared with the one before. Among chains of the same length the one with fewer holes counts: where two
 * batches overlap, the one that joins its neighbours has the right offset. Pure.
 */

import { countBelow } from '../../../shared/plan/count-below';
import type { Offset } from '../../../shared/units';

export interface OffsetRange {
  readonly baseOffset: Offset;
  /** Inclusive; not below baseOffset. */
  readonly lastOffset: Offset;
}

const NONE = -1;

/**
 * @param ranges In the order of the file.
 * @returns Indices into `ranges`, ascending: as many as possible, each range above the one before it.
 */
export function longestOffsetChain(ranges: readonly OffsetRange[]): number[] {
  const lastOffsets = [...new Set(ranges.map(({ lastOffset }) => lastOffset))].sort((a, b) => a - b);
  const chains = new Chains(ranges.length, lastOffsets);
  const before: number[] = [];
  for (const [index, { baseOffset, lastOffset }] of ranges.entries())
    before.push(chains.add(index, baseOffset, lastOffset));
  const chain: number[] = [];
  for (let index = chains.best; index !== NONE; index = before[index]!) chain.push(index);
  return chain.reverse();
}

/** The best chain that ends with each range, and for each offset the best one that ends at or below it (a Fenwick tree). */
class Chains {
  best = NONE;
  readonly #lastOffsets: readonly Offset[];
  readonly #scores: number[] = [];
  readonly #tree: number[];
  /** By the last offset of its end. */
  readonly #endingAt = new Map<Offset, number>();
  /** One more range outweighs all the holes there can be. */
  readonly #perRange: number;

  constructor(count: number, lastOffsets: readonly Offset[]) {
    this.#lastOffsets = lastOffsets;
    this.#tree = new Array<number>(lastOffsets.length + 1).fill(NONE);
    this.#perRange = count + 1;
  }

  /** @returns The range before this one in its best chain, or NONE. */
  add(index: number, baseOffset: Offset, lastOffset: Offset): number {
    const joined = this.#endingAt.get(baseOffset - 1) ?? NONE;
    const below = this.#bestUpTo(this.#countBelow(baseOffset));
    const isJoined = joined !== NONE && this.#scoreOf(joined) + 1 >= this.#scoreOf(below);
    const before = isJoined ? joined : below;
    this.#scores.push(this.#scoreOf(before) + this.#perRange + (isJoined ? 1 : 0));
    this.#endingAt.set(lastOffset, this.#better(this.#endingAt.get(lastOffset) ?? NONE, index));
    for (let at = this.#countBelow(lastOffset) + 1; at < this.#tree.length; at += at & -at)
      this.#tree[at] = this.#better(this.#tree[at]!, index);
    this.best = this.#better(this.best, index);
    return before;
  }

  #bestUpTo(count: number): number {
    let best = NONE;
    for (let at = count; at > 0; at -= at & -at) best = this.#better(best, this.#tree[at]!);
    return best;
  }

  #better(known: number, other: number): number {
    return this.#scoreOf(other) > this.#scoreOf(known) ? other : known;
  }

  #scoreOf(index: number): number {
    return index === NONE ? 0 : this.#scores[index]!;
  }

  /** How many of the last offsets are below it. */
  #countBelow(offset: Offset): number {
    return countBelow(this.#lastOffsets.length, (index) => this.#lastOffsets[index]!, offset);
  }
}
