/** A growing set of record numbers: one bit each. */
const FIRST_CAPACITY = 1024;
const BITS = 8;

export class RecordBits {
  #bits = new Uint8Array(0);

  has(number: number): boolean {
    const byte = Math.floor(number / BITS);
    return byte < this.#bits.length && (this.#bits[byte]! & (1 << (number % BITS))) !== 0;
  }

  add(number: number): void {
    const byte = Math.floor(number / BITS);
    if (byte >= this.#bits.length) {
      const larger = new Uint8Array(Math.max(FIRST_CAPACITY, byte * 2));
      larger.set(this.#bits);
      this.#bits = larger;
    }
    this.#bits[byte] = this.#bits[byte]! | (1 << (number % BITS));
  }
}
