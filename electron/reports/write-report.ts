/**
 * Writes a report into files: one a format, or several in a folder. Nothing that is there is written over unasked, and
 * names are reduced to letters, digits and a few signs, so that no file lands elsewhere than was chosen.
 */
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { AppError } from '../../shared/errors';
import type { Report } from '../../shared/report';
import type { ReportFormat } from '../../shared/report-request';
import type { Bytes } from '../../shared/units';
import { toStorageError } from '../engine/file-system';
import type { BatchRows } from './batch-rows';
import { tableCsv } from './csv';
import { reportHtml } from './html';
import { reportMarkdown } from './markdown';
import { batchesParquet, tableParquet } from './parquet';
import { reportJson } from './report-file';
import { isDirectory, namesFolder, requireFolderPlace, requireFree, type WishedPlace } from './report-place';
import { reportTables } from './report-tables';

export interface WriteOptions extends WishedPlace {
  /** Of Parquet: read from disk while they are written. */
  readonly batches: BatchRows;
  readonly signal?: AbortSignal | undefined;
}

export interface WrittenFile {
  readonly path: string;
  readonly sizeInBytes: Bytes;
}

interface NamedContent {
  /** What follows the base name, as in `-segments.csv`. */
  readonly ending: string;
  readonly content: string | Uint8Array;
}

/** @throws AppError ALREADY_THERE, NOT_IN_REPORT, before anything is written; what writing throws, and then nothing new is left */
export async function writeReport(report: Report, options: WriteOptions): Promise<WrittenFile[]> {
  const contents: NamedContent[] = [];
  for (const format of options.formats) contents.push(...(await contentsOf(report, format, options)));
  const output = resolve(options.output);
  const isFolder = contents.length > 1 || (await isDirectory(output)) || namesFolder(options.output);
  const base = reportBaseName(report);
  const files = contents.map(({ ending, content }) => ({
    path: isFolder ? join(output, base + ending) : output,
    content,
  }));
  if (!options.overwrites) for (const { path } of files) await requireFree(path);
  const written: WrittenFile[] = [];
  try {
    if (isFolder) await makeFolder(output);
    for (const { path, content } of files) {
      options.signal?.throwIfAborted();
      const bytes = typeof content === 'string' ? Buffer.from(content) : content;
      written.push(await writeNewFile(path, bytes, options.overwrites));
    }
    return written;
  } catch (error) {
    // What was written over cannot be had back; what is new is no report without the rest.
    if (!options.overwrites) for (const { path } of written) await rm(path, { force: true });
    throw toStorageError(error, output);
  }
}

async function contentsOf(
  report: Report,
  format: ReportFormat,
  { tables, batches }: WriteOptions,
): Promise<NamedContent[]> {
  switch (format) {
    case 'json':
      return [{ ending: '.json', content: reportJson(report) }];
    case 'html':
      return [{ ending: '.html', content: reportHtml(report) }];
    case 'md':
      return [{ ending: '.md', content: reportMarkdown(report) }];
    case 'csv': {
      const wanted = reportTables(report).filter(({ name, rows }) =>
        tables === null ? rows.length > 0 : tables.includes(name),
      );
      if (wanted.length === 0)
        throw new AppError('NOT_IN_REPORT', `The report has none of these tables: ${tables?.join(', ')}.`);
      return wanted.map((table) => ({ ending: `-${table.name}.csv`, content: tableCsv(table) }));
    }
    case 'parquet': {
      const segments = reportTables(report).find(({ name }) => name === 'segments')!;
      return [
        { ending: '-segments.parquet', content: await tableParquet(segments) },
        { ending: '-batches.parquet', content: await batchesParquet(batches) },
      ];
    }
  }
}

/** What the names of a report's files begin with. */
export function reportBaseName({ directory }: Report): string {
  return safeFileName(`${directory.name}-report`);
}

const NAME_LENGTH_MAX = 120;

/** A name for a file, made of letters, digits, dot, dash and underscore; it begins with none of the signs. */
export function safeFileName(text: string): string {
  const safe = text
    .replace(/[^A-Za-z0-9._-]+/g, '_')
    .replace(/^[._-]+/, '')
    .slice(0, NAME_LENGTH_MAX);
  return safe === '' ? 'report' : safe;
}

/** @throws AppError STORAGE_UNSAFE; what making it throws */
async function makeFolder(path: string): Promise<void> {
  if (await isDirectory(path)) return;
  await requireFolderPlace(path);
  // Alone first: of a folder above it that cannot be made, Node says only that it is not there.
  await mkdir(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
    return mkdir(path, { recursive: true });
  });
}

/** @throws AppError ALREADY_THERE; what writing throws */
export async function writeNewFile(
  path: string,
  bytes: Uint8Array,
  overwrites: boolean,
): Promise<WrittenFile> {
  if (!overwrites) await requireFree(path);
  try {
    await writeWhole(path, bytes, overwrites);
  } catch (error) {
    throw toStorageError(error, path);
  }
  return { path, sizeInBytes: bytes.length };
}

/** Written beside its place and renamed, so that no reader finds half of it. */
async function writeWhole(path: string, bytes: Uint8Array, overwrites: boolean): Promise<void> {
  const temporary = overwrites ? `${path}.${process.pid}.tmp` : path;
  try {
    const file = await open(temporary, 'wx');
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    if (overwrites) await rename(temporary, path);
  } catch (error) {
    const isOurs = (error as NodeJS.ErrnoException).code !== 'EEXIST';
    if (isOurs) await rm(temporary, { force: true });
    throw error;
  }
}
