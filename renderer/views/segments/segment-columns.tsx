/** What the table of segments shows of each, and how it is copied and sorted. */
import type { SegmentRow } from '../../../shared/inspection';
import { Badge } from '../../components/controls';
import type { Column } from '../../components/data-table';
import { Count, None, Size, Time } from '../../components/quantities';

type Of = (segment: SegmentRow) => number | null;

function countColumn(title: string, width: string, of: Of): Column<SegmentRow> {
  return {
    ...{ key: title, title, width, isNumber: true },
    cell: (segment) => <Count value={of(segment)} />,
    text: (segment) => String(of(segment) ?? ''),
    order: of,
  };
}

function sizeColumn(title: string, width: string, of: Of): Column<SegmentRow> {
  return { ...countColumn(title, width, of), cell: (segment) => <Size bytes={of(segment)} /> };
}

function timeColumn(title: string, of: Of): Column<SegmentRow> {
  return {
    ...countColumn(title, '158px', of),
    isNumber: false,
    cell: (segment) => <Time ms={of(segment)} />,
  };
}

export const SEGMENT_COLUMNS: readonly Column<SegmentRow>[] = [
  countColumn('Base offset', '104px', ({ baseOffset }) => baseOffset),
  countColumn('Last offset', '104px', ({ lastOffset }) => lastOffset),
  countColumn('Records', '92px', ({ recordCount }) => recordCount),
  countColumn('Batches', '84px', ({ batchCount }) => batchCount),
  sizeColumn('Size', '88px', ({ sizeInBytes }) => sizeInBytes),
  {
    ...{ key: 'state', title: 'State', width: '112px' },
    cell: ({ isActive, problemCount }) => (
      <>
        {isActive && <Badge tone="accent">active</Badge>}{' '}
        {problemCount > 0 && (
          <Badge tone="error">{`${problemCount} ${problemCount === 1 ? 'problem' : 'problems'}`}</Badge>
        )}
      </>
    ),
    text: ({ isActive, problemCount }) => `${isActive ? 'active' : ''} ${problemCount || ''}`.trim(),
    order: ({ isActive, problemCount }) => problemCount * 2 + (isActive ? 1 : 0),
  },
  timeColumn('Largest timestamp', ({ largestTimestampMs }) => largestTimestampMs),
  timeColumn('First timestamp', ({ firstTimestampMs }) => firstTimestampMs),
  {
    ...{ key: 'codecs', title: 'Codecs', width: '88px' },
    cell: ({ codecs }) => (codecs.length === 0 ? <None /> : codecs.join(', ')),
    text: ({ codecs }) => codecs.join(','),
    order: ({ codecs }) => codecs.join(','),
  },
  countColumn('Index entries', '96px', ({ offsetIndex }) => offsetIndex?.entryCount ?? null),
  sizeColumn('Mean gap', 'minmax(84px, 1fr)', ({ offsetIndex }) => offsetIndex?.gapBytesMean ?? null),
];
