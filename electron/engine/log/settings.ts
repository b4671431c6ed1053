/**
 * The settings of a log: Kafka's names, units and defaults, and the few that Kafka does not have.
 * Checked once, when the log is opened. Which file a setting ends up in is not known here.
 */
import { AppError } from '../../../shared/errors';
import type { Bytes, Milliseconds } from '../../../shared/units';
import { CODECS, type Codec, RECORD_BATCH_HEADER_SIZE } from '../format/record-batch';

/**
 * When an append counts as done.
 * 'none': when the operating system has the bytes; a crash of the machine may take the latest records.
 * 'always': when the disk has them; waiting appends share one fsync.
 * An interval: as 'none', with a flush at most so much later (flush.ms).
 */
export type FsyncPolicy = 'none' | 'always' | { readonly intervalMs: Milliseconds };

export type CleanupPolicy = 'delete' | 'compact' | 'compact,delete';

export interface LogSettings {
  /** segment.bytes: a segment never grows larger. Bytes; default 1 GiB. */
  readonly segmentBytes: Bytes;
  /**
   * segment.ms: roll when the records of a segment span more than this, by their timestamps. ms; default 7 days.
   * A log without appends never rolls by time (LogSegment.shouldRoll).
   */
  readonly segmentMs: Milliseconds;
  /** segment.jitter.ms: taken off segmentMs, so that many logs do not roll at once. ms; default 0. */
  readonly segmentJitterMs: Milliseconds;
  /** segment.index.bytes: preallocated size of each index of the active segment. Bytes; default 10 MiB. */
  readonly segmentIndexBytes: Bytes;
  /** index.interval.bytes: an index entry when more than this was written since the last one. Bytes; default 4096. */
  readonly indexIntervalBytes: Bytes;
  /** retention.ms: segments whose newest record is older may go; -1 keeps all. ms; default 7 days. */
  readonly retentionMs: Milliseconds;
  /** retention.bytes: oldest segments go as long as this much stays; -1 for no limit. Bytes; default -1. */
  readonly retentionBytes: Bytes;
  /** cleanup.policy: which of retention and compaction applies. Default 'delete'. */
  readonly cleanupPolicy: CleanupPolicy;
  /** min.cleanable.dirty.ratio: compact when more than this share of the closed segments is dirty. 0 to 1; default 0.5. */
  readonly minCleanableDirtyRatio: number;
  /** min.compaction.lag.ms: segments with younger records stay as they are. ms; default 0. */
  readonly minCompactionLagMs: Milliseconds;
  /**
   * max.compaction.lag.ms: compact whatever the ratio, and roll, when a dirty record is older. ms; default: never
   * (Number.MAX_SAFE_INTEGER).
   */
  readonly maxCompactionLagMs: Milliseconds;
  /** delete.retention.ms: tombstones and markers stay so long after a compaction has first met them. ms; default 1 day. */
  readonly deleteRetentionMs: Milliseconds;
  /** log.cleaner.backoff.ms: compaction looks so often whether it is due; null for never. ms; default 15 s. */
  readonly cleanerBackoffMs: Milliseconds | null;
  /** log.cleaner.dedupe.buffer.size: memory for the offset map; more keys take more rounds. Bytes; default 128 MiB. */
  readonly dedupeBufferBytes: Bytes;
  /** producer.id.expiration.ms: the last batch of a producer that was idle for longer may go. ms; default 1 day. */
  readonly producerExpirationMs: Milliseconds;
  /** log.retention.check.interval.ms: retention is applied so often by itself; null for never. ms; default 5 minutes. */
  readonly retentionCheckIntervalMs: Milliseconds | null;
  /** file.delete.delay.ms: from the renaming to .deleted to the removal. ms; default 60 000. */
  readonly fileDeleteDelayMs: Milliseconds;
  /** compression.type of what is appended. Default 'none'. */
  readonly compressionType: Codec;
  /** max.message.bytes: largest batch, and so the largest record with 61 bytes of header. Bytes; default 1 048 588. */
  readonly maxMessageBytes: Bytes;
  /** message.timestamp.after.max.ms: how far in the future a timestamp may be. ms; default 1 hour. */
  readonly timestampAfterMaxMs: Milliseconds;
  /** flush.messages and flush.ms in one. Default 'none', as Kafka: replication is its durability. */
  readonly fsync: FsyncPolicy;

