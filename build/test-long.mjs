/** `npm run test:long`: the suites that could go on for ever, in their full form (hours); arguments choose files. */
import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');
const files = process.argv.length > 2 ? process.argv.slice(2) : ['test/crash', 'test/damage'];
const { status } = spawnSync(
  process.execPath,
  ['node_modules/vitest/vitest.mjs', 'run', '--config', 'build/vitest.config.ts', ...files],
  { cwd: root, stdio: 'inherit', env: { ...process.env, STRATA_LONG: '1' } },
);
process.exitCode = status ?? 1;
