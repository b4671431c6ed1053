/**
 * Errors that may cross a process boundary, told apart by who has to act.
 *
 * - Damage in the user's files is data, not an error: a `Problem` value (problem.ts).
 * - An operation that failed (file gone, disk full, cancelled) is an `AppError` with a stable code.
 * - Anything else is a bug: the other side sees `INTERNAL` and an incident id, and nothing more.
 */

/**
 * Codes are API: tests, scripts and the window branch on them. Messages are for people and may change.
 *
 * Wrong use: mend the call.
 * - `INVALID_ARGUMENT`: a setting (details: setting), an option or a place that cannot be
 * - `INVALID_RECORD`: no record, or not for this log: one without a key in a compacted log (details: field)
 * - `INVALID_TIMESTAMP`: not a date after 1970, or further in the future than timestampAfterMaxMs allows
 * - `RECORD_TOO_LARGE`: above max.message.bytes or segment.bytes (details: sizeInBytes, limit)
 * - `OFFSET_OUT_OF_RANGE`: outside the log; read from logStartOffset or logEndOffset instead (details: both)
 * - `LOG_CLOSED`: the log, or the directory in the window, was closed; open it again
 * - `NOT_FOUND`: no such file, directory, segment, partition or run
 * - `NOT_A_DIRECTORY`, `NOT_A_REGULAR_FILE`: something else has the name, or a directory above it
 * - `EMPTY_DIRECTORY`, `NOT_A_LOG`: a directory without anything, or with other files and no segment; to the engine, a data
 *   directory in place of a log's
 * - `ALREADY_THERE`: it would be written over
 *
 * Storage: what the system says of a file (details: path, errno).
 * - `PERMISSION_DENIED`, `READ_ONLY`: the user may not, or nobody may
 * - `DISK_FULL`: no space, or a quota or size limit; the log is as it was, and goes on when there is space
 * - `TOO_MANY_OPEN_FILES`: raise the limit of the process, or lower openFilesMax
 * - `STORAGE_FAILED`: anything else, and every write after a failed fsync: close the log and open it again
 *
 * The state of a log: look, then decide.
 * - `LOCKED`: a broker or another program has it; stop that first
 * - `RECOVERY_NEEDED`: somebody else did not close it; open it with `recover: true` to cut off what is not sound
 * - `CORRUPT`: damage where the log would have to be trusted (details: file, position, reason); `strata verify` shows
 *   all of it, `strata salvage` saves the rest
 * - `PLAN_OUTDATED`: the files changed since the plan was made, and nothing was done; plan again
 * - `STORAGE_UNSAFE`: what was asked for would harm a log or keep a broker from starting; the message says how
 *
 * Of the desktop application and the command line only, never of the engine.
 * - `NOT_A_REPORT`, `NOT_IN_REPORT`: a file that is no report, or one without what was asked for
 * - `LOG_NOT_OPEN`, `INVALID_REQUEST`: the page asked for what main does not have, or does not allow
 * - `WORKER_DIED`: the worker of a call ended; try again
 * - `CANCELLED`: as was wished. The engine throws the reason of the signal
 * - `INTERNAL`: a bug; details: incidentId, under which the diagnostics have the rest
 */
export type ErrorCode =
  | 'INVALID_REQUEST'
  | 'INVALID_ARGUMENT'
  | 'NOT_FOUND'
  | 'NOT_A_DIRECTORY'
  | 'NOT_A_LOG'
  | 'NOT_A_REPORT'
  | 'NOT_IN_REPORT'
  | 'ALREADY_THERE'
  | 'EMPTY_DIRECTORY'
  | 'PERMISSION_DENIED'
  | 'NOT_A_REGULAR_FILE'
  | 'READ_ONLY'
  | 'DISK_FULL'
  | 'TOO_MANY_OPEN_FILES'
  | 'STORAGE_FAILED'
  | 'STORAGE_UNSAFE'
  | 'LOCKED'
  | 'PLAN_OUTDATED'
  | 'RECOVERY_NEEDED'
  | 'LOG_NOT_OPEN'
  | 'LOG_CLOSED'
  | 'OFFSET_OUT_OF_RANGE'
  | 'RECORD_TOO_LARGE'
  | 'INVALID_TIMESTAMP'
  | 'INVALID_RECORD'
  | 'CORRUPT'
  | 'WORKER_DIED'
  | 'CANCELLED'
  | 'INTERNAL';

/** Flat primitives only, so that an error can always be structured-cloned. */
export type ErrorDetails = Readonly<Record<string, string | number | boolean | null>>;

export interface WireError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly details: ErrorDetails;
}

export class AppError extends Error {
  override readonly name: string = 'AppError';
  readonly code: ErrorCode;
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.details = details;
  }

  /** Always survives a structured clone: a detail that the types let through by mistake becomes its text. */
  toWire(): WireError {
    return { code: this.code, message: this.message, details: flatDetails(this.details) };
  }

  static fromWire(error: WireError): AppError {
    return new AppError(error.code, error.message, error.details);
  }
}

function flatDetails(details: Readonly<Record<string, unknown>>): ErrorDetails {
  return Object.fromEntries(Object.entries(details).map(([name, value]) => [name, flatDetail(value)]));
}

function flatDetail(value: unknown): ErrorDetails[string] {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  return typeof value === 'number' ? value : String(value);
}
