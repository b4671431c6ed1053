/** Whose data directory a place lies in: brokers are told by the file in which they keep who they are. Reads names only. */
import { dirname, join } from 'node:path';
import type { ReadingFileSystem } from './file-system';
import { BROKER_PROPERTIES_FILE } from './format/file-names';

/** The data directory of a broker that the path lies in, or is; null where it lies in none. @param path Absolute */
export async function brokerDirectoryAround(fs: ReadingFileSystem, path: string): Promise<string | null> {
  for (let directory = path; ; directory = dirname(directory)) {
    if ((await fs.status(join(directory, BROKER_PROPERTIES_FILE))) !== null) return directory;
    if (directory === dirname(directory)) return null;
  }
}
