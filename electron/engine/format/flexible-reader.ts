/**
 * Reads the fields of Kafka's flexible messages (KIP-482): compact strings and arrays, uuids, tagged fields.
 *
 * Lengths are unsigned varints of length + 1, 0 for null. A read past the end, or a length that cannot be, throws
 * `MalformedMessage`; nothing is allocated from a length before it is compared with the bytes that are left.
 */
import { readInt64 } from './int64';

export class MalformedMessage extends Error {
  override readonly name = 'MalformedMessage';
}

const VARINT_BYTES_MAX = 5;
const UUID_SIZE = 16;

export class FlexibleReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get remaining(): number {
    return this.#bytes.length - this.#at;
  }

  int8(): number {
    return this.#view.getInt8(this.#take(1));
  }

  int16(): number {
    return this.#view.getInt16(this.#take(2));
  }

  uint16(): number {
    return this.#view.getUint16(this.#take(2));
  }

  int32(): number {
    return this.#view.getInt32(this.#take(4));
  }

  uint32(): number {
    return this.#view.getUint32(this.#take(4));
  }

  float64(): number {
    return this.#view.getFloat64(this.#take(8));
  }

  /** NaN where it is outside the safe integers. */
  int64(): number {
    return readInt64(this.#view, this.#take(8));
  }

  /** Exact, of any size. */
  bigInt64(): bigint {
    return this.#view.getBigInt64(this.#take(8));
  }

  boolean(): boolean {
    return this.int8() !== 0;
  }

  /** Unsigned varint. */
  uvarint(): number {
    let value = 0;
    for (let index = 0; index < VARINT_BYTES_MAX; index++) {
      const byte = this.#bytes[this.#take(1)]!;
      value += (byte & 0x7f) * 2 ** (7 * index);
      if (byte < 0x80) return value;
    }
    throw new MalformedMessage('a varint is longer than five bytes');
  }

  /** 22 characters of URL-safe base64, as Kafka prints it. */
  uuid(): string {
    const at = this.#take(UUID_SIZE);
    return Buffer.from(this.#bytes.subarray(at, at + UUID_SIZE)).toString('base64url');
  }

  /** So many bytes as they are: a view. */
  raw(length: number): Uint8Array {
    if (length < 0) throw new MalformedMessage(`a length is ${length}`);
    const at = this.#take(length);
    return this.#bytes.subarray(at, at + length);
  }

  compactBytes(): Uint8Array | null {
    const length = this.uvarint() - 1;
    if (length < 0) return null;
    const at = this.#take(length);
    return this.#bytes.subarray(at, at + length);
  }

  nullableString(): string | null {
    const bytes = this.compactBytes();
    return bytes === null ? null : Buffer.from(bytes).toString('utf8');
  }

  string(): string {
    const text = this.nullableString();
    if (text === null) throw new MalformedMessage('a string is null that must not be');
    return text;
  }

  /** null for a null array. */
  nullableArray<T>(read: () => T): T[] | null {
    const count = this.uvarint() - 1;
    if (count < 0) return null;
    if (count > this.remaining) throw new MalformedMessage(`an array says it has ${count} elements`);
    return Array.from({ length: count }, read);
  }

  array<T>(read: () => T): T[] {
    return this.nullableArray(read) ?? [];
  }

  /** Each tagged field goes to its reader by tag; others are skipped. */
  taggedFields(readers: Readonly<Record<number, (field: FlexibleReader) => void>> = {}): void {
    const count = this.uvarint();
    for (let index = 0; index < count; index++) {
      const tag = this.uvarint();
      const size = this.uvarint();
      const at = this.#take(size);
      readers[tag]?.(new FlexibleReader(this.#bytes.subarray(at, at + size)));
    }
  }

  #take(length: number): number {
    if (length > this.remaining)
      throw new MalformedMessage(`${length} bytes wanted, ${this.remaining} are left`);
    const at = this.#at;
    this.#at += length;
    return at;
  }
}
