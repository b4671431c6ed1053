/** CRC-32C (record batches, snapshots) and CRC-32 (message sets), by the native library. */
import { crc32, crc32c } from '@node-rs/crc32';

/** CRC-32C (Castagnoli) of the bytes, as an unsigned 32-bit integer. */
export function crc32cOf(bytes: Uint8Array): number {
  return crc32c(bytes as Buffer);
}

/** CRC-32 (zlib's polynomial) of the bytes, as an unsigned 32-bit integer. */
export function crc32Of(bytes: Uint8Array): number {
  return crc32(bytes as Buffer);
}

/** CRC-32C of bytes behind others that have the CRC `before`. */
export function extendedCrc32c(bytes: Uint8Array, before: number): number {
  return crc32c(bytes as Buffer, before);
}

/** CRC-32 of bytes behind others that have the CRC `before`. */
export function extendedCrc32(bytes: Uint8Array, before: number): number {
  return crc32(bytes as Buffer, before);
}
