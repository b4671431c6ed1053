/**
 * Zig-zag varints of the record format (ByteUtils.readVarint, readVarlong), read in place.
 *
 * One cursor serves a whole payload, so that the loop over records allocates nothing. Reading past the end or
 * over the longest encoding does not throw: the cursor fails, stays failed, and the caller looks once a record.
 */
const LOW_BITS = 28;
const LOW_UNIT = 2 ** LOW_BITS;
/** Set in every byte but the last. */
const CONTINUED = 0x80;
/** Of the longest encoding: 64 bits, 7 a byte. */
export const VARLONG_BYTES_MAX = 10;

export class VarintCursor {
  readonly bytes: Uint8Array;
  /** Index of the next byte in `bytes`. */
  at: number;
  /** Exclusive end of what may be read. */
  readonly end: number;
  hasFailed = false;

  constructor(bytes: Uint8Array, at: number, end: number) {
    this.bytes = bytes;
    this.at = at;
    this.end = end;
  }

  /** int32; 0 after a failure. */
  readVarint(): number {
    const { bytes } = this;
    let at = this.at;
    let byte = at < this.end ? bytes[at++]! : this.#fail();
    if (byte < CONTINUED) {
      this.at = at;
      return (byte >>> 1) ^ -(byte & 1);
    }
    const second = at < this.end ? bytes[at]! : CONTINUED;
    if (second < CONTINUED && !this.hasFailed) {
      this.at = at + 1;
      const value = (byte & 0x7f) | (second << 7);
      return (value >>> 1) ^ -(value & 1);
    }
    let value = byte & 0x7f;
    for (let shift = 7; shift <= LOW_BITS; shift += 7) {
      byte = at < this.end ? bytes[at++]! : this.#fail();
      value |= (byte & 0x7f) << shift;
      if (byte < CONTINUED) {
        this.at = at;
        return this.hasFailed ? 0 : (value >>> 1) ^ -(value & 1);
      }
    }
    return this.#fail();
  }

  /** int64 as a number; NaN where it is outside the safe integers, 0 after a failure. */
  readVarlong(): number {
    const first = this.at < this.end ? this.bytes[this.at]! : this.#fail();
    if (first < CONTINUED && !this.hasFailed) {
      this.at++;
      return (first >>> 1) ^ -(first & 1);
    }
    let low = 0;
    let high = 0;
    for (let index = 0; index < VARLONG_BYTES_MAX; index++) {
      const byte = this.at < this.end ? this.bytes[this.at++]! : this.#fail();
      const bits = byte & 0x7f;
      if (index < 4) low |= bits << (7 * index);
      else high += bits * 2 ** (7 * (index - 4));
      if (byte < CONTINUED) return this.hasFailed ? 0 : unzigzag(low, high);
    }
    return this.#fail();
  }

  /** Steps over a varlong without computing it. */
  skipVarlong(): void {
    for (let index = 0; index < VARLONG_BYTES_MAX; index++) {
      const byte = this.at < this.end ? this.bytes[this.at++]! : this.#fail();
      if (byte < CONTINUED) return;
    }
    this.#fail();
  }

  skip(length: number): void {
    if (length < 0 || length > this.end - this.at) this.#fail();
    else this.at += length;
  }

  #fail(): 0 {
    this.hasFailed = true;
    this.at = this.end;
    return 0;
  }
}

/** `high * 2^28 + low`, zig-zag decoded. The sign bit is the lowest, so halving comes first and stays exact. */
function unzigzag(low: number, high: number): number {
  const half = high * (LOW_UNIT / 2) + (low >>> 1);
  const value = (low & 1) === 0 ? half : -half - 1;
  return Number.isSafeInteger(value) ? value : Number.NaN;
}
