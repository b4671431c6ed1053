/**
 * From the columns of a log to what the Index screen shows: each segment's indexes and the cost of look-ups through them,
 * the same for an index.interval.bytes that is tried, gaps and density. Pure.
 */
import type { IndexFacts, IndexSegment } from '../../../shared/index-facts';
import { type IndexColumns, plannedIndexes } from '../../../shared/plan/index-columns';
import {
  type DensityPoint,
  densityAlong,
  type IndexGaps,
  indexGaps,
  type SegmentGaps,
} from '../../../shared/plan/index-gaps';
import { type LookupCosts, LookupTally } from '../../../shared/plan/index-lookups';
import { segmentColumns } from '../../../shared/plan/segment-columns';
import { settingNumber } from '../../../shared/plan/topic-settings';

const OFFSET_ENTRY_BYTES = 8;
const TIME_ENTRY_BYTES = 12;
const POINT_COUNT = 200;

export interface IndexRow extends IndexSegment {
  /** Of the stretches between its entries; null where its headers are not known. */
  readonly gapBytesMean: number | null;
  readonly gapBytesMax: number | null;
  readonly costs: LookupCosts | null;
}

/** Indexes of the segments whose headers are known, as they are or as they would be. */
export interface IndexOutcome {
  readonly offsetEntryCount: number;
  readonly timeEntryCount: number;
  /** Of the entries, without room behind them. */
  readonly indexBytes: number;
  readonly costs: LookupCosts;
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
  const total = new OutcomeSum();
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

/** The same segments with the entries that Kafka's rule gives for the interval. */
export function whatIf(facts: IndexFacts, indexIntervalBytes: number): IndexOutcome {
  const total = new OutcomeSum();
  for (const segment of facts.segments) {
    const columns = segmentColumns(facts, segment);
    if (columns === null) continue;
    const indexes = plannedIndexes(columns.batches, indexIntervalBytes);
    total.tally.add(columns.batches, indexes);
    total.count(indexes);
  }
  return total.outcome();
}

class OutcomeSum {
  readonly tally = new LookupTally();
  #offsets = 0;
  #times = 0;

  count({ offsets, times }: IndexColumns): void {
    this.#offsets += offsets.positions.length;
    this.#times += times.timestampsMs.length;
  }

  outcome(): IndexOutcome {
    return {
      offsetEntryCount: this.#offsets,
      timeEntryCount: this.#times,
      indexBytes: this.#offsets * OFFSET_ENTRY_BYTES + this.#times * TIME_ENTRY_BYTES,
      costs: this.tally.costs(),
    };
  }
}

/** index.interval.bytes in force. */
export function ownInterval(facts: IndexFacts): number {
  return settingNumber(facts.settings['index.interval.bytes']) ?? 0;
}
