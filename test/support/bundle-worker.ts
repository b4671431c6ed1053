/**
 * Bundles a worker's TypeScript entry, so that a test can start it as a real thread in plain Node.
 *
 * Into a folder of its own under node_modules/.cache, where packages still resolve. Runs nothing itself.
 */
import { mkdir, mkdtemp } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'vite';

const ROOT = resolve(import.meta.dirname, '../..');
const CACHE = join(ROOT, 'node_modules/.cache/test-workers');

/** @param entry Path from the root of the repository. */
export async function bundleWorker(entry: string): Promise<URL> {
  await mkdir(CACHE, { recursive: true });
  const outDir = await mkdtemp(join(CACHE, 'worker-'));
  await build({
    configFile: false,
    root: ROOT,
    logLevel: 'error',
    ssr: { noExternal: ['zod'] },
    build: {
      ssr: resolve(ROOT, entry),
      target: 'node20.18',
      outDir,
      emptyOutDir: true,
      rollupOptions: { output: { entryFileNames: 'worker.mjs' } },
    },
  });
  return pathToFileURL(join(outDir, 'worker.mjs'));
}
