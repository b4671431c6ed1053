/**
 * Runs the test runners with their output on the terminal, and counts from their reports what passed and failed.
 *
 * A runner that ends badly, or runs nothing, has at least one failure: an empty run is not a good one.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '..');

/** @typedef {{ passed: number, failed: number }} Counts */

/** @returns {Counts} */
export function runUnitTests() {
  return runSuite('node_modules/vitest/vitest.mjs', (report) => ({
    args: [
      ...['run', '--config', 'build/vitest.config.ts'],
      ...['--reporter=default', '--reporter=json', `--outputFile.json=${report}`],
    ],
    count({ numPassedTests, numFailedTests, testResults }) {
      const broken = testResults.filter(
        (file) => file.status === 'failed' && file.assertionResults.length === 0,
      );
      return { passed: numPassedTests, failed: numFailedTests + broken.length };
    },
  }));
}

/**
 * @param {string} [packaged] executable of a packaged app, to be tested in place of the checkout
 * @returns {Counts}
 */
export function runWindowTests(packaged = '') {
  return runSuite('node_modules/@playwright/test/cli.js', (report) => ({
    args: ['test', '--config', 'build/playwright.config.ts', '--reporter=list,json'],
    env: { PLAYWRIGHT_JSON_OUTPUT_FILE: report, STRATA_TEST_PACKAGE: packaged },
    count: ({ stats, errors }) => ({
      passed: stats.expected + stats.flaky,
      failed: stats.unexpected + errors.length,
    }),
  }));
}

/**
 * @param {string} program below the project's root
 * @param {(report: string) => { args: string[], env?: Record<string, string>, count: (report: any) => Counts }} plan
 */
function runSuite(program, plan) {
  const folder = mkdtempSync(join(tmpdir(), 'strata-test-'));
  try {
    const report = join(folder, 'report.json');
    const { args, env, count } = plan(report);
    const { status } = spawnSync(process.execPath, [join(ROOT, program), ...args], {
      cwd: ROOT,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    const { passed, failed } = count(readReport(report));
    const isGood = status === 0 && passed > 0;
    return { passed, failed: isGood ? failed : Math.max(failed, 1) };
  } catch (error) {
    console.error(`${program} gave no report: ${error.message}`);
    return { passed: 0, failed: 1 };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function readReport(file) {
  return JSON.parse(readFileSync(file, 'utf8'));
}

/**
 * Prints the closing line and sets the exit status.
 *
 * @param {Counts[]} suites
 */
export function printVerdict(suites) {
  const sum = (counts) => counts.reduce((total, each) => total + each, 0);
  const passed = sum(suites.map((suite) => suite.passed));
  const failed = sum(suites.map((suite) => suite.failed));
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
}
