/** Which columns the table of segments has: those of which the analysis found anything, the rest where there is room. */
import { describe, expect, it } from 'vitest';
import { sourceColumns } from '../../../../renderer/views/compaction/source-columns';
import type { CompactionSource } from '../../../../shared/compaction';

const SOURCE: CompactionSource = {
  ...{ baseOffset: 0, becomesBaseOffset: 0, isCleaned: true, uniqueKeyCount: 5 },
  ...{ recordsBefore: 10, recordsAfter: 5, bytesBefore: 100, bytesAfter: 50, bytesAfterIsExact: true },
  ...{ supersededCount: 5, nullKeyCount: 0, abortedCount: 0, tombstonesKeptCount: 0 },
  ...{ tombstonesDroppedCount: 0, controlRecordsCount: 0, emptyBatchesKeptCount: 0 },
  ...{ deleteHorizonMinMs: null, deleteHorizonMaxMs: null },
};
const titlesOf = (...sources: CompactionSource[]) => sourceColumns(sources).map(({ title }) => title);
const FIXED = ['Base offset', 'Part', 'Size', 'Size after', 'Freed'];
const ALWAYS = [...FIXED, 'Records', 'Records after'];

describe('sourceColumns', () => {
  it('leaves out what no segment has', () => {
    expect(titlesOf()).toEqual(ALWAYS);
    expect(titlesOf(SOURCE, SOURCE)).toEqual([...ALWAYS, 'Superseded', 'Unique keys', 'Becomes']);
    expect(titlesOf(SOURCE, { ...SOURCE, nullKeyCount: 1, deleteHorizonMinMs: 7 })).toEqual([
      ...ALWAYS,
      ...['Superseded', 'Null keys', 'Unique keys', 'Becomes', 'First may go'],
    ]);
  });

  it('can do without all but the sizes where there is no room', () => {
    const columns = sourceColumns([SOURCE]);
    expect(columns.filter(({ isOptional }) => !isOptional).map(({ title }) => title)).toEqual(FIXED);
  });
});
