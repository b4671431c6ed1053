/**
 * Brings the files of a log back in order after a crash (LogLoader.load), so that it can be loaded as a closed one.
 *
 * Numbered passes, each safe to be interrupted and done again. What is lost on the way is in the report: nothing goes
 * without being named. The caller holds the lock, and has decided that this directory may be recovered.
 */
import { join } from 'node:path';
import type { Bytes, Offset } from '../../../shared/units';
import type { FileSystem } from '../file-system';
import {
  encodeLeaderEpochs,
  LEADER_EPOCH_CHECKPOINT,
  type LeaderEpoch,
  readLeaderEpochs,
} from '../format/checkpoint-files';
import {
  DELETED_SUFFIX,
  LOG_SUFFIX,
  OFFSET_INDEX_SUFFIX,
  offsetName,
  parseSegmentFileName,
  SNAPSHOT_SUFFIX,
  SWAP_SUFFIX,
  TIME_INDEX_SUFFIX,
  TRANSACTION_INDEX_SUFFIX,
} from '../format/file-names';
import { TIME_INDEX_ENTRY_SIZE } from '../format/index-files';
import { readProducerSnapshot } from '../format/producer-snapshot';
import { mapConcurrently } from '../map-concurrently';
import {
  firstLeftovers,
  type LeftoverReason,
  orphanedIndexes,
  replacedBySwap,
  swapSegments,
} from '../rules/leftovers';
import { ProducerStates } from '../rules/producer-states';
import { readWhole, writeAtomically } from './atomic-file';
import { isTrimmedIndex } from './is-trimmed-index';
import { readPiece } from './log-batch';
import { type CutTail, type RecoveredSegment, recoverSegment } from './recover-segment';
import { type SegmentFileSuffix, segmentPath } from './segment';
import { giveFinalNames } from './segment-renames';
import type { LogSettings } from './settings';

const SMALL_FILE_MAX = 64 * 1024 * 1024;
const TEMPORARY_SUFFIX = '.tmp';

export type RemovalReason =
  | LeftoverReason
  | 'orphaned-index'
  /** An earlier segment was cut off, and offsets must not have holes. */
  | 'behind-cut'
  /** It was being deleted: nobody reads what is below the log start. */
  | 'below-log-start'
  | 'snapshot-unusable'
  | 'temporary';

export interface RecoveryReport {
  readonly removedFiles: readonly {
    readonly name: string;
    readonly sizeInBytes: Bytes;
    readonly reason: RemovalReason;
  }[];
  /** Segments that were cut off, in the order of their base offsets. */
  readonly cutTails: readonly (CutTail & { readonly baseOffset: Offset })[];
  /** Files that lost their .swap: the cleaning or split is complete. */
  readonly completedSwaps: readonly string[];
  /** Segments whose batches were all checked, and whose indexes were written anew. */
  readonly recoveredSegments: readonly Offset[];
}

export interface RecoveryTask {
  readonly directory: string;
  readonly settings: LogSettings;
  /**
   * Segments that end at or below it are durable (the broker's recovery point). null: all but the last one, which the
   * engine makes durable before it rolls.
   */
  readonly recoveryPoint: Offset | null;
  /** What is below it no longer counts; 0 where nothing says more than the first segment does. */
  readonly logStartOffset: Offset;
}

export async function recoverLog(fs: FileSystem, task: RecoveryTask): Promise<RecoveryReport> {
  const recovery = new Recovery(fs, task);
  await recovery.clearLeftovers();
  await recovery.completeSwaps();
  await recovery.removeOrphans();
  await recovery.removeBelowStart();
  await recovery.recoverSegments();
  await recovery.mendSideFiles();
  await fs.syncDirectory(task.directory);
  return recovery.report;
}

class Recovery {
  readonly #fs: FileSystem;
  readonly #task: RecoveryTask;
  readonly #removed: { name: string; sizeInBytes: Bytes; reason: RemovalReason }[] = [];
  readonly #cuts: (CutTail & { baseOffset: Offset })[] = [];
  readonly #recovered: RecoveredSegment[] = [];
  #swaps: readonly string[] = [];

  constructor(fs: FileSystem, task: RecoveryTask) {
    this.#fs = fs;
    this.#task = task;
  }

  get report(): RecoveryReport {
    return {
      removedFiles: this.#removed,
      cutTails: this.#cuts,
      completedSwaps: this.#swaps,
      recoveredSegments: this.#recovered.map(({ baseOffset }) => baseOffset),
    };
  }

