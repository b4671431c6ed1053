/** Columns of the segments as they are, with what compaction makes of each. */
import type { CompactionSource } from '../../../shared/compaction';
import type { Column } from '../../components/data-table';
import { countColumn, sizeColumn, timeColumn } from '../../components/number-columns';
import { None } from '../../components/quantities';
import { type Part, type SourceRow, savedShare } from './compaction-view';
import { EstimatedSize, percentText } from './estimates';

const PART_TEXTS: Readonly<Record<Part, string>> = {
  clean: 'clean',
  cleanable: 'dirty',
  rest: 'not yet',
};

/** Of what the analysis found; null before it. */
const found = (of: (after: CompactionSource) => number | null) => (row: SourceRow) =>
  row.after === null ? null : of(row.after);
const share = found((after) => (after.isCleaned ? savedShare(after) : null));

export const SOURCE_COLUMNS: readonly Column<SourceRow>[] = [
  countColumn('Base offset', '100px', ({ baseOffset }) => baseOffset),
  {
    ...{ key: 'part', title: 'Part', width: '88px' },
    cell: ({ part }) => PART_TEXTS[part],
    text: ({ part }) => PART_TEXTS[part],
    order: ({ part }) => part,
  },
  sizeColumn('Size', '84px', ({ sizeInBytes }) => sizeInBytes),
  {
    ...{ key: 'after', title: 'Size after', width: '92px', isNumber: true },
    cell: ({ after }) =>
      after === null ? (
        <None />
      ) : (
        <EstimatedSize bytes={after.bytesAfter} isExact={after.bytesAfterIsExact} />
      ),
    text: ({ after }) => String(after?.bytesAfter ?? ''),
    order: ({ after }) => after?.bytesAfter ?? null,
  },
  {
    ...{ key: 'freed', title: 'Freed', width: '68px', isNumber: true },
    cell: (row) => percentText(share(row)) ?? <None />,
    text: (row) => String(share(row) ?? ''),
    order: share,
  },
  countColumn(
    'Records',
    '84px',
    found(({ recordsBefore }) => recordsBefore),
  ),
  countColumn(
    'Records after',
    '100px',
    found(({ recordsAfter }) => recordsAfter),
  ),
  countColumn(
    'Superseded',
    '88px',
    found(({ supersededCount }) => supersededCount),
  ),
  countColumn(
    'Unique keys',
    '88px',
    found(({ uniqueKeyCount }) => uniqueKeyCount),
  ),
  countColumn(
    'Tombstones kept',
    '116px',
    found(({ tombstonesKeptCount }) => tombstonesKeptCount),
  ),
  countColumn(
    'dropped',
    '72px',
    found(({ tombstonesDroppedCount }) => tombstonesDroppedCount),
  ),
  timeColumn(
    'First may go',
    '184px',
    found(({ deleteHorizonMinMs }) => deleteHorizonMinMs),
  ),
  countColumn(
    'Null keys',
    '76px',
    found(({ nullKeyCount }) => nullKeyCount),
  ),
  countColumn(
    'Aborted',
    '72px',
    found(({ abortedCount }) => abortedCount),
  ),
  countColumn(
    'Control',
    '72px',
    found(({ controlRecordsCount }) => controlRecordsCount),
  ),
  countColumn(
    'Empty batches',
    '104px',
    found(({ emptyBatchesKeptCount }) => emptyBatchesKeptCount),
  ),
  countColumn(
    'Becomes',
    '100px',
    found(({ becomesBaseOffset }) => becomesBaseOffset),
  ),
];
