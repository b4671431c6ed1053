/** What the table of segments shows of each, and how it is copied and sorted. */
import type { SegmentRow } from '../../../shared/inspection';
import { Badge } from '../../components/controls';
import type { Column } from '../../components/data-table';
import { countColumn, optional, sizeColumn, timeColumn } from '../../components/number-columns';
import { None } from '../../components/quantities';
import { plural } from '../../text/quantities';

const TIME_WIDTH = '158px';

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
        {problemCount > 0 && <Badge tone="error">{plural(problemCount, 'problem')}</Badge>}
      </>
    ),
    // A badge has as much around its text as two characters take.
    shown: ({ isActive, problemCount }) =>
      `${isActive ? 'active + ' : ''}${problemCount > 0 ? `${plural(problemCount, 'problem')} + ` : ''}`,
    text: ({ isActive, problemCount }) => `${isActive ? 'active' : ''} ${problemCount || ''}`.trim(),
    order: ({ isActive, problemCount }) => problemCount * 2 + (isActive ? 1 : 0),
  },
  ...optional<SegmentRow>(
    {
      ...{ key: 'codecs', title: 'Codecs', width: '88px' },
      cell: ({ codecs }) => (codecs.length === 0 ? <None /> : codecs.join(', ')),
      shown: ({ codecs }) => codecs.join(', '),
      text: ({ codecs }) => codecs.join(','),
      order: ({ codecs }) => codecs.join(','),
    },
    timeColumn('Largest timestamp', TIME_WIDTH, ({ largestTimestampMs }) => largestTimestampMs),
    timeColumn('First timestamp', TIME_WIDTH, ({ firstTimestampMs }) => firstTimestampMs),
    countColumn('Index entries', '96px', ({ offsetIndex }) => offsetIndex?.entryCount ?? null),
    sizeColumn('Mean gap', 'minmax(84px, 1fr)', ({ offsetIndex }) => offsetIndex?.gapBytesMean ?? null),
  ),
];
