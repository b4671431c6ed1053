/**
 * Which snapshots of the producer state a start deletes and writes (ProducerStateManager, UnifiedLog.rebuildProducerState).
 *
 * Keeps the two offsets that decide it, as the broker does for each of its passes: how far the state reaches, and where
 * the last snapshot was taken. Knows no producers, and touches no file.
 */

import { countBelow } from '../../../shared/plan/count-below';
import type { StartupReason } from '../../../shared/plan/startup-reasons';
import type { Offset } from '../../../shared/units';
import { offsetName, parseSegmentFileName, SNAPSHOT_SUFFIX } from '../format/file-names';
import type { LogImage } from './log-image';

/** The snapshots that are there by now. Kept beside the image, which would have to parse every name each time. */
export class SnapshotFiles {
  readonly #image: LogImage;
  readonly #offsets: Offset[];
  /** One that is written again can be read. */
  readonly unreadable = new Set<Offset>();

  constructor(image: LogImage) {
    this.#image = image;
    const parsed = image.names().map(parseSegmentFileName);
    this.#offsets = parsed
      .filter((name) => name?.kind === 'snapshot' && name.state === 'current')
      .map((name) => name!.baseOffset)
      .sort((a, b) => a - b);
  }

  /** Ascending. */
  get offsets(): readonly Offset[] {
    return this.#offsets;
  }

  write(offset: Offset): void {
    this.#image.write(nameOf(offset), 'snapshot-due');
    this.unreadable.delete(offset);
    const at = this.#placeOf(offset);
    if (this.#offsets[at] !== offset) this.#offsets.splice(at, 0, offset);
  }

  remove(offset: Offset, reason: StartupReason): void {
    this.#image.remove(nameOf(offset), reason);
    this.#forget(offset);
  }

  /** With the segment of this offset, where it has one. */
  removeLater(offset: Offset, reason: StartupReason): void {
    this.#image.removeLater(nameOf(offset), reason);
    this.#forget(offset);
  }

  #forget(offset: Offset): void {
    const at = this.#placeOf(offset);
    if (this.#offsets[at] === offset) this.#offsets.splice(at, 1);
  }

  /** Of the first that is not below. */
  #placeOf(offset: Offset): number {
    return countBelow(this.#offsets.length, (index) => this.#offsets[index]!, offset);
  }
}

export class StartupSnapshots {
  readonly #files: SnapshotFiles;
  #mapEnd: Offset = 0;
  #lastTaken: Offset = 0;

  constructor(files: SnapshotFiles) {
    this.#files = files;
  }

  /** Exclusive. */
  get mapEnd(): Offset {
    return this.#mapEnd;
  }

  get isWithoutAny(): boolean {
    return this.#files.offsets.length === 0;
  }

  reaches(offset: Offset): void {
    this.#mapEnd = offset;
  }

  take(): void {
    if (this.#mapEnd <= this.#lastTaken) return;
    this.#files.write(this.#mapEnd);
    this.#lastTaken = this.#mapEnd;
  }

  /** Begins at the newest snapshot that can be read; others outside of the range go. */
  reload(logStartOffset: Offset, endOffset: Offset): void {
    for (const offset of outOfRange(this.#files.offsets, logStartOffset, endOffset))
      this.#files.remove(offset, 'snapshot-out-of-range');
    if (endOffset === this.#mapEnd) {
      this.#mapEnd = Math.max(this.#mapEnd, logStartOffset);
      this.#lastTaken = this.#files.offsets.at(-1) ?? logStartOffset;
      return;
    }
    for (;;) {
      const offset = this.#files.offsets.at(-1);
      if (offset === undefined) break;
      if (!this.#files.unreadable.has(offset)) {
        this.#mapEnd = offset;
        this.#lastTaken = offset;
        return;
      }
      this.#files.remove(offset, 'snapshot-unreadable');
    }
    this.#mapEnd = logStartOffset;
    this.#lastTaken = logStartOffset;
  }

  /** Every segment went. */
  restartAt(offset: Offset): void {
    for (const snapshot of [...this.#files.offsets]) this.#files.remove(snapshot, 'snapshot-out-of-range');
    this.#mapEnd = offset;
    this.#lastTaken = 0;
  }

  /**
   * All that belong to no segment, but for the newest where it is above the last segment: a clean stop took it.
   * @param baseOffsets Ascending.
   */
  removeStray(baseOffsets: readonly Offset[]): void {
    const ofSegments = new Set(baseOffsets);
    const stray = this.#files.offsets.filter((offset) => !ofSegments.has(offset));
    const newest = stray.at(-1);
    const isOfStop = newest !== undefined && newest >= baseOffsets.at(-1)!;
    for (const offset of stray)
      if (offset !== newest || !isOfStop) this.#files.remove(offset, 'snapshot-stray');
  }
}

/** From both ends: most often there are none. */
function outOfRange(offsets: readonly Offset[], logStartOffset: Offset, endOffset: Offset): Offset[] {
  const found: Offset[] = [];
  for (const offset of offsets) {
    if (offset > logStartOffset) break;
    found.push(offset);
  }
  const below = found.length;
  for (let index = offsets.length - 1; index >= below && offsets[index]! > endOffset; index--)
    found.push(offsets[index]!);
  return found;
}

function nameOf(offset: Offset): string {
  return offsetName(offset) + SNAPSHOT_SUFFIX;
}
