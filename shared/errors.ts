/**
 * Errors that may cross a process boundary, told apart by who has to act.
 *
 * - Damage in the user's files is data, not an error: a `Problem` value (problem.ts).
 * - An operation that failed (file gone, disk full, cancelled) is an `AppError` with a stable code.
 * - Anything else is a bug: the other side sees `INTERNAL` and an incident id, and nothing more.
 */

/** Codes are API: tests, scripts and the window branch on them. Messages are for people and may change. */
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
