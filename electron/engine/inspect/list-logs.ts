/**
 * What a directory is: one log, or a data directory whose children are logs. Looks at names only.
 */
import { basename, join, resolve } from 'node:path';
import { AppError } from '../../../shared/errors';
import type { ReadingFileSystem } from '../file-system';
import { type LogDirectoryState, parseLogDirectoryName, parseSegmentFileName } from '../format/file-names';

export interface LogDirectory {
  /** Name of the directory, `topic-partition` as a rule. */
  readonly name: string;
  readonly path: string;
  readonly topic: string;
  /** null where the directory's name has none. */
  readonly partition: number | null;
  readonly state: LogDirectoryState;
  readonly format: 'kafka';
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
  const status = await fs.status(directory);
  if (status === null) throw new AppError('NOT_FOUND', `There is no ${directory}.`, { path: directory });
  if (status.kind === 'file')
    throw new AppError('NOT_A_DIRECTORY', `${directory} is a file; open the directory that holds it.`, {
      path: directory,
    });
  const entries = await fs.list(directory);
  const name = basename(directory);
  if (entries.some((entry) => parseSegmentFileName(entry.name)?.kind === 'log'))
    return { path: directory, name, kind: 'log', logs: [logDirectory(directory, name)] };
  const logs = entries
    .filter((entry) => entry.kind === 'directory' && parseLogDirectoryName(entry.name) !== null)
    .map((entry) => logDirectory(join(directory, entry.name), entry.name))
    .sort(byTopicAndPartition);
  if (logs.length > 0) return { path: directory, name, kind: 'data-directory', logs };
  if (entries.length === 0)
    throw new AppError('EMPTY_DIRECTORY', `${directory} is empty.`, { path: directory });
  throw new AppError(
    'NOT_A_LOG',
    `${directory} holds no segments and no directories named topic-partition.`,
    { path: directory },
  );
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
