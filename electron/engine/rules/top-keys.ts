/**
 * The keys with the most superseded bytes. Exact, though it keeps few: sums only grow, so that a key which is among the
 * most at the end was so when its last record came, and is then held with its bytes.
 */
import type { Bytes, Offset } from '../../../shared/units';
import type { RecordColumns } from '../format/record-columns';
import type { OffsetMap } from './offset-map';

export const WORST_KEYS_MAX = 100;
/** More are held between two clearings, so that a clearing is rare. */
const HELD_COUNT_MAX = 8 * WORST_KEYS_MAX;
export const KEY_BYTES_MAX = 512;

export interface KeySums {
  /** Of the records superseded, uncompressed. */
  readonly bytes: Bytes;
  readonly count: number;
}

export interface WorstKey {
  /** Cut behind KEY_BYTES_MAX bytes. */
  readonly key: Uint8Array;
  readonly keySizeInBytes: Bytes;
  readonly supersededBytes: Bytes;
  readonly supersededCount: number;
  /** Of the record that stays. */
  readonly latestOffset: Offset;
}

/**
 * The most of several rounds. Exact, too: in the last round with a record of a key, the sums are over all of its records,
 * and what an earlier round said of it is less.
 */
export class WorstKeys {
  readonly #byHash = new Map<string, WorstKey>();

  add(keys: TopKeys, map: OffsetMap): void {
    for (const { hash, worst } of keys.worst(map)) this.#byHash.set(hash, worst);
  }

  /** The most first. */
  get list(): WorstKey[] {
    const all = [...this.#byHash.values()].sort((a, b) => b.supersededBytes - a.supersededBytes);
    return all.slice(0, WORST_KEYS_MAX);
  }
}

interface Held {
  bytes: Bytes;
  count: number;
  readonly key: Uint8Array;
  readonly keySizeInBytes: Bytes;
}

export class TopKeys {
  readonly #held = new Map<number, Held>();
  /** No key with less can be among the most. */
  #floor: Bytes = 0;

  /** @param slot Stands for the key, whose bytes are at `index`. */
  offer(slot: number, { bytes, count }: KeySums, records: RecordColumns, index: number): void {
    const held = this.#held.get(slot);
    if (held !== undefined) {
      held.bytes = bytes;
      held.count = count;
      return;
    }
    if (bytes <= this.#floor) return;
    const [keyFrom, keyTo] = [records.keyFrom[index]!, records.keyTo[index]!];
    const key = records.bytes.slice(keyFrom, Math.min(keyTo, keyFrom + KEY_BYTES_MAX + 1));
    this.#held.set(slot, { bytes, count, key, keySizeInBytes: keyTo - keyFrom });
    if (this.#held.size > HELD_COUNT_MAX) this.#clear();
  }

  /** The most, in no particular order. */
  worst(map: OffsetMap): { readonly hash: string; readonly worst: WorstKey }[] {
    return this.#sorted()
      .slice(0, WORST_KEYS_MAX)
      .map(([slot, { bytes, count, key, keySizeInBytes }]) => ({
        hash: map.hashIn(slot),
        worst: {
          ...{ key, keySizeInBytes, supersededBytes: bytes, supersededCount: count },
          latestOffset: map.offsetIn(slot),
        },
      }));
  }

  #clear(): void {
    for (const [slot] of this.#sorted().slice(WORST_KEYS_MAX)) this.#held.delete(slot);
    this.#floor = Math.min(...[...this.#held.values()].map(({ bytes }) => bytes));
  }

  #sorted(): [number, Held][] {
    return [...this.#held].sort(([, a], [, b]) => b.bytes - a.bytes);
  }
}
