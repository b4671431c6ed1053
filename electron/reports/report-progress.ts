/**
 * How far a report is: bytes of .log files over all logs and passes, each as often as it is read, and over what is read
 * of all logs together, the batches for Parquet included, which are read while it is written. Reads nothing.
 */
import type { ReportContents } from '../../shared/report-request';
import type { Bytes } from '../../shared/units';
import type { ReportOptions } from './report-options';

type Asked = Pick<
  ReportContents,
  | 'analysesCompaction'
  | 'readsStatistics'
  | 'listsBatches'
  | 'listsTransactions'
  | 'plansIndexRebuild'
  | 'plansStartup'
>;

/** How often each log is read for the report itself. */
function passesOfLog(asked: Asked): number {
  const count = (parts: readonly boolean[]) => parts.filter((isAsked) => isAsked).length;
  const twice = count([asked.analysesCompaction, asked.readsStatistics, asked.listsBatches]);
  return 1 + 2 * twice + count([asked.listsTransactions, asked.plansIndexRebuild]);
}

const passesOfAll = (asked: Asked): number => passesOfLog(asked) + (asked.plansStartup ? 1 : 0);

export class ReportProgress {
  readonly #sizes: readonly Bytes[];
  readonly #passes: number;
  readonly #bytesTotal: Bytes;
  readonly #onProgress: ReportOptions['onProgress'];
  #log = -1;
  #pass = 0;
  /** Of the logs before the one that is being read. */
  #bytesBefore: Bytes = 0;

  /** @param sizes Of the logs, in the order in which they are read. */
  constructor(sizes: readonly Bytes[], { onProgress, ...asked }: ReportOptions) {
    this.#sizes = sizes;
    this.#passes = passesOfLog(asked);
    this.#bytesTotal = sizes.reduce((sum, size) => sum + size, 0) * passesOfAll(asked);
    this.#onProgress = onProgress;
  }

  startLog(): void {
    if (this.#log >= 0) this.#bytesBefore += this.#size * this.#passes;
    this.#log++;
    this.#pass = -1;
  }

  /** @returns what is called with how far it is. Bytes of several passes may follow in one. */
  startPass(): (bytesDone: Bytes) => void {
    const pass = ++this.#pass;
    return (bytesDone) => this.#show(Math.min(pass * this.#size + bytesDone, this.#passes * this.#size));
  }

  /** A pass that this log does not need, or the second of two that were shown as one. */
  skipPass(): void {
    this.#pass++;
  }

  /** @returns what is called with how far a pass over all logs is that comes after those of each. */
  startPassOverAll(): (bytesDone: Bytes) => void {
    this.startLog();
    return (bytesDone) => this.#show(bytesDone);
  }

  finish(): void {
    this.#show(this.#bytesTotal);
  }

  get #size(): Bytes {
    return this.#sizes[this.#log] ?? 0;
  }

  #show(bytesOfLog: Bytes): void {
    const bytesDone = Math.min(this.#bytesBefore + bytesOfLog, this.#bytesTotal);
    this.#onProgress?.({ bytesDone, bytesTotal: this.#bytesTotal });
  }
}

/**
 * One bar over making a report and writing it: what is read while it is written counts from the start, as one more pass.
 * It only goes forward, whatever is read twice or turns out smaller.
 */
export class WholeProgress {
  readonly #onProgress: ReportOptions['onProgress'];
  readonly #passes: number;
  readonly #passesBehind: number;
  readonly #isParquetWritten: boolean;
  /** Of the passes that make it; 0 as long as nothing is read, as of a saved report. */
  #bytesToMake: Bytes = 0;
  #bytesShown: Bytes = 0;
  /** Of logs whose batches the report had no room for. */
  #bytesAgain: Bytes = 0;

  constructor(contents: Asked & Pick<ReportContents, 'formats'>, onProgress: ReportOptions['onProgress']) {
    this.#onProgress = onProgress;
    this.#passes = passesOfAll(contents);
    this.#isParquetWritten = contents.formats.includes('parquet');
    this.#passesBehind = this.#isParquetWritten && !contents.listsBatches ? 1 : 0;
  }

  /** Of making it. */
  readonly made = ({ bytesDone, bytesTotal }: { bytesDone: Bytes; bytesTotal: Bytes }): void => {
    this.#bytesToMake = bytesTotal;
    this.#show(bytesDone);
  };

  /** @param bytes Of the logs whose batches are not in the report that was made: Parquet reads them, asked for or not. */
  batchesMissing(bytes: Bytes): void {
    if (this.#isParquetWritten && this.#passesBehind === 0) this.#bytesAgain = bytes;
  }

  /** Of the batches that are read for its files: of what is there by then, so that only the share counts. */
  readonly written = ({ bytesDone, bytesTotal }: { bytesDone: Bytes; bytesTotal: Bytes }): void => {
    const share = bytesTotal === 0 ? 1 : Math.min(1, bytesDone / bytesTotal);
    this.#show(this.#bytesToMake + Math.floor(share * this.#bytesToWrite));
  };

  get #bytesToWrite(): Bytes {
    return (this.#bytesToMake / this.#passes) * this.#passesBehind + this.#bytesAgain;
  }

  #show(bytesDone: Bytes): void {
    this.#bytesShown = Math.max(this.#bytesShown, bytesDone);
    this.#onProgress?.({
      bytesDone: this.#bytesShown,
      bytesTotal: this.#bytesToMake + this.#bytesToWrite,
    });
  }
}
