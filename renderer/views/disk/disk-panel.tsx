/** Totals of the directory: by kind of file, of directories that are no current log, the disk, and how long it lasts. */
import type { Directory } from '../../../shared/contract';
import type { DiskUsage } from '../../../shared/disk-usage';
import { DAY_MS } from '../../../shared/plan/ingest-rate';
import { Choice } from '../../components/controls';
import { Facts } from '../../components/facts';
import { Size } from '../../components/quantities';
import type { DiskRate } from '../../store/disk-slice';
import { useAppParts } from '../../store/use-app';
import { durationText, plural, sizeText, timeText } from '../../text/quantities';
import classes from './disk-screen.module.css';
import { bytesByTone, type DiskGrowth, type DiskRow, RUNWAY_DAYS, TONES } from './disk-view';

const RATES: readonly DiskRate[] = ['overall', 'lastDay', 'lastHour'];
const RATE_TITLES = { overall: 'overall', lastDay: 'last day', lastHour: 'last hour' } as const;
const STATES = ['stray', 'future', 'deleted'] as const;

export interface DiskPanelProps {
  readonly directory: Directory;
  readonly usage: DiskUsage;
  readonly rows: readonly DiskRow[];
  readonly growth: DiskGrowth | null;
  readonly nowMs: number;
}

export function DiskPanel({ directory, usage, rows, growth, nowMs }: DiskPanelProps) {
  const tones = bytesByTone(rows);
  const rootBytes = usage.space.rootFilesBytes;
  const totalBytes = tones.reduce((sum, bytes) => sum + bytes, 0) + rootBytes;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: scrolled with the keys
    <section className={classes['panel']} aria-label="Totals" tabIndex={0}>
      <Facts
        rows={[
          ['All files', <Size key="v" bytes={totalBytes} />],
          ...TONES.map(
            ({ title, fill }, tone) =>
              [
                title,
                <span key="v">
                  <span className={classes['swatch']} style={{ backgroundColor: fill }} />
                  <Size bytes={tones[tone]!} />
                </span>,
              ] as const,
          ),
          rootBytes === 0 ? null : ['beside the logs', <Size key="v" bytes={rootBytes} />],
          ...STATES.map((state) => stateRow(rows, state)),
          [
            'Broker',
            <span key="v" title={directory.broker.reason}>
              {directory.broker.verdict}
            </span>,
          ],
          ...spaceRows(usage.space),
        ]}
      />
      {growth !== null && <Runway growth={growth} nowMs={nowMs} />}
    </section>
  );
}

/** Directories that a broker set aside; left out where there is none. */
function stateRow(rows: readonly DiskRow[], state: (typeof STATES)[number]) {
  const own = rows.filter(({ log }) => log.state === state);
  if (own.length === 0) return null;
  const bytes = own.reduce((sum, { sizeInBytes }) => sum + sizeInBytes, 0);
  return [
    `-${state === 'deleted' ? 'delete' : state}`,
    `${plural(own.length, 'directory', 'directories')}, ${sizeText(bytes)}`,
  ] as const;
}

function spaceRows({ availableBytes, totalBytes }: DiskUsage['space']) {
  return [
    ['Free on the disk', <Size key="v" bytes={availableBytes} />],
    ['Disk', <Size key="v" bytes={totalBytes} />],
  ] as const;
}

function Runway({ growth, nowMs }: { readonly growth: DiskGrowth; readonly nowMs: number }) {
  const { rate, setRate } = useAppParts((state) => ({ rate: state.diskRate, setRate: state.setDiskRate }));
  const { bytesPerMs, fullAtMs, fullWithPoliciesAtMs, retentionMsMax } = growth.runway;
  return (
    <section aria-label="Runway" className={classes['runway']}>
      <div className={classes['rate']}>
        <span>Rate of ingest</span>
        <Choice
          label="Rate of ingest"
          value={rate}
          options={RATES}
          titleOf={(each) => RATE_TITLES[each]}
          onChange={setRate}
        />
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
