/**
 * Reading for threads that have nothing else to do: what takes microseconds is done at once, in the thread itself.
 *
 * Node hands every opening, look and closing to a thread of its pool and waits for its word: more than ten times what the
 * kernel needs for a small file, and half a minute for a log of 40,000 segments. A disk that turns out slow is asked over
 * the pool, where several operations wait together. Either way the event loop has its turn every few milliseconds, so
 * that a cancel arrives. Not for the main process, which must never wait for a disk.
 */
import { closeSync, constants, fstatSync, lstatSync, openSync, read, readSync } from 'node:fs';
import { promisify } from 'node:util';
import type { Bytes, Milliseconds } from '../../shared/units';
import {
  type FileStatus,
  mapErrors,
  nodeReadingFileSystem,
  type ReadableFile,
  type ReadingFileSystem,
  requireRegular,
  toStatus,
} from './file-system';
import { WorkSlices } from './work-slices';

/** Pieces up to this size are read at once: the first of a segment has it. */
const QUICK_BYTES_MAX: Bytes = 64 * 1024;

/** Where the operations take longer than this in the mean, handing them over costs less than waiting for each. */
const SLOW_MS: Milliseconds = 0.15;
/** As much as one of them counts: a thread that had to wait for a processor says nothing about the disk. */
const COUNTED_MS_MAX: Milliseconds = 1;
/** Of the last operation in the mean. */
const WEIGHT = 0.1;
/** Operations that go over the pool before the disk is tried again. */
const PATIENT_COUNT = 256;

/** Says of each operation whether it is done at once, and gives the event loop its turns. */
export class Pace {
  readonly #now: () => Milliseconds;
  readonly #slices: WorkSlices;
  #meanMs: Milliseconds = 0;
  #patientCount = 0;

  constructor(now: () => Milliseconds = () => performance.now()) {
    this.#now = now;
    this.#slices = new WorkSlices({ elapsedMs: now });
  }

  async run<T>(quick: () => T, patient: () => Promise<T>): Promise<T> {
    if (this.#slices.isOver) await this.#slices.rest();
    if (this.#patientCount > 0) {
      this.#patientCount--;
      return patient();
    }
    const startedAtMs = this.#now();
    try {
      return quick();
    } finally {
      const tookMs = Math.min(this.#now() - startedAtMs, COUNTED_MS_MAX);
      this.#meanMs += (tookMs - this.#meanMs) * WEIGHT;
      if (this.#meanMs > SLOW_MS) {
        this.#patientCount = PATIENT_COUNT;
        this.#meanMs = 0;
      }
    }
  }
}

const readPatiently = promisify(read);

class QuickReadableFile implements ReadableFile {
  readonly #descriptor: number;
  readonly #path: string;
  readonly #pace: Pace;

  constructor(descriptor: number, path: string, pace: Pace) {
    this.#descriptor = descriptor;
    this.#path = path;
    this.#pace = pace;
  }

  read(target: Uint8Array, position: number): Promise<number> {
    const { length } = target;
    const patient = async () =>
      (await readPatiently(this.#descriptor, target, 0, length, position)).bytesRead;
    return mapErrors(this.#path, () =>
      length > QUICK_BYTES_MAX
        ? patient()
        : this.#pace.run(() => readSync(this.#descriptor, target, 0, length, position), patient),
    );
  }

  status(): Promise<FileStatus> {
    return mapErrors(this.#path, async () => toStatus(fstatSync(this.#descriptor)));
  }

  close(): Promise<void> {
    return mapErrors(this.#path, async () => closeSync(this.#descriptor));
  }
}

function openQuickly(path: string, pace: Pace): ReadableFile {
  const { O_RDONLY, O_NONBLOCK = 0, O_NOFOLLOW = 0 } = constants;
  const descriptor = openSync(path, O_RDONLY | O_NONBLOCK | O_NOFOLLOW);
  try {
    requireRegular(fstatSync(descriptor), path);
    return new QuickReadableFile(descriptor, path, pace);
  } catch (error) {
    closeSync(descriptor);
    throw error;
  }
}

/** @param patient Asked where the disk is slow, and for everything that is not small. */
export function quickened(patient: ReadingFileSystem, pace: Pace): ReadingFileSystem {
  return {
    ...patient,
    openForReading: (path) =>
      mapErrors(path, () =>
        pace.run(
          () => openQuickly(path, pace),
          () => patient.openForReading(path),
        ),
      ),
    status: (path) =>
      mapErrors(path, () =>
        pace.run(
          () => statusOf(path),
          () => patient.status(path),
        ),
      ),
  };
}

function statusOf(path: string): FileStatus | null {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  return stat === undefined ? null : toStatus(stat);
}

/** The real file system, for reading; every thread has its own, which knows how quick the disk was so far. */
export const quickReadingFileSystem = quickened(nodeReadingFileSystem, new Pace());
