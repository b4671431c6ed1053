/**
 * `npm run package`: the desktop application as a directory under dist/, for the system it runs on.
 *
 * With `--for-tests` the package lets Playwright attach to it; a release does not. Both keep every other door of
 * Electron shut. Prints the path of the executable last.
 */
import { existsSync, readdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { build, Platform } from 'electron-builder';
import { freshBundles } from './bundles.mjs';
import { distDirectory, findElectron } from './electron-runtime/find-electron.mjs';

const ROOT = resolve(import.meta.dirname, '..');
const isForTests = process.argv.includes('--for-tests');
const output = isForTests ? 'dist/for-tests' : 'dist';

/** What a released Electron may do besides running the app. */
const FUSES = {
  runAsNode: false,
  enableNodeOptionsEnvironmentVariable: false,
  // Playwright needs it; with it off it waits for ever.
  enableNodeCliInspectArguments: isForTests,
  enableEmbeddedAsarIntegrityValidation: false,
  onlyLoadAppFromAsar: true,
  grantFileProtocolExtraPrivileges: false,
};

await freshBundles({ window: true });
const electron = await findElectron();
await build({
  targets: Platform.current().createTarget('dir'),
  projectDir: ROOT,
  config: {
    extends: 'build/electron-builder.yml',
    directories: { output },
    electronDist: distDirectory(electron),
    electronVersion: electron.version,
    electronFuses: FUSES,
    // With an Electron of our own choice its default app stays behind.
    afterPack: ({ appOutDir }) => rm(join(appOutDir, 'resources/default_app.asar'), { force: true }),
  },
});
const folder = readdirSync(join(ROOT, output)).find((name) => name.endsWith('-unpacked'));
const executable = join(ROOT, output, folder ?? '', 'strata');
if (!existsSync(executable)) throw new Error(`the package has no ${executable}`);
console.log(executable);
