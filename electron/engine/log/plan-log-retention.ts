/** What retention would delete of an open log now: facts from the store, decisions from shared/plan. Reads only. */
import { planRetention, type RetentionPlan } from '../../../shared/plan/retention-plan';
import type { TimestampMs } from '../../../shared/units';
import type { FileSystem } from '../file-system';
import { LOG_SUFFIX } from '../format/file-names';
import { NO_TIMESTAMP } from '../format/record-batch';
import type { LogStore } from './log-store';
import { compactsByPolicy, deletesByPolicy } from './settings';

/** By retention.ms and retention.bytes. */
export async function planLogRetention(
  fs: FileSystem,
  store: LogStore,
  nowMs: TimestampMs,
): Promise<RetentionPlan> {
  const facts = [];
  for (const segment of store.segments) {
    // What lies below the log start goes whatever its time, and may be half deleted.
    const isBelowStart = segment.nextOffset <= store.logStartOffset;
    const fromIndex = isBelowStart ? NO_TIMESTAMP : await store.largestTimestampOf(segment);
    const isTimed = fromIndex !== NO_TIMESTAMP;
    const modifiedAtMs = async () =>
      (await fs.status(segment.pathOf(LOG_SUFFIX)))?.modifiedAtMs ?? NO_TIMESTAMP;
    facts.push({
      baseOffset: segment.baseOffset,
      sizeInBytes: segment.sizeInBytes,
      largestTimestampMs: isTimed ? fromIndex : await modifiedAtMs(),
      largestTimestampSource: isTimed ? ('time-index' as const) : ('modification-time' as const),
    });
  }
  const { settings, logStartOffset, logEndOffset } = store;
  const { retentionMs, retentionBytes } = settings;
  const policy = {
    deletes: deletesByPolicy(settings),
    compacts: compactsByPolicy(settings),
    retentionMs,
    retentionBytes,
  };
  return planRetention(facts, policy, { logStartOffset, logEndOffset, highWatermark: logEndOffset }, nowMs);
}
