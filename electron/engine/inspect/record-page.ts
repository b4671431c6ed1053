/** A page of a log's records, from an offset or a time on, with how the transaction of each one ended. Reads only. */
import type { Problem } from '../../../shared/problem';
import type { Offset, TimestampMs } from '../../../shared/units';
import type { ReadingFileSystem } from '../file-system';
import { TRANSACTIONAL_BIT } from '../format/record-batch';
import type { LogDirectory } from './list-logs';
import { type RecordBatchFound, readRecords } from './read-records';
import { readTransactions, type Transactions } from './read-transactions';
import { type RecordRow, recordRow } from './record-row';

export interface RecordPageRange {
  /** Default: the first record on disk. */
  readonly fromOffset?: Offset | undefined;
  readonly fromTimestampMs?: TimestampMs | undefined;
  /** Base offset of a segment: no other one is read. */
  readonly onlySegment?: Offset | undefined;
  readonly limit: number;
  readonly contentBytesMax: number;
  readonly signal?: AbortSignal | undefined;
}

export interface RecordPage {
  readonly rows: RecordRow[];
  /** Where the next page begins; null at the end of the log. */
  readonly nextOffset: Offset | null;
  /** What was passed over on the way. */
  readonly problems: Problem[];
}

/** @throws AppError where the directory or a segment cannot be read; the signal's reason when aborted */
export async function readRecordPage(
  fs: ReadingFileSystem,
  log: LogDirectory,
  { limit, contentBytesMax, ...range }: RecordPageRange,
): Promise<RecordPage> {
  const problems: Problem[] = [];
  const onProblem = (problem: Problem) => void problems.push(problem);
  const states = new TransactionStates(fs, log, range.signal);
  const rows: RecordRow[] = [];
  for await (const batch of readRecords(fs, log.path, { ...range, onProblem })) {
    const transactionState = await states.of(batch);
    for (const record of batch.records) {
      if (rows.length === limit) return { rows, nextOffset: record.offset, problems };
      rows.push(recordRow(batch, record, { log: log.name, transactionState, contentBytesMax }));
    }
  }
  return { rows, nextOffset: null, problems };
}

/** Reads the transactions of a log when the first transactional batch comes along, from that batch on. */
export class TransactionStates {
  readonly #fs: ReadingFileSystem;
  readonly #log: LogDirectory;
  readonly #signal: AbortSignal | undefined;
  #transactions: Promise<Transactions> | null = null;

  constructor(fs: ReadingFileSystem, log: LogDirectory, signal?: AbortSignal) {
    this.#fs = fs;
    this.#log = log;
    this.#signal = signal;
  }

  async of({ header }: RecordBatchFound) {
    if ((header.attributes & TRANSACTIONAL_BIT) === 0) return null;
    this.#transactions ??= readTransactions(this.#fs, this.#log.path, {
      fromOffset: header.baseOffset,
      signal: this.#signal,
    });
    return (await this.#transactions).stateOf(header);
  }
}
