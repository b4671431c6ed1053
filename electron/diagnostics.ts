/**
 * The application's own log: one text file in the state directory, and the incident ids shown for bugs.
 *
 * Holds events and stack traces, never the content of a user's record. Writing never fails the caller:
 * where the file cannot be written the line goes to standard error instead.
 */
import { randomBytes } from 'node:crypto';
import { appendFileSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

const FILE_SIZE_MAX = 1024 * 1024;
const INCIDENT_ID_BYTES = 4;

export interface Diagnostics {
  /** One line: what happened, and flat details. */
  note(event: string, details?: Readonly<Record<string, unknown>>): void;
  /** Records something unforeseen with its stack; returns the id that the user sees. */
  incident(where: string, error: unknown): string;
}

/** @param path The file; beside it one older file with the ending `.1` is kept. */
export function createDiagnostics(path: string, now: () => Date = () => new Date()): Diagnostics {
  function write(
    level: 'note' | 'incident',
    event: string,
    details: Readonly<Record<string, unknown>>,
  ): void {
    const line = `${JSON.stringify({ time: now().toISOString(), level, event, ...details })}\n`;
    try {
      mkdirSync(dirname(path), { recursive: true });
      if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) > FILE_SIZE_MAX)
        renameSync(path, `${path}.1`);
      appendFileSync(path, line);
    } catch (error) {
      process.stderr.write(`${line}diagnostics cannot be written: ${String(error)}\n`);
    }
  }
  return {
    note: (event, details = {}) => write('note', event, details),
    incident(where, error) {
      const incidentId = `S-${randomBytes(INCIDENT_ID_BYTES).toString('hex').toUpperCase()}`;
      write('incident', where, { incidentId, error: describeError(error) });
      return incidentId;
    },
  };
}

/** The stack of an error with those of its causes. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? '' : `\ncaused by ${describeError(error.cause)}`;
  return `${error.stack ?? error.message}${cause}`;
}
