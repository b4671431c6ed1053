/** `npm run -s strata -- COMMAND …`: the command line from a checkout. */
import { BuildFailedError } from './bundles.mjs';
import { callerDirectory } from './caller-directory.mjs';
import { runCommandLine } from './command-line.mjs';

const EXIT_NOT_BUILT = 2;

try {
  await runCommandLine(process.argv.slice(2), callerDirectory('strata'));
} catch (error) {
  if (!(error instanceof BuildFailedError)) throw error;
  console.error(`strata: ${error.message}`);
  process.exitCode = EXIT_NOT_BUILT;
}
