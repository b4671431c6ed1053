/** `npm run bench`: bundles the benchmarks for plain Node and runs them; arguments are passed on. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { build } from 'vite';

const root = resolve(import.meta.dirname, '..');
// Under node_modules, where the bundle still finds its packages.
const cache = resolve(root, 'node_modules/.cache');
mkdirSync(cache, { recursive: true });
const outDir = mkdtempSync(join(cache, 'bench-'));
try {
  await build({
    configFile: false,
    root,
    logLevel: 'error',
    build: { ssr: resolve(root, 'test/benchmarks/bench.ts'), target: 'node20.18', outDir, emptyOutDir: true },
  });
  const args = [join(outDir, 'bench.js'), ...process.argv.slice(2)];
  process.exitCode = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' }).status ?? 1;
} finally {
  rmSync(outDir, { recursive: true, force: true });
}
