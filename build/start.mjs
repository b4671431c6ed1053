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
import { hasDisplay, startVirtualDisplay } from './electron-runtime/display.mjs';
import { ElectronNotFoundError, findElectron } from './electron-runtime/find-electron.mjs';
import { sandboxSwitches, VIRTUAL_DISPLAY_SWITCHES } from './electron-runtime/switches.mjs';
import { provideSystemParts, SystemPartsMissingError } from './electron-runtime/system-parts.mjs';

const ROOT = resolve(import.meta.dirname, '..');
const USAGE =
  'usage: npm start -- [DIRECTORY] [--screenshot FILE [--screen NAME] [--size WIDTHxHEIGHT]] [--theme light|dark]';
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
async function openWindow(args, { isVirtual, size }) {
  await freshBundles({ window: true });
  const electron = await findElectron();
  await provideSystemParts({ electronPath: electron.path, virtualDisplay: isVirtual });
  const switches = await sandboxSwitches(electron.path);
  if (isVirtual) switches.push(...VIRTUAL_DISPLAY_SWITCHES);
  const display = isVirtual ? await startVirtualDisplay(virtualScreen(size)) : null;
  const env = { ...process.env, ...(display === null ? {} : { DISPLAY: display.name }) };
  delete env['ELECTRON_RUN_AS_NODE'];
  try {
    return await runWindow(electron.path, [...switches, ROOT, ...args], env);
  } finally {
    display?.stop();
  }
}

/** @returns {Promise<number>} */
function runWindow(path, args, env) {
  return new Promise((done, reject) => {
    const child = spawn(path, args, {
      cwd: callerDirectory('start'),
      env,
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    // Ctrl-C reaches the window by itself, which then quits cleanly; this process waits for it.
    process.on('SIGINT', () => {});
    process.on('SIGTERM', () => child.kill('SIGTERM'));
    child.on('error', reject);
    child.on('exit', (status) => done(status ?? 1));
  });
}

async function start(args) {
  const { directory, isPicture, size } = parseCommand(args);
  const isSeen = await hasDisplay();
  if (isSeen || isPicture) return openWindow(args, { isVirtual: !isSeen, size });
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
