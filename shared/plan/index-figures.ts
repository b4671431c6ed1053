/**
 * From the columns of a log to what the Index screen shows: each segment's indexes and the cost of look-ups through them,
 * gaps and density, all short however many batches there are. Pure; half a second for a million batches. What another
 * index.interval.bytes would give is index-what-if.ts.
 */
import {
  type DensityPoint,
  densityAlong,
  type HistogramBar,
  indexGaps,
  powerHistogram,
  type SegmentGaps,
} from './index-gaps';
import { type LookupCosts, LookupTally } from './index-lookups';
import { type IndexOutcome, IndexOutcomeSum } from './index-what-if';
import { type LogColumns, type SegmentRows, segmentColumns } from './segment-columns';

const POINT_COUNT = 200;

/** Of one segment; null where its headers are not known. */
interface SegmentFigures {
  /** Of the stretches between its entries. */
  readonly gapBytesMean: number | null;
  readonly gapBytesMax: number | null;
  readonly costs: LookupCosts | null;
}

export interface IndexFigures<S extends SegmentRows> {
  readonly rows: (S & SegmentFigures)[];
  /** How many segments have their headers known, and their bytes: what all totals are about. */
  readonly coveredCount: number;
  readonly coveredBytes: number;
  readonly present: IndexOutcome;
  readonly gaps: { readonly bytes: HistogramBar[]; readonly records: HistogramBar[] };
  readonly density: DensityPoint[];
}

export function indexFigures<S extends SegmentRows>(
  facts: LogColumns & { readonly segments: readonly S[] },
): IndexFigures<S> {
  const total = new IndexOutcomeSum();
  const stretches: SegmentGaps[] = [];
  let [start, coveredBytes] = [0, 0];
  const rows = facts.segments.map((segment): S & SegmentFigures => {
    const columns = segmentColumns(facts, segment);
    const from = start;
    start += segment.sizeInBytes;
    if (columns === null) return { ...segment, gapBytesMean: null, gapBytesMax: null, costs: null };
    const { batches, indexes } = columns;
    const stretch = { batches, offsets: indexes.offsets, start: from };
    stretches.push(stretch);
    coveredBytes += segment.sizeInBytes;
    const own = new LookupTally().add(batches, indexes);
    total.tally.join(own);
    total.count(indexes);
    const { sizesInBytes } = indexGaps([stretch]);
    const isEmpty = sizesInBytes.length === 0;
    return {
      ...segment,
      gapBytesMean: isEmpty ? null : segment.sizeInBytes / sizesInBytes.length,
      gapBytesMax: isEmpty ? null : sizesInBytes.reduce((most, size) => Math.max(most, size), 0),
      costs: own.costs(),
    };
  });
  const gaps = indexGaps(stretches);
  return {
    ...{ rows, coveredBytes },
    coveredCount: stretches.length,
    present: total.outcome(),
    gaps: { bytes: powerHistogram(gaps.sizesInBytes), records: powerHistogram(gaps.recordCounts) },
    density: densityAlong(gaps, start, POINT_COUNT),
  };
}