  /**
   * 1. What a deletion or an unfinished cleaning left. Durable before a swap goes on: its source must stay gone. The `.cleaned`
   * files go last: were they gone after a second crash, and some `.swap` files not, the next start would complete those.
   */
  async clearLeftovers(): Promise<void> {
    const names = await this.#names();
    const { removals, swaps } = firstLeftovers(names);
    for (const { name, reason } of removals) if (reason !== 'cleaned') await this.#remove(name, reason);
    if (removals.some(({ reason }) => reason === 'swap-unfinished')) await this.#sync();
    for (const { name, reason } of removals) if (reason === 'cleaned') await this.#remove(name, reason);
    for (const name of names) if (name.endsWith(TEMPORARY_SUFFIX)) await this.#remove(name, 'temporary');
    this.#swaps = swaps;
    await this.#sync();
  }

  /** 2. Files that swap segments replace. 3. The swap segments get their names, one after the other. */
  async completeSwaps(): Promise<void> {
    if (this.#swaps.length === 0) return;
    const bases = swapSegments(this.#swaps);
    if (bases.length > 0) {
      const ends = await mapConcurrently(bases, (base) => this.#endOfSwap(base));
      const to = ends.reduce((last, end) => Math.max(last, end), 0);
      for (const { name, reason } of replacedBySwap(await this.#names(), { from: bases[0]!, to }))
        await this.#remove(name, reason);
      await this.#sync();
    }
    for (const base of new Set(this.#swaps.map((name) => Number.parseInt(name, 10)).sort((a, b) => a - b)))
      await giveFinalNames(this.#fs, this.#task.directory, base);
  }

  /** 4. Indexes without their log. */
  async removeOrphans(): Promise<void> {
    for (const name of orphanedIndexes(await this.#names())) await this.#remove(name, 'orphaned-index');
  }

  /** 5. Segments below the log start that a deletion left in part: damage there must not cut off what is behind it. */
  async removeBelowStart(): Promise<void> {
    const bases = await this.#segments();
    const { logStartOffset } = this.#task;
    if (logStartOffset > (bases.at(-1) ?? 0)) return; // nobody's deletion: it may be beyond the log's end
    for (const [index, baseOffset] of bases.entries()) {
      const nextBase = bases[index + 1] ?? Number.POSITIVE_INFINITY;
      if (nextBase <= logStartOffset && (await this.#needsRecovery(baseOffset, nextBase)))
        await this.#removeSegment(baseOffset, 'below-log-start');
    }
  }

  /** 6. Segments behind the recovery point, and those whose indexes are not those of a closed segment. */
  async recoverSegments(): Promise<void> {
    const bases = await this.#segments();
    for (const [index, baseOffset] of bases.entries()) {
      if (!(await this.#needsRecovery(baseOffset, bases[index + 1] ?? null))) continue;
      const producers = await this.#producersAt(baseOffset, bases);
      const { directory, settings } = this.#task;
      const recovered = await recoverSegment(this.#fs, { directory, baseOffset }, settings, producers);
      this.#recovered.push(recovered);
      if (recovered.cut === null) continue;
      this.#cuts.push({ baseOffset, ...recovered.cut });
      for (const later of bases.slice(index + 1)) await this.#removeSegment(later, 'behind-cut');
      return;
    }
  }

  /** 7. Snapshots and epochs that lie behind the log's end, or that cannot be read. */
  async mendSideFiles(): Promise<void> {
    const last = this.#recovered.at(-1);
    for (const name of await this.#names()) {
      const parsed = parseSegmentFileName(name);
      if (parsed?.kind !== 'snapshot' || parsed.state !== 'current') continue;
      const isBehindEnd = last !== undefined && this.#cuts.length > 0 && parsed.baseOffset > last.nextOffset;
      if (isBehindEnd || (await this.#snapshot(parsed.baseOffset)) === null)
        await this.#remove(name, 'snapshot-unusable');
    }
    await this.#mendEpochs();
  }

  async #mendEpochs(): Promise<void> {
    const path = this.#path(LEADER_EPOCH_CHECKPOINT);
    const text = Buffer.from((await readWhole(this.#fs, path, SMALL_FILE_MAX)) ?? []).toString('utf8');
    const read = readLeaderEpochs(text);
    const known = typeof read === 'string' ? [] : read;
    const epochs: LeaderEpoch[] = [...known];
    for (const found of this.#recovered.flatMap(({ leaderEpochs }) => leaderEpochs))
      if (found.epoch > (epochs.at(-1)?.epoch ?? -1)) epochs.push(found);
    const end = this.#recovered.at(-1)?.nextOffset ?? Number.POSITIVE_INFINITY;
    const kept = epochs.filter(({ startOffset }, index) => index === 0 || startOffset < end);
    if (typeof read === 'string' || kept.length !== known.length)
      await writeAtomically(this.#fs, path, encodeLeaderEpochs(kept));
  }

  async #needsRecovery(baseOffset: Offset, nextBase: Offset | null): Promise<boolean> {
    const { recoveryPoint, directory } = this.#task;
    if (nextBase === null || (recoveryPoint !== null && nextBase > recoveryPoint)) return true;
    const path = (suffix: SegmentFileSuffix) => segmentPath(directory, baseOffset, suffix);
    if (!(await isTrimmedIndex(this.#fs, path(OFFSET_INDEX_SUFFIX)))) return true;
    if (!(await isTrimmedIndex(this.#fs, path(TIME_INDEX_SUFFIX), TIME_INDEX_ENTRY_SIZE))) return true;
    // Renames reach the disk in any order: of a deletion that was under way, this one alone may have got there.
    const deletedIndex = offsetName(baseOffset) + TRANSACTION_INDEX_SUFFIX + DELETED_SUFFIX;
    if (this.#removed.some(({ name }) => name === deletedIndex)) return true;
    // A recovery that was interrupted has emptied the time index first, and writes it last.
    const times = await this.#fs.status(path(TIME_INDEX_SUFFIX));
    const log = await this.#fs.status(path(LOG_SUFFIX));
    return times?.sizeInBytes === 0 && (log?.sizeInBytes ?? 0) > 0;
  }

  /** From the newest snapshot that can be read at or below the segment's base, and the segments between. */
  async #producersAt(baseOffset: Offset, bases: readonly Offset[]): Promise<ProducerStates> {
    for (const snapshot of [...bases.filter((base) => base <= baseOffset)].reverse()) {
      const entries = await this.#snapshot(snapshot);
      if (entries === null) continue;
      const states = new ProducerStates(entries);
      for (const base of bases) if (base >= snapshot && base < baseOffset) await this.#replay(base, states);
      return states;
    }
    const states = new ProducerStates([]);
    for (const base of bases) if (base < baseOffset) await this.#replay(base, states);
    return states;
  }

  async #replay(baseOffset: Offset, states: ProducerStates): Promise<void> {
    const file = await this.#fs.openForReading(segmentPath(this.#task.directory, baseOffset, LOG_SUFFIX));
    try {
      const sizeInBytes: number = (await file.status()).sizeInBytes;
      for (let position = 0; position < sizeInBytes; ) {
        const { batches, nextPosition, flaw } = await readPiece(file, position, sizeInBytes);
        for (const batch of batches) states.update(batch.header, () => batch.records());
        if (flaw !== null) return; // of a durable segment: verification's business
        position = nextPosition;
      }
    } finally {
      await file.close();
    }
  }

  async #snapshot(offset: Offset) {
    const bytes = await readWhole(this.#fs, this.#path(offsetName(offset) + SNAPSHOT_SUFFIX), SMALL_FILE_MAX);
    const entries = bytes === null ? null : readProducerSnapshot(bytes);
    return typeof entries === 'string' ? null : entries;
  }

  async #endOfSwap(baseOffset: Offset): Promise<Offset> {
    const file = await this.#fs.openForReading(this.#path(offsetName(baseOffset) + LOG_SUFFIX + SWAP_SUFFIX));
    let end = baseOffset;
    try {
      const sizeInBytes: number = (await file.status()).sizeInBytes;
      for (let position = 0; position < sizeInBytes; ) {
        const { batches, nextPosition, flaw } = await readPiece(file, position, sizeInBytes);
        end = Math.max(end, ...batches.map(({ header }) => header.lastOffset + 1));
        if (flaw !== null) break;
        position = nextPosition;
      }
      return end;
    } finally {
      await file.close();
    }
  }

  async #removeSegment(baseOffset: Offset, reason: RemovalReason): Promise<void> {
    for (const name of await this.#names())
      if (parseSegmentFileName(name)?.baseOffset === baseOffset) await this.#remove(name, reason);
  }

  async #segments(): Promise<Offset[]> {
    const parsed = (await this.#names()).map(parseSegmentFileName);
    const logs = parsed.filter((name) => name?.kind === 'log' && name.state === 'current');
    return logs.map((name) => name!.baseOffset).sort((a, b) => a - b);
  }

  async #names(): Promise<string[]> {
    const entries = await this.#fs.list(this.#task.directory);
    return entries
      .filter(({ kind }) => kind === 'file')
      .map(({ name }) => name)
      .sort();
  }

  async #remove(name: string, reason: RemovalReason): Promise<void> {
    const status = await this.#fs.status(this.#path(name));
    await this.#fs.removeFile(this.#path(name));
    this.#removed.push({ name, sizeInBytes: status?.sizeInBytes ?? 0, reason });
  }

  #sync(): Promise<void> {
    return this.#fs.syncDirectory(this.#task.directory);
  }

  #path(name: string): string {
    return join(this.#task.directory, name);
  }
}
