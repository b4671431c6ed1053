/**
 * Who writes a log with the engine, asked from outside: the lock in the log's directory, and the counters beside it.
 *
 * The lock is queried and never taken. Where the system has no such query (lock-query.ts), the counters tell as much as
 * they can: a program that has written them a moment ago is at work, one whose process is no more is not. They are a file
 * of any program's making: of a bounded size, checked field by field, and otherwise only named for what is wrong with it.
 */
import { hostname } from 'node:os';
import { join } from 'node:path';
import { type EngineMetrics, EngineMetricsSchema, type EngineWriter } from '../../shared/engine-writer';
import { AppError } from '../../shared/errors';
import type { TimestampMs } from '../../shared/units';
import type { ReadingFileSystem } from '../engine/file-system';
import { LOG_LOCK_FILE } from '../engine/format/file-names';
import { type LockAnswer, queryLock } from '../engine/inspect/lock-query';
import { readSmallFile } from '../engine/inspect/read-small-file';
import { metricsPathOf } from '../engine/metrics-name';

/** Counters that are not older than this many times their interval were written by a program at work. */
const FRESH_INTERVALS = 3;
const FRESH_MIN_MS = 1_000;
/** Many times what the engine writes. */
const METRICS_BYTES_MAX = 64 * 1024;

export interface WriterQuestion {
  /** The log's directory. */
  readonly path: string;
  readonly nowMs: TimestampMs;
  /** Others in tests. */
  readonly query?: (path: string) => Promise<LockAnswer>;
  readonly processes?: Processes;
}

/** The processes of a machine, or of a container. */
export interface Processes {
  readonly hostName: string;
  /** Whether there is a process of that number. Numbers are given out again: one that is there may be another program. */
  isThere(processId: number): boolean;
}

const PROCESSES_HERE: Processes = {
  hostName: hostname(),
  isThere(processId) {
    try {
      process.kill(processId, 0); // sends nothing
      return true;
    } catch (error) {
      return (error as NodeJS.ErrnoException).code !== 'ESRCH'; // EPERM: it is another user's
    }
  },
};

/** @returns null where nothing says that the engine has ever written here, as with every broker's log */
export async function readEngineWriter(
  fs: ReadingFileSystem,
  { path, nowMs, query = queryLock, processes = PROCESSES_HERE }: WriterQuestion,
): Promise<EngineWriter | null> {
  const lockFile = join(path, LOG_LOCK_FILE);
  const [lock, status, counters] = await Promise.all([
    query(lockFile),
    fs.status(lockFile),
    readMetrics(fs, metricsPathOf(path)),
  ]);
  if (lock.state === 'absent' && counters === null) return null;
  const metrics = counters?.metrics ?? null;
  const isMarkedOpen = (status?.sizeInBytes ?? 0) > 0;
  const openedAtMs = isMarkedOpen ? status!.modifiedAtMs : null;
  const byCounters = () => stateByCounters(metrics, { openedAtMs, nowMs, processes });
  return {
    state: lock.state === 'unknown' ? byCounters() : stateByLock(lock, isMarkedOpen),
    metrics,
    flaw: counters?.flaw ?? null,
    readAtMs: nowMs,
  };
}

/** What a program writes into the lock file while it has the log open stays there where it did not close it. */
function stateByLock({ state }: LockAnswer, isMarkedOpen: boolean): EngineWriter['state'] {
  if (state === 'held') return 'open';
  return state === 'free' && isMarkedOpen ? 'abandoned' : 'closed';
}

interface Circumstances {
  /** When the last program marked the log as open; null where it has closed it since. */
  readonly openedAtMs: TimestampMs | null;
  readonly nowMs: TimestampMs;
  readonly processes: Processes;
}

/**
 * Where nobody can tell whether the lock is held. Counters that were last written before the log was opened, or on another
 * machine, tell nothing; nor do late ones whose process is there, for its number may have been given to another program.
 */
function stateByCounters(
  metrics: EngineMetrics | null,
  { openedAtMs, nowMs, processes }: Circumstances,
): EngineWriter['state'] {
  if (openedAtMs === null || metrics === null || metrics.isClosed) return 'unknown';
  if (metrics.writtenAtMs < openedAtMs || metrics.hostName !== processes.hostName) return 'unknown';
  if (!processes.isThere(metrics.processId)) return 'abandoned';
  const freshMs = FRESH_INTERVALS * Math.max(metrics.intervalMs, FRESH_MIN_MS);
  const ageMs = nowMs - metrics.writtenAtMs;
  return ageMs >= 0 && ageMs <= freshMs ? 'open' : 'unknown';
}

type Counters = Pick<EngineWriter, 'metrics' | 'flaw'>;

const flawed = (flaw: string): Counters => ({ metrics: null, flaw });

/** null where there is no such file. */
async function readMetrics(fs: ReadingFileSystem, path: string): Promise<Counters | null> {
  try {
    const status = await fs.status(path);
    if (status === null) return null;
    if (status.sizeInBytes > METRICS_BYTES_MAX) return flawed(`it has ${status.sizeInBytes} bytes`);
    const bytes = await readSmallFile(fs, path);
    return bytes === null ? null : parseMetrics(bytes.toString('utf8'));
  } catch (error) {
    if (error instanceof AppError) return flawed(error.message);
    throw error;
  }
}

function parseMetrics(text: string): Counters {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return flawed('it is not JSON');
  }
  const { success, data, error } = EngineMetricsSchema.safeParse(value);
  if (success) return { metrics: data, flaw: null };
  const { path, message } = error.issues[0]!;
  return flawed(path.length === 0 ? message : `${path.join('.')}: ${message}`);
}
