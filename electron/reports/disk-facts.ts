/**
 * How full the disk of a report is, and of a data directory when it will be: an estimate over all its current logs, as the
 * Disk screen makes it (shared/plan/disk-runway.ts). Pure; knows no markup.
 */
import { diskRunway } from '../../shared/plan/disk-runway';
import { DAY_MS, ingestRates } from '../../shared/plan/ingest-rate';
import type { Report } from '../../shared/report';
import { sizeText, timeText } from '../cli/text-table';
import { limitOf } from '../workers/disk-surroundings';

const HORIZON_DAYS = 90;
/** Beyond it a date says nothing. */
const FAR_MS = 100 * 365 * DAY_MS;
const DATE_LENGTH = 10;

/** Titles and texts. Of one log alone nobody can tell when the disk is full: others may grow beside it. */
export function diskFacts({ space, logs, directory, madeAtMs }: Report): (readonly [string, string])[] {
  const { totalBytes, availableBytes } = space;
  const free = ['Disk', `${sizeText(availableBytes)} of ${sizeText(totalBytes)} are free`] as const;
  if (directory.kind === 'log') return [free];
  const planned = logs.flatMap(({ state, retention }) =>
    state === 'current' && retention !== null ? [retention.facts] : [],
  );
  const { bytesPerMs, fullAtMs, fullWithPoliciesAtMs } = diskRunway(
    planned.map(({ segments, policy, settings }) => ({
      segments,
      policy: {
        ...policy,
        retentionMs: limitOf(settings['retention.ms']),
        retentionBytes: limitOf(settings['retention.bytes']),
      },
      rate: ingestRates(segments, madeAtMs).overall,
    })),
    { availableBytes, nowMs: madeAtMs, horizonMs: HORIZON_DAYS * DAY_MS, pointCount: HORIZON_DAYS },
  );
  if (fullAtMs === null) return [free];
  const day = (atMs: number) =>
    atMs - madeAtMs > FAR_MS ? 'in more than 100 years' : timeText(Math.round(atMs)).slice(0, DATE_LENGTH);
  const under = fullWithPoliciesAtMs === null ? `not within ${HORIZON_DAYS} days` : day(fullWithPoliciesAtMs);
  return [
    free,
    ['All logs together', `${sizeText(Math.round(bytesPerMs * DAY_MS))} per day, by their own timestamps`],
    ['Disk full', `${day(fullAtMs)} if nothing is deleted; under the policies ${under} (an estimate)`],
  ];
}
