/**
 * Checks batches against their neighbours along a whole log: offsets, leader epochs, gaps, segment bounds.
 *
 * Gaps are normal once a cleaner was there. A log shows that by a batch with missing records, a delete horizon, or
 * many gaps; only in a log without such signs is a gap reported, and never one that damage explains.
 */
import { type Problem, problemAt } from '../../../shared/problem';
import type { FilePosition, Offset } from '../../../shared/units';
import type { RecordBatchHeader } from '../format/record-batch';
import { showsCompaction } from '../format/records';

const OFFSETS_PER_SEGMENT_MAX = 0x7fff_ffff;
/** So many gaps are no accident: the log has been compacted. */
const GAPS_OF_COMPACTION = 3;

export interface SegmentBounds {
  readonly fileName: string;
  readonly baseOffset: Offset;
  /** Base offset of the next segment, or null for the active one. */
  readonly nextBaseOffset: Offset | null;
}

/** What a checker knows behind some segment: enough to go on from there without reading what lies before. */
export interface SequenceState {
  readonly isCompacted: boolean;
  readonly lastOffset: Offset | null;
  readonly leaderEpoch: number;
  readonly isBehindDamage: boolean;
  readonly gaps: readonly Problem[];
}

const NOTHING: readonly Problem[] = [];

function isInside({ baseOffset, lastOffset }: RecordBatchHeader, segment: SegmentBounds): boolean {
  return (
    baseOffset >= segment.baseOffset &&
    lastOffset - segment.baseOffset <= OFFSETS_PER_SEGMENT_MAX &&
    (segment.nextBaseOffset === null || lastOffset < segment.nextBaseOffset)
  );
}

export class SequenceChecker {
  #gaps: Problem[] = [];
  #isCompacted: boolean;
  readonly #logStartOffset: Offset;
  #lastOffset: Offset | null = null;
  #leaderEpoch = -1;
  #isBehindDamage = false;

  /** @param logStartOffset Nobody reads below it: a deletion that was cut off may have left holes there. */
  constructor({ isCompacted, logStartOffset }: { isCompacted: boolean; logStartOffset: Offset }) {
    this.#isCompacted = isCompacted;
    this.#logStartOffset = logStartOffset;
  }

  /** @returns What is wrong between this batch and those before it. */
  batch(header: RecordBatchHeader, position: FilePosition, segment: SegmentBounds): readonly Problem[] {
    if (!this.#isCompacted && showsCompaction(header)) this.#isCompacted = true;
    const isNext = header.baseOffset === (this.#lastOffset ?? segment.baseOffset - 1) + 1;
    if (isNext && isInside(header, segment) && header.partitionLeaderEpoch === this.#leaderEpoch) {
      this.#lastOffset = header.lastOffset;
      this.#isBehindDamage = false;
      return NOTHING;
    }
    return this.#compare(header, position, segment);
  }

  #compare(header: RecordBatchHeader, position: FilePosition, segment: SegmentBounds): Problem[] {
    const lastOffset = this.#lastOffset;
    const place = {
      file: segment.fileName,
      position,
      sizeInBytes: header.sizeInBytes,
      baseOffset: header.baseOffset,
    };
    const problems: Problem[] = [];
    const { baseOffset } = header;
    if (baseOffset < segment.baseOffset || header.lastOffset - segment.baseOffset > OFFSETS_PER_SEGMENT_MAX)
      problems.push(
        problemAt(
          'batch-offset-outside-segment',
          place,
          `Offset ${baseOffset} lies outside the segment ${segment.baseOffset}.`,
        ),
      );
    else if (lastOffset !== null && baseOffset <= lastOffset)
      problems.push(
        problemAt('batch-offset-out-of-order', place, `Offset ${baseOffset} follows offset ${lastOffset}.`),
      );
    else if (segment.nextBaseOffset !== null && header.lastOffset >= segment.nextBaseOffset)
      problems.push(
        problemAt(
          'segment-overlap',
          place,
          `Offset ${header.lastOffset} belongs to the segment ${segment.nextBaseOffset}.`,
        ),
      );
    else if (
      lastOffset !== null &&
      baseOffset > Math.max(lastOffset + 1, this.#logStartOffset) &&
      !this.#isBehindDamage
    )
      this.#gaps.push(problemAt('batch-offset-gap', place, gapText(lastOffset + 1, baseOffset - 1)));
    const isMisplaced = problems.length > 0;
    if (header.partitionLeaderEpoch < this.#leaderEpoch && header.magic === 2)
      problems.push(
        problemAt(
          'batch-leader-epoch-out-of-order',
          place,
          `Leader epoch ${header.partitionLeaderEpoch} follows ${this.#leaderEpoch}.`,
        ),
      );
    else if (header.magic === 2) this.#leaderEpoch = header.partitionLeaderEpoch;
    this.#lastOffset = Math.max(lastOffset ?? header.lastOffset, header.lastOffset);
    this.#isBehindDamage = isMisplaced; // a wrong offset leaves a gap where the right one would be
    return problems;
  }

  /** Bytes were not readable: a gap behind them is no finding of its own. */
  damage(): void {
    this.#isBehindDamage = true;
  }

  state(): SequenceState {
    return {
      isCompacted: this.#isCompacted,
      lastOffset: this.#lastOffset,
      leaderEpoch: this.#leaderEpoch,
      isBehindDamage: this.#isBehindDamage,
      // More than that is never reported, and as many say that the log is compacted.
      gaps: this.#gaps.slice(0, GAPS_OF_COMPACTION),
    };
  }

  /** Goes on behind a segment that was seen by another checker and has not changed since. */
  resume(state: SequenceState): void {
    this.#isCompacted ||= state.isCompacted;
    this.#lastOffset = state.lastOffset;
    this.#leaderEpoch = state.leaderEpoch;
    this.#isBehindDamage = state.isBehindDamage;
    this.#gaps = state.gaps.filter(({ baseOffset }) => (baseOffset ?? 0) > this.#logStartOffset);
  }

  /** The gaps worth reporting, once the whole log has been seen. */
  gaps(): readonly Problem[] {
    return this.#isCompacted || this.#gaps.length >= GAPS_OF_COMPACTION ? [] : this.#gaps;
  }
}

function gapText(first: Offset, last: Offset): string {
  return first === last ? `Offset ${first} is missing.` : `Offsets ${first} to ${last} are missing.`;
}
