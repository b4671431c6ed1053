/**
 * Writes what the cleaner leaves of a log's segments as `.cleaned` files beside them, and checks it against them.
 *
 * Changes no file that is there: until the new ones are swapped in (replace-segments.ts), the log is what it was, and
 * after an error or a cancel nothing is left of them. What is to be cleaned is a plan's business.
 */
import { join } from 'node:path';
import { AppError } from '../../../shared/errors';
import type { Bytes, Offset } from '../../../shared/units';
import type { FileSystem } from '../file-system';
import { CLEANED_SUFFIX, LOG_SUFFIX, offsetName, SWAP_SUFFIX } from '../format/file-names';
import { BatchRecords } from '../rules/batch-records';
import {
  type BatchVisit,
  type CleaningResult,
  type CleaningTask,
  cleanLog,
  type SourceSegment,
} from '../rules/clean-log';
import type { KeyHash } from '../rules/key-hash';
import type { WorkSlices } from '../work-slices';
import { type BatchStream, PieceBuffers, readBatches, readBatchPieces } from './batch-stream';
import { CleanedCheck, type KeyMemory, keyMemory } from './cleaned-check';
import { CleanedSegment } from './cleaned-segment';
import { corruptAt, type LogBatch, wrongCrc } from './log-batch';
import { removeCleaned } from './replace-segments';
import { HeaderDigest, requireWritten, verifyParts } from './verify-cleaned';

export interface CleaningWork {
  readonly directory: string;
  /** All of the log, ascending, the active one included; their files stay as they are meanwhile. */
  readonly segments: readonly SourceSegment[];
  readonly task: CleaningTask;
  /** index.interval.bytes */
  readonly indexIntervalBytes: Bytes;
  readonly slices: WorkSlices;
  /** Settles when files may be changed: what has to stand before is written while the map is filled. */
  readonly readyToWrite?: Promise<unknown> | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Bytes read for the map, the cleaning and its verification; where the map gets full there are more, and the total grows. */
  readonly onProgress?: ((progress: { bytesDone: Bytes; bytesTotal: Bytes }) => void) | undefined;
  /** Of the offset map; tests pass a weak one. */
  readonly hash?: KeyHash | undefined;
}

export interface CleanedLog {
  /** The new segments, ascending: complete, synced and verified. */
  readonly segments: readonly { readonly baseOffset: Offset; readonly sizeInBytes: Bytes }[];
  readonly replacedBaseOffsets: readonly Offset[];
  /** As `SegmentReplacement` has it. */
  readonly newEndOffset: Offset;
  readonly sizeBefore: Bytes;
  readonly sizeAfter: Bytes;
  readonly result: CleaningResult;
}

/**
 * @throws AppError RECOVERY_NEEDED where an interrupted swap has left files; CORRUPT where a batch is damaged, or where the verification finds that a record would be lost; the
 * signal's reason when aborted; what writing throws. The new files are gone then
 */
export async function writeCleaned(fs: FileSystem, work: CleaningWork): Promise<CleanedLog> {
  await clearLeftovers(fs, work);
  try {
    const cleaned = await new Cleaning(fs, work).run();
    work.signal?.throwIfAborted();
    return cleaned;
  } catch (error) {
    await removeCleaned(fs, work.directory);
    throw error;
  }
}

/**
 * Files of a cleaning that failed would go astray among ours. Those of an interrupted swap may be all that is left of
 * some records: they are a start's business.
 */
async function clearLeftovers(fs: FileSystem, { directory, readyToWrite }: CleaningWork): Promise<void> {
  const names = (await fs.list(directory)).map(({ name }) => name);
  const swap = names.find((name) => name.endsWith(SWAP_SUFFIX));
  if (swap !== undefined)
    throw new AppError(
      'RECOVERY_NEEDED',
      `${swap} is left of an interrupted compaction, which a start completes.`,
      {
        path: directory,
      },
    );
  if (!names.some((name) => name.endsWith(CLEANED_SUFFIX))) return;
  await readyToWrite;
  await removeCleaned(fs, directory);
}

