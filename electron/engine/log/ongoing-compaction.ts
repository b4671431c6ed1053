/** What changes of a log ask of a compaction that is under way. Who compacts, and how, it does not say. */
import type { AppError } from '../../../shared/errors';
import type { Bytes } from '../../../shared/units';

export interface OngoingCompaction {
  /** Makes it give back the space that it has taken. @returns bytes */
  giveUp(): Promise<Bytes>;
  /** Segments went: it has to begin anew with what is left. */
  restart(): void;
  /** Writing has stopped for good, for this reason: nothing may be replaced any more. */
  end(reason: AppError): void;
}
