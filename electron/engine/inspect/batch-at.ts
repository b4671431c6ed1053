/**
 * A batch of any magic at a place in memory: is it plausible, what does its header say, does its CRC hold.
 * Looks at nothing but the bytes it is given.
 */
import type { ProblemCode } from '../../../shared/problem';
import type { Bytes } from '../../../shared/units';
import { crc32cOf, crc32Of } from '../format/crc';
import { MESSAGE_CRC_FROM, MESSAGE_SIZE_MIN, readMessageHeader } from '../format/message-set';
import {
  ATTRIBUTES_AT,
  BATCH_LENGTH_AT,
  LOG_OVERHEAD,
  MAGIC_AT,
  RECORD_BATCH_HEADER_SIZE,
  type RecordBatchHeader,
  readRecordBatchHeader,
} from '../format/record-batch';

export interface BatchPlace {
  readonly view: DataView;
  /** Index of the batch in `view`. */
  readonly at: number;
  /** Bytes from there to the end of the file; at least 17. */
  readonly rest: Bytes;
}

/** A larger batch is not read: memory stays bounded, whatever a length field claims. Brokers take 1 MiB by default. */
export const BATCH_BYTES_MAX: Bytes = 256 * 1024 * 1024;

const SIZE_MIN_BY_MAGIC = [...MESSAGE_SIZE_MIN, RECORD_BATCH_HEADER_SIZE] as const;

/** The size that the batch claims (it may reach past the end), or why there cannot be one. */
export function plausibleSizeAt({
  view,
  at,
  rest,
}: BatchPlace): Bytes | { code: ProblemCode; message: string } {
  const magic = view.getInt8(at + MAGIC_AT);
  const length = view.getInt32(at + BATCH_LENGTH_AT);
  const sizeMin = SIZE_MIN_BY_MAGIC[magic];
  if (sizeMin === undefined) return { code: 'batch-magic-unknown', message: `The magic byte is ${magic}.` };
  if (length + LOG_OVERHEAD < sizeMin)
    return { code: 'batch-length-invalid', message: `The length field says ${length}, with magic ${magic}.` };
  if (rest < sizeMin)
    return {
      code: 'segment-torn-tail',
      message: `${rest} bytes are left, too few for a header of magic ${magic}.`,
    };
  return length + LOG_OVERHEAD;
}

/** The header of a batch that `plausibleSizeAt` found to be one. */
export function headerAt({ view, at }: BatchPlace): RecordBatchHeader {
  return view.getInt8(at + MAGIC_AT) === 2 ? readRecordBatchHeader(view, at) : readMessageHeader(view, at);
}

/** The CRC that the bytes of a whole batch have. */
export function batchCrcOf(batch: Uint8Array, magic: number): number {
  return magic === 2 ? crc32cOf(batch.subarray(ATTRIBUTES_AT)) : crc32Of(batch.subarray(MESSAGE_CRC_FROM));
}
