/** The files of a directory tree by path, each as a hash of its content: what a run and its undo must leave as it was. */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

export async function fileHashes(directory: string): Promise<Record<string, string>> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
  const hashes: Record<string, string> = {};
  for (const path of paths.sort())
    hashes[path] = createHash('sha256')
      .update(await readFile(path))
      .digest('hex');
  return hashes;
}
