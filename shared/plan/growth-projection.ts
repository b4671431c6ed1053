/**
 * How a log will grow: its size over the coming time with and without retention, when each segment goes, and where it
 * settles.
 *
 * An estimate: the rate is that of a past span, segments are as large as the present ones on average, and each is taken
 * by the rules of retention-plan.ts when its time comes. Pure: now is a parameter.
 */
import type { Bytes, Milliseconds, TimestampMs } from '../units';
import { type IngestRate, ingestedBytes, timeOfIngested } from './ingest-rate';
import { FATE_REASONS, type RetentionFates, type RetentionPolicy, type SegmentFacts } from './retention-plan';

export interface ProjectedSize {
  readonly atMs: TimestampMs;
  /** null for the past: nobody knows what was deleted. */
  readonly withPolicyBytes: Bytes | null;
  readonly withoutPolicyBytes: Bytes | null;
  /** By the timestamps of what is still there; null for the future. */
  readonly presentBytes: Bytes | null;
}

/** Of very many small segments to come, several count as one. */
const NEW_PIECES_MAX = 5_000;

interface Piece {
  readonly sizeInBytes: Bytes;
  readonly atMs: TimestampMs;
}

export interface ProjectionOptions {
  readonly nowMs: TimestampMs;
  readonly horizonMs: Milliseconds;
  /** Points of the future; as many of the past at most. */
  readonly pointCount: number;
}

/** Ascending by time, from the oldest segment to the horizon. Empty where there is no rate. */
export function projectGrowth(
  segments: readonly SegmentFacts[],
  policy: RetentionPolicy,
  rate: IngestRate | null,
  { nowMs, horizonMs, pointCount }: ProjectionOptions,
): ProjectedSize[] {
  if (rate === null || segments.length === 0) return [];
  const present = segments.map(({ sizeInBytes, largestTimestampMs }) => ({
    sizeInBytes,
    atMs: largestTimestampMs,
  }));
  const totalBytes = sumOf(present);
  const newBytes = ingestedBytes(rate, nowMs, nowMs + horizonMs);
  const pieceBytes = Math.max(1, meanSegmentBytes(segments), newBytes / NEW_PIECES_MAX);
  const pieces = [...present];
  const future: ProjectedSize[] = [];
  let grownBytes = 0;
  let first = 0;
  /** Of the pieces from the first on. */
  let keptBytes = totalBytes;
  for (let point = 0; point <= pointCount; point++) {
    const atMs = nowMs + (horizonMs * point) / pointCount;
    const wantedBytes = ingestedBytes(rate, nowMs, atMs);
    while (grownBytes + pieceBytes <= wantedBytes) {
      grownBytes += pieceBytes;
      keptBytes += pieceBytes;
      pieces.push({ sizeInBytes: pieceBytes, atMs: timeOfIngested(rate, grownBytes, nowMs) ?? atMs });
    }
    const openBytes = wantedBytes - grownBytes;
    while (isDue(pieces, first, policy, { atMs, sizeInBytes: keptBytes + openBytes })) {
      keptBytes -= pieces[first]!.sizeInBytes;
      first++;
    }
    future.push({
      ...{ atMs, withPolicyBytes: keptBytes + openBytes, withoutPolicyBytes: totalBytes + wantedBytes },
      presentBytes: point === 0 ? totalBytes : null,
    });
  }
  return [...pastPoints(present, nowMs, pointCount), ...future];
}

export interface Departure {
  readonly atMs: TimestampMs;
  readonly reason: 'time' | 'size';
}

/** In columns, an entry a segment. */
export interface Departures {
  /** NaN where it never goes, and for those that go now. */
  readonly atMs: Float64Array;
  /** 1 where it goes by size, which is an estimate at the rate. */
  readonly isBySize: Uint8Array;
}

/**
 * When each segment that stays now goes. A date by time is exact, one by size an estimate at the rate. Never, where there
 * is no limit, nothing comes, or something else than a limit holds it.
 */
