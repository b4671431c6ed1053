/** A run of the journal as the window sees it: without paths and file names. Pure. */
import type { Run } from '../../shared/retention';
import type { RunRecord } from '../engine/log/run-journal';

export function runRow(run: RunRecord): Run {
  const { runId, groupId, kind, startedAtMs, state, freedBytes, purgeDueAtMs } = run;
  const deletedSegmentCount = run.deletedBaseOffsets.length;
  return { runId, groupId, kind, startedAtMs, state, deletedSegmentCount, freedBytes, purgeDueAtMs };
}
