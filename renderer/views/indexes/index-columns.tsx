/** What the table of indexes shows of each segment, and how it is copied and sorted. */
import type { IndexRow } from '../../../shared/index-facts';
import type { LookupCost } from '../../../shared/plan/index-lookups';
import { Badge } from '../../components/controls';
import type { Column } from '../../components/data-table';
import { countColumn, optional, sizeColumn } from '../../components/number-columns';
import { None } from '../../components/quantities';

/** null where no record was there to be looked up. */
const meanOf = (cost: LookupCost | undefined) =>
  cost === undefined || cost.lookupCount === 0 ? null : Math.round(cost.bytesMean);
const worstOf = (cost: LookupCost | undefined) =>
  cost === undefined || cost.lookupCount === 0 ? null : cost.bytesMax;

/** @param hasTimeIndexes False for the original format, which knows none: that there is none is then no news. */
function columnsOf(hasTimeIndexes: boolean): readonly Column<IndexRow>[] {
  const textsOf = (row: IndexRow) =>
    stateTexts(row).filter((text) => hasTimeIndexes || text !== NO_TIME_INDEX);
  return [
    countColumn('Base offset', '96px', ({ baseOffset }) => baseOffset),
    countColumn('Entries', '72px', ({ offsetIndex }) => offsetIndex?.entryCount ?? null),
    {
      ...{ key: 'state', title: 'State', width: '240px' },
      cell: (row) => <State texts={textsOf(row)} />,
      // A badge has as much around its text as two characters take.
      shown: (row) => textsOf(row).join(' + '),
      text: (row) => textsOf(row).join(', '),
      order: (row) => textsOf(row).join(', '),
    },
    sizeColumn('Mean gap', '80px', ({ gapBytesMean }) => gapBytesMean),
    ...optional<IndexRow>(...COSTS_AND_FILES),
  ];
}

const NO_TIME_INDEX = 'no time index';
const COSTS_AND_FILES: readonly Column<IndexRow>[] = [
  sizeColumn('Largest gap', '80px', ({ gapBytesMax }) => gapBytesMax),
  sizeColumn('By offset', '80px', ({ costs }) => meanOf(costs?.byOffset)),
  sizeColumn('Worst by offset', '80px', ({ costs }) => worstOf(costs?.byOffset)),
  sizeColumn('By time', '80px', ({ costs }) => meanOf(costs?.byTime)),
  sizeColumn('Worst by time', '80px', ({ costs }) => worstOf(costs?.byTime)),
  sizeColumn('Index file', '80px', ({ offsetIndex }) => offsetIndex?.sizeInBytes ?? null),
  sizeColumn('Zero tail', '80px', ({ offsetIndex }) => offsetIndex?.zeroTailBytes ?? null),
  countColumn('Time entries', '72px', ({ timeIndex }) => timeIndex?.entryCount ?? null),
  sizeColumn('Time index file', '80px', ({ timeIndex }) => timeIndex?.sizeInBytes ?? null),
  sizeColumn('Time zero tail', '80px', ({ timeIndex }) => timeIndex?.zeroTailBytes ?? null),
  countColumn('Aborted', '64px', ({ transactionIndex }) => transactionIndex?.entryCount ?? null),
];

export const INDEX_COLUMNS = columnsOf(true);
export const ORIGINAL_INDEX_COLUMNS = columnsOf(false);

function stateTexts({ isActive, offsetIndex, timeIndex, rows }: IndexRow): string[] {
  const zeros = (offsetIndex?.zeroTailBytes ?? 0) + (timeIndex?.zeroTailBytes ?? 0);
  return [
    ...(isActive ? ['active'] : []),
    ...(isActive && zeros > 0 ? ['preallocated'] : []),
    ...(!isActive && zeros > 0 ? ['not trimmed'] : []),
    ...(offsetIndex === null ? ['no offset index'] : []),
    ...(timeIndex === null ? [NO_TIME_INDEX] : []),
    ...(rows === null ? ['headers not known'] : []),
  ];
}

const NORMAL = new Set(['active', 'preallocated', 'headers not known']);

function State({ texts }: { readonly texts: readonly string[] }) {
  if (texts.length === 0) return <None />;
  return texts.map((text) => (
    <Badge key={text} tone={text === 'active' ? 'accent' : NORMAL.has(text) ? 'quiet' : 'warning'}>
      {text}
    </Badge>
  ));
}
