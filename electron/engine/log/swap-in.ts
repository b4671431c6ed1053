/**
 * Puts cleaned segments in the place of others while readers are at work: which names the files have at which moment, and
 * that nobody keeps a file open under a name that is another's by now. The phases on the disk are replace-segments.ts's.
 *
 * From the moment that `prepare` has settled, readers take the new segments, from their `.swap` files at first. A reader
 * that still had an old one notices that it is not the log's any more, whatever it has read (log-reader.ts).
 */
import type { Bytes, Offset } from '../../../shared/units';
import type { FileSystem } from '../file-system';
import {
  LOG_SUFFIX,
  OFFSET_INDEX_SUFFIX,
  SWAP_SUFFIX,
  TIME_INDEX_SUFFIX,
  TRANSACTION_INDEX_SUFFIX,
} from '../format/file-names';
import type { OpenFiles } from './open-files';
import { deleteReplaced, type SegmentReplacement, swapCleaned } from './replace-segments';
import { Segment } from './segment';
import { giveFinalNames } from './segment-renames';

export interface CleanedReplacement {
  readonly directory: string;
  /** The first segments of the log, ascending. */
  readonly sources: readonly Segment[];
  /** What stands as `.cleaned` files, ascending. */
  readonly cleaned: readonly { readonly baseOffset: Offset; readonly sizeInBytes: Bytes }[];
  /** Where the sources end, exclusive. */
  readonly endOffset: Offset;
  /** As `SegmentReplacement` has it. */
  readonly newEndOffset: Offset;
}

const SUFFIXES = [LOG_SUFFIX, OFFSET_INDEX_SUFFIX, TIME_INDEX_SUFFIX, TRANSACTION_INDEX_SUFFIX] as const;

export class SwapIn {
  /** The new ones. */
  readonly segments: readonly Segment[];
  readonly #fs: FileSystem;
  readonly #files: OpenFiles;
  readonly #sources: readonly Segment[];
  readonly #directory: string;
  readonly #replacement: SegmentReplacement;

  constructor(
    fs: FileSystem,
    files: OpenFiles,
    { directory, sources, cleaned, endOffset, newEndOffset }: CleanedReplacement,
  ) {
    this.#fs = fs;
    this.#files = files;
    this.#sources = sources;
    this.#directory = directory;
    this.segments = cleaned.map(({ baseOffset, sizeInBytes }, index) => {
      const nextOffset = cleaned[index + 1]?.baseOffset ?? endOffset;
      return new Segment(directory, baseOffset, { sizeInBytes, nextOffset });
    });
    this.#replacement = {
      newBaseOffsets: cleaned.map(({ baseOffset }) => baseOffset),
      replacedBaseOffsets: sources.map(({ baseOffset }) => baseOffset),
      newEndOffset,
    };
  }

  /** Nothing of the old log is touched yet. */
  async prepare(): Promise<void> {
    await swapCleaned(this.#fs, this.#directory, this.#replacement);
    for (const segment of this.segments) segment.nameEnding = SWAP_SUFFIX;
  }

  /** When the log has the new segments. @returns Names of the `.deleted` files of the old ones. */
  async finish(): Promise<string[]> {
    const deleted = await deleteReplaced(this.#fs, this.#directory, this.#replacement);
    // Not before the old names are gone: nobody opens an old file under them any more.
    for (const segment of this.#sources) await this.#release(segment);
    for (const segment of this.segments) await this.#giveFinalName(segment);
    return deleted;
  }

  /** Readers that want the segment meanwhile wait for this one renaming. */
  async #giveFinalName(segment: Segment): Promise<void> {
    const { baseOffset } = segment;
    const renaming = (async () => {
      await giveFinalNames(this.#fs, this.#directory, baseOffset);
      await this.#release(segment);
      segment.nameEnding = '';
    })();
    segment.renaming = renaming.then(ignore, ignore); // an error is told to whoever waits below
    try {
      await renaming;
    } finally {
      segment.renaming = null;
    }
  }

  async #release(segment: Segment): Promise<void> {
    for (const suffix of SUFFIXES) await this.#files.release(segment.pathOf(suffix));
  }
}

function ignore(): void {}
