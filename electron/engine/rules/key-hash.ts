/**
 * 128-bit hash of a key (MurmurHash3, the x86 variant with four lanes), where Kafka's offset map has MD5.
 *
 * Only equality of hashes is ever asked for, so that another hash changes no result; two keys of one hash would.
 * Not against an attacker: a run verifies what it wrote by another hash before the old segments go.
 */

/** The four lanes, filled by `hashKey`; one buffer for all calls. */
export type HashLanes = Int32Array;

export type KeyHash = (bytes: Uint8Array, from: number, to: number, lanes: HashLanes) => void;

const C1 = 0x239b961b;
const C2 = 0xab0e9789 | 0;
const C3 = 0x38b34ae5;
const C4 = 0xa1e38b93 | 0;

/** @param to Exclusive. */
export function hashKey(bytes: Uint8Array, from: number, to: number, lanes: HashLanes): void {
  let h1 = 0;
  let h2 = 0;
  let h3 = 0;
  let h4 = 0;
  let at = from;
  for (const blocksEnd = to - ((to - from) & 15); at < blocksEnd; at += 16) {
    h1 ^= mix1(wordAt(bytes, at));
    h1 = Math.imul((rotate(h1, 19) + h2) | 0, 5) + 0x561ccd1b;
    h2 ^= mix2(wordAt(bytes, at + 4));
    h2 = Math.imul((rotate(h2, 17) + h3) | 0, 5) + 0x0bcaa747;
    h3 ^= mix3(wordAt(bytes, at + 8));
    h3 = Math.imul((rotate(h3, 15) + h4) | 0, 5) + (0x96cd1c35 | 0);
    h4 ^= mix4(wordAt(bytes, at + 12));
    h4 = Math.imul((rotate(h4, 13) + h1) | 0, 5) + 0x32ac3b17;
  }
  if (at < to) {
    h1 ^= mix1(tailWord(bytes, at, to));
    if (at + 4 < to) h2 ^= mix2(tailWord(bytes, at + 4, to));
    if (at + 8 < to) h3 ^= mix3(tailWord(bytes, at + 8, to));
    if (at + 12 < to) h4 ^= mix4(tailWord(bytes, at + 12, to));
  }
  finish(h1, h2, h3, h4, to - from, lanes);
}

function finish(a: number, b: number, c: number, d: number, length: number, lanes: HashLanes): void {
  let h1 = a ^ length;
  let h2 = b ^ length;
  let h3 = c ^ length;
  let h4 = d ^ length;
  h1 = (h1 + h2 + h3 + h4) | 0;
  h2 = (h2 + h1) | 0;
  h3 = (h3 + h1) | 0;
  h4 = (h4 + h1) | 0;
  h1 = avalanche(h1);
  h2 = avalanche(h2);
  h3 = avalanche(h3);
  h4 = avalanche(h4);
  h1 = (h1 + h2 + h3 + h4) | 0;
  lanes[0] = h1;
  lanes[1] = h2 + h1;
  lanes[2] = h3 + h1;
  lanes[3] = h4 + h1;
}

function rotate(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits));
}

function mix1(word: number): number {
  return Math.imul(rotate(Math.imul(word, C1), 15), C2);
}

function mix2(word: number): number {
  return Math.imul(rotate(Math.imul(word, C2), 16), C3);
}

function mix3(word: number): number {
  return Math.imul(rotate(Math.imul(word, C3), 17), C4);
}

function mix4(word: number): number {
  return Math.imul(rotate(Math.imul(word, C4), 18), C1);
}

function avalanche(value: number): number {
  let hash = value ^ (value >>> 16);
  hash = Math.imul(hash, 0x85ebca6b);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}

function wordAt(bytes: Uint8Array, at: number): number {
  return bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
}

/** Up to four bytes; those that are missing are zero. */
function tailWord(bytes: Uint8Array, at: number, to: number): number {
  if (at + 4 <= to) return wordAt(bytes, at);
  let word = 0;
  for (let index = 0; index < 4 && at + index < to; index++) word |= bytes[at + index]! << (8 * index);
  return word;
}