class Cleaning {
  readonly #fs: FileSystem;
  readonly #work: CleaningWork;
  readonly #sources: readonly SourceSegment[];
  readonly #keys: KeyMemory;
  readonly #check: CleanedCheck;
  readonly #records = new BatchRecords();
  readonly #buffers = new PieceBuffers();
  #bytesExpected: Bytes;
  #bytesDone: Bytes = 0;
  readonly #written: { baseOffset: Offset; sizeInBytes: Bytes }[] = [];
  #newEndOffset: Offset = 0;
  #current: CleanedSegment | null = null;
  /** Of what went into it. */
  #digest = new HeaderDigest();
  /** Of the batch that the cleaner has just been given. */
  #left: Uint8Array | null = null;
  /** Written, and on its way to the disk while the work goes on. */
  #syncing: CleanedSegment | null = null;

  constructor(fs: FileSystem, work: CleaningWork) {
    this.#fs = fs;
    this.#work = work;
    const { segments, task } = work;
    this.#sources = segments.filter(({ baseOffset }) => baseOffset < task.endOffset);
    const dirty = this.#sources.filter(
      (_source, index) => (this.#sources[index + 1]?.baseOffset ?? task.endOffset) > task.firstDirtyOffset,
    );
    this.#bytesExpected = sizeOf(dirty) + sizeOf(this.#sources);
    this.#keys = keyMemory(task, this.#sources[0]!.baseOffset);
    this.#check = new CleanedCheck(task, this.#keys, { records: this.#records });
  }

  async run(): Promise<CleanedLog> {
    try {
      const result = await this.#clean();
      this.#check.end();
      await this.#verifyOtherParts();
      await this.#settle();
      return this.#cleanedLog(result);
    } finally {
      await this.#current?.close();
      await this.#syncing?.close();
    }
  }

