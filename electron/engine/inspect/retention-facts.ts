/**
 * What retention needs to know of a log: sizes, the timestamps that Kafka would compare, offsets, high watermark.
 *
 * A closed segment's largest timestamp is the last entry of its time index (LogSegment.largestTimestamp); so is the
 * active one's after a clean stop. Otherwise a broker goes over the active segment, and so does this: header by header.
 * A log without such a timestamp counts by the modification time of its files. Reads only.
 */
import { dirname, join } from 'node:path';
import type { LargestTimestampSource, LogState, SegmentFacts } from '../../../shared/plan/retention-plan';
import type { Offset, TimestampMs } from '../../../shared/units';
import type { ReadingFileSystem } from '../file-system';
import { REPLICATION_CHECKPOINT } from '../format/checkpoint-files';
import { NO_TIMESTAMP } from '../format/record-batch';
import { mapConcurrently } from '../map-concurrently';
import type { BrokerState } from './broker-state';
import { readCheckpointOffset, readLogStart } from './checkpoint-offset';
import type { LogDirectory } from './list-logs';
import { type LogFiles, listLogFiles, type SegmentFiles } from './log-files';
import { glanceAtTimeIndex } from './read-index';
import { scanSegmentFile } from './scan-segment-file';

/** kafka: as a broker would. modification-time: of the .log file, for every segment. */
export type RetentionClock = 'kafka' | 'modification-time';

export interface RetentionFacts extends LogState {
  readonly segments: readonly SegmentFacts[];
  readonly logStartOffsetSource: 'checkpoint' | 'first-segment';
  readonly highWatermarkSource: 'checkpoint' | 'log-end-offset';
  readonly sizeInBytes: number;
}

export interface FactsOptions {
  readonly broker: BrokerState['verdict'];
  /** Of the partition; null where it is not known. */
  readonly replicaCount: number | null;
  readonly clock: RetentionClock;
  /** Where the checkpoints are; left out, the directory above the log's. */
  readonly dataDirectory?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** The log's files, where they were listed for others too a moment ago; left out, they are listed. */
  readonly listed?: LogFiles | undefined;
}

/** @throws AppError where the directory or a file cannot be read */
export async function readRetentionFacts(
  fs: ReadingFileSystem,
  log: LogDirectory,
  { broker, replicaCount, clock, dataDirectory = dirname(log.path), signal, listed }: FactsOptions,
): Promise<RetentionFacts> {
  const { segments: files } = listed ?? (await listLogFiles(fs, log.path));
  const active = files.at(-1);
  const end =
    active === undefined
      ? { nextOffset: 0, maxTimestampMs: NO_TIMESTAMP }
      : await readEnd(fs, active, signal);
  const segments = await mapConcurrently(files, (segment) => {
    const fromHeaders = segment === active && broker !== 'clean' ? end.maxTimestampMs : null;
    return segmentFacts(fs, segment, { fromHeaders, clock });
  });
  const checkpoint = (name: string) => readCheckpointOffset(fs, join(dataDirectory, name), log);
  const start = await readLogStart(fs, log);
  const firstBase = files[0]?.baseOffset ?? 0;
  const replicated =
    replicaCount !== null && replicaCount > 1 ? await checkpoint(REPLICATION_CHECKPOINT) : null;
  return {
    segments,
    logStartOffset: Math.max(start ?? 0, firstBase),
    logStartOffsetSource: start !== null && start >= firstBase ? 'checkpoint' : 'first-segment',
    logEndOffset: end.nextOffset,
    highWatermark: replicated === null ? end.nextOffset : Math.min(replicated, end.nextOffset),
    highWatermarkSource: replicated === null ? 'log-end-offset' : 'checkpoint',
    sizeInBytes: segments.reduce((sum, { sizeInBytes }) => sum + sizeInBytes, 0),
  };
}

async function segmentFacts(
  fs: ReadingFileSystem,
  { baseOffset, log, timeindex }: SegmentFiles,
  { fromHeaders, clock }: { readonly fromHeaders: TimestampMs | null; readonly clock: RetentionClock },
): Promise<SegmentFacts> {
  const facts = (largestTimestampMs: TimestampMs, largestTimestampSource: LargestTimestampSource) => ({
    baseOffset,
    sizeInBytes: log.sizeInBytes,
    largestTimestampMs,
    largestTimestampSource,
  });
  if (clock === 'kafka') {
    if (fromHeaders !== null && fromHeaders >= 0) return facts(fromHeaders, 'batch-headers');
    const last =
      timeindex === null || !timeindex.isRegular
        ? null
        : (await glanceAtTimeIndex(fs, timeindex)).lastTimestampMs;
    if (fromHeaders === null && last !== null && last >= 0) return facts(last, 'time-index');
  }
  return facts(log.modifiedAtMs, 'modification-time');
}

/** Behind the last batch of the active segment, and the largest timestamp in it. */
export async function readEnd(
  fs: ReadingFileSystem,
  { log, baseOffset }: SegmentFiles,
  signal: AbortSignal | undefined,
): Promise<{ nextOffset: Offset; maxTimestampMs: TimestampMs }> {
  const end = { nextOffset: baseOffset, maxTimestampMs: NO_TIMESTAMP as TimestampMs };
  if (!log.isRegular) return end;
  await scanSegmentFile(
    fs,
    { log, baseOffset },
    { needsBytes: false, signal },
    {
      batch({ lastOffset, maxTimestampMs }) {
        end.nextOffset = Math.max(end.nextOffset, lastOffset + 1);
        end.maxTimestampMs = Math.max(end.maxTimestampMs, maxTimestampMs);
        return true;
      },
      damage: () => true,
    },
  );
  return end;
}
