/** Indexes of the log: how dense they are, what a look-up through them costs, and what another interval would change. */
import { useDeferredValue, useMemo, useState } from 'react';
import type { IndexFigures, IndexRow } from '../../../shared/index-facts';
import { GapHistogram } from '../../charts/gap-histogram';
import { IndexDensityChart } from '../../charts/index-density-chart';
import { Button, Choice } from '../../components/controls';
import { Empty, Failure } from '../../components/notices';
import { SplitPane } from '../../components/split-pane';
import { segmentColouring } from '../../core/core-tones';
import { useApp, useAppParts } from '../../store/use-app';
import { useOriginalFormat } from '../../store/use-original-format';
import { countText, sizeText } from '../../text/quantities';
import { CoreStrip } from '../core-strip';
import { FilteredTable } from '../filtered-table';
import { LogGate } from '../log-gate';
import { INDEX_COLUMNS, ORIGINAL_INDEX_COLUMNS } from './index-columns';
import { IndexPanel } from './index-panel';
import classes from './index-screen.module.css';
import { ownInterval } from './own-interval';
import { SavedRebuildPanel } from './rebuild-panel';

export function IndexScreen() {
  const { segments, figures, error, indexState, readIndexes, hasPlan } = useAppParts((state) => ({
    segments: state.segments,
    figures: state.indexFigures,
    error: state.indexError,
    indexState: state.indexState,
    readIndexes: state.readIndexes,
    hasPlan: state.indexRebuildPlan !== null,
  }));
  const colouring = useMemo(() => segmentColouring(segments, 'density', false), [segments]);
  const sizeInBytes = segments.reduce((sum, segment) => sum + segment.sizeInBytes, 0);
  return (
    <LogGate>
      <CoreStrip colouring={colouring} meaning="Coloured by bytes between index entries; lines are entries" />
      {error?.code === 'NOT_IN_REPORT' ? (
        <>
          <NotInReport />
          {hasPlan && <SavedRebuildPanel />}
        </>
      ) : (
        error !== null && (
          <Failure title="The indexes could not be read." error={error}>
            <Button onClick={() => void readIndexes()}>Read again</Button>
          </Failure>
        )
      )}
      {figures !== null ? (
        <Indexes figures={figures} />
      ) : indexState === 'loading' ? (
        <Empty title="Reading indexes and batch headers…" />
      ) : (
        error === null && (
          <Empty title="This log is large: its headers are read when you ask for it.">
            <Button kind="primary" onClick={() => void readIndexes()}>
              {`Read the headers of ${sizeText(sizeInBytes)}`}
            </Button>
          </Empty>
        )
      )}
    </LogGate>
  );
}

/** The colours of the core above are from the segments, which every report has. */
function NotInReport() {
  return (
    <Empty title="Index entries are not in this saved report.">
      <p>
        They are in a report where they were asked for: Batches on the Report screen, or strata report
        --batches.
      </p>
    </Empty>
  );
}

const keyOf = (row: IndexRow) => row.baseOffset;

function Indexes({ figures }: { readonly figures: IndexFigures }) {
  const { selected, selectSegment } = useAppParts((state) => ({
    selected: state.selectedSegment,
    selectSegment: state.selectSegment,
  }));
  const isOriginal = useOriginalFormat();
  const tried = useDeferredValue(useApp((state) => state.triedIndexInterval));
  return (
    <SplitPane
      name="indexes"
      initialShare={0.62}
      first={
        <>
          {figures.density.length > 0 && (
            <div className={classes['charts']}>
              <IndexDensityChart
                points={figures.density}
                indexIntervalBytes={tried ?? ownInterval(figures)}
                intervalName={isOriginal ? 'the program’s interval' : 'index.interval.bytes'}
              />
              <Gaps figures={figures} />
            </div>
          )}
          <FilteredTable
            label="Indexes"
            rows={figures.rows}
            columns={isOriginal ? ORIGINAL_INDEX_COLUMNS : INDEX_COLUMNS}
            keyOf={keyOf}
            selectedKey={selected}
            onSelect={({ baseOffset }) => selectSegment(baseOffset)}
            empty={<Empty title="This log has no segment." />}
          />
        </>
      }
      second={<IndexPanel figures={figures} />}
    />
  );
}

const GAP_UNITS = ['bytes', 'records'] as const;

function Gaps({ figures: { gaps } }: { readonly figures: IndexFigures }) {
  const [unit, setUnit] = useState<(typeof GAP_UNITS)[number]>('bytes');
  return (
    <GapHistogram
      caption="Gaps"
      bars={gaps[unit]}
      text={unit === 'bytes' ? sizeText : countText}
      controls={<Choice label="Gaps in" value={unit} options={GAP_UNITS} onChange={setUnit} />}
    />
  );
}
