/**
 * `npm test`: runs the unit tests and ends with one line `N passed, N failed`.
 *
 * Knows nothing of the tests themselves; the window tests join here once there is a page to test.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');
const folder = mkdtempSync(join(tmpdir(), 'strata-test-'));
const outputFile = join(folder, 'vitest.json');
const vitest = resolve(root, 'node_modules/vitest/vitest.mjs');
const { status } = spawnSync(
  process.execPath,
  [
    vitest,
    'run',
    '--config',
    'build/vitest.config.ts',
    '--reporter=default',
    '--reporter=json',
    `--outputFile=${outputFile}`,
  ],
  { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] },
);
let passed = 0;
let failed = 0;
try {
  const report = JSON.parse(readFileSync(outputFile, 'utf8'));
  passed = report.numPassedTests;
  failed =
    report.numFailedTests +
    report.testResults.filter((suite) => suite.status === 'failed' && suite.assertionResults.length === 0)
      .length;
} catch (error) {
  console.error(`The tests gave no report: ${error.message}`);
  failed = 1;
}
rmSync(folder, { recursive: true, force: true });
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = status === 0 && passed > 0 && failed === 0 ? 0 : 1;
