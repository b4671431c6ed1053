/**
 * The binary of the official `electron` package: there already, or installed by the package's own installer.
 *
 * A release site that gave no binary is remembered in the cache, so that the next start does not wait for it
 * again. Other mirrors or proxies, another version, or a week are a reason to ask again.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { runProgram } from '../run-program.mjs';
import { cacheDirectory } from './cache-directory.mjs';

const REMEMBERED_MS = 7 * 24 * 60 * 60 * 1000;
const ROUTE_VARIABLE = /(electron.*(mirror|custom|proxy)|^https?_proxy$|^all_proxy$)/i;
const DEADLINE = new URL('./answer-deadline.mjs', import.meta.url).href;

/** The executable's path below a runtime's directory. */
export function executableName(platform = process.platform) {
  if (platform === 'darwin') return 'Electron.app/Contents/MacOS/Electron';
  return platform === 'win32' ? 'electron.exe' : 'electron';
}

/**
 * @param {(line: string) => void} log
 * @param {{ mayDownload: boolean }} options
 * @returns {Promise<{ path: string, version: string } | null>} null where it is not to be had
 */
export async function officialElectron(log, { mayDownload }) {
  const directory = packageDirectory();
  if (directory === null) return null;
  const there = installed(directory);
  if (there !== null || !mayDownload || process.env['ELECTRON_SKIP_BINARY_DOWNLOAD']) return there;
  const { version } = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'));
  const memory = unreachableMemory(version);
  if (memory.isFresh()) return null;
  log(`Asking for Electron ${version} at its release site …`);
  const installer = ['--import', DEADLINE, join(directory, 'install.js')];
  const { text } = await runProgram(process.execPath, installer);
  const binary = installed(directory);
  if (binary !== null) {
    await memory.forget();
    return binary;
  }
  log(`Electron ${version} cannot be had from there: ${reason(text)}.`);
  await memory.remember();
  return null;
}

function packageDirectory() {
  try {
    return dirname(createRequire(import.meta.url).resolve('electron/package.json'));
  } catch (error) {
    if (error.code === 'MODULE_NOT_FOUND') return null;
    throw error;
  }
}

function installed(directory) {
  const path = join(directory, 'dist', executableName());
  const versionFile = join(directory, 'dist/version');
  if (!existsSync(path) || !existsSync(versionFile) || !existsSync(join(directory, 'path.txt'))) return null;
  return { path, version: readFileSync(versionFile, 'utf8').trim().replace(/^v/, '') };
}

/** The innermost cause that Node printed. */
function reason(text) {
  const lines = [...text.matchAll(/^(?:\s*\[cause\]: )?\w*Error(?: \[.*?\])?: (.*)$/gm)];
  return lines.at(-1)?.[1].replace(/[.{\s]+$/, '') || 'its installer failed';
}

function unreachableMemory(version) {
  const file = join(cacheDirectory(), `electron-${version}-unreachable.json`);
  const variables = Object.entries(process.env).filter(([name]) => ROUTE_VARIABLE.test(name));
  // A hash, because a proxy's address may hold a password.
  const route = createHash('sha256').update(JSON.stringify(variables.sort())).digest('hex');
  return {
    isFresh() {
      if (!existsSync(file)) return false;
      const { atMs, route: routeThen } = readMemory(file);
      return routeThen === route && Date.now() - atMs < REMEMBERED_MS;
    },
    async remember() {
      await mkdir(cacheDirectory(), { recursive: true });
      await writeFile(file, JSON.stringify({ atMs: Date.now(), route }));
    },
    forget: () => rm(file, { force: true }),
  };
}

/** A file that a second run is just writing counts as nothing remembered. */
function readMemory(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    if (error instanceof SyntaxError) return {};
    throw error;
  }
}
