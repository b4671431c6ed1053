/**
 * When the disk is full: all logs of a data directory together, with and without their policies, and which retention.ms
 * would keep it from filling.
 *
 * An estimate, as each log's projection is. Logs without delete grow at their rate as if nothing were ever removed, logs
 * whose rate is not known stay as they are. Pure: now is a parameter.
 */
import type { Bytes, Milliseconds, TimestampMs } from '../units';
import { meanSegmentBytes, projectGrowth, steadyState } from './growth-projection';
import type { IngestRate } from './ingest-rate';
import type { RetentionPolicy, SegmentFacts } from './retention-plan';

export interface RunwayLog {
  readonly segments: readonly SegmentFacts[];
  readonly policy: RetentionPolicy;
  readonly rate: IngestRate | null;
}

export interface RunwayOptions {
  /** For an ordinary user. */
  readonly availableBytes: Bytes;
  readonly nowMs: TimestampMs;
  readonly horizonMs: Milliseconds;
  readonly pointCount: number;
}

export interface DiskRunway {
  /** Of all logs together. */
  readonly bytesPerMs: number;
  /** null where nothing comes. */
  readonly fullAtMs: TimestampMs | null;
  /** With every log's own policy; null where the disk does not fill within the horizon. */
  readonly fullWithPoliciesAtMs: TimestampMs | null;
  /** What the logs come to with their policies, at even steps from now to the horizon. */
  readonly withPoliciesBytes: readonly Bytes[];
  /** The longest retention.ms that, in the long run, all logs with delete may have; null where none helps. */
  readonly retentionMsMax: Milliseconds | null;
}

export function diskRunway(
  logs: readonly RunwayLog[],
  { availableBytes, nowMs, horizonMs, pointCount }: RunwayOptions,
): DiskRunway {
  const sizes = logs.map(({ segments }) => segments.reduce((sum, { sizeInBytes }) => sum + sizeInBytes, 0));
  const presentBytes = sizes.reduce((sum, size) => sum + size, 0);
  const bytesPerMs = logs.reduce((sum, { rate }) => sum + (rate?.bytesPerMs ?? 0), 0);
  const totals = new Array<number>(pointCount + 1).fill(0);
  logs.forEach(({ segments, policy, rate }, index) => {
    const points = projectGrowth(segments, policy, rate, { nowMs, horizonMs, pointCount });
    const future = points.slice(-(pointCount + 1));
    for (let point = 0; point <= pointCount; point++)
      totals[point]! += future[point]?.withPolicyBytes ?? sizes[index]!;
  });
  const fullAt = totals.findIndex((bytes) => bytes - presentBytes > availableBytes);
  return {
    bytesPerMs,
    fullAtMs: bytesPerMs > 0 ? nowMs + availableBytes / bytesPerMs : null,
    fullWithPoliciesAtMs: fullAt < 0 ? null : nowMs + (horizonMs * fullAt) / pointCount,
    withPoliciesBytes: totals,
    retentionMsMax: retentionMsMax(logs, sizes, presentBytes + availableBytes),
  };
}

/** What the logs without delete take now stays; the others share the rest by their rates, a segment more for each. */
function retentionMsMax(
  logs: readonly RunwayLog[],
  sizes: readonly Bytes[],
  roomBytes: Bytes,
): Milliseconds | null {
  let leftBytes = roomBytes;
  let bytesPerMs = 0;
  logs.forEach(({ segments, policy, rate }, index) => {
    const isBySize = steadyState(policy, rate, 0)?.limit === 'size';
    if (!policy.deletes || rate === null || rate.bytesPerMs === 0) leftBytes -= sizes[index]!;
    else if (isBySize) leftBytes -= policy.retentionBytes + meanSegmentBytes(segments);
    else {
      leftBytes -= meanSegmentBytes(segments);
      bytesPerMs += rate.bytesPerMs;
    }
  });
  if (bytesPerMs === 0 || leftBytes <= 0) return null;
  return Math.floor(leftBytes / bytesPerMs);
}
