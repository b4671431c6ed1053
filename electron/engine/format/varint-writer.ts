/**
 * Zig-zag varints of the record format (ByteUtils.writeVarint, writeVarlong), written in place.
 * The caller has made sure of the room: `varintSize` says how much a value takes. Nearly every value of a record, a delta or
 * a length, is small: what is exported is only that much, so that it is compiled into its callers.
 */
const LOW_UNIT = 2 ** 28;
const INT32_MIN = -(2 ** 31);
const INT32_MAX = 2 ** 31 - 1;

/** Bytes of an int32 or int64 (both take the same for one value). */
export function varintSize(value: number): number {
  if (value >= 0 && value < 8192) return value < 64 ? 1 : 2;
  return largeVarintSize(value);
}

function largeVarintSize(value: number): number {
  // Zig-zag of v has as many bits as 2|v|, or 2|v| - 1 below zero.
  let rest = value >= 0 ? value : -value - 1;
  let size = 1;
  for (rest = Math.floor(rest / 64); rest > 0; rest = Math.floor(rest / 128)) size++;
  return size;
}

/** @returns The index behind the value. */
export function writeVarint(bytes: Uint8Array, at: number, value: number): number {
  if (value < 0 || value >= 64) return writeLongVarint(bytes, at, value);
  bytes[at] = value << 1;
  return at + 1;
}

function writeLongVarint(bytes: Uint8Array, at: number, value: number): number {
  if (value >= 0 && value < 8192) {
    bytes[at] = ((value << 1) & 0x7f) | 0x80;
    bytes[at + 1] = value >> 6;
    return at + 2;
  }
  let rest = ((value << 1) ^ (value >> 31)) >>> 0;
  while (rest > 0x7f) {
    bytes[at++] = (rest & 0x7f) | 0x80;
    rest >>>= 7;
  }
  bytes[at++] = rest;
  return at;
}

/** As `writeVarint`, for any safe integer. */
export function writeVarlong(bytes: Uint8Array, at: number, value: number): number {
  if (value < 0 || value >= 64) return writeLongVarlong(bytes, at, value);
  bytes[at] = value << 1;
  return at + 1;
}

function writeLongVarlong(bytes: Uint8Array, at: number, value: number): number {
  if (value >= INT32_MIN && value <= INT32_MAX) return writeLongVarint(bytes, at, value);
  const magnitude = value >= 0 ? value : -value - 1;
  const sign = value >= 0 ? 0 : 1;
  // 2 * magnitude + sign in two parts, so that nothing leaves the safe integers.
  let low = (magnitude % (LOW_UNIT / 2)) * 2 + sign;
  let high = Math.floor(magnitude / (LOW_UNIT / 2));
  for (let index = 0; index < 4; index++) {
    bytes[at++] = (low & 0x7f) | 0x80;
    low >>>= 7;
  }
  while (high > 0x7f) {
    bytes[at++] = (high % 128) | 0x80;
    high = Math.floor(high / 128);
  }
  bytes[at++] = high;
  return at;
}
