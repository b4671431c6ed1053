/** The disk is full, and nothing more could be freed: cut tail, retention and one retry were in vain. */
import { AppError } from '../../../shared/errors';
import type { Bytes } from '../../../shared/units';

/** Nothing of what was appended is in the log; it stays readable, and goes on when there is space again. */
export class DiskFullError extends AppError {
  override readonly name = 'DiskFullError';

  /** @param freedBytes What retention had freed before the second attempt. */
  constructor(cause: AppError, freedBytes: Bytes) {
    super(
      'DISK_FULL',
      `${cause.message} Retention lets nothing more go: free space, or lower retentionMs or retentionBytes.`,
      { ...cause.details, freedBytes },
      { cause },
    );
  }
}
