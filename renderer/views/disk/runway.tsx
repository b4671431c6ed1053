/**
 * When the disk is full, with all logs of the directory together, and which retention.ms would keep it from filling: on the
 * Disk screen, and beside the policy that is tried. An estimate; shared/plan/disk-runway.ts makes it.
 */
import { DAY_MS } from '../../../shared/plan/ingest-rate';
import { Facts } from '../../components/facts';
import type { DiskRate } from '../../store/disk-slice';
import { useAppParts } from '../../store/use-app';
import { durationText, sizeText, timeText } from '../../text/quantities';
import { RateChoice } from '../rate-choice';
import classes from './disk-screen.module.css';
import { type DiskGrowth, RUNWAY_DAYS } from './disk-view';

const RATES: readonly DiskRate[] = ['overall', 'lastDay', 'lastHour'];

export function Runway({ growth, nowMs }: { readonly growth: DiskGrowth; readonly nowMs: number }) {
  const { rate, setRate } = useAppParts((state) => ({ rate: state.diskRate, setRate: state.setDiskRate }));
  const { bytesPerMs, fullAtMs, fullWithPoliciesAtMs, retentionMsMax } = growth.runway;
  return (
    <section aria-label="Runway" className={classes['runway']}>
      <div className={classes['rate']}>
        <RateChoice label="Rate of all logs" value={rate} known={RATES} onChange={setRate} />
      </div>
      <Facts
        rows={[
          ['All logs together', `${sizeText(Math.round(bytesPerMs * DAY_MS))} per day`],
          [
            'Full if nothing is deleted',
            fullAtMs === null ? 'never: nothing comes' : dateText(fullAtMs, nowMs),
          ],
          [
            'Full under the policies',
            fullWithPoliciesAtMs === null
              ? `not within ${RUNWAY_DAYS} d`
              : dateText(fullWithPoliciesAtMs, nowMs),
          ],
          [
            'retention.ms that keeps it',
            retentionMsMax === null
              ? bytesPerMs === 0
                ? 'any'
                : 'none: logs without delete, or full already'
              : retentionMsMax > FAR_MS
                ? 'any up to 100 years'
                : `up to ${durationText(retentionMsMax)}`,
          ],
        ]}
      />
      <p className={classes['note']}>
        An estimate: each log at the rate of its own timestamps, current logs only.
      </p>
    </section>
  );
}

/** Beyond it a date says nothing. */
const FAR_MS = 100 * 365 * DAY_MS;

function dateText(atMs: number, nowMs: number): string {
  if (atMs - nowMs > FAR_MS) return 'in more than 100 years';
  return `${timeText(Math.round(atMs)).slice(0, 10)}, in ${durationText(atMs - nowMs)}`;
}
