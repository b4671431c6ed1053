/**
 * Where the files of a report may go: over nothing that is there unasked, and in no new folder in a data directory or a
 * log, where whoever reads the directory next takes it for a log of its own. Reads names only.
 */
import { realpath, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { AppError } from '../../shared/errors';
import type { ReportFormat } from '../../shared/report-request';
import type { TableName } from '../../shared/report-tables-list';
import { brokerDirectoryAround } from '../engine/broker-directory';
import { nodeReadingFileSystem as fs } from '../engine/file-system';
import {
  BROKER_LOCK_FILE,
  DATA_DIRECTORY_FILES,
  LOG_SUFFIX,
  offsetName,
  parseSegmentFileName,
} from '../engine/format/file-names';

export interface WishedPlace {
  readonly formats: readonly ReportFormat[];
  /** Of CSV; null for all that have a row. */
  readonly tables: readonly TableName[] | null;
  /** A file where one results and no folder is there by this name, else a folder, which is made. */
  readonly output: string;
  readonly overwrites: boolean;
}

/**
 * What can be told before a report is made, which may take hours.
 * @throws AppError ALREADY_THERE, STORAGE_UNSAFE
 */
export async function requirePlace({ formats, tables, output, overwrites }: WishedPlace): Promise<void> {
  const path = resolve(output);
  if (await isDirectory(path)) return;
  const resultsInSeveral = (format: ReportFormat) =>
    format === 'parquet' || (format === 'csv' && tables?.length !== 1);
  if (formats.length > 1 || formats.some(resultsInSeveral) || namesFolder(output))
    await requireFolderPlace(path);
  else if (!overwrites) await requireFree(path);
}

/** A separator stands at its end. */
export const namesFolder = (output: string): boolean => /[/\\]$/.test(output);

/** @param path Absolute; nothing is there. @throws AppError STORAGE_UNSAFE */
export async function requireFolderPlace(path: string): Promise<void> {
  const parent = await nearestDirectory(dirname(path));
  const refuse = (reason: string) =>
    new AppError('STORAGE_UNSAFE', `${reason}; choose a place outside it.`, { path });
  const broker = await brokerDirectoryAround(fs, parent);
  if (broker !== null)
    throw refuse(
      `${broker} is the data directory of a broker, which does not start beside a folder of reports`,
    );
  for (let directory = parent; directory !== dirname(directory); directory = dirname(directory)) {
    const names = await namesIn(directory);
    if (names.some(isSegmentName)) throw refuse(`${directory} is a log, where no folder of reports belongs`);
    if (names.some((name) => DATA_DIRECTORY_SIGNS.has(name)))
      throw refuse(`${directory} is a data directory, where no folder of reports belongs`);
  }
}

/** A lock alone may be anybody's. */
const DATA_DIRECTORY_SIGNS = new Set(DATA_DIRECTORY_FILES.filter((name) => name !== BROKER_LOCK_FILE));

/** As Kafka writes them: 20260501.log is some program's. */
function isSegmentName(name: string): boolean {
  const parsed = parseSegmentFileName(name);
  return parsed !== null && name === offsetName(parsed.baseOffset) + LOG_SUFFIX;
}

/** Where the path really lies, as far as it is there; what stands in its way, making the folder tells. */
async function nearestDirectory(path: string): Promise<string> {
  const real = await realpath(path).catch(() => null);
  if (real !== null && (await isDirectory(real))) return real;
  return path === dirname(path) ? path : nearestDirectory(dirname(path));
}

/** None where they cannot be read. */
async function namesIn(directory: string): Promise<string[]> {
  try {
    return (await fs.list(directory)).map(({ name }) => name);
  } catch (error) {
    if (error instanceof AppError) return [];
    throw error;
  }
}

export async function isDirectory(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null))?.isDirectory() === true;
}

/** @throws AppError ALREADY_THERE */
export async function requireFree(path: string): Promise<void> {
  if ((await stat(path).catch(() => null)) !== null)
    throw new AppError('ALREADY_THERE', `${path} is there already; nothing was written.`, { path });
}
