/**
 * What an Electron needs of a Linux system beside itself: shared libraries, one font, and where there is no
 * display a virtual one. Installs what is missing as root on Debian or Ubuntu; elsewhere says what to install.
 */
import { accessSync, constants, existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { runProgram } from '../run-program.mjs';

const LIBRARY_PACKAGES = ['libgtk-3-0', 'libnss3', 'libasound2', 'libgbm1'];
const FONT_PACKAGE = 'fonts-dejavu-core';
const DISPLAY_PACKAGE = 'xvfb';
/** Newer releases renamed libraries whose time values became 64 bits wide. */
const RENAMED = 't64';
const FONT_DIRECTORIES = ['/usr/share/fonts', '/usr/local/share/fonts', '.fonts', '.local/share/fonts'];
const FONT_FILE = /\.(ttf|otf|ttc|pfb)$/i;
const INSTALL = ['install', '-y', '--no-install-recommends'];
const WAIT_FOR_OTHER_APT = ['-o', 'DPkg::Lock::Timeout=120'];

/** Something is missing; the message ends with the one line that installs it. */
export class SystemPartsMissingError extends Error {
  name = 'SystemPartsMissingError';
}

/**
 * @param {{ electronPath: string, virtualDisplay: boolean, log?: (line: string) => void }} request
 * @throws {SystemPartsMissingError}
 */
export async function provideSystemParts({ electronPath, virtualDisplay, log = console.error }) {
  if (process.platform !== 'linux') return;
  const missing = await missingParts(electronPath, virtualDisplay);
  if (missing.length === 0) return;
  const isRoot = process.getuid?.() === 0;
  if (programPath('apt-get') === null) throw new SystemPartsMissingError(explain(missing));
  if (!isRoot) {
    const names = await packageNames(missing);
    const line = `sudo apt-get ${[...INSTALL, ...names].join(' ')}`;
    throw new SystemPartsMissingError(`${explain(missing)} To install it:\n  ${line}`);
  }
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  log(`Installing ${missing.map(({ name }) => name).join(', ')} with apt-get …`);
  // A list of packages that cannot be brought up to date may still do.
  await runProgram('apt-get', ['update'], { env });
  const args = [...WAIT_FOR_OTHER_APT, ...INSTALL, ...(await packageNames(missing))];
  const { isDone, text } = await runProgram('apt-get', args, { env });
  const left = await missingParts(electronPath, virtualDisplay);
  if (!isDone || left.length > 0)
    throw new SystemPartsMissingError(`${explain(left)} apt-get said:\n${text.trim()}`);
}

/** @returns {Promise<{ name: string, packages: string[] }[]>} */
async function missingParts(electronPath, virtualDisplay) {
  const parts = [];
  const libraries = await missingLibraries(electronPath);
  if (libraries.length > 0) parts.push({ name: libraries.join(', '), packages: LIBRARY_PACKAGES });
  if (!hasFont()) parts.push({ name: 'a font', packages: [FONT_PACKAGE] });
  if (virtualDisplay && programPath('Xvfb') === null)
    parts.push({ name: 'Xvfb, a virtual display', packages: [DISPLAY_PACKAGE] });
  return parts;
}

async function missingLibraries(electronPath) {
  const { text } = await runProgram('ldd', [electronPath]);
  return [...new Set([...text.matchAll(/^\s*(\S+) => not found/gm)].map(([, name]) => name))];
}

function hasFont() {
  return FONT_DIRECTORIES.map((each) => (each.startsWith('/') ? each : join(homedir(), each)))
    .filter((directory) => existsSync(directory))
    .some((directory) =>
      readdirSync(directory, { recursive: true, encoding: 'utf8' }).some((file) => FONT_FILE.test(file)),
    );
}

/** @returns {string | null} */
function programPath(name) {
  const candidates = (process.env['PATH'] ?? '').split(delimiter).map((directory) => join(directory, name));
  return candidates.find(isExecutable) ?? null;
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function packageNames(parts) {
  return Promise.all(parts.flatMap(({ packages }) => packages).map(presentName));
}

async function presentName(name) {
  const { isDone } = await runProgram('apt-cache', ['show', '--quiet', `${name}${RENAMED}`]);
  return isDone ? `${name}${RENAMED}` : name;
}

function explain(parts) {
  return `The window needs what this system lacks: ${parts.map(({ name }) => name).join('; ')}.`;
}
