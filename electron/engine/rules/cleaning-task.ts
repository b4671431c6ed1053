/**
 * What the cleaner is to do with a log, from its facts, what is eligible, and the settings: as plain values, the same for
 * a preview, for a run on files and for a log that compacts itself. Pure.
 */
import type { CleanerRules } from '../../../shared/plan/cleaner-version';
import type { Eligibility } from '../../../shared/plan/compaction-eligibility';
import type { Bytes, Milliseconds, Offset, TimestampMs } from '../../../shared/units';
import type { AbortedTransaction } from '../format/transaction-index';
import type { CleaningTask } from './clean-log';
import type { ProducerStates } from './producer-states';

export interface CleaningSettings {
  /** delete.retention.ms */
  readonly deleteRetentionMs: Milliseconds;
  /** segment.bytes */
  readonly segmentBytes: Bytes;
  /** segment.index.bytes */
  readonly segmentIndexBytes: Bytes;
  /** log.cleaner.dedupe.buffer.size over log.cleaner.threads */
  readonly dedupeBufferBytes: Bytes;
  /** producer.id.expiration.ms */
  readonly producerExpirationMs: Milliseconds;
  /** Those of the present version where none are named. */
  readonly rules?: CleanerRules;
}

export interface CleaningFacts {
  readonly highWatermark: Offset;
  readonly producers: ProducerStates;
  /** All entries of the log's transaction indexes. */
  readonly aborted: readonly AbortedTransaction[];
}

export function cleaningTaskOf(
  { highWatermark, producers, aborted }: CleaningFacts,
  { firstDirtyOffset, cleanableEndOffset }: Eligibility,
  settings: CleaningSettings,
  nowMs: TimestampMs,
): CleaningTask {
  const { deleteRetentionMs, segmentBytes, segmentIndexBytes, dedupeBufferBytes } = settings;
  return {
    firstDirtyOffset,
    endOffset: cleanableEndOffset,
    highWatermark,
    nowMs,
    deleteRetentionMs,
    segmentBytes,
    segmentIndexBytes,
    dedupeBufferBytes,
    producers: producers.lastBatchesOfActive(nowMs, settings.producerExpirationMs),
    aborted,
    ...(settings.rules === undefined ? {} : { rules: settings.rules }),
  };
}
