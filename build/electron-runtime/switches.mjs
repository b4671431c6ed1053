/**
 * Chromium's own switches that this machine calls for. Knows nothing of the app.
 */
import { existsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { runProgram } from '../run-program.mjs';

const SET_USER_ID = 0o4000;

/**
 * No sandbox as root, where Chromium refuses it, nor where the system gives an ordinary user no namespaces.
 *
 * @param {string} electronPath
 * @returns {Promise<string[]>}
 */
export async function sandboxSwitches(electronPath, log = console.error) {
  if (process.platform !== 'linux') return [];
  if (process.getuid?.() === 0) return ['--no-sandbox'];
  const helper = join(dirname(electronPath), 'chrome-sandbox');
  if (isHelperSetUp(helper)) return [];
  const { isDone } = await runProgram('unshare', ['--user', '--map-root-user', 'true']);
  if (isDone) return [];
  log(
    'This system gives the page no sandbox, so the window runs without one. To have it:\n' +
      `  sudo chown root ${helper} && sudo chmod 4755 ${helper}`,
  );
  return ['--no-sandbox'];
}

function isHelperSetUp(helper) {
  if (!existsSync(helper)) return false;
  const { uid, mode } = statSync(helper);
  return uid === 0 && (mode & SET_USER_ID) !== 0;
}

/** For a display that no one looks at: no graphics card, little shared memory, no system bus to complain about. */
export const VIRTUAL_DISPLAY_SWITCHES = ['--disable-gpu', '--disable-dev-shm-usage', '--log-level=3'];
