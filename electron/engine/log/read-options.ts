/** Which part of a log a reader wants, and whether that can be meant. What of it is there, the log knows. */
import { AppError } from '../../../shared/errors';
import type { Offset, TimestampMs } from '../../../shared/units';

export interface ReadOptions {
  /** First offset wanted, inclusive. Default: the log start offset. */
  readonly fromOffset?: Offset;
  /** Begin with the first record whose timestamp is at or after this, in the order of offsets. */
  readonly fromTimestampMs?: TimestampMs;
  /** Exclusive. Default: the log end offset at the time of the call. */
  readonly toOffset?: Offset;
  /** Default: no limit. */
  readonly recordsMax?: number;
  readonly signal?: AbortSignal;
}

/** fromOffset is held against the log instead. @throws AppError INVALID_ARGUMENT for what is no number */
export function checkReadOptions({ fromTimestampMs, toOffset, recordsMax }: ReadOptions): void {
  for (const [name, value] of Object.entries({ fromTimestampMs, toOffset, recordsMax }))
    if (value !== undefined && (typeof value !== 'number' || Number.isNaN(value)))
      throw new AppError('INVALID_ARGUMENT', `${name} is ${String(value)}; it must be a number.`, { name });
}
