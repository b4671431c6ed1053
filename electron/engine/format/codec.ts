/**
 * Compression and decompression of a batch's records by Kafka's codecs, with the output capped.
 *
 * Damaged input is a value, not an exception: `Undecodable` says whether the bytes are corrupt or the content is
 * larger than allowed. Which framing a codec needs stands in its own file; the CRC is the caller's business.
 */
import { gunzipSync, gzipSync } from 'node:zlib';
import { decodeLz4Frame, encodeLz4Frame, measureLz4Frame } from './lz4-frame';
import type { Codec } from './record-batch';
import { decodeSnappyBlock, encodeSnappyStream, snappyBlockSize, snappyBlocks } from './snappy-stream';
import { decodeZstdFrames, encodeZstdFrame } from './zstd-frames';

/** Decompressed bytes allowed a batch unless the caller says otherwise: 64 MiB. */
export const DECOMPRESSED_BYTES_MAX = 64 * 1024 * 1024;
/** A frame whose bound is above the limit is still tried up to this factor: the bound is no promise. */
const LZ4_BOUND_FACTOR = 4;

export class Undecodable {
  readonly reason: 'corrupt' | 'too-large';
  readonly message: string;

  constructor(reason: 'corrupt' | 'too-large', message: string) {
    this.reason = reason;
    this.message = message;
  }
}

export interface DecompressOptions {
  /** Cap of the output in bytes. */
  readonly maxBytes?: number;
  /** Magic of the batch: clients of message format 0 wrote a wrong header checksum into LZ4 frames. */
  readonly magic: number;
}

/** Decompresses the records of a batch; `none` comes back as it is. */
export function decompress(
  codec: Codec,
  bytes: Uint8Array,
  { maxBytes = DECOMPRESSED_BYTES_MAX, magic }: DecompressOptions,
): Uint8Array | Undecodable {
  try {
    switch (codec) {
      case 'none':
        return bytes;
      case 'gzip':
        return gunzipSync(bytes, { maxOutputLength: maxBytes });
      case 'snappy':
        return decompressSnappy(bytes, maxBytes);
      case 'lz4':
        return decompressLz4(bytes, maxBytes, magic === 0);
      case 'zstd':
        return decompressZstd(bytes, maxBytes);
    }
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') return tooLarge(maxBytes);
    return new Undecodable('corrupt', `${codec}: ${error.message}`);
  }
}

/** Compresses the records of a batch as Kafka's Java client does; `none` comes back as it is. */
export function compress(codec: Codec, bytes: Uint8Array): Uint8Array {
  switch (codec) {
    case 'none':
      return bytes;
    case 'gzip':
      return gzipSync(bytes);
    case 'snappy':
      return encodeSnappyStream(bytes);
    case 'lz4':
      return encodeLz4Frame(bytes);
    case 'zstd':
      return encodeZstdFrame(bytes);
  }
}

function decompressSnappy(bytes: Uint8Array, maxBytes: number): Uint8Array | Undecodable {
  const blocks = snappyBlocks(bytes);
  if (typeof blocks === 'string') return new Undecodable('corrupt', blocks);
  let total = 0;
  for (const block of blocks) {
    const size = snappyBlockSize(block);
    if (Number.isNaN(size)) return new Undecodable('corrupt', 'snappy: a block has no size');
    total += size;
    if (total > maxBytes) return tooLarge(maxBytes);
  }
  return join(blocks.map(decodeSnappyBlock));
}

function decompressLz4(
  bytes: Uint8Array,
  maxBytes: number,
  hasWrongChecksum: boolean,
): Uint8Array | Undecodable {
  const contents: Uint8Array[] = [];
  let total = 0;
  for (let at = 0; at < bytes.length; ) {
    const frame = measureLz4Frame(bytes, at);
    if (typeof frame === 'string') return new Undecodable('corrupt', frame);
    if (frame.contentBound > maxBytes * LZ4_BOUND_FACTOR) return tooLarge(maxBytes);
    const content = decodeLz4Frame(bytes.subarray(at, at + frame.sizeInBytes), hasWrongChecksum);
    total += content.length;
    if (total > maxBytes) return tooLarge(maxBytes);
    contents.push(content);
    at += frame.sizeInBytes;
  }
  return join(contents);
}

function decompressZstd(bytes: Uint8Array, maxBytes: number): Uint8Array | Undecodable {
  const content = decodeZstdFrames(bytes, maxBytes);
  if (content === 'too-large') return tooLarge(maxBytes);
  return content instanceof Uint8Array ? content : new Undecodable('corrupt', `zstd: ${content.flaw}`);
}

function tooLarge(maxBytes: number): Undecodable {
  return new Undecodable('too-large', `the content is larger than the limit of ${maxBytes} bytes`);
}

function join(parts: Uint8Array[]): Uint8Array {
  return parts.length === 1 ? parts[0]! : Buffer.concat(parts);
}
