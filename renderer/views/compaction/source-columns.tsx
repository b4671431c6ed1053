/**
 * Columns of the segments as they are, with what compaction makes of each. What an analysis found none of in the whole log
 * has no column; of the others, as many are shown as there is room for.
 */
import type { CompactionSource } from '../../../shared/compaction';
import { savedShare } from '../../../shared/plan/compaction-space';
import { percentText } from '../../../shared/plan/share-text';
import type { Column } from '../../components/data-table';
import { countColumn, optional, sizeColumn, timeColumn } from '../../components/number-columns';
import { None } from '../../components/quantities';
import { EstimatedSize } from './estimates';
import type { Part, SourceRow } from './source-rows';

const PART_TEXTS: Readonly<Record<Part, string>> = {
  clean: 'clean',
  cleanable: 'dirty',
  rest: 'not yet',
};

type Found = (after: CompactionSource) => number | null;

/** Of what the analysis found; null before it. */
const found = (of: Found) => (row: SourceRow) => (row.after === null ? null : of(row.after));
const share = found((after) => (after.isCleaned ? savedShare(after) : null));

const ALWAYS: readonly Column<SourceRow>[] = [
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
    cell: (row) => {
      const freed = share(row);
      return freed === null ? <None /> : percentText(freed);
    },
    text: (row) => String(share(row) ?? ''),
    order: share,
  },
  ...optional(
    countColumn<SourceRow>(
      'Records',
      '84px',
      found(({ recordsBefore }) => recordsBefore),
    ),
    countColumn<SourceRow>(
      'Records after',
      '100px',
      found(({ recordsAfter }) => recordsAfter),
    ),
  ),
];

/** What matters most comes first: the last ones are left out where there is no room. */
const WHERE_FOUND: readonly { readonly title: string; readonly width: string; readonly of: Found }[] = [
  { title: 'Superseded', width: '88px', of: ({ supersededCount }) => supersededCount },
  { title: 'Null keys', width: '76px', of: ({ nullKeyCount }) => nullKeyCount },
  { title: 'Tombstones kept', width: '116px', of: ({ tombstonesKeptCount }) => tombstonesKeptCount },
  { title: 'Tombstones dropped', width: '136px', of: ({ tombstonesDroppedCount }) => tombstonesDroppedCount },
  { title: 'Aborted', width: '72px', of: ({ abortedCount }) => abortedCount },
  { title: 'Unique keys', width: '88px', of: ({ uniqueKeyCount }) => uniqueKeyCount },
  { title: 'Control', width: '72px', of: ({ controlRecordsCount }) => controlRecordsCount },
  { title: 'Empty batches', width: '104px', of: ({ emptyBatchesKeptCount }) => emptyBatchesKeptCount },
];

const BECOMES = countColumn<SourceRow>(
  'Becomes',
  '88px',
  found(({ becomesBaseOffset }) => becomesBaseOffset),
);

const FIRST_MAY_GO = timeColumn<SourceRow>(
  'First may go',
  '184px',
  found(({ deleteHorizonMinMs }) => deleteHorizonMinMs),
);

/** @param sources Of the analysis; none before it. */
export function sourceColumns(sources: readonly CompactionSource[]): readonly Column<SourceRow>[] {
  if (sources.length === 0) return ALWAYS;
  const counts = WHERE_FOUND.filter(({ of }) => sources.some((source) => (of(source) ?? 0) > 0));
  const hasHorizon = sources.some(({ deleteHorizonMinMs }) => deleteHorizonMinMs !== null);
  return [
    ...ALWAYS,
    ...optional(
      ...counts.map(({ title, width, of }) => countColumn<SourceRow>(title, width, found(of))),
      BECOMES,
      ...(hasHorizon ? [FIRST_MAY_GO] : []),
    ),
  ];
}
