/**
 * The keys with the most superseded bytes. Exact, though it keeps few: sums only grow, so that a key which is among the
 * most at the end was so when its last record came, and is then held with its bytes.
 */
import type { Bytes, Offset } from '../../../shared/units';
import type { RecordCursor } from '../format/record-cursor';

const KEPT_COUNT = 100;
/** More are held between two clearings, so that a clearing is rare. */
const HELD_COUNT_MAX = 8 * KEPT_COUNT;
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

  /** @param slot Stands for the key, whose bytes are where `cursor` is. */
  offer(slot: number, { bytes, count }: KeySums, cursor: RecordCursor): void {
    const held = this.#held.get(slot);
    if (held !== undefined) {
      held.bytes = bytes;
      held.count = count;
      return;
    }
    if (bytes <= this.#floor) return;
    const { keyFrom, keyTo } = cursor;
    const key = cursor.bytes.slice(keyFrom, Math.min(keyTo, keyFrom + KEY_BYTES_MAX + 1));
    this.#held.set(slot, { bytes, count, key, keySizeInBytes: keyTo - keyFrom });
    if (this.#held.size > HELD_COUNT_MAX) this.#clear();
  }

  /** The most first. */
  worst(latestOffsetOf: (slot: number) => Offset): WorstKey[] {
    return this.#sorted()
      .slice(0, KEPT_COUNT)
      .map(([slot, { bytes, count, key, keySizeInBytes }]) => ({
        ...{ key, keySizeInBytes, supersededBytes: bytes, supersededCount: count },
        latestOffset: latestOffsetOf(slot),
      }));
  }

  #clear(): void {
    for (const [slot] of this.#sorted().slice(KEPT_COUNT)) this.#held.delete(slot);
    this.#floor = Math.min(...[...this.#held.values()].map(({ bytes }) => bytes));
  }

  #sorted(): [number, Held][] {
    return [...this.#held].sort(([, a], [, b]) => b.bytes - a.bytes);
  }
}
