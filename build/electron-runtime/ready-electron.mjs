/**
 * An Electron with everything it needs to show a window on this machine, the parts of the system and a display
 * included. Does not start it.
 */
import { hasDisplay, startVirtualDisplay } from './display.mjs';
import { findElectron } from './find-electron.mjs';
import { sandboxSwitches, VIRTUAL_DISPLAY_SWITCHES } from './switches.mjs';
import { provideSystemParts } from './system-parts.mjs';

/**
 * @typedef {object} ReadyElectron
 * @property {string} path
 * @property {string[]} switches to stand before the app's own arguments
 * @property {NodeJS.ProcessEnv} env
 * @property {() => void} stop once the window is closed
 */

/**
 * @param {{ width: number, height: number }} virtualScreen Where there is no display: the size of the virtual one.
 * @param {string | null} [path] Of an executable that is there already: a packaged app.
 * @returns {Promise<ReadyElectron>}
 * @throws {import('./find-electron.mjs').ElectronNotFoundError}
 * @throws {import('./system-parts.mjs').SystemPartsMissingError}
 */
export async function readyElectron(virtualScreen, path = null) {
  const isVirtual = !(await hasDisplay());
  const electronPath = path ?? (await findElectron()).path;
  await provideSystemParts({ electronPath, virtualDisplay: isVirtual });
  const switches = await sandboxSwitches(electronPath);
  const env = { ...process.env };
  delete env['ELECTRON_RUN_AS_NODE'];
  if (!isVirtual) return { path: electronPath, switches, env, stop: () => {} };
  const { name, stop } = await startVirtualDisplay(virtualScreen);
  env['DISPLAY'] = name;
  return { path: electronPath, switches: [...switches, ...VIRTUAL_DISPLAY_SWITCHES], env, stop };
}
