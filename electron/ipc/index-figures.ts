/**
 * The figures of indexes that were given out last, kept so that a worker can answer what-ifs about them: the page only
 * draws, and nothing is read again. Computes nothing itself.
 */
import { AppError } from '../../shared/errors';
import type { IndexFacts } from '../../shared/index-facts';
import type { CallContext, Result } from '../../shared/rpc';
import type { LogDirectory, scanContract } from '../workers/scan-contract';
import type { ScanPool } from '../workers/scan-pool';

interface NamedLog {
  readonly logId: string;
  readonly directory: LogDirectory;
}

export class IndexFigures {
  readonly #pool: ScanPool<typeof scanContract>;
  #last: { readonly logId: string; readonly facts: IndexFacts } | null = null;

  constructor(pool: ScanPool<typeof scanContract>) {
    this.#pool = pool;
  }

  /** @throws AppError where the log cannot be read, CANCELLED */
  async read(
    { logId, directory }: NamedLog,
    { signal, progress }: CallContext<{ bytesDone: number; bytesTotal: number }>,
  ): Promise<IndexFacts> {
    const options = { signal, onProgress: progress, priority: 'bulk' } as const;
    const facts = await this.#pool.call('log.indexFacts', { log: directory }, options);
    this.#last = { logId, facts };
    return facts;
  }

  /** @throws AppError NOT_FOUND where the figures given last were of another log */
  async whatIf(
    logId: string,
    indexIntervalBytes: number,
    signal: AbortSignal,
  ): Promise<Result<typeof scanContract, 'log.indexWhatIf'>> {
    if (this.#last?.logId !== logId)
      throw new AppError('NOT_FOUND', 'The indexes of this log were not read.');
    const { facts } = this.#last;
    return this.#pool.call('log.indexWhatIf', { facts, indexIntervalBytes }, { signal });
  }
}
