/**
 * Which snapshots of the producer state a start deletes and writes (ProducerStateManager, UnifiedLog.rebuildProducerState).
 *
 * Keeps the two offsets that decide it, as the broker does for each of its passes: how far the state reaches, and where
 * the last snapshot was taken. Knows no producers, and touches no file.
 */
import type { Offset } from '../../../shared/units';
import { offsetName, parseSegmentFileName, SNAPSHOT_SUFFIX } from '../format/file-names';
import type { LogImage } from './log-image';

export class StartupSnapshots {
  readonly #image: LogImage;
  /** Offsets of the snapshots that cannot be read; one that is written again can. */
  readonly #unreadable: Set<Offset>;
  #mapEnd: Offset = 0;
  #lastTaken: Offset = 0;

  constructor(image: LogImage, unreadable: Set<Offset>) {
    this.#image = image;
    this.#unreadable = unreadable;
  }

  /** Exclusive. */
  get mapEnd(): Offset {
    return this.#mapEnd;
  }

  /** Ascending. */
  offsets(): Offset[] {
    const parsed = this.#image.names().map(parseSegmentFileName);
    return parsed
      .filter((name) => name?.kind === 'snapshot' && name.state === 'current')
      .map((name) => name!.baseOffset)
      .sort((a, b) => a - b);
  }

  reaches(offset: Offset): void {
    this.#mapEnd = offset;
  }

  take(): void {
    if (this.#mapEnd <= this.#lastTaken) return;
    this.#image.write(nameOf(this.#mapEnd), 'snapshot-due');
    this.#unreadable.delete(this.#mapEnd);
    this.#lastTaken = this.#mapEnd;
  }

  /** Begins at the newest snapshot that can be read; others outside of the range go. */
  reload(logStartOffset: Offset, endOffset: Offset): void {
    for (const offset of this.offsets())
      if (offset > endOffset || offset <= logStartOffset)
        this.#image.remove(nameOf(offset), 'snapshot-out-of-range');
    if (endOffset === this.#mapEnd) {
      this.#mapEnd = Math.max(this.#mapEnd, logStartOffset);
      this.#lastTaken = this.offsets().at(-1) ?? logStartOffset;
      return;
    }
    for (const offset of this.offsets().reverse()) {
      if (!this.#unreadable.has(offset)) {
        this.#mapEnd = offset;
        this.#lastTaken = offset;
        return;
      }
      this.#image.remove(nameOf(offset), 'snapshot-unreadable');
    }
    this.#mapEnd = logStartOffset;
    this.#lastTaken = logStartOffset;
  }

  /** Every segment went. */
  restartAt(offset: Offset): void {
    for (const snapshot of this.offsets()) this.#image.remove(nameOf(snapshot), 'snapshot-out-of-range');
    this.#mapEnd = offset;
    this.#lastTaken = 0;
  }

  /** All that belong to no segment, but for the newest where it is above the last segment: a clean stop took it. */
  removeStray(baseOffsets: readonly Offset[]): void {
    const stray = this.offsets().filter((offset) => !baseOffsets.includes(offset));
    const newest = stray.at(-1);
    const isOfStop = newest !== undefined && newest >= Math.max(...baseOffsets);
    for (const offset of stray)
      if (offset !== newest || !isOfStop) this.#image.remove(nameOf(offset), 'snapshot-stray');
  }
}

function nameOf(offset: Offset): string {
  return offsetName(offset) + SNAPSHOT_SUFFIX;
}
