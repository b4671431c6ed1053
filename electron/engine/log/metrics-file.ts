/**
 * A log's counters as a small JSON file in the data directory, written anew at an interval and once more at the end, so
 * that the window and other programs can see them (settings.metricsIntervalMs).
 *
 * Nothing is synced and no append waits: a file that could not be written is counted, and written again next time. What
 * the counters are, the log knows.
 */
import { hostname } from 'node:os';
import type { Milliseconds, Offset, TimestampMs } from '../../../shared/units';
import type { Clock } from '../clock';
import type { DiskSpace, FileSystem } from '../file-system';
import { metricsPathOf } from '../metrics-name';
import { replaceFile } from './atomic-file';
import type { LogMetrics } from './log-metrics';

const SCHEMA = 'strata.metrics/1';

/** What the log says of itself. */
export interface LogState {
  readonly logStartOffset: Offset;
  /** Exclusive. */
  readonly logEndOffset: Offset;
  /** Appends above it count as slow. */
  readonly slowAppendMs: Milliseconds;
  readonly metrics: LogMetrics;
}

/** The content of the file. */
export interface MetricsReport extends LogState {
  readonly schema: typeof SCHEMA;
  readonly processId: number;
  /** Of the machine, or of the container, that the process is on: its number means nothing elsewhere. */
  readonly hostName: string;
  readonly openedAtMs: TimestampMs;
  readonly writtenAtMs: TimestampMs;
  readonly intervalMs: Milliseconds;
  /** The last one: the log was closed. */
  readonly isClosed: boolean;
  /** Of the file system that the log is on. */
  readonly disk: DiskSpace;
}

export interface MetricsFileOptions {
  readonly fs: FileSystem;
  readonly clock: Clock;
  /** Of the log. */
  readonly directory: string;
  readonly intervalMs: Milliseconds;
  readonly readState: () => LogState;
}

export class MetricsFile {
  /** Times that it could not be written. */
  failedCount = 0;
  readonly #options: MetricsFileOptions;
  readonly #openedAtMs: TimestampMs;
  #cancel: () => void = () => {};
  /** The write that was begun last; settles in any case. */
  #writing: Promise<void>;
  #isOver = false;

  constructor(options: MetricsFileOptions) {
    this.#options = options;
    this.#openedAtMs = options.clock.now();
    this.#writing = this.#writeAndGoOn();
  }

  /** Ends the writing; with the last state, where the log was closed in order. */
  async close(isClosed: boolean): Promise<void> {
    this.#isOver = true;
    this.#cancel();
    await this.#writing;
    if (isClosed) await this.#write(true);
  }

  async #writeAndGoOn(): Promise<void> {
    await this.#write(false);
    if (this.#isOver) return;
    const { clock, intervalMs } = this.#options;
    this.#cancel = clock.after(intervalMs, () => {
      this.#writing = this.#writeAndGoOn();
    });
  }

  async #write(isClosed: boolean): Promise<void> {
    const { fs, clock, directory, intervalMs, readState } = this.#options;
    try {
      const report: MetricsReport = {
        schema: SCHEMA,
        processId: process.pid,
        hostName: hostname(),
        openedAtMs: this.#openedAtMs,
        writtenAtMs: clock.now(),
        intervalMs,
        isClosed,
        ...readState(),
        disk: await fs.diskSpace(directory),
      };
      await replaceFile(fs, metricsPathOf(directory), Buffer.from(`${JSON.stringify(report)}\n`));
    } catch {
      this.failedCount++; // the disk may be full; the log itself is not concerned
    }
  }
}
