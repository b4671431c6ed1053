/**
 * Where things fetched once are kept: outside the repository, shared by all its clones.
 *
 * New directories appear under their final name all at once, so that a run that is cut short, or a second run
 * at the same time, never sees half of one.
 */
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** @returns {string} */
export function cacheDirectory() {
  return join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'strata');
}

/**
 * The directory `name` of the cache; made by `fill(temporaryDirectory)` where it is not there yet.
 *
 * @param {string} name
 * @param {(temporary: string) => Promise<void>} fill
 * @returns {Promise<string>}
 */
export async function cachedDirectory(name, fill) {
  const target = join(cacheDirectory(), name);
  if (existsSync(target)) return target;
  await mkdir(cacheDirectory(), { recursive: true });
  const temporary = await mkdtemp(join(cacheDirectory(), `.${name}-`));
  try {
    await fill(temporary);
    await rename(temporary, target).catch((error) => {
      // Another run was first; what it made is as good.
      if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
    });
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
  return target;
}
