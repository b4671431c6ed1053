/**
 * 128-bit hash of a key under a secret (HalfSipHash-2-4, its whole state for a result): nobody who does not know the
 * secret can make two keys of one hash.
 *
 * For the verification of a compaction, beside the hash of the cleaner's map (key-hash.ts), and unlike it in every
 * step: keys that one of them takes for the same, the other tells apart.
 */
import type { HashLanes, KeyHash } from './key-hash';

const INITIAL_2 = 0x6c796765;
const INITIAL_3 = 0x74656462;
const FINAL = 0xff;

/** @param secret Two random words, of 32 bits each. */
export function secretHash([k0, k1]: readonly [number, number]): KeyHash {
  return (bytes: Uint8Array, from: number, to: number, lanes: HashLanes): void => {
    let v0 = k0;
    let v1 = k1;
    let v2 = INITIAL_2 ^ k0;
    let v3 = INITIAL_3 ^ k1;
    const wordsEnd = to - ((to - from) & 3);
    // Word by word, then what is left with the length, then the end: 2 rounds each, and 4 at last.
    for (let at = from, step = 0; step < FINISHED; at += 4) {
      let word = 0;
      let rounds = 2;
      if (at < wordsEnd)
        word = bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
      else if (step === WORDS) {
        word = lastWord(bytes, at, to) | ((to - from) << 24);
        step = LAST_WORD;
      } else {
        v2 ^= FINAL;
        rounds = 4;
        step = FINISHED;
      }
      v3 ^= word;
      for (let round = 0; round < rounds; round++) {
        v0 = (v0 + v1) | 0;
        v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0;
        v0 = (v0 << 16) | (v0 >>> 16);
        v2 = (v2 + v3) | 0;
        v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2;
        v0 = (v0 + v3) | 0;
        v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0;
        v2 = (v2 + v1) | 0;
        v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2;
        v2 = (v2 << 16) | (v2 >>> 16);
      }
      v0 ^= word;
    }
    lanes[0] = v0;
    lanes[1] = v1;
    lanes[2] = v2;
    lanes[3] = v3;
  };
}

const WORDS = 0;
const LAST_WORD = 1;
const FINISHED = 2;

/** Up to three bytes. */
function lastWord(bytes: Uint8Array, from: number, to: number): number {
  let word = 0;
  for (let at = from; at < to; at++) word |= bytes[at]! << (8 * (at - from));
  return word;
}
