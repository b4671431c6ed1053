/**
 * The directory the user typed the command in: npm runs a script in the package's own directory instead, which
 * relative paths on the command line are not meant to start from.
 */

/** @param {string} script The npm script that this program is, to tell it from one started inside another. */
export function callerDirectory(script) {
  const isByNpm = process.env['npm_lifecycle_event'] === script;
  return (isByNpm && process.env['INIT_CWD']) || process.cwd();
}
