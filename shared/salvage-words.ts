/** What a stretch that a salvage left out may have cost, in the words of window and command line. Pure. */
import type { Offset } from './units';

/** @param toOffset Inclusive; null at the end of the log, where nobody knows. */
export function lostOffsetsText(fromOffset: Offset, toOffset: Offset | null): string {
  if (toOffset === null) return `offsets from ${fromOffset} on`;
  return fromOffset === toOffset ? `offset ${fromOffset}` : `offsets ${fromOffset} to ${toOffset}`;
}
