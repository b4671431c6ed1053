/** What a log has done since it was opened, counted where it happens, for programs and for the window to read. */
import type { Bytes, Milliseconds } from '../../../shared/units';
import { Latencies, type LatencySummary } from './latencies';

export interface LogMetrics {
  /** Calls of append and appendMany that succeeded, and the records in them. */
  readonly appendCount: number;
  readonly recordCount: number;
  readonly failedAppendCount: number;
  /** Appends that took longer than slowAppendMs. */
  readonly slowAppendCount: number;
  readonly appendLatency: LatencySummary;
  /** Written to .log files, batches and markers with their headers. */
  readonly appendedBytes: Bytes;
  readonly rollCount: number;
  readonly deletedSegmentCount: number;
  /** How often the disk was full and space had to be made. */
  readonly diskFullCount: number;
  /** Runs of retention by itself that failed; the next one tries again. */
  readonly failedRetentionCount: number;
  /** Runs of compaction that have replaced segments, and what that has freed, in bytes of .log files. */
  readonly compactionCount: number;
  readonly compactionFreedBytes: Bytes;
  /** Those that failed or were given up for want of space; the log was left as it was. */
  readonly failedCompactionCount: number;
  /** Damage keeps compaction from running by itself until the log is opened again. */
  readonly isUncleanable: boolean;
  /** An fsync has failed: nothing is written until the log is opened again. */
  readonly isStopped: boolean;
  /** Times that the file of the counters could not be written (settings.metricsIntervalMs). */
  readonly failedMetricsCount: number;
  readonly segmentCount: number;
  readonly sizeInBytes: Bytes;
  /** Descriptors open for reading, now and at most. */
  readonly openFileCount: number;
  readonly openFileCountMax: number;
}

/** The counters of the appends. */
export class AppendCounters {
  readonly #slowMs: Milliseconds;
  readonly #latencies = new Latencies();
  #appendCount = 0;
  #recordCount = 0;
  #failedCount = 0;
  #slowCount = 0;

  constructor(slowMs: Milliseconds) {
    this.#slowMs = slowMs;
  }

  done(tookMs: Milliseconds, recordCount: number): void {
    this.#appendCount++;
    this.#recordCount += recordCount;
    this.#latencies.add(tookMs);
    if (tookMs > this.#slowMs) this.#slowCount++;
  }

  failed(): void {
    this.#failedCount++;
  }

  read(): Pick<
    LogMetrics,
    'appendCount' | 'recordCount' | 'failedAppendCount' | 'slowAppendCount' | 'appendLatency'
  > {
    return {
      appendCount: this.#appendCount,
      recordCount: this.#recordCount,
      failedAppendCount: this.#failedCount,
      slowAppendCount: this.#slowCount,
      appendLatency: this.#latencies.summary(),
    };
  }
}
