/**
 * `npm run test:kafka [-- SUITE …]`: Strata's command line against Apache Kafka, suite by suite (test/kafka/*.mjs).
 *
 * A suite exports `title` and `run({ check, strata, strataJson, scratch })`; one with `isLong` runs only where it is named. The last line counts all checks.
 */
import { spawn } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { freshBundles } from '../bundles.mjs';

const ROOT = resolve(import.meta.dirname, '../..');
const SUITES = join(ROOT, 'test/kafka');
/** A broker that died can leave a suite waiting for ever for what it would have done. */
const SUITE_MS_MAX = 15 * 60_000;
const EXIT_WRONG_USE = 2;

let passed = 0;
let failed = 0;

async function check(name, run) {
  try {
    await run();
    passed++;
    console.log(`  ok      ${name}`);
  } catch (error) {
    failed++;
    console.log(`  FAILED  ${name}\n${String(error?.message ?? error).replace(/^/gm, '          ')}`);
  }
}

/** Runs the command line; resolves with its output and exit status, whatever that is. */
function strata(...args) {
  return new Promise((done, reject) => {
    const child = spawn(process.execPath, [join(ROOT, 'out/main/cli.js'), ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const output = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'])
      child[name].setEncoding('utf8').on('data', (text) => {
        output[name] += text;
      });
    child.on('error', reject);
    child.on('close', (status) => done({ ...output, status }));
  });
}

async function strataJson(...args) {
  const { stdout, stderr, status } = await strata(...args, '--json');
  if (stdout === '') throw new Error(`strata ${args.join(' ')} gave nothing (status ${status}): ${stderr}`);
  return JSON.parse(stdout);
}

/** Ends the whole comparison: what a suite waits for cannot be taken back, only the programs it started. */
function endForGood(name) {
  failed++;
  console.log(`  FAILED  ${name} did not end within ${SUITE_MS_MAX / 60_000} minutes`);
  printCounts();
  process.exit(1);
}

const printCounts = () => console.log(`${passed} passed, ${failed} failed`);

async function runSuite(name, isNamed) {
  const { title, run, isLong = false } = await import(pathToFileURL(join(SUITES, `${name}.mjs`)).href);
  if (isLong && !isNamed) {
    console.log(`not run: ${title} (long; npm run test:kafka -- ${name})`);
    return;
  }
  const scratch = await mkdtemp(join(tmpdir(), `strata-compare-${name}-`));
  const startedAtMs = performance.now();
  const deadline = setTimeout(endForGood, SUITE_MS_MAX, name);
  console.log(`${title}:`);
  try {
    await run({ check, strata, strataJson, scratch });
  } catch (error) {
    failed++;
    console.log(
      `  FAILED  the suite broke off\n${String(error?.stack ?? error).replace(/^/gm, '          ')}`,
    );
  } finally {
    clearTimeout(deadline);
    await rm(scratch, { recursive: true, force: true });
  }
  console.log(`  ${Math.round((performance.now() - startedAtMs) / 1000)} s`);
}

const all = (await readdir(SUITES)).filter((name) => name.endsWith('.mjs')).map((name) => name.slice(0, -4));
const wanted = process.argv.slice(2);
const unknown = wanted.find((name) => !all.includes(name));
if (unknown !== undefined) {
  console.error(`There is no suite ${unknown}; there are ${all.sort().join(', ')}.`);
  process.exit(EXIT_WRONG_USE);
}
await freshBundles({ window: false });
for (const name of wanted.length === 0 ? all.sort() : wanted) await runSuite(name, wanted.length > 0);
printCounts();
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
