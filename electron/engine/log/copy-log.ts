/**
 * Copies a log's files to another place: all of it for a run on a copy, or single segments for an archive.
 *
 * Keeps modification times, which retention may go by. Overwrites nothing. Leftovers (`.deleted` and the like) stay behind.
 * A copy that fails, or is cancelled, leaves nothing.
 */
import { basename, dirname, join } from 'node:path';
import { AppError } from '../../../shared/errors';
import type { Bytes, Offset } from '../../../shared/units';
import { realPlaceOf } from '../broker-directory';
import { isDataDirectory } from '../directory-lock';
import type { FileSystem } from '../file-system';
import { LONE_LOG_START_FILE } from '../format/checkpoint-files';
import { parseSegmentFileName } from '../format/file-names';
import { SIDE_FILES } from '../format/partition-metadata';
import { logStartOf, setLogStart } from './log-start';
import { requireElsewhere } from './require-elsewhere';
import { segmentsOnDisk } from './segments-on-disk';

const PIECE_SIZE = 1024 * 1024;

export interface CopyOptions {
  /** Only these segments, without side files; left out, the whole log. */
  readonly baseOffsets?: ReadonlySet<Offset>;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: (bytesDone: Bytes) => void;
}

/**
 * Copies into `<target>/<name of the log>`, which is made and must not have the files yet.
 * @param target Absolute, maybe a link; outside the log, and no data directory nor in a broker's
 * @returns Path of the copy.
 * @throws AppError INVALID_ARGUMENT for another target; ALREADY_THERE; NOT_A_DIRECTORY; the signal's reason
 */
export async function copyLog(
  fs: FileSystem,
  directory: string,
  target: string,
  { baseOffsets, signal, onProgress }: CopyOptions = {},
): Promise<string> {
  const copy = join(target, basename(directory));
  await requirePlace(fs, directory, target);
  const made: string[] = [];
  const copied: string[] = [];
  let bytesDone = 0;
  try {
    for (const path of [target, copy])
      if ((await fs.status(path)) === null) {
        await fs.createDirectory(path);
        made.unshift(path);
      }
    for (const { name } of await fs.list(directory)) {
      if (!isWanted(name, baseOffsets)) continue;
      const to = join(copy, name);
      if ((await fs.status(to)) !== null)
        throw new AppError('ALREADY_THERE', `${to} is there already; nothing is overwritten.`, {
          path: to,
        });
      copied.push(to);
      await copyFile(fs, join(directory, name), to, {
        signal,
        onBytes(count) {
          bytesDone += count;
          onProgress?.(bytesDone);
        },
      });
    }
    await fs.syncDirectory(copy);
    const logStart = baseOffsets === undefined ? await raisedLogStart(fs, directory) : null;
    if (logStart !== null) {
      copied.push(join(copy, LONE_LOG_START_FILE));
      await setLogStart(fs, { directory: copy, dataDirectory: null }, logStart);
    }
    return copy;
  } catch (error) {
    for (const path of copied) if ((await fs.status(path)) !== null) await fs.removeFile(path);
    for (const path of made) await fs.removeDirectory(path);
    throw error;
  }
}

/** A copy stands alone: logs in a data directory have their log start from its checkpoint. */
async function requirePlace(fs: FileSystem, directory: string, target: string): Promise<void> {
  const status = await fs.status(await realPlaceOf(fs, target));
  if (status !== null && status.kind !== 'directory')
    throw new AppError('NOT_A_DIRECTORY', `${target} is no directory.`, { path: target });
  await requireElsewhere(fs, { source: directory, into: target });
  if (status !== null && (await isDataDirectory(fs, target)))
    throw new AppError('INVALID_ARGUMENT', `${target} is a data directory; choose a place outside it.`, {
      path: target,
    });
}

/** Above the first segment, as the log's own file or its data directory says; else null. The copy stands alone. */
async function raisedLogStart(fs: FileSystem, directory: string): Promise<Offset | null> {
  const parent = dirname(directory);
  const dataDirectory = (await isDataDirectory(fs, parent)) ? parent : null;
  const logStart = await logStartOf(fs, { directory, dataDirectory });
  const first = (await segmentsOnDisk(fs, directory))[0] ?? 0;
  return logStart !== null && logStart > first ? logStart : null;
}

function isWanted(name: string, baseOffsets: ReadonlySet<Offset> | undefined): boolean {
  const parsed = parseSegmentFileName(name);
  if (parsed === null) return baseOffsets === undefined && SIDE_FILES.includes(name);
  return parsed.state === 'current' && (baseOffsets?.has(parsed.baseOffset) ?? true);
}

interface CopyFileOptions {
  readonly signal?: AbortSignal | undefined;
  /** Bytes of the piece that was written. */
  readonly onBytes?: (count: Bytes) => void;
}

/** Content and modification time; durable, its name not yet. @throws AppError ALREADY_THERE */
export async function copyFile(
  fs: FileSystem,
  from: string,
  to: string,
  { signal, onBytes }: CopyFileOptions = {},
): Promise<void> {
  const source = await fs.openForReading(from);
  try {
    const { sizeInBytes, modifiedAtMs } = await source.status();
    if ((await fs.status(to)) !== null)
      throw new AppError('ALREADY_THERE', `${to} is there already; nothing is overwritten.`, { path: to });
    const copy = await fs.openForWriting(to, 'new');
    try {
      const piece = Buffer.allocUnsafe(Math.min(PIECE_SIZE, Math.max(1, sizeInBytes)));
      for (let position = 0; position < sizeInBytes; ) {
        signal?.throwIfAborted();
        const count = await source.read(
          piece.subarray(0, Math.min(piece.length, sizeInBytes - position)),
          position,
        );
        if (count === 0) break;
        await copy.write(piece.subarray(0, count), position);
        position += count;
        onBytes?.(count);
      }
      await copy.sync();
    } finally {
      await copy.close();
    }
    await fs.setModifiedAt(to, modifiedAtMs);
  } finally {
    await source.close();
  }
}
