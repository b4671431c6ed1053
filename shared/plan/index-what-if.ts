/**
 * How many entries the indexes of a log have and what look-ups through them cost, as they are or as they would be with
 * another index.interval.bytes: Kafka's rule over the real batches. Pure; a third of a second for a million batches.
 */
import type { Bytes } from '../units';
import { type IndexColumns, plannedIndexes } from './index-columns';
import { type LookupCosts, LookupTally } from './index-lookups';
import { type LogColumns, type SegmentRows, segmentColumns } from './segment-columns';

const OFFSET_ENTRY_BYTES = 8;
const TIME_ENTRY_BYTES = 12;

/** Indexes of the segments whose headers are known, as they are or as they would be. */
export interface IndexOutcome {
  readonly offsetEntryCount: number;
  readonly timeEntryCount: number;
  /** Of the entries, without room behind them. */
  readonly indexBytes: number;
  readonly costs: LookupCosts;
}

/** The same segments with the entries that Kafka's rule gives for the interval. */
export function indexWhatIf(
  facts: LogColumns & { readonly segments: readonly SegmentRows[] },
  indexIntervalBytes: Bytes,
): IndexOutcome {
  const total = new IndexOutcomeSum();
  for (const segment of facts.segments) {
    const columns = segmentColumns(facts, segment);
    if (columns === null) continue;
    const indexes = plannedIndexes(columns.batches, indexIntervalBytes);
    total.tally.add(columns.batches, indexes);
    total.count(indexes);
  }
  return total.outcome();
}

export class IndexOutcomeSum {
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
