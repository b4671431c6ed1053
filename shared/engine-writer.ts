/**
 * Schemas of who writes a log with Strata's engine, and of the counters that such a program leaves in the data directory.
 *
 * The file comes from any program, and may be old, damaged or anything else: it is only shown what parses here. What the
 * counters mean, the engine's LogMetrics says; the two are held together by a test.
 */
import { z } from 'zod';

const Int = z.number().int();
const Count = Int.nonnegative();
const Milliseconds = z.number().nonnegative();

const LatencySchema = z.object({
  count: Count,
  meanMs: Milliseconds,
  p50Ms: Milliseconds,
  p99Ms: Milliseconds,
  maxMs: Milliseconds,
});

/** Since the log was opened. */
const LogMetricsSchema = z.object({
  appendCount: Count,
  recordCount: Count,
  failedAppendCount: Count,
  slowAppendCount: Count,
  appendLatency: LatencySchema,
  appendedBytes: Count,
  rollCount: Count,
  deletedSegmentCount: Count,
  diskFullCount: Count,
  failedRetentionCount: Count,
  compactionCount: Count,
  /** Below zero where compactions made the log larger. */
  compactionFreedBytes: Int,
  failedCompactionCount: Count,
  isUncleanable: z.boolean(),
  isStopped: z.boolean(),
  failedMetricsCount: Count,
  segmentCount: Count,
  sizeInBytes: Count,
  openFileCount: Count,
  openFileCountMax: Count,
});

/** The content of `<log>.metrics.json` (settings.metricsIntervalMs of the engine). */
export const EngineMetricsSchema = z.object({
  schema: z.literal('strata.metrics/1'),
  processId: Count,
  /** Of the machine, or of the container, that the process is on. */
  hostName: z.string().max(255),
  openedAtMs: Count,
  writtenAtMs: Count,
  /** Between two writings. */
  intervalMs: Milliseconds,
  /** The last state: the log was closed in order. */
  isClosed: z.boolean(),
  logStartOffset: Count,
  logEndOffset: Count,
  /** Appends above it count as slow. */
  slowAppendMs: Milliseconds,
  metrics: LogMetricsSchema,
  disk: z.object({ totalBytes: Count, usedBytes: Count, availableBytes: Count }),
});
export type EngineMetrics = z.infer<typeof EngineMetricsSchema>;

export const EngineWriterSchema = z.object({
  /**
   * open: a process has the log open for writing. closed: nobody has, and the last one closed it. abandoned: nobody has, and
   * the last one did not. unknown: the lock cannot be asked, and the counters do not tell.
   */
  state: z.enum(['open', 'closed', 'abandoned', 'unknown']),
  /** null where there are none, or where `flaw` says why they cannot be read. */
  metrics: EngineMetricsSchema.nullable(),
  flaw: z.string().nullable(),
  readAtMs: Int,
});
export type EngineWriter = z.infer<typeof EngineWriterSchema>;

/** As a report has it: which machine it was on, the report tells once, and only where that was asked for. */
export const ReportedWriterSchema = EngineWriterSchema.extend({
  metrics: EngineMetricsSchema.omit({ hostName: true }).nullable(),
});
export type ReportedWriter = z.infer<typeof ReportedWriterSchema>;
