/**
 * Where a place really lies, and in whose data directory: brokers are told by the file in which they keep who they are.
 * Reads names only.
 */
import { basename, dirname, join } from 'node:path';
import type { ReadingFileSystem } from './file-system';
import { BROKER_PROPERTIES_FILE } from './format/file-names';

/** The path without the links in it, the names at its end that are not there yet as they are. @param path Absolute */
export async function realPlaceOf(fs: ReadingFileSystem, path: string): Promise<string> {
  const real = await fs.realPath(path);
  if (real !== null || path === dirname(path)) return real ?? path;
  return join(await realPlaceOf(fs, dirname(path)), basename(path));
}

/**
 * The data directory of a broker that the path lies in, or is, links followed; null where it lies in none.
 * @param path Absolute
 */
export async function brokerDirectoryAround(fs: ReadingFileSystem, path: string): Promise<string | null> {
  for (let directory = await realPlaceOf(fs, path); ; directory = dirname(directory)) {
    if ((await fs.status(join(directory, BROKER_PROPERTIES_FILE))) !== null) return directory;
    if (directory === dirname(directory)) return null;
  }
}
