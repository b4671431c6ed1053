/** What takes the space: the treemap with its totals and the runway over the table of the logs. */
import { useMemo, useState } from 'react';
import type { DiskUsage } from '../../../shared/disk-usage';
import { percentText } from '../../../shared/plan/share-text';
import type { TreemapNode } from '../../../shared/treemap/treemap-layout';
import { Treemap } from '../../charts/treemap';
import { Button } from '../../components/controls';
import { Empty, Failure } from '../../components/notices';
import { SplitPane } from '../../components/split-pane';
import { useThemeInForce } from '../../shell/use-theme';
import type { DiskFocus } from '../../store/disk-slice';
import { useAppParts } from '../../store/use-app';
import { sizeText } from '../../text/quantities';
import { DiskPanel } from './disk-panel';
import classes from './disk-screen.module.css';
import { DiskTable } from './disk-table';
import { type DiskRow, diskGrowth, diskRows, diskTree, rowsIn, TONES } from './disk-view';

const FILLS = TONES.map(({ fill }) => fill);

export function DiskScreen() {
  const { directory, usage, error, focus, nowMs, rate } = useAppParts((state) => ({
    ...{ directory: state.directory, usage: state.diskUsage, error: state.diskError },
    ...{ focus: state.diskFocus, nowMs: state.diskNowMs, rate: state.diskRate },
  }));
  const logs = directory?.logs;
  const rows = useMemo(() => diskRows(usage, logs ?? []), [usage, logs]);
  const growth = useMemo(
    () => (usage === null ? null : diskGrowth(usage, rows, { rate, nowMs })),
    [usage, rows, rate, nowMs],
  );
  const shown = useMemo(() => rowsIn(rows, focus), [rows, focus]);
  return (
    <>
      {error !== null && <Failure title="What takes the space could not be read." error={error} />}
      {directory !== null && usage !== null && growth !== null && (
        <div className={classes['top']}>
          <SplitPane
            name="disk"
            initialShare={0.7}
            first={<DiskMap usage={usage} rows={rows} focus={focus} />}
            second={
              <DiskPanel directory={directory} usage={usage} rows={rows} growth={growth} nowMs={nowMs} />
            }
          />
        </div>
      )}
      {directory !== null && usage === null && error === null && (
        <div className={classes['top']}>
          <Empty title="Reading what takes the space…" />
        </div>
      )}
      <DiskTable rows={shown} growth={growth} />
    </>
  );
}

interface MapProps {
  readonly usage: DiskUsage;
  readonly rows: readonly DiskRow[];
  readonly focus: DiskFocus;
}

function DiskMap({ usage, rows, focus }: MapProps) {
  const { setFocus, openLog, selectSegment } = useAppParts((state) => ({
    setFocus: state.setDiskFocus,
    openLog: state.openLog,
    selectSegment: state.selectSegment,
  }));
  useThemeInForce(); // the canvas is drawn again when the colours change
  const root = useMemo(() => diskTree(usage, rows, focus), [usage, rows, focus]);
  const [hovered, setHovered] = useState<readonly TreemapNode[]>([]);
  const [selected, setSelected] = useState<string | null>(null);
  const readout = (path: readonly TreemapNode[]) => readoutOf(path, root);
  const go = (next: DiskFocus) => {
    setFocus(next);
    setSelected(null);
    setHovered([]);
  };

  function open(key: string): void {
    if (focus.kind === 'all') go({ kind: 'topic', topic: key });
    else if (focus.kind === 'topic') go({ kind: 'log', logId: key });
    else {
      openLog(focus.logId);
      if (/^\d+$/.test(key)) selectSegment(Number(key));
    }
  }

  return (
    <div className={classes['map']}>
      <div className={classes['bar']}>
        <Trail
          directoryName={usage.isComplete ? 'All logs' : 'All logs read so far'}
          rows={rows}
          focus={focus}
          go={go}
        />
        <output className={classes['readout']}>{readout(hovered)}</output>
      </div>
      <div className={classes['canvas']}>
        {root.sizeInBytes === 0 ? (
          <Empty title="Nothing here takes any space." />
        ) : (
          <Treemap
            label="Treemap: topic, partition, segment, kind of file"
            {...{ root, selected, readout, fills: FILLS }}
            onHover={setHovered}
            onSelect={setSelected}
            onOpen={open}
            onOut={() => go(outOf(focus, rows))}
          />
        )}
      </div>
    </div>
  );
}

interface TrailProps extends Pick<MapProps, 'rows' | 'focus'> {
  readonly directoryName: string;
  readonly go: (focus: DiskFocus) => void;
}

/** Where the treemap stands, each step a way back; a log can be opened from here. */
function Trail({ directoryName, rows, focus, go }: TrailProps) {
  const { openLog } = useAppParts((state) => ({ openLog: state.openLog }));
  const log = focus.kind === 'log' ? rowsIn(rows, focus)[0]?.log : undefined;
  const topic = focus.kind === 'topic' ? focus.topic : log?.topic;
  return (
    <nav className={classes['trail']} aria-label="Place in the treemap">
      <Button kind="plain" disabled={focus.kind === 'all'} onClick={() => go({ kind: 'all' })}>
        {directoryName}
      </Button>
      {topic !== undefined && (
        <Button kind="plain" disabled={focus.kind === 'topic'} onClick={() => go({ kind: 'topic', topic })}>
          {topic}
        </Button>
      )}
      {log !== undefined && <Button onClick={() => openLog(log.logId)}>{`Open ${log.name}`}</Button>}
    </nav>
  );
}

function outOf(focus: DiskFocus, rows: readonly DiskRow[]): DiskFocus {
  const topic = focus.kind === 'log' ? rowsIn(rows, focus)[0]?.log.topic : undefined;
  return topic === undefined ? { kind: 'all' } : { kind: 'topic', topic };
}

function readoutOf(path: readonly TreemapNode[], root: TreemapNode): string {
  const last = path.at(-1);
  if (last === undefined) return '';
  const share = percentText(last.sizeInBytes / Math.max(root.sizeInBytes, 1));
  return `${path.map(({ name }) => name).join(' › ')}: ${sizeText(last.sizeInBytes)}, ${share}`;
}
