/**
 * Says whether the records of a payload are sound: the walk of the full check, which has to keep up with the CRC.
 *
 * Each field is read where it stands, because a call a field costs as much as the CRC of the whole record. False also
 * where a length takes more than three bytes; what is wrong, if anything is, `checkRecords` finds. Lengths stay in
 * zig-zag form: odd is negative, 1 is -1. A length may lead past the end, even past the array, where what is read
 * counts as 0: as `at` only grows, it then misses the end of its record.
 */
import type { RecordBatchHeader } from './record-batch';
import type { PayloadRange } from './records';

const MORE = 0x80;
const TWO_BYTES_END = 0x4000;
const THREE_BYTES_END = 0x20_0000;
const VARLONG_SIZE_MAX = 10;

export function areRecordsSound(
  bytes: Uint8Array,
  { from, to }: PayloadRange,
  header: RecordBatchHeader,
): boolean {
  const lastOffsetDelta = header.lastOffset - header.baseOffset;
  let previousDelta = -1;
  let at = from;
  for (let left = header.recordsCount; left > 0; left--) {
    let length = bytes[at++]!;
    if (length >= MORE) {
      length += (bytes[at++]! << 7) - MORE;
      if (length >= TWO_BYTES_END) length += (bytes[at++]! << 14) - TWO_BYTES_END;
    }
    const end = at + (length >>> 1);
    if ((length & 1) === 1 || length >= THREE_BYTES_END || end > to) return false;
    at++; // attributes
    const longest = at + VARLONG_SIZE_MAX;
    while (bytes[at++]! >= MORE) if (at === longest) return false; // timestamp delta
    let delta = bytes[at++]!;
    if (delta >= MORE) {
      delta += (bytes[at++]! << 7) - MORE;
      if (delta >= TWO_BYTES_END) delta += (bytes[at++]! << 14) - TWO_BYTES_END;
    }
    if ((delta & 1) === 1 || delta >= THREE_BYTES_END) return false;
    delta >>>= 1;
    if (delta <= previousDelta || delta > lastOffsetDelta) return false;
    previousDelta = delta;
    let key = bytes[at++]!;
    if (key >= MORE) {
      key += (bytes[at++]! << 7) - MORE;
      if (key >= TWO_BYTES_END) key += (bytes[at++]! << 14) - TWO_BYTES_END;
    }
    if ((key & 1) === 0 && key < THREE_BYTES_END) at += key >>> 1;
    else if (key !== 1) return false;
    let value = bytes[at++]!;
    if (value >= MORE) {
      value += (bytes[at++]! << 7) - MORE;
      if (value >= TWO_BYTES_END) value += (bytes[at++]! << 14) - TWO_BYTES_END;
    }
    if ((value & 1) === 0 && value < THREE_BYTES_END) at += value >>> 1;
    else if (value !== 1) return false;
    if (bytes[at++]! !== 0) at = endOfHeaders(bytes, at - 1);
    if (at !== end) return false;
    at = end; // changes nothing, but the next record need not wait for the key and value lengths of this one
  }
  return at === to;
}

/** @param at Of the header count. @returns where the headers end, or -1 */
function endOfHeaders(bytes: Uint8Array, at: number): number {
  const headerCount = bytes[at++]!;
  if (headerCount >= MORE || (headerCount & 1) === 1) return -1; // 64 headers and more are rare enough
  for (let left = headerCount >>> 1; left > 0; left--) {
    let name = bytes[at++]!;
    if (name >= MORE) name += (bytes[at++]! << 7) - MORE;
    if ((name & 1) === 1 || name >= TWO_BYTES_END) return -1;
    at += name >>> 1;
    let value = bytes[at++]!;
    if (value >= MORE) {
      value += (bytes[at++]! << 7) - MORE;
      if (value >= TWO_BYTES_END) value += (bytes[at++]! << 14) - TWO_BYTES_END;
    }
    if ((value & 1) === 0 && value < THREE_BYTES_END) at += value >>> 1;
    else if (value !== 1) return -1;
  }
  return at;
}
