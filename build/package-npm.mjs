/**
 * `npm run package:npm`: the npm tarball with the command line and the engine as a library, under dist/.
 *
 * The engine's types are gathered into one file, so that a program that embeds a log sees nothing of the rest.
 * Prints the path of the tarball last. The desktop application is package.mjs's business.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { generateDtsBundle } from 'dts-bundle-generator';
import { freshBundles } from './bundles.mjs';
import { runProgram } from './run-program.mjs';

const ROOT = resolve(import.meta.dirname, '..');
const DESTINATION = join(ROOT, 'dist');

const output = await freshBundles({ window: false });
const [types] = generateDtsBundle(
  [{ filePath: join(ROOT, 'electron/engine/index.ts'), output: { noBanner: true } }],
  { preferredConfigPath: join(import.meta.dirname, 'engine-types.tsconfig.json') },
);
writeFileSync(join(output, 'main/engine.d.ts'), types ?? '');
mkdirSync(DESTINATION, { recursive: true });
const { isDone, text } = await runProgram('npm', ['pack', '--silent', '--pack-destination', DESTINATION], {
  cwd: ROOT,
});
if (!isDone) throw new Error(`npm pack failed:\n${text}`);
console.log(join(DESTINATION, text.trim().split('\n').at(-1) ?? ''));