  /**
   * Appends that wait together go into batches of about this size, before compression (batch.size). Default 32 KiB, twice
   * a producer's: half as many headers, CRCs and index entries, and a read by offset hardly takes longer.
   */
  readonly batchBytes: Bytes;
  /** Apply retention when the disk is fuller than this, percent; null: only when asked or full. Default null. */
  readonly diskUsedPercentMax: number | null;
  /** Appends that take longer are counted as slow. ms; default 100. */
  readonly slowAppendMs: Milliseconds;
  /**
   * The log's counters go into a file beside its directory so often (metrics-file.ts), for the window and whoever else
   * looks from outside; null for never. Only where the data directory is the engine's own. ms; default null.
   */
  readonly metricsIntervalMs: Milliseconds | null;
  /** Descriptors kept open for reading. Default 128: under a limit of 256 a process has room for its own. */
  readonly openFilesMax: number;
  /** Memory for indexes of closed segments, bytes; default 32 MiB. */
  readonly indexCacheBytes: Bytes;
}

const KIB = 1024;
const MIB = 1024 * KIB;
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

export const DEFAULT_SETTINGS: LogSettings = {
  segmentBytes: 1024 * MIB,
  segmentMs: 7 * DAY_MS,
  segmentJitterMs: 0,
  segmentIndexBytes: 10 * MIB,
  indexIntervalBytes: 4 * KIB,
  retentionMs: 7 * DAY_MS,
  retentionBytes: -1,
  retentionCheckIntervalMs: 5 * MINUTE_MS,
  cleanupPolicy: 'delete',
  minCleanableDirtyRatio: 0.5,
  minCompactionLagMs: 0,
  maxCompactionLagMs: Number.MAX_SAFE_INTEGER,
  deleteRetentionMs: DAY_MS,
  cleanerBackoffMs: 15_000,
  dedupeBufferBytes: 128 * MIB,
  producerExpirationMs: DAY_MS,
  fileDeleteDelayMs: 60_000,
  compressionType: 'none',
  maxMessageBytes: MIB + 12,
  timestampAfterMaxMs: HOUR_MS,
  fsync: 'none',
  batchBytes: 32 * KIB,
  diskUsedPercentMax: null,
  slowAppendMs: 100,
  metricsIntervalMs: null,
  openFilesMax: 128,
  indexCacheBytes: 32 * MIB,
};

const INT32_MAX = 2 ** 31 - 1;
/** Two entries of the larger index: one for a batch, one kept for the roll. */
const SEGMENT_INDEX_BYTES_MIN = 24;
/** Two slots of the offset map. */
const OFFSET_MAP_BYTES_MIN = 48;

