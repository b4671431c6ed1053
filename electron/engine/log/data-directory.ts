/**
 * The data directory around a log: its clean-shutdown marker and its offset checkpoints, shared by all logs that this
 * process has open in it.
 *
 * The marker goes before the first change and comes back, byte for byte, when the last log was closed in order. The
 * checkpoints are written only where no broker owns the directory: one that the engine created has no meta.properties.
 * The caller holds the directory's lock (lockLogDirectory).
 */
import { basename, dirname, join } from 'node:path';
import { AppError } from '../../../shared/errors';
import type { Offset } from '../../../shared/units';
import type { FileSystem } from '../file-system';
import {
  type CLEANER_CHECKPOINT,
  encodeOffsetCheckpoint,
  type LOG_START_CHECKPOINT,
  RECOVERY_POINT_CHECKPOINT,
  type REPLICATION_CHECKPOINT,
  readOffsetCheckpoint,
} from '../format/checkpoint-files';
import { BROKER_PROPERTIES_FILE, CLEAN_SHUTDOWN_MARKER, parseLogDirectoryName } from '../format/file-names';
import { Mutex } from '../mutex';
import { readWhole, writeAtomically } from './atomic-file';

const SMALL_FILE_MAX = 64 * 1024 * 1024;
/** As a broker writes it that was never registered (CleanShutdownFileHandler). */
const NEW_MARKER = Buffer.from('{"version":0,"brokerEpoch":-1}');

export type Checkpoint =
  | typeof CLEANER_CHECKPOINT
  | typeof RECOVERY_POINT_CHECKPOINT
  | typeof LOG_START_CHECKPOINT
  | typeof REPLICATION_CHECKPOINT;

const directories = new WeakMap<FileSystem, Map<string, DataDirectory>>();
const entering = new Mutex();

export class DataDirectory {
  readonly path: string;
  /** Nobody's broker has it: the engine keeps its checkpoints. */
  readonly isOwn: boolean;
  /** Whether the last program here stopped in order; a new directory counts. */
  readonly isClean: boolean;
  readonly #fs: FileSystem;
  readonly #marker: Uint8Array | null;
  readonly #files = new Mutex();
  #logCount = 0;
  #wereAllClean = true;

  private constructor(fs: FileSystem, path: string, isOwn: boolean, marker: Uint8Array | null) {
    this.#fs = fs;
    this.path = path;
    this.isOwn = isOwn;
    this.#marker = marker;
    this.isClean = marker !== null;
  }

  /** Makes a data directory of the engine's own, empty and closed in order. */
  static async create(fs: FileSystem, path: string): Promise<void> {
    await fs.createDirectory(path);
    await fs.syncDirectory(dirname(path));
    await writeAtomically(fs, join(path, RECOVERY_POINT_CHECKPOINT), encodeOffsetCheckpoint([]));
    await writeAtomically(fs, join(path, CLEAN_SHUTDOWN_MARKER), NEW_MARKER);
  }

  /** Takes the marker away, for as long as a log in it is open. Every `enter` wants a `leave`. */
  static enter(fs: FileSystem, path: string): Promise<DataDirectory> {
    return entering.run(async () => {
      const known = directories.get(fs) ?? new Map<string, DataDirectory>();
      directories.set(fs, known);
      const directory = known.get(path) ?? (await DataDirectory.#open(fs, path));
      known.set(path, directory);
      directory.#logCount++;
      return directory;
    });
  }

  static async #open(fs: FileSystem, path: string): Promise<DataDirectory> {
    const isOwn = (await fs.status(join(path, BROKER_PROPERTIES_FILE))) === null;
    const marker = await readWhole(fs, join(path, CLEAN_SHUTDOWN_MARKER), SMALL_FILE_MAX);
    if (marker !== null) {
      await fs.removeFile(join(path, CLEAN_SHUTDOWN_MARKER));
      await fs.syncDirectory(path);
    }
    return new DataDirectory(fs, path, isOwn, marker);
  }

  /** @param isClean Whether the log that leaves was closed in order, or was not touched. */
  leave(isClean: boolean): Promise<void> {
    return entering.run(async () => {
      this.#logCount--;
      this.#wereAllClean &&= isClean;
      if (this.#logCount > 0) return;
      directories.get(this.#fs)?.delete(this.path);
      const marker = this.#marker ?? (this.isOwn ? NEW_MARKER : null);
      if (marker !== null && this.#wereAllClean)
        await writeAtomically(this.#fs, join(this.path, CLEAN_SHUTDOWN_MARKER), marker);
    });
  }

  /** Of one log, or null where there is none. @throws AppError CORRUPT */
  async offsetOf(checkpoint: Checkpoint, logDirectory: string): Promise<Offset | null> {
    const { topic, partition } = topicPartitionOf(logDirectory);
    const entries = await this.#read(checkpoint);
    return entries.find((entry) => entry.topic === topic && entry.partition === partition)?.offset ?? null;
  }

  /**
   * Replaces one log's offset; null takes it out. Does nothing in a broker's directory.
   * @param fs The log's: an fsync that fails here stops its writing, too.
   */
  async setOffset(
    fs: FileSystem,
    checkpoint: Checkpoint,
    logDirectory: string,
    offset: Offset | null,
  ): Promise<void> {
    if (!this.isOwn) return;
    const { topic, partition } = topicPartitionOf(logDirectory);
    await this.#files.run(async () => {
      const before = await this.#read(checkpoint);
      const others = before.filter((entry) => entry.topic !== topic || entry.partition !== partition);
      if (offset === null && others.length === before.length) return;
      const entries = offset === null ? others : [...others, { topic, partition, offset }];
      await writeAtomically(fs, join(this.path, checkpoint), encodeOffsetCheckpoint(entries));
    });
  }

  async #read(checkpoint: Checkpoint) {
    const path = join(this.path, checkpoint);
    const bytes = (await readWhole(this.#fs, path, SMALL_FILE_MAX)) ?? new Uint8Array(0);
    const entries = readOffsetCheckpoint(Buffer.from(bytes).toString('utf8'));
    if (typeof entries === 'string')
      throw new AppError('CORRUPT', `${checkpoint}: ${entries}.`, { path, reason: entries });
    return entries;
  }
}

/** A plain directory name is a topic with partition 0. */
function topicPartitionOf(logDirectory: string): { topic: string; partition: number } {
  const name = basename(logDirectory);
  return parseLogDirectoryName(name) ?? { topic: name, partition: 0 };
}
