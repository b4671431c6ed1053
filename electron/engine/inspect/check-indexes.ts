/**
 * Checks the offset and the time index of a segment against its batches, by consequence.
 *
 * An entry is wrong where a look-up through it would start behind its record. Coarse entries (followers before
 * 4.1 write one an append) and missing ones only cost time and are no finding. Fed batch by batch during the scan.
 */
import type { Problem, ProblemCode } from '../../../shared/problem';
import type { FilePosition, Offset } from '../../../shared/units';
import {
  OFFSET_INDEX_ENTRY_SIZE,
  type OffsetIndexEntries,
  TIME_INDEX_ENTRY_SIZE,
  type TimeIndexEntries,
} from '../format/index-files';
import { NO_TIMESTAMP, type RecordBatchHeader } from '../format/record-batch';
import { Findings } from './findings';

export interface IndexCheck {
  readonly baseOffset: Offset;
  readonly isActive: boolean;
  readonly logSizeInBytes: number;
  readonly offsetIndex: { readonly fileName: string; readonly entries: OffsetIndexEntries } | null;
  readonly timeIndex: { readonly fileName: string; readonly entries: TimeIndexEntries } | null;
}

export class IndexChecker {
  readonly #check: IndexCheck;
  readonly #findings = new Findings('entries');
  #nextOffsetEntry = 0;
  #nextTimeEntry = 0;
  #lastOffset = -1;
  #largestTimestampMs = NO_TIMESTAMP;
  #hasDamage = false;

  constructor(check: IndexCheck) {
    this.#check = check;
    this.#checkOrder();
  }

  batch(header: RecordBatchHeader, position: FilePosition): void {
    const { offsetIndex, timeIndex, baseOffset } = this.#check;
    if (offsetIndex !== null) {
      const { entryCount, positions, relativeOffsets } = offsetIndex.entries;
      while (this.#nextOffsetEntry < entryCount && positions[this.#nextOffsetEntry]! <= position) {
        const slot = this.#nextOffsetEntry++;
        this.#checkOffsetEntry(slot, baseOffset + relativeOffsets[slot]!, positions[slot]!, position);
      }
    }
    if (timeIndex !== null) {
      const { entryCount, relativeOffsets } = timeIndex.entries;
      while (
        this.#nextTimeEntry < entryCount &&
        baseOffset + relativeOffsets[this.#nextTimeEntry]! < header.lastOffset
      )
        this.#checkTimeEntry(this.#nextTimeEntry++);
    }
    this.#lastOffset = Math.max(this.#lastOffset, header.lastOffset);
    this.#largestTimestampMs = Math.max(this.#largestTimestampMs, header.maxTimestampMs);
  }

  damage(): void {
    this.#hasDamage = true;
  }

  /** To be called once the whole segment was fed. */
  finish(): Problem[] {
    const { offsetIndex, timeIndex, baseOffset, logSizeInBytes, isActive } = this.#check;
    if (offsetIndex !== null) {
      const { entryCount, positions, relativeOffsets } = offsetIndex.entries;
      for (let slot = 0; slot < entryCount; slot++) {
        const isBeyond =
          positions[slot]! >= logSizeInBytes || baseOffset + relativeOffsets[slot]! > this.#lastOffset;
        if (isBeyond && !(this.#hasDamage && positions[slot]! < logSizeInBytes))
          this.#addOffset(
            'offset-index-beyond-log',
            slot,
            `Entry ${slot} points to offset ${baseOffset + relativeOffsets[slot]!} at position ${positions[slot]}; the log ends at offset ${this.#lastOffset}, position ${logSizeInBytes}.`,
          );
        else if (slot >= this.#nextOffsetEntry && !this.#hasDamage)
          this.#addMisplaced(slot, positions[slot]!); // behind the beginning of the last batch
      }
    }
    if (timeIndex !== null) {
      const { entryCount, timestampsMs } = timeIndex.entries;
      while (this.#nextTimeEntry < entryCount) this.#checkTimeEntry(this.#nextTimeEntry++);
      const last = entryCount === 0 ? NO_TIMESTAMP : timestampsMs[entryCount - 1]!;
      const isFinal = !isActive && !this.#hasDamage;
      if (isFinal && last < this.#largestTimestampMs)
        this.#addTime(
          Math.max(entryCount - 1, 0),
          `The last entry has timestamp ${last}, the log has ${this.#largestTimestampMs}.`,
        );
      if (!this.#hasDamage && last > this.#largestTimestampMs)
        this.#addTime(
          entryCount - 1,
          `The last entry has timestamp ${last}, the log has none above ${this.#largestTimestampMs}.`,
        );
    }
    return this.#findings.all();
  }

  #checkOffsetEntry(slot: number, offset: Offset, indexed: FilePosition, position: FilePosition): void {
    if (this.#hasDamage) return; // what stood in the damaged bytes is not known
    if (indexed !== position) this.#addMisplaced(slot, indexed);
    else if (this.#lastOffset >= offset)
      this.#addOffset(
        'offset-index-misleading',
        slot,
        `Entry ${slot} says offset ${offset} is at position ${indexed}; it stands before that.`,
      );
  }

  /** All batches that end at or before the entry's offset have been seen. */
  #checkTimeEntry(slot: number): void {
    const timestampMs = this.#check.timeIndex!.entries.timestampsMs[slot]!;
    if (this.#largestTimestampMs > timestampMs && !this.#hasDamage)
      this.#addTime(
        slot,
        `Entry ${slot} has timestamp ${timestampMs}; a batch before it has ${this.#largestTimestampMs}.`,
      );
  }

  #checkOrder(): void {
    const { offsetIndex, timeIndex } = this.#check;
    if (offsetIndex !== null) {
      const { entryCount, relativeOffsets, positions } = offsetIndex.entries;
      for (let slot = 1; slot < entryCount; slot++)
        if (relativeOffsets[slot]! <= relativeOffsets[slot - 1]! || positions[slot]! <= positions[slot - 1]!)
          this.#addOffset('offset-index-out-of-order', slot, `Entry ${slot} is not above the one before it.`);
    }
    if (timeIndex !== null) {
      const { entryCount, timestampsMs, relativeOffsets } = timeIndex.entries;
      for (let slot = 1; slot < entryCount; slot++)
        if (
          !(timestampsMs[slot]! > timestampsMs[slot - 1]!) ||
          relativeOffsets[slot]! < relativeOffsets[slot - 1]!
        )
          this.#addTime(slot, `Entry ${slot} is not above the one before it.`, 'time-index-out-of-order');
    }
  }

  #addMisplaced(slot: number, indexed: FilePosition): void {
    const message = `Entry ${slot} points to position ${indexed}, where no batch starts.`;
    this.#addOffset('offset-index-misleading', slot, message);
  }

  #addOffset(code: ProblemCode, slot: number, message: string): void {
    const { offsetIndex, baseOffset } = this.#check;
    const sizeInBytes = OFFSET_INDEX_ENTRY_SIZE;
    const place = { file: offsetIndex!.fileName, position: slot * sizeInBytes, sizeInBytes, baseOffset };
    this.#findings.add(code, place, message);
  }

  #addTime(slot: number, message: string, code: ProblemCode = 'time-index-misleading'): void {
    const { timeIndex, baseOffset } = this.#check;
    const sizeInBytes = TIME_INDEX_ENTRY_SIZE;
    const place = { file: timeIndex!.fileName, position: slot * sizeInBytes, sizeInBytes, baseOffset };
    this.#findings.add(code, place, message);
  }
}
