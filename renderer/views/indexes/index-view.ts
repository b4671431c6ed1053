/**
 * From the columns of a log to what the Index screen shows: each segment's indexes and the cost of look-ups through them,
 * gaps and density. Pure. What another index.interval.bytes would give, a worker computes (shared/plan/index-what-if.ts).
 */
import type { IndexFacts, IndexSegment } from '../../../shared/index-facts';
import {
  type DensityPoint,
  densityAlong,
  type IndexGaps,
  indexGaps,
  type SegmentGaps,
} from '../../../shared/plan/index-gaps';
import { type LookupCosts, LookupTally } from '../../../shared/plan/index-lookups';
import { type IndexOutcome, IndexOutcomeSum } from '../../../shared/plan/index-what-if';
import { segmentColumns } from '../../../shared/plan/segment-columns';
import { settingNumber } from '../../../shared/plan/topic-settings';

const POINT_COUNT = 200;

export interface IndexRow extends IndexSegment {
  /** Of the stretches between its entries; null where its headers are not known. */
  readonly gapBytesMean: number | null;
  readonly gapBytesMax: number | null;
  readonly costs: LookupCosts | null;
}

export interface IndexView {
  readonly rows: readonly IndexRow[];
  /** How many segments have their headers known, and their bytes: what all totals are about. */
  readonly coveredCount: number;
  readonly coveredBytes: number;
  readonly present: IndexOutcome;
  readonly gaps: IndexGaps;
  readonly density: readonly DensityPoint[];
}

export function indexView(facts: IndexFacts): IndexView {
  const total = new IndexOutcomeSum();
  const stretches: SegmentGaps[] = [];
  let [start, coveredBytes] = [0, 0];
  const rows = facts.segments.map((segment): IndexRow => {
    const columns = segmentColumns(facts, segment);
    const from = start;
    start += segment.sizeInBytes;
    if (columns === null) return { ...segment, gapBytesMean: null, gapBytesMax: null, costs: null };
    const { batches, indexes } = columns;
    const stretch = { batches, offsets: indexes.offsets, start: from };
    stretches.push(stretch);
    coveredBytes += segment.sizeInBytes;
    total.tally.add(batches, indexes);
    total.count(indexes);
    const { sizesInBytes } = indexGaps([stretch]);
    const isEmpty = sizesInBytes.length === 0;
    return {
      ...segment,
      gapBytesMean: isEmpty ? null : segment.sizeInBytes / sizesInBytes.length,
      gapBytesMax: isEmpty ? null : sizesInBytes.reduce((most, size) => Math.max(most, size), 0),
      costs: new LookupTally().add(batches, indexes).costs(),
    };
  });
  const gaps = indexGaps(stretches);
  return {
    ...{ rows, coveredBytes, gaps },
    coveredCount: stretches.length,
    present: total.outcome(),
    density: densityAlong(gaps, start, POINT_COUNT),
  };
}

/** index.interval.bytes in force. */
export function ownInterval(facts: IndexFacts): number {
  return settingNumber(facts.settings['index.interval.bytes']) ?? 0;
}
