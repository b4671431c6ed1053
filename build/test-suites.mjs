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
/** @typedef {{ name: string, message: string }} Failure */

/** What a failure's message may take in the list at the end: its whole text stands where the test ran. */
const MESSAGE_LINES = 6;

/** @returns {Counts} */
export function runUnitTests() {
  return runSuite('node_modules/vitest/vitest.mjs', (report) => ({
    args: [
      ...['run', '--config', 'build/vitest.config.ts'],
      ...['--reporter=default', '--reporter=json', `--outputFile.json=${report}`],
    ],
    count({ numPassedTests, testResults }) {
      const broken = testResults
        .filter((file) => file.status === 'failed' && file.assertionResults.length === 0)
        .map((file) => ({ name: file.name, message: file.message }));
      const red = testResults.flatMap((file) =>
        file.assertionResults
          .filter((test) => test.status === 'failed')
          .map((test) => ({ name: test.fullName, message: test.failureMessages.join('\n') })),
      );
      return { passed: numPassedTests, failures: [...broken, ...red] };
    },
  }));
}

/**
 * @param {string} [packaged] executable of a packaged app, to be tested in place of the checkout
 * @returns {Counts}
 */
export function runWindowTests(packaged = '') {
  return runSuite('node_modules/@playwright/test/cli.js', (report) => ({
    args: [
      ...['test', '--config', 'build/playwright.config.ts', '--reporter=list,json'],
      ...(packaged === '' ? [] : ['--grep-invert', '@once']),
    ],
    env: { PLAYWRIGHT_JSON_OUTPUT_FILE: report, STRATA_TEST_PACKAGE: packaged },
    count: ({ stats, errors, suites }) => ({
      passed: stats.expected + stats.flaky,
      failures: [
        ...errors.map((error) => ({ name: 'the window tests as a whole', message: error.message ?? '' })),
        ...suites.flatMap(redWindowTests),
      ],
    }),
  }));
}

/** @returns {Failure[]} */
function redWindowTests({ suites = [], specs = [] }) {
  const own = specs
    .filter((spec) => !spec.ok)
    .map((spec) => ({
      name: `${spec.file}: ${spec.title}`,
      message: spec.tests.flatMap((test) => test.results.map((run) => run.error?.message ?? '')).join('\n'),
    }));
  return [...own, ...suites.flatMap(redWindowTests)];
}

/**
 * @param {string} program below the project's root
 * @param {(report: string) => { args: string[], env?: Record<string, string>, count: (report: any) => { passed: number, failures: Failure[] } }} plan
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
    const { passed, failures } = count(readReport(report));
    for (const { name, message } of failures) console.log(`  FAILED  ${name}\n${shortened(message)}`);
    const isGood = status === 0 && passed > 0;
    return { passed, failed: isGood ? failures.length : Math.max(failures.length, 1) };
  } catch (error) {
    console.error(`${program} gave no report: ${error.message}`);
    return { passed: 0, failed: 1 };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function shortened(message) {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the runners colour their messages.
  const lines = message.replace(/\u001b\[[0-9;]*m/g, '').split('\n', MESSAGE_LINES);
  return lines.join('\n').replace(/^/gm, '          ');
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
