/** All segments of the log: the core, a table, and the chosen one from near. */
import { useMemo } from 'react';
import type { SegmentRow } from '../../../shared/inspection';
import { Empty } from '../../components/notices';
import { SplitPane } from '../../components/split-pane';
import { segmentColouring } from '../../core/core-tones';
import { useApp, useAppParts } from '../../store/use-app';
import { CoreStrip } from '../core-strip';
import { FilteredTable } from '../filtered-table';
import { LogGate } from '../log-gate';
import { SEGMENT_COLUMNS } from './segment-columns';
import { SegmentDetails } from './segment-details';

export function SegmentsScreen() {
  const segments = useApp((state) => state.segments);
  const colouring = useApp((state) => state.coreColouring);
  const isVerified = useApp((state) => state.isVerified);
  const tones = useMemo(
    () => segmentColouring(segments, colouring, isVerified),
    [segments, colouring, isVerified],
  );
  return (
    <LogGate>
      <CoreStrip colouring={tones} />
      <SplitPane name="segments" initialShare={0.62} first={<SegmentTable />} second={<SegmentDetails />} />
    </LogGate>
  );
}

const keyOf = (segment: SegmentRow) => segment.baseOffset;

function SegmentTable() {
  const state = useAppParts(({ segments, selectedSegment, selectSegment }) => ({
    ...{ segments, selectedSegment, selectSegment },
  }));
  return (
    <FilteredTable
      label="Segments"
      rows={state.segments}
      columns={SEGMENT_COLUMNS}
      keyOf={keyOf}
      selectedKey={state.selectedSegment}
      onSelect={({ baseOffset }) => state.selectSegment(baseOffset)}
      onClear={() => state.selectSegment(null)}
      empty={<Empty title="This log has no segment." />}
    />
  );
}
