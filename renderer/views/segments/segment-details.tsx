/** The chosen segment from near: its batches, its facts, its files; one batch field by field below the list. */
import { useEffect, useMemo, useState } from 'react';
import type { SegmentRow, SpanRow } from '../../../shared/inspection';
import { Button, Choice } from '../../components/controls';
import { type Column, DataTable } from '../../components/data-table';
import { Facts } from '../../components/facts';
import { Empty, Failure } from '../../components/notices';
import { optional, sizeColumn, timeColumn } from '../../components/number-columns';
import { Count, Size, Time } from '../../components/quantities';
import type { SegmentFile } from '../../store/segment-slice';
import { useApp, useAppParts } from '../../store/use-app';
import { countText } from '../../text/quantities';
import { FileBytes } from '../file-bytes';
import { StatisticsPane } from '../statistics/statistics-pane';
import { BatchView } from './batch-view';
import { EnginePane } from './engine-pane';
import classes from './segment-details.module.css';
import { SPAN_COLUMNS } from './span-columns';

const TABS = ['batches', 'facts', 'statistics', 'files'] as const;
type Tab = (typeof TABS)[number];
const TAB_TITLES: Readonly<Record<Tab, string>> = {
  batches: 'Batches',
  facts: 'Facts',
  statistics: 'Statistics',
  files: 'Files',
};

export function SegmentDetails() {
  const segments = useApp((state) => state.segments);
  const selected = useApp((state) => state.selectedSegment);
  const segmentError = useApp((state) => state.segmentError);
  const [tab, setTab] = useState<Tab>('batches');
  const segment = useMemo(
    () => segments.find(({ baseOffset }) => baseOffset === selected),
    [segments, selected],
  );
  if (segment === undefined) return <WholeLog segments={segments} />;
  return (
    <>
      <div className={classes['bar']}>
        <h2 className={classes['title']}>{`Segment ${countText(segment.baseOffset)}`}</h2>
        <Choice
          label="Details of the segment"
          value={tab}
          options={TABS}
          titleOf={(each) => TAB_TITLES[each]}
          onChange={setTab}
        />
      </div>
      {segmentError !== null && segmentError.code !== 'NOT_IN_REPORT' && (
        <Failure title="The segment could not be read." error={segmentError} />
      )}
      {tab === 'batches' && <Batches />}
      {tab === 'facts' && <SegmentFacts segment={segment} />}
      {tab === 'statistics' && (
        <StatisticsPane scope={segment.baseOffset} sizeInBytes={segment.sizeInBytes} />
      )}
      {tab === 'files' && <Files />}
    </>
  );
}

const PARTS = ['statistics', 'writer'] as const;
type Part = (typeof PARTS)[number];
const PART_TITLES: Readonly<Record<Part, string>> = { statistics: 'Statistics', writer: 'Writer' };

/** What stands there while no segment is chosen; who writes, where the engine does or did. */
function WholeLog({ segments }: { readonly segments: readonly SegmentRow[] }) {
  const sizeInBytes = segments.reduce((sum, segment) => sum + segment.sizeInBytes, 0);
  const hasWriter = useApp((state) => state.engineWriter !== null);
  const { logId, watchEngine } = useAppParts((state) => ({
    logId: state.logId,
    watchEngine: state.watchEngine,
  }));
  const [part, setPart] = useState<Part>('statistics');
  // biome-ignore lint/correctness/useExhaustiveDependencies: another log is another question
  useEffect(() => watchEngine(), [logId, watchEngine]);
  return (
    <>
      <div className={classes['bar']}>
        <h2 className={classes['title']}>Whole log</h2>
        {hasWriter ? (
          <Choice
            label="Details of the log"
            value={part}
            options={PARTS}
            titleOf={(each) => PART_TITLES[each]}
            onChange={setPart}
          />
        ) : (
          <span className={classes['hint']}>Choose a segment to see its batches.</span>
        )}
      </div>
      {hasWriter && part === 'writer' ? (
        <EnginePane />
      ) : (
        <StatisticsPane scope="log" sizeInBytes={sizeInBytes} />
      )}
    </>
  );
}

const spanKey = (span: SpanRow) => span.position;

function Batches() {
  const state = useAppParts((all) => ({
    spans: all.spans,
    isLoading: all.isLoadingSpans,
    loadMoreSpans: all.loadMoreSpans,
    selected: all.selectedBatchPosition,
    selectBatch: all.selectBatch,
    spansFrom: all.spansFrom,
    showFromStart: all.showSpansFromStart,
    isUnsaved: all.segmentError?.code === 'NOT_IN_REPORT',
  }));
  const chosen = state.spans.find(({ position }) => position === state.selected);
  return (
    <>
      {state.spansFrom > 0 && (
        <div className={classes['bar']}>
          <span className={classes['hint']}>{`Batches from position ${countText(state.spansFrom)} on`}</span>
          <Button onClick={() => void state.showFromStart()}>From the start</Button>
        </div>
      )}
      <div className={classes['list']}>
        <DataTable
          label="Batches"
          rows={state.spans}
          columns={SPAN_COLUMNS}
          keyOf={spanKey}
          selectedKey={state.selected}
          onSelect={({ position }) => void state.selectBatch(position)}
          onEnd={state.loadMoreSpans}
          empty={
            state.isUnsaved ? (
              <NotInReport />
            ) : (
              <Empty title={state.isLoading ? 'Reading batches…' : 'This segment holds no batch.'} />
            )
          }
        />
      </div>
      {chosen !== undefined && (
        <div className={classes['batch']}>
          <BatchView span={chosen} />
        </div>
      )}
    </>
  );
}

