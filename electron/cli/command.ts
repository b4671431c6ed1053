/**
 * What a command of the command line is, and what it may use: arguments in, text and an exit status out.
 *
 * Commands get their streams and their clock from here and never touch `process`, so that tests run them as functions.
 */
import { AppError } from '../../shared/errors';
import type { TimestampMs } from '../../shared/units';

/** 0 fine, 1 problems found (or nothing applied), 2 wrong use, not a log, empty or unreadable. */
export type ExitStatus = 0 | 1 | 2;

export interface Terminal {
  /** Standard output; waits while a pipe is full. */
  out(text: string): Promise<void>;
  /** Standard error: progress and errors, never results. */
  err(text: string): void;
  /** Whether somebody watches standard error, so that progress is worth drawing. */
  readonly isInteractive: boolean;
  readonly now: () => TimestampMs;
  /** Aborted by Ctrl-C, or when nobody reads the output any more. */
  readonly signal: AbortSignal;
}

export interface Command {
  readonly name: string;
  /** Arguments behind the name, as in `DIR [--json]`. */
  readonly usage: string;
  /** One line, without a full stop. */
  readonly summary: string;
  /** Lines for `strata COMMAND --help`, one an option. */
  readonly options: readonly string[];
  run(args: readonly string[], terminal: Terminal): Promise<ExitStatus>;
}

/** Wrong use of a command: printed with its usage, exit status 2. */
export function usageError(message: string): AppError {
  return new AppError('INVALID_ARGUMENT', message);
}

/** The one directory that most commands take. @throws AppError INVALID_ARGUMENT */
export function onlyDirectory(positionals: readonly string[]): string {
  const [directory, ...others] = positionals;
  if (directory === undefined) throw usageError('Which directory?');
  if (others.length > 0) throw usageError(`One directory only; what is ${others[0]}?`);
  return directory;
}
