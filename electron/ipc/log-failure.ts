/**
 * What a failed call says of the log that it was about: that something is wrong with it, that it is gone, or nothing,
 * because something else failed.
 */
import type { AppError, ErrorCode } from '../../shared/errors';

const OF_SOMETHING_ELSE: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  ...(['CANCELLED', 'NOT_IN_REPORT', 'INVALID_REQUEST'] as const),
  // Whatever the worker was reading, all that it was asked for ends with it.
  'WORKER_DIED',
  'TOO_MANY_OPEN_FILES',
]);
/** Deleted, or something else put in its place, since it was listed: the next listing knows. */
const GONE: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['NOT_FOUND', 'NOT_A_DIRECTORY']);

/** Nobody can tell from it whether the log can be read. */
export function isOfSomethingElse({ code }: AppError): boolean {
  return OF_SOMETHING_ELSE.has(code);
}

/** In a saved report nothing goes away: there it is why the log could not be read. */
export function isGone({ code }: AppError): boolean {
  return GONE.has(code);
}
