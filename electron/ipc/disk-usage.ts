/** Puts what takes the space of each log into columns for all of them. Pure. */
import type { DirectorySpace, DiskUsage, LogPolicy, LogUsage } from '../../shared/disk-usage';

export interface DiskUsageParts {
  readonly isComplete: boolean;
  readonly logs: readonly { readonly logId: string; readonly usage: LogUsage }[];
  /** In the order of the logs. */
  readonly policies: LogPolicy[];
  readonly space: DirectorySpace;
}

export function diskUsage({ isComplete, logs, policies, space }: DiskUsageParts): DiskUsage {
  const usages = logs.map(({ usage }) => usage);
  return {
    isComplete,
    logIds: logs.map(({ logId }) => logId),
    segmentCounts: Float64Array.from(usages, ({ baseOffsets }) => baseOffsets.length),
    baseOffsets: joined(usages.map(({ baseOffsets }) => baseOffsets)),
    largestTimestampsMs: joined(usages.map(({ largestTimestampsMs }) => largestTimestampsMs)),
    bytes: joined(usages.map(({ bytes }) => bytes)),
    otherBytes: Float64Array.from(usages, ({ otherBytes }) => otherBytes),
    policies,
    space,
  };
}

function joined(columns: readonly Float64Array[]): Float64Array<ArrayBuffer> {
  const all = new Float64Array(columns.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const column of columns) {
    all.set(column, at);
    at += column.length;
  }
  return all;
}
