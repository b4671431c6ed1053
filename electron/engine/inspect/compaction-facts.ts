/**
 * What the cleaner needs to know of a log before it reads it: sizes, timestamps, checkpoint, open transactions,
 * active producers, aborted transactions. Reads only.
 *
 * The producer state is the newest snapshot and the batches behind it, as a broker takes it at its start.
 */
import { dirname, join } from 'node:path';
import type { CompactionSegment, CompactionState } from '../../../shared/plan/compaction-eligibility';
import type { Bytes, Offset } from '../../../shared/units';
import type { ReadingFileSystem } from '../file-system';
import { CLEANER_CHECKPOINT } from '../format/checkpoint-files';
import { readProducerSnapshot } from '../format/producer-snapshot';
import { NO_TIMESTAMP } from '../format/record-batch';
import { type AbortedTransaction, readTransactionIndex } from '../format/transaction-index';
import { mapConcurrently } from '../map-concurrently';
import type { SourceSegment } from '../rules/clean-log';
import { ProducerStates } from '../rules/producer-states';
import { recordsOf } from './check-batch';
import { readCheckpointOffset } from './checkpoint-offset';
import type { LogDirectory } from './list-logs';
import { type LogFiles, listLogFiles, type SegmentFile, type SegmentFiles } from './log-files';
import { readSmallFile } from './read-small-file';
import { type FactsOptions, type RetentionFacts, readRetentionFacts } from './retention-facts';
import { scanSegmentFile } from './scan-segment-file';

/** A segment as the eligibility, the grouping and the passes need it. */
export interface CompactionSource extends CompactionSegment, SourceSegment {
  readonly file: SegmentFile;
}

export interface CompactionFacts extends CompactionState {
  readonly segments: readonly CompactionSource[];
  readonly sizeInBytes: Bytes;
  readonly producers: ProducerStates;
  readonly aborted: readonly AbortedTransaction[];
}

export interface CompactionFactsOptions extends Omit<FactsOptions, 'clock'> {
  /** By Kafka's clock and of the files in `listed`, where they were read for others too; left out, they are read. */
  readonly retention?: RetentionFacts | undefined;
}

/** @throws AppError where the directory or a file cannot be read */
export async function readCompactionFacts(
  fs: ReadingFileSystem,
  log: LogDirectory,
  { retention, ...options }: CompactionFactsOptions,
): Promise<CompactionFacts> {
  const files = options.listed ?? (await listLogFiles(fs, log.path));
  const facts =
    retention ?? (await readRetentionFacts(fs, log, { ...options, listed: files, clock: 'kafka' }));
  const firstTimestamps = await mapConcurrently(files.segments, (segment) => {
    options.signal?.throwIfAborted();
    return firstBatchMaxTimestamp(fs, segment, options.signal);
  });
  const segments: CompactionSource[] = [];
  const aborted: AbortedTransaction[] = [];
  for (const [index, segment] of files.segments.entries()) {
    segments.push({
      ...facts.segments[index]!,
      firstBatchMaxTimestampMs: firstTimestamps[index]!,
      offsetIndexSizeInBytes: segment.index?.sizeInBytes ?? 0,
      timeIndexSizeInBytes: segment.timeindex?.sizeInBytes ?? 0,
      modifiedAtMs: segment.log.modifiedAtMs,
      file: segment.log,
    });
    const bytes = segment.txnindex === null ? null : await readSmallFile(fs, segment.txnindex.path);
    if (bytes === null) continue;
    for (const transaction of readTransactionIndex(bytes) ?? []) aborted.push(transaction);
  }
  const producers = await readProducerStates(fs, files, options.signal);
  return {
    ...facts,
    segments,
    firstOpenTransactionOffset: producers.firstOpenTransactionOffset(),
    cleanerCheckpoint: await readCheckpointOffset(fs, join(dirname(log.path), CLEANER_CHECKPOINT), log),
    producers,
    aborted,
  };
}

async function firstBatchMaxTimestamp(
  fs: ReadingFileSystem,
  segment: SegmentFiles,
  signal: AbortSignal | undefined,
) {
  let first = NO_TIMESTAMP;
  if (!segment.log.isRegular) return first;
  await scanSegmentFile(
    fs,
    segment,
    { needsBytes: false, signal },
    {
      batch({ maxTimestampMs }) {
        first = maxTimestampMs;
        return false;
      },
      damage: () => false,
    },
  );
  return first;
}

async function readProducerStates(
  fs: ReadingFileSystem,
  { segments, snapshots }: LogFiles,
  signal: AbortSignal | undefined,
): Promise<ProducerStates> {
  const { states, endOffset } = await newestSnapshot(fs, snapshots);
  for (const [index, segment] of segments.entries()) {
    const nextBaseOffset = segments[index + 1]?.baseOffset ?? Number.POSITIVE_INFINITY;
    if (nextBaseOffset <= endOffset || !segment.log.isRegular) continue;
    await scanSegmentFile(
      fs,
      segment,
      { needsBytes: true, signal },
      {
        batch(header, position, reader) {
          if (header.baseOffset < endOffset) return true;
          const batch = reader.batchAt(position, header.sizeInBytes);
          states.update(header, () => recordsOf(header, batch).records);
          return true;
        },
        damage: () => true,
      },
    );
  }
  return states;
}

async function newestSnapshot(
  fs: ReadingFileSystem,
  snapshots: LogFiles['snapshots'],
): Promise<{ readonly states: ProducerStates; readonly endOffset: Offset }> {
  for (const { file, endOffset } of snapshots.toReversed()) {
    const bytes = file.isRegular ? await readSmallFile(fs, file.path) : null;
    const entries = bytes === null ? 'gone' : readProducerSnapshot(bytes);
    if (typeof entries !== 'string') return { states: new ProducerStates(entries), endOffset };
  }
  return { states: new ProducerStates([]), endOffset: 0 };
}
