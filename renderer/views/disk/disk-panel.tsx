/** Totals of the directory: by kind of file, of directories that are no current log, the disk, and how long it lasts. */
import type { Directory } from '../../../shared/contract';
import type { DiskUsage } from '../../../shared/disk-usage';
import { writerWords } from '../../../shared/writer-words';
import { Facts } from '../../components/facts';
import { Size } from '../../components/quantities';
import { plural, sizeText } from '../../text/quantities';
import classes from './disk-screen.module.css';
import { bytesByTone, type DiskGrowth, type DiskRow, TONES } from './disk-view';
import { Runway } from './runway';

const STATES = ['stray', 'future', 'deleted'] as const;

export interface DiskPanelProps {
  readonly directory: Directory;
  readonly usage: DiskUsage;
  readonly rows: readonly DiskRow[];
  readonly growth: DiskGrowth;
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
            'Writer',
            <span key="v" title={directory.broker.reason}>
              {writerWords(directory.broker)}
            </span>,
          ],
          ...spaceRows(usage.space),
        ]}
      />
      <Runway growth={growth} nowMs={nowMs} />
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
