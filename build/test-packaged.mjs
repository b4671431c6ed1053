/** `npm run test:packaged`: the window tests on a package made for them; the last line counts them. */
import { spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { printVerdict, runWindowTests } from './test-suites.mjs';

const ROOT = resolve(import.meta.dirname, '..');
const { status, stdout } = spawnSync(process.execPath, [join(ROOT, 'build/package.mjs'), '--for-tests'], {
  cwd: ROOT,
  encoding: 'utf8',
  stdio: ['ignore', 'pipe', 'inherit'],
});
process.stdout.write(stdout);
if (status === 0) printVerdict([runWindowTests(stdout.trim().split('\n').at(-1))]);
else printVerdict([{ passed: 0, failed: 1 }]);
