/**
 * Who writes a log with the engine, asked from outside: the lock in the log's directory, and the counters beside it.
 *
 * The lock is queried and never taken. The counters are a file of any program's making: of a bounded size, checked field
 * by field, and otherwise only named for what is wrong with it.
 */
import { join } from 'node:path';
import { EngineMetricsSchema, type EngineWriter } from '../../shared/engine-writer';
import { AppError } from '../../shared/errors';
import { LOG_LOCK_FILE } from '../engine/directory-lock';
import type { ReadingFileSystem } from '../engine/file-system';
import { type LockAnswer, queryLock } from '../engine/inspect/lock-query';
import { readSmallFile } from '../engine/inspect/read-small-file';
import { metricsPathOf } from '../engine/metrics-name';

/** Many times what the engine writes. */
const METRICS_BYTES_MAX = 64 * 1024;

export interface WriterQuestion {
  /** The log's directory. */
  readonly path: string;
  readonly nowMs: number;
  /** Another one in tests. */
  readonly query?: (path: string) => Promise<LockAnswer>;
}

/** @returns null where nothing says that the engine has ever written here, as with every broker's log */
export async function readEngineWriter(
  fs: ReadingFileSystem,
  { path, nowMs, query = queryLock }: WriterQuestion,
): Promise<EngineWriter | null> {
  const lockFile = join(path, LOG_LOCK_FILE);
  const [lock, status, counters] = await Promise.all([
    query(lockFile),
    fs.status(lockFile),
    readMetrics(fs, metricsPathOf(path)),
  ]);
  if (lock.state === 'absent' && counters === null) return null;
  const isMarkedOpen = (status?.sizeInBytes ?? 0) > 0;
  return {
    state: stateOf(lock, isMarkedOpen),
    metrics: counters?.metrics ?? null,
    flaw: counters?.flaw ?? null,
    readAtMs: nowMs,
  };
}

/** What a program writes into the lock file while it has the log open stays there where it did not close it. */
function stateOf({ state }: LockAnswer, isMarkedOpen: boolean): EngineWriter['state'] {
  if (state === 'held') return 'open';
  if (state === 'unknown') return 'unknown';
  return state === 'free' && isMarkedOpen ? 'abandoned' : 'closed';
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
