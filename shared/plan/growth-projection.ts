/**
 * How a log will grow: the rate of ingest from its own timestamps, and its size over the coming time with and without
 * retention.
 *
 * An estimate: the rate is that of a past span, segments are as large as the present ones on average, and each is taken
 * by the rules of retention-plan.ts when its time comes. Pure: now is a parameter.
 */
import type { Bytes, Milliseconds, TimestampMs } from '../units';
import type { RetentionPolicy, SegmentFacts } from './retention-plan';

export interface IngestRate {
  readonly bytesPerMs: number;
  /** The span it was seen over, by the log's own timestamps. */
  readonly spanMs: Milliseconds;
}

export interface ProjectedSize {
  readonly atMs: TimestampMs;
  /** null for the past: nobody knows what was deleted. */
  readonly withPolicyBytes: Bytes | null;
  readonly withoutPolicyBytes: Bytes | null;
  /** By the timestamps of what is still there; null for the future. */
  readonly presentBytes: Bytes | null;
}

/**
 * Bytes between the largest timestamps of the first and the last segment that lie in the span before the newest one.
 * null where fewer than two segments tell different times: there is no rate to see.
 */
export function ingestRate(
  segments: readonly SegmentFacts[],
  nowMs: TimestampMs,
  spanMs: Milliseconds = Number.POSITIVE_INFINITY,
): IngestRate | null {
  // What claims to be of the future tells nothing of the past.
  const past = segments.filter(
    ({ largestTimestampMs }) => largestTimestampMs <= nowMs && largestTimestampMs >= 0,
  );
  const newestMs = past.reduce((most, { largestTimestampMs }) => Math.max(most, largestTimestampMs), 0);
  const seen = past.filter(({ largestTimestampMs }) => largestTimestampMs >= newestMs - spanMs);
  const [first] = seen;
  if (first === undefined) return null;
  const length = newestMs - first.largestTimestampMs;
  if (length <= 0) return null;
  // The first one was full when the span began.
  const bytes = seen.slice(1).reduce((sum, { sizeInBytes }) => sum + sizeInBytes, 0);
  return { bytesPerMs: bytes / length, spanMs: length };
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
  const total = present.reduce((sum, { sizeInBytes }) => sum + sizeInBytes, 0);
  const closed = present.slice(0, -1);
  const newBytes = rate.bytesPerMs * horizonMs;
  const pieceBytes = closed.length === 0 ? total : sumOf(closed) / closed.length;
  const meanBytes = Math.max(1, pieceBytes, newBytes / NEW_PIECES_MAX);
  const pieces = [...present];
  const past = pastPoints(present, nowMs, pointCount);
  const future: ProjectedSize[] = [];
  let grownBytes = 0;
  let first = 0;
  /** Of the pieces from the first on. */
  let keptBytes = total;
  for (let point = 0; point <= pointCount; point++) {
    const atMs = nowMs + (horizonMs * point) / pointCount;
    const wantedBytes = rate.bytesPerMs * (atMs - nowMs);
    while (grownBytes + meanBytes <= wantedBytes) {
      grownBytes += meanBytes;
      keptBytes += meanBytes;
      pieces.push({ sizeInBytes: meanBytes, atMs: nowMs + grownBytes / rate.bytesPerMs });
    }
    const openBytes = wantedBytes - grownBytes;
    while (isDue(pieces, first, policy, { atMs, sizeInBytes: keptBytes + openBytes })) {
      keptBytes -= pieces[first]!.sizeInBytes;
      first++;
    }
    future.push({
      ...{ atMs, withPolicyBytes: keptBytes + openBytes, withoutPolicyBytes: total + wantedBytes },
      presentBytes: point === 0 ? total : null,
    });
  }
  return [...past, ...future];
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

function sumOf(pieces: readonly Piece[]): Bytes {
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
