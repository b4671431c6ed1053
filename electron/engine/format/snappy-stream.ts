/**
 * Snappy as Kafka's clients write it: Java with xerial framing, librdkafka and franz-go as one raw block.
 *
 *   xerial: 82 53 4E 41 50 50 59 00, int32 version, int32 oldest compatible version, then blocks of int32 length
 *   and raw snappy. Streams may follow one another: a length equal to the first four magic bytes starts a header.
 */
import snappy from 'snappy';

const MAGIC_WORD = 0x82534e41;
const MAGIC_WORD_2 = 0x50505900;
const HEADER_SIZE = 16;
const VERSION = 1;
/** Input bytes a block, as the Java library writes it. */
const BLOCK_SIZE = 32 * 1024;

/** The raw blocks of the payload, or what is wrong with its framing. */
export function snappyBlocks(bytes: Uint8Array): Uint8Array[] | string {
  if (!startsWithMagic(bytes)) return [bytes];
  const blocks: Uint8Array[] = [];
  let at = HEADER_SIZE;
  while (at < bytes.length) {
    if (at + 4 > bytes.length) return 'the snappy stream ends inside a block length';
    const length = wordAt(bytes, at);
    if (length === MAGIC_WORD) {
      at += HEADER_SIZE;
      continue;
    }
    at += 4;
    if (length > bytes.length - at) return 'the snappy stream ends inside a block';
    blocks.push(bytes.subarray(at, at + length));
    at += length;
  }
  return blocks;
}

function startsWithMagic(bytes: Uint8Array): boolean {
  return bytes.length >= HEADER_SIZE && wordAt(bytes, 0) === MAGIC_WORD && wordAt(bytes, 4) === MAGIC_WORD_2;
}

/** uint32, big-endian. Without a view, whose making takes longer than all else here. */
function wordAt(bytes: Uint8Array, at: number): number {
  return ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0;
}

/** Decompressed size that a raw block declares (its first varint), or NaN. */
export function snappyBlockSize(block: Uint8Array): number {
  let size = 0;
  let unit = 1;
  for (let index = 0; index < 5; index++, unit *= 128) {
    const byte = block[index];
    if (byte === undefined) return Number.NaN;
    size += (byte & 0x7f) * unit;
    if (byte < 0x80) return size;
  }
  return Number.NaN;
}

/**
 * Content in the library's own memory lives on until the event loop turns, so that a pass over many batches would pile it
 * up. A copy goes with the next collection, which makes up for its making.
 */
const DECODING = { asBuffer: true, copyOutputData: true } as const;

/** @throws Error of the library for damaged content. */
export function decodeSnappyBlock(block: Uint8Array): Uint8Array {
  return snappy.uncompressSync(block, DECODING) as Buffer;
}

/** A xerial stream, as Kafka's Java producer writes it. */
export function encodeSnappyStream(bytes: Uint8Array): Uint8Array {
  const header = Buffer.alloc(HEADER_SIZE);
  header.writeUInt32BE(MAGIC_WORD, 0);
  header.writeUInt32BE(MAGIC_WORD_2, 4);
  header.writeInt32BE(VERSION, 8);
  header.writeInt32BE(VERSION, 12);
  const parts: Uint8Array[] = [header];
  for (let at = 0; at < bytes.length; at += BLOCK_SIZE) {
    const block = snappy.compressSync(bytes.subarray(at, at + BLOCK_SIZE));
    const length = Buffer.alloc(4);
    length.writeInt32BE(block.length);
    parts.push(length, block);
  }
  return Buffer.concat(parts);
}