/** Why a saved report has none, and how the next one gets them. */
function NotInReport() {
  return (
    <Empty title="Batches are not in this saved report.">
      They are in a report where they were asked for, up to a million: Batches on the Report screen, or strata
      report --batches.
    </Empty>
  );
}

const TIMESTAMP_SOURCES: Readonly<Record<SegmentRow['largestTimestampSource'], string>> = {
  'batch-headers': 'from batch headers',
  'time-index': 'from the time index',
  'modification-time': 'from the modification time',
};

function SegmentFacts({ segment }: { readonly segment: SegmentRow }) {
  const { offsetIndex, timeIndex } = segment;
  return (
    <div className={classes['scroll']}>
      <Facts
        rows={[
          ['Base offset', <Count key="v" value={segment.baseOffset} />],
          ['Last offset', <Count key="v" value={segment.lastOffset} />],
          ['Records', <Count key="v" value={segment.recordCount} />],
          ['Batches', <Count key="v" value={segment.batchCount} />],
          ['Size', <Size key="v" bytes={segment.sizeInBytes} />],
          ['Bytes per record', <Size key="v" bytes={ratio(segment.sizeInBytes, segment.recordCount)} />],
          [
            'Records per batch',
            <Count key="v" value={rounded(ratio(segment.recordCount, segment.batchCount))} />,
          ],
          ['First timestamp', <Time key="v" ms={segment.firstTimestampMs} />],
          ['Largest timestamp', <Time key="v" ms={segment.largestTimestampMs} />],
          ['Largest timestamp is', TIMESTAMP_SOURCES[segment.largestTimestampSource]],
          ['Codecs', segment.codecs.join(', ') || '–'],
          [
            'Offset index',
            offsetIndex === null ? 'missing' : <Size key="v" bytes={offsetIndex.sizeInBytes} />,
          ],
          ['Offset index entries', <Count key="v" value={offsetIndex?.entryCount ?? null} />],
          ['Mean gap of entries', <Size key="v" bytes={offsetIndex?.gapBytesMean ?? null} />],
          ['Largest gap of entries', <Size key="v" bytes={offsetIndex?.gapBytesMax ?? null} />],
          ['Time index', timeIndex === null ? 'missing' : <Size key="v" bytes={timeIndex.sizeInBytes} />],
          ['Time index entries', <Count key="v" value={timeIndex?.entryCount ?? null} />],
          ['Modified', <Time key="v" ms={segment.modifiedAtMs} />],
        ]}
      />
    </div>
  );
}

function ratio(part: number | null, whole: number | null): number | null {
  return part === null || whole === null || whole === 0 ? null : part / whole;
}

function rounded(value: number | null): number | null {
  return value === null ? null : Math.round(value * 10) / 10;
}

const FILE_COLUMNS: readonly Column<SegmentFile>[] = [
  {
    ...{ key: 'name', title: 'File', width: 'minmax(220px, 1fr)' },
    cell: ({ name }) => <span className={classes['mono']}>{name}</span>,
    text: ({ name }) => name,
    order: ({ name }) => name,
  },
  sizeColumn('Size', '100px', ({ sizeInBytes }) => sizeInBytes),
  ...optional(timeColumn<SegmentFile>('Modified', '180px', ({ modifiedAtMs }) => modifiedAtMs)),
];

/** The bytes of the chosen one below the list; those of the .log are under Batches. */
function Files() {
  const { files, shown, isSaved, showFileBytes, hideFileBytes } = useAppParts((state) => ({
    files: state.files,
    shown: state.shownFile,
    isSaved: state.directory?.savedReport !== undefined,
    showFileBytes: state.showFileBytes,
    hideFileBytes: state.hideFileBytes,
  }));
  const [chosen, setChosen] = useState<string | null>(null);
  const select = ({ name }: SegmentFile) => {
    setChosen(name);
    if (isSaved || name.endsWith('.log')) hideFileBytes();
    else void showFileBytes(name, 0);
  };
  return (
    <>
      <div className={classes['list']}>
        <DataTable
          label="Files of the segment"
          rows={files}
          columns={FILE_COLUMNS}
          keyOf={({ name }) => name}
          selectedKey={chosen}
          onSelect={select}
          empty={<Empty title="No file." />}
        />
      </div>
      {shown !== null && (
        <div className={classes['batch']}>
          <FileBytes />
        </div>
      )}
    </>
  );
}
