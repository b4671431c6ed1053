/**
 * What checking a whole segment would find (LogSegment.recover): where it would be cut off, and where it then ends.
 *
 * Only what a broker checks: CRCs and lengths, offsets within the segment's range, and offsets that increase where an
 * index entry is due. Builds no index.
 */
import type { Bytes, Offset } from '../../../shared/units';
import type { ReadingFileSystem } from '../file-system';
import { controlTypeOf } from '../format/control-record';
import { CONTROL_BIT, readRecordBatchHeader } from '../format/record-batch';
import { type BrokerBatch, walkBrokerBatches } from './broker-batches';
import { recordsOf } from './check-batch';
import type { StartOptions } from './startup-log';
import { readOrEnd, StartEnds, type StartingSegment } from './startup-segment';

const OFFSET_RANGE_MAX = 2 ** 31 - 1;
const NEWEST_MAGIC = 2;
/** One record; larger ones are data. */
const CONTROL_BATCH_MAX = 1024;

export interface CheckedSegment {
  /** What would be left. */
  readonly sizeInBytes: Bytes;
  /** Exclusive. */
  readonly nextOffset: Offset;
  /** Offset up to which the batches carry producer state; null where none does. */
  readonly producersReach: Offset | null;
  /** Then there is a transaction index afterwards, as far as the transaction's data is still there. */
  readonly hasAbortMarker: boolean;
  /** Offsets that do not increase: the whole segment goes. */
  readonly isOutOfOrder: boolean;
  /** Why it would be cut off; null where it would not. */
  readonly message: string | null;
}

/** @throws StartEnds where the segment would be split, or cannot be read */
export async function checkSegment(
  fs: ReadingFileSystem,
  segment: StartingSegment,
  { signal, onBytes, indexIntervalBytes }: StartOptions & { readonly indexIntervalBytes: Bytes },
): Promise<CheckedSegment> {
  const { baseOffset, logName, logPath, sizeInBytes } = segment;
  const rebuilt = new RebuiltIndex(segment, indexIntervalBytes);
  let nextOffset = baseOffset;
  let producersReach: Offset | null = null;
  let hasAbortMarker = false;
  let doneTo = 0;
  const onPosition = (position: number) => {
    onBytes?.(Math.max(0, position - doneTo));
    doneTo = Math.max(doneTo, position);
  };
  const walk = { from: 0, sizeInBytes, checksCrc: true, signal, onPosition };
  const end = await readOrEnd(fs, { name: logName, path: logPath }, (file) =>
    walkBrokerBatches({ file, ...walk }, (batch, bytes) => {
      if (!rebuilt.add(batch)) return false;
      nextOffset = batch.lastOffset + 1;
      if (batch.magic < NEWEST_MAGIC) return true;
      producersReach = nextOffset;
      hasAbortMarker ||= batch.sizeInBytes <= CONTROL_BATCH_MAX && isAbortMarker(bytes());
      return true;
    }),
  );
  if (rebuilt.outOfOrder !== null) {
    const nothing = { sizeInBytes: 0, nextOffset: baseOffset, producersReach: null, hasAbortMarker: false };
    return { ...nothing, isOutOfOrder: true, message: rebuilt.outOfOrder };
  }
  const left: number = end.position;
  const found = { nextOffset, producersReach, hasAbortMarker };
  return { ...found, sizeInBytes: left, isOutOfOrder: false, message: end.message };
}

function isAbortMarker(bytes: Uint8Array): boolean {
  const header = readRecordBatchHeader(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), 0);
  if ((header.attributes & CONTROL_BIT) === 0) return false;
  return controlTypeOf(recordsOf(header, bytes).records[0]?.key ?? null) === 'ABORT';
}

/** The offset index as it is written anew, as far as it can fail. */
class RebuiltIndex {
  readonly #segment: StartingSegment;
  readonly #intervalBytes: Bytes;
  #indexedAt = 0;
  #indexedOffset: Offset | null = null;
  /** Set where it failed. */
  outOfOrder: string | null = null;

  constructor(segment: StartingSegment, intervalBytes: Bytes) {
    this.#segment = segment;
    this.#intervalBytes = intervalBytes;
  }

  /** @returns false where it fails. @throws StartEnds for an offset out of the segment's range */
  add({ lastOffset, position }: BrokerBatch): boolean {
    const { baseOffset, logName } = this.#segment;
    const relative = lastOffset - baseOffset;
    if (!(relative >= 0 && relative <= OFFSET_RANGE_MAX))
      throw new StartEnds(
        'offset-overflow',
        logName,
        `The batch at position ${position} ends at offset ${lastOffset}.`,
        'unpredicted',
      );
    if (position - this.#indexedAt <= this.#intervalBytes) return true;
    if (this.#indexedOffset !== null && lastOffset <= this.#indexedOffset) {
      this.outOfOrder = `The batch at position ${position} ends at offset ${lastOffset}, and an index entry before it has ${this.#indexedOffset}.`;
      return false;
    }
    this.#indexedOffset = lastOffset;
    this.#indexedAt = position;
    return true;
  }
}
