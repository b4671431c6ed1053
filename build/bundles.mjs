/**
 * Brings the bundles in out/ up to date: builds what is older than its sources, and nothing otherwise.
 *
 * Fresh means: the same source files with the same sizes and times as when the bundle was made. Several runs at
 * the same time build once: the others wait. Knows nothing of what is in a bundle; build/vite.config.ts does.
 */
import { createHash } from 'node:crypto';
import {
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { waitForLock } from 'fs-native-extensions';
import { runProgram } from './run-program.mjs';

const ROOT = resolve(import.meta.dirname, '..');
const COMMON = [
  'shared',
  'build/vite.config.ts',
  'build/tsconfig.base.json',
  'package.json',
  'package-lock.json',
];
/** The sources of each part. Both are built for the window, the first alone for the command line. */
const SOURCES = new Map([
  ['main', [...COMMON, 'electron']],
  ['window', [...COMMON, 'electron/preload.ts', 'renderer']],
]);
/** The build of `main` alone, as build/vite.config.ts knows it. */
const MODE_OF_MAIN = 'main-side';

/** The build failed; the message is what the bundler said. */
export class BuildFailedError extends Error {
  name = 'BuildFailedError';
}

/**
 * @param {{ window: boolean, log?: (line: string) => void, root?: string }} options
 * @returns {Promise<string>} the directory of the bundles, absolute
 * @throws {BuildFailedError}
 */
export async function freshBundles({ window, log = console.error, root = ROOT }) {
  const output = join(root, 'out');
  const parts = window ? ['main', 'window'] : ['main'];
  if (staleParts(root, parts).length === 0) return output;
  mkdirSync(output, { recursive: true });
  const lock = openSync(join(output, '.lock'), 'a');
  try {
    await waitForLock(lock);
    const stale = staleParts(root, parts);
    if (stale.length > 0) await rebuild(root, parts, log);
  } finally {
    closeSync(lock);
  }
  return output;
}

async function rebuild(root, parts, log) {
  log('Building …');
  // Taken before the build: what is edited meanwhile counts as newer.
  const fingerprints = new Map(parts.map((part) => [part, fingerprint(root, part)]));
  for (const part of parts) rmSync(stampFile(root, part), { force: true });
  await build(root, parts);
  for (const [part, text] of fingerprints) writeFileSync(stampFile(root, part), text);
}

function stampFile(root, part) {
  return join(root, `out/.${part}-sources`);
}

function staleParts(root, parts) {
  return parts.filter((part) => readStamp(root, part) !== fingerprint(root, part));
}

function readStamp(root, part) {
  try {
    return readFileSync(stampFile(root, part), 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT') return null;
    throw error;
  }
}

function fingerprint(root, part) {
  const hash = createHash('sha256');
  for (const name of SOURCES.get(part) ?? []) {
    const path = join(root, name);
    const stat = statSync(path, { throwIfNoEntry: false });
    const files = stat?.isDirectory()
      ? readdirSync(path, { recursive: true, encoding: 'utf8' }).map((each) => join(name, each))
      : [name];
    for (const file of files.sort()) hash.update(`${file} ${sizeAndTime(join(root, file))}\n`);
  }
  return hash.digest('hex');
}

function sizeAndTime(path) {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat?.isFile() ? `${stat.size} ${stat.mtimeMs}` : '';
}

async function build(root, parts) {
  const bundler = join(root, 'node_modules/electron-vite/bin/electron-vite.js');
  const mode = parts.includes('window') ? [] : ['--mode', MODE_OF_MAIN];
  const args = [bundler, 'build', '--config', 'build/vite.config.ts', '--logLevel', 'warn', ...mode];
  const { isDone, text } = await runProgram(process.execPath, args, { cwd: root });
  if (!isDone) throw new BuildFailedError(`the build failed:\n${text.trim()}`);
}
