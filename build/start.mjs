/**
 * `npm start -- [DIRECTORY]`: builds what is stale, finds an Electron and opens the window.
 *
 * Without a display it prints the inspection of the directory instead; with `--screenshot FILE` it draws the
 * window on a virtual display. Fetches and installs what that needs; knows nothing of what the window shows.
 */
import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { BuildFailedError, freshBundles } from './bundles.mjs';
import { callerDirectory } from './caller-directory.mjs';
import { runCommandLine } from './command-line.mjs';
import { hasDisplay } from './electron-runtime/display.mjs';
import { ElectronNotFoundError } from './electron-runtime/find-electron.mjs';
import { readyElectron } from './electron-runtime/ready-electron.mjs';
import { SystemPartsMissingError } from './electron-runtime/system-parts.mjs';

const ROOT = resolve(import.meta.dirname, '..');
const USAGE =
  'usage: npm start -- [DIRECTORY] [--screenshot FILE [--screen NAME] [--size WIDTHxHEIGHT]] [--theme light|dark]';
const EXIT_KILLED = 1;
const EXIT_WRONG_USE = 2;
const VIRTUAL_SCREEN = { width: 1920, height: 1200 };

class WrongUseError extends Error {
  name = 'WrongUseError';
}

function parseCommand(args) {
  const { values, positionals } = parsed(args);
  if (positionals.length > 1) throw new WrongUseError(`one directory at most, not ${positionals.length}`);
  return { directory: positionals[0], isPicture: values.screenshot !== undefined, size: values.size };
}

function parsed(args) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        screenshot: { type: 'string' },
        screen: { type: 'string' },
        theme: { type: 'string' },
        size: { type: 'string' },
      },
    });
  } catch (error) {
    throw new WrongUseError(error.message, { cause: error });
  }
}

const EXPECTED_ERRORS = [WrongUseError, BuildFailedError, ElectronNotFoundError, SystemPartsMissingError];

/** Large enough for the picture asked for. */
function virtualScreen(size) {
  const [width, height] = (size ?? '').split('x').map(Number);
  return {
    width: Math.max(VIRTUAL_SCREEN.width, width || 0),
    height: Math.max(VIRTUAL_SCREEN.height, height || 0),
  };
}

/** @returns {Promise<number>} the exit status */
async function openWindow(args, size) {
  await freshBundles({ window: true });
  const electron = await readyElectron(virtualScreen(size));
  try {
    return await runWindow(electron, args);
  } finally {
    electron.stop();
  }
}

/** @returns {Promise<number>} */
function runWindow({ path, switches, env }, args) {
  return new Promise((done, reject) => {
    const child = spawn(path, [...switches, ROOT, ...args], {
      cwd: callerDirectory('start'),
      env,
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    // Ctrl-C reaches the window by itself, which then quits cleanly; this process waits for it.
    process.on('SIGINT', () => {});
    process.on('SIGTERM', () => child.kill('SIGTERM'));
    child.on('error', reject);
    child.on('exit', (status) => done(status ?? EXIT_KILLED));
  });
}

async function start(args) {
  const { directory, isPicture, size } = parseCommand(args);
  if (isPicture || (await hasDisplay())) return openWindow(args, size);
  console.error('No display here. With --screenshot FILE the window is drawn into a picture.');
  if (directory === undefined) {
    console.error(USAGE);
    return EXIT_WRONG_USE;
  }
  await runCommandLine(['inspect', directory], callerDirectory('start'));
  return process.exitCode;
}

try {
  process.exitCode = await start(process.argv.slice(2));
} catch (error) {
  if (!EXPECTED_ERRORS.some((kind) => error instanceof kind)) throw error;
  console.error(`strata: ${error.message}`);
  if (error instanceof WrongUseError) console.error(USAGE);
  process.exitCode = EXIT_WRONG_USE;
}
