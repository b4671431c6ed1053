/**
 * How far a report is: bytes of .log files over all logs and passes, each as often as it is read, and over what is read
 * of all logs together. Reads nothing.
 */
import type { Bytes } from '../../shared/units';
import type { ReportOptions } from './report-options';

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
    const { analysesCompaction, readsStatistics, listsBatches, listsTransactions, plansStartup } = asked;
    const twice = [analysesCompaction, readsStatistics, listsBatches].filter((isAsked) => isAsked).length;
    this.#passes = 1 + 2 * twice + (listsTransactions ? 1 : 0);
    const bytesOfLogs = sizes.reduce((sum, size) => sum + size, 0);
    this.#bytesTotal = bytesOfLogs * (this.#passes + (plansStartup ? 1 : 0));
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
