/**
 * Which records of the dirty part are superseded: noted by offset while the offset map is filled, so that they need not be
 * looked up again. A bit an offset; where offsets lie so far apart that this would be much, nothing is known.
 */
import type { Offset } from '../../../shared/units';
import { RecordBits } from './record-bits';

/** 128 MiB of bits. */
const OFFSETS_MAX = 2 ** 30;

export class SupersededMarks {
  readonly #from: Offset;
  readonly #to: Offset;
  readonly #bits = new RecordBits();

  /** @param from First offset of which the keys go into the map. @param to Exclusive. */
  constructor(from: Offset, to: Offset) {
    this.#from = from;
    this.#to = to - from <= OFFSETS_MAX ? to : from;
  }

  /** Whether `has` can tell. */
  knows(offset: Offset): boolean {
    return offset >= this.#from && offset < this.#to;
  }

  add(offset: Offset): void {
    if (this.knows(offset)) this.#bits.add(offset - this.#from);
  }

  has(offset: Offset): boolean {
    return this.#bits.has(offset - this.#from);
  }
}
