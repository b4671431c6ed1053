/**
 * The findings of all logs of an opened directory as one list, and a check of every byte of all of them.
 *
 * What is known of a log, the log itself knows (open-log.ts); one in which nothing is known to be wrong is not asked, and
 * of the others only the rows of the page are unpacked. Reads no file.
 */
import type { contract } from '../../shared/contract';
import { AppError } from '../../shared/errors';
import { type Problem, problemAt } from '../../shared/problem';
import type { CallContext, Result } from '../../shared/rpc';
import { mapConcurrently } from '../engine/map-concurrently';
import { pacedProgress } from '../workers/paced-progress';
import { isGone, isOfSomethingElse } from './log-failure';
import type { LogPage, OpenLog, ScanProgress } from './open-log';

type Listed = Result<typeof contract, 'directory.problems'>;
type Row = Listed['rows'][number];

interface ListOptions {
  readonly signal?: AbortSignal;
  /** A saved report: why one of its logs could not be read stands in it, and is not of today. */
  readonly isSaved?: boolean;
}

/**
 * @param own What is wrong with the directory itself; it comes first.
 * @throws what the signal was aborted with
 */
export async function listDirectoryProblems(
  logs: readonly OpenLog[],
  own: readonly Problem[],
  { from, limit }: LogPage,
  { signal, isSaved = false }: ListOptions = {},
): Promise<Listed> {
  const isProblem = (error: AppError) => !isOfSomethingElse(error) && (isSaved || !isGone(error));
  const counts = await mapConcurrently(logs, (log) => {
    signal?.throwIfAborted();
    return countOf(log, isProblem);
  });
  const ownRows = own.map((problem): Row => ({ logId: null, log: null, problem }));
  const rows = ownRows.slice(from, from + limit);
  let end = own.length;
  for (const [index, count] of counts.entries()) {
    const begin = end;
    end += count ?? 0;
    if (end <= from || rows.length >= limit || end === begin) continue;
    const rest = { from: Math.max(0, from - begin), limit: limit - rows.length };
    const found = await rowsOf(logs[index]!, rest, isProblem);
    if (found === null) {
      counts[index] = null;
      end = begin;
    } else rows.push(...found);
  }
  return {
    total: end,
    rows,
    logCount: logs.length,
    logCountWithProblems: counts.filter((count) => count !== null && count > 0).length,
    pendingLogCount: logs.filter((log, index) => counts[index] === null || log.needsGlance).length,
    verifiedLogCount: logs.filter(({ isVerified }) => isVerified).length,
  };
}

/** One that cannot be read has this one problem. @returns null where something else kept it from being looked at */
async function countOf(log: OpenLog, isProblem: (error: AppError) => boolean): Promise<number | null> {
  if (log.error !== null && isProblem(log.error)) return 1;
  if (log.error === null && log.summary().problemCount === 0) return 0;
  try {
    return (await log.problems({ from: 0, limit: 0 })).total;
  } catch (error) {
    return isProblem(unlessCancelled(error)) ? 1 : null;
  }
}

/** @returns null where something else keeps it, since it was counted, from being looked at */
async function rowsOf(
  log: OpenLog,
  page: LogPage,
  isProblem: (error: AppError) => boolean,
): Promise<Row[] | null> {
  const { logId, directory } = log;
  const rowOf = (problem: Problem): Row => ({ logId, log: directory.name, problem });
  if (log.error !== null && isProblem(log.error)) return [rowOf(unreadable(log.error))];
  try {
    return (await log.problems(page)).rows.map(rowOf);
  } catch (error) {
    const failure = unlessCancelled(error);
    return isProblem(failure) ? [rowOf(unreadable(failure))] : null;
  }
}

function unlessCancelled(error: unknown): AppError {
  if (!(error instanceof AppError) || error.code === 'CANCELLED') throw error;
  return error;
}

function unreadable({ code, message }: AppError): Problem {
  return problemAt('log-unreadable', { file: '' }, `${code}: ${message}`);
}

/**
 * One log after the other; one that cannot be read, or during which the worker died, does not keep the others from it, and
 * one that is gone is nothing to verify.
 * @param logs Each of them looked at: their sizes are what the progress is told of.
 * @throws AppError CANCELLED, TOO_MANY_OPEN_FILES
 */
export async function verifyLogs(
  logs: readonly OpenLog[],
  { signal, progress }: Pick<CallContext<ScanProgress>, 'signal' | 'progress'>,
): Promise<Result<typeof contract, 'directory.verify'>> {
  const tell = pacedProgress(progress);
  const sizeOf = (log: OpenLog) => log.summary().sizeInBytes;
  const sizes = logs.map(sizeOf);
  const bytesTotal = sizes.reduce((sum, size) => sum + size, 0);
  let bytesBefore = 0;
  let problemCount = 0;
  let unreadableLogCount = 0;
  for (const [index, log] of logs.entries()) {
    const size = sizes[index]!;
    try {
      // A log that is written meanwhile may have more bytes than it had.
      const context = {
        signal,
        progress: (done: ScanProgress) =>
          tell({
            bytesDone: bytesBefore + Math.min(done.bytesDone, size),
            bytesTotal,
            problemCount: problemCount + done.problemCount,
          }),
      };
      const found = await log.verify(context, { isOneOfMany: true });
      problemCount += found.problemCount;
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      if (isOfSomethingElse(error) && error.code !== 'WORKER_DIED') throw error;
      if (!isGone(error)) unreadableLogCount++;
    }
    bytesBefore += size;
  }
  return { problemCount, unreadableLogCount };
}