  /** Waits for the disk to have what was written. */
  async #settle(): Promise<void> {
    await this.#syncing?.synced;
    await this.#syncing?.close();
    this.#syncing = null;
  }

  #cleanedLog(result: CleaningResult): CleanedLog {
    return {
      segments: this.#written,
      replacedBaseOffsets: this.#sources.map(({ baseOffset }) => baseOffset),
      newEndOffset: this.#newEndOffset,
      sizeBefore: sizeOf(this.#sources),
      sizeAfter: sizeOf(this.#written),
      result,
    };
  }

  #clean(): Promise<CleaningResult> {
    const { segments, task, slices, directory, indexIntervalBytes, hash, readyToWrite } = this.#work;
    return cleanLog(
      segments,
      task,
      async (segment, visit, checksCrc) => {
        const released = async () => this.#current?.released;
        const stream = { ...this.#streamOf(segment, { skipsCrc: true }), released };
        for await (const batches of readBatchPieces(this.#fs, stream)) {
          for (const batch of batches) {
            this.#left = null;
            if (!visitUnchecked(batch, visit, stream)) return;
            if (checksCrc) this.#requireSound(batch, stream);
            if (this.#current !== null) this.#check.see(batch, this.#left);
            if (slices.isOver) await slices.rest();
          }
          this.#tellProgress(batches);
          await this.#current?.flush();
        }
      },
      {
        needsBytes: true,
        records: this.#records,
        startGroup: async ([first]) => {
          await readyToWrite;
          const place = { baseOffset: first!.baseOffset, indexIntervalBytes };
          this.#current = await CleanedSegment.create(this.#fs, directory, place);
          this.#digest = new HeaderDigest();
        },
        batch: (header, cleaned) => {
          this.#current!.add(header, cleaned);
          this.#left = cleaned.bytes;
          this.#digest.add(cleaned.bytes!);
        },
        endGroup: (group) => this.#endGroup(group),
      },
      hash,
    );
  }

  /** A batch that is copied has the CRC of its original, and is checked when the copy is read back. */
  #requireSound(batch: LogBatch, { fileName }: BatchStream): void {
    if (this.#left !== batch.bytes && !batch.hasSoundCrc) throw corruptAt(fileName, wrongCrc(batch.position));
  }

  #tellProgress(read: readonly LogBatch[]): void {
    this.#bytesDone += read.reduce((sum, { bytes }) => sum + bytes.length, 0);
    const bytesTotal = Math.max(this.#bytesExpected, this.#bytesDone);
    this.#work.onProgress?.({ bytesDone: this.#bytesDone, bytesTotal });
  }

  /** Reads the log file back while its indexes are written and the disk is at it. */
  async #endGroup(group: readonly SourceSegment[]): Promise<void> {
    const current = this.#current!;
    const written = { baseOffset: group[0]!.baseOffset, sizeInBytes: await current.finishLog() };
    const stream = this.#streamOf(written, { skipsCrc: false, suffix: CLEANED_SUFFIX });
    const outcomes = await Promise.allSettled([
      requireWritten(this.#fs, { ...written, stream, digest: this.#digest }, this.#work.slices),
      current.finish(group.at(-1)!.modifiedAtMs),
    ]);
    for (const outcome of outcomes)
      if (outcome.status === 'rejected') {
        const { reason } = outcome;
        if (reason instanceof AppError && reason.code === 'CORRUPT') await this.#requireSoundSources(group);
        throw reason;
      }
    await this.#settle();
    this.#syncing = current;
    this.#current = null;
    this.#written.push(written);
    this.#newEndOffset = current.nextOffset;
  }

  /** Where a copied batch is damaged, its original is to be named. @throws AppError CORRUPT */
  async #requireSoundSources(group: readonly SourceSegment[]): Promise<void> {
    for (const segment of group)
      for await (const _ of readBatchPieces(this.#fs, this.#streamOf(segment, { skipsCrc: false })));
  }

  /** What the checks had no memory for while the log was cleaned. */
  #verifyOtherParts(): Promise<void> {
    const { task, slices } = this.#work;
    const { partsLeft } = this.#check;
    this.#bytesExpected = this.#bytesDone + partsLeft.length * sizeOf(this.#sources);
    const sources = () =>
      allPieces(
        this.#fs,
        this.#sources.map((segment) => this.#streamOf(segment, { skipsCrc: true })),
        (pieces) => this.#tellProgress(pieces),
      );
    const cleaned = () =>
      allBatches(
        this.#fs,
        this.#written.map((segment) => this.#streamOf(segment, { skipsCrc: true, suffix: CLEANED_SUFFIX })),
      );
    return verifyParts({ task, slices, sources, cleaned }, this.#keys, partsLeft);
  }

  #streamOf(
    { baseOffset, sizeInBytes }: { baseOffset: Offset; sizeInBytes: Bytes },
    { skipsCrc, suffix = '' }: { readonly skipsCrc: boolean; readonly suffix?: typeof CLEANED_SUFFIX | '' },
  ): BatchStream {
    const { directory, signal } = this.#work;
    const fileName = offsetName(baseOffset) + LOG_SUFFIX + suffix;
    const path = join(directory, fileName);
    return { path, fileName, sizeInBytes, signal, skipsCrc, buffers: this.#buffers };
  }
}

function sizeOf(segments: readonly { sizeInBytes: Bytes }[]): Bytes {
  return segments.reduce((sum, { sizeInBytes }) => sum + sizeInBytes, 0);
}

/**
 * Hands over a batch of which the CRC was not checked: where it cannot be read, that tells whether it is damaged.
 * @throws AppError CORRUPT, naming file and position of a damaged one
 */
function visitUnchecked(batch: LogBatch, visit: BatchVisit, { fileName }: BatchStream): boolean {
  try {
    return visit(batch.header, batch.bytes);
  } catch (error) {
    if (!batch.hasSoundCrc) throw corruptAt(fileName, wrongCrc(batch.position));
    throw error;
  }
}

async function* allPieces(
  fs: FileSystem,
  streams: readonly BatchStream[],
  onPiece: (batches: readonly LogBatch[]) => void,
) {
  for (const stream of streams)
    for await (const batches of readBatchPieces(fs, stream)) {
      onPiece(batches);
      yield batches;
    }
}

async function* allBatches(fs: FileSystem, streams: readonly BatchStream[]) {
  for (const stream of streams) yield* readBatches(fs, stream);
}
