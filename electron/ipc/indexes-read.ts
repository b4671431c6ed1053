/**
 * The columns of the log whose indexes were read last, kept in shared memory so that workers answer what-ifs about them:
 * nothing is read again and nothing copied. They go with their directory. Computes nothing itself.
 */
import { AppError } from '../../shared/errors';
import type { IndexFacts, IndexFigures } from '../../shared/index-facts';
import type { CallContext, Result } from '../../shared/rpc';
import type { LogDirectory, scanContract } from '../workers/scan-contract';
import type { ScanPool } from '../workers/scan-pool';

interface NamedLog {
  readonly logId: string;
  readonly directory: LogDirectory;
}

export class IndexesRead {
  readonly #pool: ScanPool<typeof scanContract>;
  #last: { readonly logId: string; readonly facts: IndexFacts } | null = null;
  #turn = 0;
  /** Of the reading that is kept; those begun before it are of the past. */
  #keptTurn = 0;

  constructor(pool: ScanPool<typeof scanContract>) {
    this.#pool = pool;
  }

  /** @throws AppError where the log cannot be read, CANCELLED */
  async figures(
    { logId, directory }: NamedLog,
    { signal, progress }: CallContext<{ bytesDone: number; bytesTotal: number }>,
  ): Promise<IndexFigures> {
    const turn = ++this.#turn;
    const options = { signal, priority: 'bulk' } as const;
    const reading = { ...options, onProgress: progress };
    const facts = inSharedMemory(await this.#pool.call('log.indexFacts', { log: directory }, reading));
    const figures = await this.#pool.call('log.indexFigures', { facts }, options);
    if (turn > this.#keptTurn) {
      this.#keptTurn = turn;
      this.#last = { logId, facts };
    }
    return figures;
  }

  /** @throws AppError NOT_FOUND where the indexes read last were those of another log */
  async whatIf(
    { logId }: NamedLog,
    indexIntervalBytes: number,
    signal: AbortSignal,
  ): Promise<Result<typeof scanContract, 'log.indexWhatIf'>> {
    if (this.#last?.logId !== logId)
      throw new AppError('NOT_FOUND', 'The indexes of this log were not read.');
    const { facts } = this.#last;
    return this.#pool.call('log.indexWhatIf', { facts, indexIntervalBytes }, { signal });
  }

  /** What is being read now included. */
  forget(): void {
    this.#keptTurn = this.#turn;
    this.#last = null;
  }
}

/** A worker's columns are there already; a saved report's are not. */
function inSharedMemory(facts: IndexFacts): IndexFacts {
  const { batches, offsetEntries, timeEntries } = facts;
  return {
    ...facts,
    batches: {
      positions: sharedInts(batches.positions),
      lastOffsets: sharedInts(batches.lastOffsets),
      recordCounts: sharedInts(batches.recordCounts),
      maxTimestampsMs: sharedFloats(batches.maxTimestampsMs),
    },
    offsetEntries: {
      relativeOffsets: sharedInts(offsetEntries.relativeOffsets),
      positions: sharedInts(offsetEntries.positions),
    },
    timeEntries: {
      timestampsMs: sharedFloats(timeEntries.timestampsMs),
      relativeOffsets: sharedInts(timeEntries.relativeOffsets),
    },
  };
}

function sharedInts(column: Int32Array): Int32Array {
  if (column.buffer instanceof SharedArrayBuffer) return column;
  const shared = new Int32Array(new SharedArrayBuffer(column.byteLength));
  shared.set(column);
  return shared;
}

function sharedFloats(column: Float64Array): Float64Array {
  if (column.buffer instanceof SharedArrayBuffer) return column;
  const shared = new Float64Array(new SharedArrayBuffer(column.byteLength));
  shared.set(column);
  return shared;
}
