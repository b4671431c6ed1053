/**
 * LZ4 frames as Kafka writes and reads them (Lz4BlockOutputStream, Lz4BlockInputStream). Little-endian inside.
 *
 *   magic 0x184D2204, FLG, BD, [content size 8], [dictionary id 4], HC; then blocks: uint32 size (bit 31: stored
 *   raw), bytes, [block checksum 4]; an end mark of 0; [content checksum 4]
 *
 * Kafka writes FLG 0x60 (version 1, independent blocks, nothing else) and blocks of 64 KiB. Frames may follow one
 * another. The clients of message format 0 computed HC over too many bytes: there it is put right before decoding.
 */
import lz4 from 'lz4-napi';

const FRAME_MAGIC = 0x184d2204;
const FLG_AT = 4;
const BD_AT = 5;
const FLG_PLAIN = 0x60;
const CONTENT_SIZE_FLAG = 0x08;
const BLOCK_CHECKSUM_FLAG = 0x10;
const CONTENT_CHECKSUM_FLAG = 0x04;
const DICTIONARY_FLAG = 0x01;
const BLOCK_SIZE = 64 * 1024;
const STORED_RAW = 0x8000_0000;
/** HC of FLG 0x60 by BD: the second byte of xxh32(FLG, BD). */
const HEADER_CHECKSUM_BY_BD: Readonly<Record<number, number>> = { 64: 0x82, 80: 0xfb, 96: 0x51, 112: 0x73 };
const PLAIN_HEADER = Uint8Array.of(0x04, 0x22, 0x4d, 0x18, FLG_PLAIN, 0x40, 0x82);
const HC_AT = PLAIN_HEADER.length - 1;
/** Of the same header, computed from its magic on. */
const CLIENTS_HEADER_CHECKSUM = 0x1a;
/** No LZ4 block grows more than this. */
const EXPANSION_MAX = 255;

export interface Lz4Frame {
  /** Size of the frame in the input, end mark and checksum included. */
  readonly sizeInBytes: number;
  /** Upper bound of its decompressed size. */
  readonly contentBound: number;
}

/** Measures the frame at `at`, or says what is wrong with it. */
export function measureLz4Frame(bytes: Uint8Array, at: number): Lz4Frame | string {
  if (bytes.length - at < PLAIN_HEADER.length || wordAt(bytes, at) !== FRAME_MAGIC)
    return 'there is no LZ4 frame';
  const flags = bytes[at + FLG_AT]!;
  const blockSizeCode = (bytes[at + BD_AT]! >> 4) & 0x07;
  if (blockSizeCode < 4) return `the LZ4 block size code ${blockSizeCode} is unknown`;
  const blockMax = 1 << (8 + 2 * blockSizeCode);
  let position = at + PLAIN_HEADER.length;
  if ((flags & CONTENT_SIZE_FLAG) !== 0) position += 8;
  if ((flags & DICTIONARY_FLAG) !== 0) position += 4;
  let contentBound = 0;
  while (position + 4 <= bytes.length) {
    const word = wordAt(bytes, position);
    position += 4;
    if (word === 0) {
      if ((flags & CONTENT_CHECKSUM_FLAG) !== 0) position += 4;
      if (position > bytes.length) break;
      return { sizeInBytes: position - at, contentBound };
    }
    const blockSize = word % STORED_RAW;
    contentBound += word >= STORED_RAW ? blockSize : Math.min(blockMax, blockSize * EXPANSION_MAX);
    position += blockSize + ((flags & BLOCK_CHECKSUM_FLAG) !== 0 ? 4 : 0);
  }
  return 'the LZ4 frame ends too early';
}

/** uint32, little-endian. Without a view, whose making takes longer than all else here. */
function wordAt(bytes: Uint8Array, at: number): number {
  return (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0;
}

/** Decodes one whole frame. @throws Error of the library for damaged content. */
export function decodeLz4Frame(frame: Uint8Array, hasWrongHeaderChecksum: boolean): Uint8Array {
  const checksum = HEADER_CHECKSUM_BY_BD[frame[BD_AT]!];
  if (!hasWrongHeaderChecksum || frame[FLG_AT] !== FLG_PLAIN || checksum === undefined)
    return lz4.decompressFrameSync(frame as Buffer);
  const corrected = Buffer.from(frame);
  corrected[HC_AT] = checksum;
  return lz4.decompressFrameSync(corrected);
}

/** A frame of `encodeLz4Frame` as clients of message format 0 expect it, and others of that format too. */
export function withClientsHeaderChecksum(frame: Uint8Array): Uint8Array {
  const wrong = Buffer.from(frame);
  wrong[HC_AT] = CLIENTS_HEADER_CHECKSUM;
  return wrong;
}

/** One frame in Kafka's own shape: FLG 0x60, blocks of 64 KiB, no checksums. */
export function encodeLz4Frame(bytes: Uint8Array): Uint8Array {
  const parts: Uint8Array[] = [PLAIN_HEADER];
  for (let at = 0; at < bytes.length; at += BLOCK_SIZE) {
    const block = bytes.subarray(at, at + BLOCK_SIZE);
    const compressed = lz4.compressSync(block as Buffer).subarray(4); // without the library's size prefix
    const isSmaller = compressed.length < block.length;
    const size = Buffer.alloc(4);
    size.writeUInt32LE(isSmaller ? compressed.length : (block.length + STORED_RAW) >>> 0);
    parts.push(size, isSmaller ? compressed : block);
  }
  parts.push(new Uint8Array(4));
  return Buffer.concat(parts);
}
