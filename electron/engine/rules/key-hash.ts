/**
 * 128-bit hash of a key (MurmurHash3, the x86 variant with four lanes), where Kafka's offset map has MD5.
 *
 * Only equality of hashes is ever asked for, so that another hash changes no result; two keys of one hash would.
 * Not against an attacker: a run verifies what it wrote by another hash before the old segments go.
 */

/** The four lanes, filled by `hashKey`; one buffer for all calls. */
export type HashLanes = Int32Array;

export type KeyHash = (bytes: Uint8Array, from: number, to: number, lanes: HashLanes) => void;

const WORD_SIZE = 4;
const BLOCK_SIZE = 4 * WORD_SIZE;
const C1 = 0x239b961b;
const C2 = 0xab0e9789 | 0;
const C3 = 0x38b34ae5;
const C4 = 0xa1e38b93 | 0;

/** @param to Exclusive; nothing is hashed where it is not above `from`. */
export function hashKey(bytes: Uint8Array, from: number, to: number, lanes: HashLanes): void {
  if (to < WORD_SIZE) {
    hashFew(bytes, from, to, lanes);
    return;
  }
  let h1 = 0;
  let h2 = 0;
  let h3 = 0;
  let h4 = 0;
  for (let at = from; ; at += BLOCK_SIZE) {
    h1 ^= mix(wordAt(bytes, at, to), C1, 15, C2);
    const k2 = mix(wordAt(bytes, at + 4, to), C2, 16, C3);
    const k3 = mix(wordAt(bytes, at + 8, to), C3, 17, C4);
    const k4 = mix(wordAt(bytes, at + 12, to), C4, 18, C1);
    if (at + BLOCK_SIZE > to) {
      finish(h1, h2 ^ k2, h3 ^ k3, h4 ^ k4, Math.max(0, to - from), lanes);
      return;
    }
    h1 = (Math.imul((rotate(h1, 19) + h2) | 0, 5) + 0x561ccd1b) | 0;
    h2 = (Math.imul((rotate(h2 ^ k2, 17) + h3) | 0, 5) + 0x0bcaa747) | 0;
    h3 = (Math.imul((rotate(h3 ^ k3, 15) + h4) | 0, 5) + 0x96cd1c35) | 0;
    h4 = (Math.imul((rotate(h4 ^ k4, 13) + h1) | 0, 5) + 0x32ac3b17) | 0;
  }
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

function mix(word: number, factor: number, bits: number, next: number): number {
  return Math.imul(rotate(Math.imul(word, factor), bits), next);
}

function avalanche(value: number): number {
  let hash = value ^ (value >>> 16);
  hash = Math.imul(hash, 0x85ebca6b);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}

/** Four bytes, those from `to` on as zero: the word that ends there is read and shifted. There must be one in the array. */
function wordAt(bytes: Uint8Array, at: number, to: number): number {
  if (at >= to) return 0;
  const first = Math.min(at, to - WORD_SIZE);
  const word =
    bytes[first]! | (bytes[first + 1]! << 8) | (bytes[first + 2]! << 16) | (bytes[first + 3]! << 24);
  return word >>> (8 * (at - first));
}

/** Room for a word in front of three bytes. */
const few = new Uint8Array(2 * WORD_SIZE);

/** Of bytes that end before the array has a word. */
function hashFew(bytes: Uint8Array, from: number, to: number, lanes: HashLanes): void {
  const key = bytes.subarray(from, to);
  few.set(key, WORD_SIZE);
  hashKey(few, WORD_SIZE, WORD_SIZE + key.length, lanes);
}