export function departures(
  segments: readonly SegmentFacts[],
  { deletedCount, reasons, freedBytes }: Pick<RetentionFates, 'deletedCount' | 'reasons' | 'freedBytes'>,
  { deletes, retentionMs, retentionBytes }: RetentionPolicy,
  { rate, nowMs }: { readonly rate: IngestRate | null; readonly nowMs: TimestampMs },
): Departures {
  const keptBytes = sumOf(segments) - freedBytes;
  const leaving = {
    atMs: new Float64Array(segments.length).fill(Number.NaN),
    isBySize: new Uint8Array(segments.length),
  };
  let olderBytes = 0;
  let beforeMs = nowMs;
  for (let index = deletedCount; index < segments.length && deletes; index++) {
    const { sizeInBytes, largestTimestampMs } = segments[index]!;
    olderBytes += sizeInBytes;
    if (HELD.has(reasons[index]!)) break;
    const dueByTimeMs = retentionMs < 0 ? Number.POSITIVE_INFINITY : largestTimestampMs + retentionMs + 1;
    const missingBytes = Math.max(0, retentionBytes + olderBytes - keptBytes);
    const dueBySizeMs =
      retentionBytes < 0 || rate === null
        ? Number.POSITIVE_INFINITY
        : (timeOfIngested(rate, missingBytes, nowMs) ?? Number.POSITIVE_INFINITY);
    const ownMs = Math.min(dueByTimeMs, dueBySizeMs);
    if (!Number.isFinite(ownMs)) break;
    beforeMs = Math.max(beforeMs, ownMs);
    leaving.atMs[index] = Math.ceil(beforeMs);
    leaving.isBySize[index] = dueBySizeMs < dueByTimeMs ? 1 : 0;
  }
  return leaving;
}

/** Reasons that no limit ends, as codes: what is behind such a segment stays too. */
const HELD: ReadonlySet<number> = new Set([
  FATE_REASONS.indexOf('high-watermark'),
  FATE_REASONS.indexOf('active-empty'),
]);

/** null where the segment never goes, or goes now. */
export function departureAt({ atMs, isBySize }: Departures, index: number): Departure | null {
  const ms = atMs[index] ?? Number.NaN;
  return Number.isNaN(ms) ? null : { atMs: ms, reason: isBySize[index] === 1 ? 'size' : 'time' };
}

export interface SteadyState {
  readonly bytesMin: Bytes;
  /** A segment more: only whole segments go. */
  readonly bytesMax: Bytes;
  /** The limit that counts. */
  readonly limit: 'time' | 'size';
}

/** What the size of the log comes to in the long run; null where it grows without end, or no rate is known. */
export function steadyState(
  { deletes, retentionMs, retentionBytes }: RetentionPolicy,
  rate: IngestRate | null,
  segmentBytes: Bytes,
): SteadyState | null {
  if (!deletes || rate === null) return null;
  const byTime = retentionMs < 0 ? Number.POSITIVE_INFINITY : rate.bytesPerMs * retentionMs;
  const bySize = retentionBytes < 0 ? Number.POSITIVE_INFINITY : retentionBytes;
  const bytesMin = Math.min(byTime, bySize);
  if (!Number.isFinite(bytesMin)) return null;
  return { bytesMin, bytesMax: bytesMin + segmentBytes, limit: bySize < byTime ? 'size' : 'time' };
}

/** Of the closed segments; of the active one where it is alone. */
export function meanSegmentBytes(segments: readonly SegmentFacts[]): Bytes {
  const closed = segments.length > 1 ? segments.slice(0, -1) : segments;
  return closed.length === 0 ? 0 : sumOf(closed) / closed.length;
}

/** Whether the oldest piece that is left goes: by size as long as another is left, by time in any case. */
function isDue(
  pieces: readonly Piece[],
  first: number,
  { deletes, retentionMs, retentionBytes }: RetentionPolicy,
  log: { readonly atMs: TimestampMs; readonly sizeInBytes: Bytes },
): boolean {
  const oldest = pieces[first];
  if (!deletes || oldest === undefined) return false;
  // The newest one is the active segment.
  const isOver =
    retentionBytes >= 0 &&
    first < pieces.length - 1 &&
    log.sizeInBytes - retentionBytes - oldest.sizeInBytes >= 0;
  return isOver || (retentionMs >= 0 && log.atMs - oldest.atMs > retentionMs);
}

function sumOf(pieces: readonly { readonly sizeInBytes: Bytes }[]): Bytes {
  return pieces.reduce((sum, { sizeInBytes }) => sum + sizeInBytes, 0);
}

/** What of the present log was there at past times, thinned. */
function pastPoints(present: readonly Piece[], nowMs: TimestampMs, countMax: number): ProjectedSize[] {
  const step = Math.max(1, Math.ceil(present.length / countMax));
  const points: ProjectedSize[] = [];
  let sum = 0;
  let latestMs = Number.NEGATIVE_INFINITY;
  present.forEach(({ sizeInBytes, atMs }, index) => {
    sum += sizeInBytes;
    if (atMs >= nowMs || atMs < 0 || atMs <= latestMs) return;
    latestMs = atMs;
    if (index % step === 0)
      points.push({ atMs, presentBytes: sum, withPolicyBytes: null, withoutPolicyBytes: null });
  });
  return points;
}
