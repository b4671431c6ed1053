/**
 * What a directory is: one log, or a data directory whose children are logs. Looks at names, and of one log at the
 * first bytes of a segment, which tell the original log manager's format from Kafka's.
 */
import { basename, join, resolve } from 'node:path';
import { AppError } from '../../../shared/errors';
import type { DirectoryEntry, ReadingFileSystem } from '../file-system';
import {
  DATA_DIRECTORY_FILES,
  type LogDirectoryState,
  parseLogDirectoryName,
  parseSegmentFileName,
} from '../format/file-names';
import { formatOf, type LogFormat } from './log-format';

export interface LogDirectory {
  /** Name of the directory, `topic-partition` as a rule. */
  readonly name: string;
  readonly path: string;
  readonly topic: string;
  /** null where the directory's name has none. */
  readonly partition: number | null;
  readonly state: LogDirectoryState;
  readonly format: LogFormat;
}

export interface LogListing {
  readonly path: string;
  readonly name: string;
  readonly kind: 'log' | 'data-directory';
  /** By topic, then partition. */
  readonly logs: LogDirectory[];
}

/** @throws AppError NOT_FOUND, NOT_A_DIRECTORY, PERMISSION_DENIED, EMPTY_DIRECTORY, NOT_A_LOG */
export async function listLogs(fs: ReadingFileSystem, path: string): Promise<LogListing> {
  const directory = resolve(path);
  await requireDirectory(fs, directory);
  const entries = await fs.list(directory);
  const name = basename(directory);
  const segments = entries.filter((entry) => parseSegmentFileName(entry.name)?.kind === 'log');
  if (segments.length > 0) {
    const paths = segments.filter(({ kind }) => kind === 'file').map((entry) => join(directory, entry.name));
    const format = await formatOf(fs, paths.sort());
    return { path: directory, name, kind: 'log', logs: [{ ...logDirectory(directory, name), format }] };
  }
  const logs = entries
    .filter((entry) => entry.kind === 'directory' && parseLogDirectoryName(entry.name) !== null)
    .map((entry) => logDirectory(join(directory, entry.name), entry.name))
    .sort(byTopicAndPartition);
  const isDataDirectory =
    entries.some((entry) => DATA_DIRECTORY_FILES.includes(entry.name)) || (await holdsSegments(fs, logs));
  if (logs.length > 0 && isDataDirectory) return { path: directory, name, kind: 'data-directory', logs };
  if (entries.length === 0)
    throw new AppError('EMPTY_DIRECTORY', `${directory} is empty.`, { path: directory });
  const inside = await childThatHoldsLogs(fs, directory, entries);
  throw new AppError(
    'NOT_A_LOG',
    `${directory} holds no segments and no directories named topic-partition.${
      inside === null ? '' : ` Its directory ${inside} does: open that one.`
    }`,
    { path: directory },
  );
}

/** A link passes: what it points to shows when it is listed. @throws AppError NOT_FOUND, NOT_A_DIRECTORY */
export async function requireDirectory(fs: ReadingFileSystem, directory: string): Promise<void> {
  const status = await fs.status(directory);
  if (status === null) throw new AppError('NOT_FOUND', `There is no ${directory}.`, { path: directory });
  if (status.kind === 'file')
    throw new AppError('NOT_A_DIRECTORY', `${directory} is a file; open the directory that holds it.`, {
      path: directory,
    });
}

/**
 * Whether one of these directories has a segment. `dbus-1` is named like a partition too; a broker's directory is told
 * from such a neighbourhood by its own files, or by the first partition that has bytes.
 */
async function holdsSegments(fs: ReadingFileSystem, logs: readonly LogDirectory[]): Promise<boolean> {
  for (const { path } of logs) {
    if ((await namesIn(fs, path)).some((name) => parseSegmentFileName(name)?.kind === 'log')) return true;
  }
  return false;
}

/** How many directories are looked into to tell the user which one was meant. */
const CHILDREN_LOOKED_AT = 50;

async function childThatHoldsLogs(
  fs: ReadingFileSystem,
  directory: string,
  entries: readonly DirectoryEntry[],
): Promise<string | null> {
  const children = entries.filter(({ kind }) => kind === 'directory').map(({ name }) => name);
  for (const child of children.sort().slice(0, CHILDREN_LOOKED_AT)) {
    const names = await namesIn(fs, join(directory, child));
    const isLog = names.some((name) => parseSegmentFileName(name)?.kind === 'log');
    if (isLog || names.some((name) => DATA_DIRECTORY_FILES.includes(name))) return child;
  }
  return null;
}

/** None where the directory cannot be read: it is then no evidence of anything. */
async function namesIn(fs: ReadingFileSystem, path: string): Promise<string[]> {
  try {
    return (await fs.list(path)).map(({ name }) => name);
  } catch (error) {
    if (error instanceof AppError) return [];
    throw error;
  }
}

function logDirectory(path: string, name: string): LogDirectory {
  const parsed = parseLogDirectoryName(name);
  if (parsed === null) return { name, path, topic: name, partition: null, state: 'current', format: 'kafka' };
  return { name, path, ...parsed, format: 'kafka' };
}

function byTopicAndPartition(a: LogDirectory, b: LogDirectory): number {
  if (a.topic !== b.topic) return a.topic < b.topic ? -1 : 1;
  return (a.partition ?? 0) - (b.partition ?? 0);
}