/** Smallest and largest value of each number. */
const RANGES: Readonly<Partial<Record<keyof LogSettings, readonly [number, number]>>> = {
  segmentBytes: [2 * RECORD_BATCH_HEADER_SIZE, INT32_MAX],
  segmentMs: [1, Number.MAX_SAFE_INTEGER],
  segmentJitterMs: [0, Number.MAX_SAFE_INTEGER],
  segmentIndexBytes: [SEGMENT_INDEX_BYTES_MIN, INT32_MAX],
  indexIntervalBytes: [0, INT32_MAX],
  retentionMs: [-1, Number.MAX_SAFE_INTEGER],
  retentionBytes: [-1, Number.MAX_SAFE_INTEGER],
  minCompactionLagMs: [0, Number.MAX_SAFE_INTEGER],
  maxCompactionLagMs: [1, Number.MAX_SAFE_INTEGER],
  deleteRetentionMs: [0, Number.MAX_SAFE_INTEGER],
  dedupeBufferBytes: [OFFSET_MAP_BYTES_MIN, INT32_MAX],
  producerExpirationMs: [1, Number.MAX_SAFE_INTEGER],
  fileDeleteDelayMs: [0, Number.MAX_SAFE_INTEGER],
  maxMessageBytes: [RECORD_BATCH_HEADER_SIZE + 1, INT32_MAX],
  timestampAfterMaxMs: [0, Number.MAX_SAFE_INTEGER],
  batchBytes: [RECORD_BATCH_HEADER_SIZE + 1, INT32_MAX],
  slowAppendMs: [0, Number.MAX_SAFE_INTEGER],
  openFilesMax: [1, Number.MAX_SAFE_INTEGER],
  indexCacheBytes: [0, Number.MAX_SAFE_INTEGER],
};

/** Fills in the defaults. @throws AppError INVALID_ARGUMENT, naming the setting */
export function completeSettings(given: Partial<LogSettings>): LogSettings {
  const settings = { ...DEFAULT_SETTINGS, ...definedOf(given) };
  for (const [name, [min, max]] of Object.entries(RANGES)) {
    const value = settings[name as keyof LogSettings];
    if (!Number.isSafeInteger(value) || Number(value) < min || Number(value) > max)
      throw invalid(name, value, `a whole number from ${min} to ${max}`);
  }
  checkNames(settings);
  return settings;
}

/** Whether segments may go for their age or size (cleanup.policy contains delete). */
export function deletesByPolicy({ cleanupPolicy }: LogSettings): boolean {
  return cleanupPolicy !== 'compact';
}

export function compactsByPolicy({ cleanupPolicy }: LogSettings): boolean {
  return cleanupPolicy !== 'delete';
}

/** @throws AppError INVALID_ARGUMENT */
export function requireDirtyRatio(ratio: number): void {
  if (!(ratio >= 0 && ratio <= 1)) throw invalid('minCleanableDirtyRatio', ratio, 'a number from 0 to 1');
}

function checkNames(settings: LogSettings): void {
  const { cleanupPolicy, compressionType, fsync, diskUsedPercentMax } = settings;
  for (const name of ['retentionCheckIntervalMs', 'cleanerBackoffMs', 'metricsIntervalMs'] as const) {
    const value = settings[name];
    if (value !== null && !(value > 0)) throw invalid(name, value, 'null or above 0');
  }
  requireDirtyRatio(settings.minCleanableDirtyRatio);
  if (!['delete', 'compact', 'compact,delete'].includes(cleanupPolicy))
    throw invalid('cleanupPolicy', cleanupPolicy, 'delete, compact or compact,delete');
  if (!CODECS.includes(compressionType)) throw invalid('compressionType', compressionType, CODECS.join(', '));
  if (typeof fsync === 'object' ? !(fsync.intervalMs > 0) : !['none', 'always'].includes(fsync))
    throw invalid('fsync', JSON.stringify(fsync), 'none, always or { intervalMs } above 0');
  if (diskUsedPercentMax !== null && !(diskUsedPercentMax > 0 && diskUsedPercentMax <= 100))
    throw invalid('diskUsedPercentMax', diskUsedPercentMax, 'null or a percentage');
}

/** A misspelt retention is not to become the default one. */
function definedOf(given: Partial<LogSettings>): Partial<LogSettings> {
  const names = Object.keys(given);
  const unknown = names.find((name) => !Object.hasOwn(DEFAULT_SETTINGS, name));
  if (unknown !== undefined)
    throw new AppError('INVALID_ARGUMENT', `There is no setting ${unknown}.`, { setting: unknown });
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

function invalid(setting: string, value: unknown, wanted: string): AppError {
  return new AppError('INVALID_ARGUMENT', `${setting} is ${String(value)}; it must be ${wanted}.`, {
    setting,
  });
}
