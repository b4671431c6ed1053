/**
 * The command line out of a checkout: built where it is stale, then run in this very process, so that signals,
 * pipes and the exit status are its own. Nothing else is written to standard output.
 */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { freshBundles } from './bundles.mjs';

/**
 * @param {readonly string[]} args
 * @param {string} workingDirectory that relative paths in `args` start from
 * @throws {import('./bundles.mjs').BuildFailedError}
 */
export async function runCommandLine(args, workingDirectory) {
  const program = join(await freshBundles({ window: false }), 'main/cli.js');
  process.chdir(workingDirectory);
  process.argv.splice(1, process.argv.length, program, ...args);
  await import(pathToFileURL(program).href);
}
