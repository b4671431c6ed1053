// Stands in for Electron's own default app where the runtime comes without one: `electron DIR` loads the app
// at DIR. An ES module with top-level await on purpose: Electron holds back `ready` until it has run, so that
// the app may still call protocol.registerSchemesAsPrivileged(). Knows nothing of the app it loads.
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { app } from 'electron';

const argument = process.argv.slice(1).find((each) => !each.startsWith('-'));
if (argument === undefined) {
  console.error('usage: electron APP-DIRECTORY');
  process.exit(2);
}
const directory = resolve(argument);
const manifest = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'));
process.defaultApp = true;
if (manifest.productName || manifest.name) app.setName(manifest.productName || manifest.name);
if (manifest.version) app.setVersion(manifest.version);
app.setAppPath(directory);
try {
  await import(pathToFileURL(join(directory, manifest.main || 'index.js')).href);
} catch (error) {
  console.error(error);
  process.exit(1);
}
