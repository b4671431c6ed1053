/**
 * Before the window tests: fresh bundles, an Electron that runs here, a display. The tests find it in
 * STRATA_TEST_ELECTRON. Where STRATA_TEST_PACKAGE names a packaged app's executable, that is tested instead.
 */
import { resolve } from 'node:path';
import { freshBundles } from './bundles.mjs';
import { readyElectron } from './electron-runtime/ready-electron.mjs';

const ROOT = resolve(import.meta.dirname, '..');
const SCREEN = { width: 2560, height: 1600 };

export default async function setUp() {
  const packaged = process.env['STRATA_TEST_PACKAGE'];
  if (!packaged) await freshBundles({ window: true });
  const { path, switches, env, stop } = await readyElectron(SCREEN, packaged || null);
  const args = packaged ? switches : [...switches, ROOT];
  process.env['STRATA_TEST_ELECTRON'] = JSON.stringify({ path, args, display: env['DISPLAY'] ?? '' });
  return stop;
}
