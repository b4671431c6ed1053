/**
 * `strata open`: the desktop window on a directory, or on a report of one.
 *
 * In a checkout that is the program that `npm start` runs; where only this command line is installed, the desktop
 * application of this machine. What is in the directory is the window's business.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { AppError } from '../../shared/errors';
import { type Command, onlyDirectory } from './command';
import { parseOptions } from './parse-values';

/** Names the program of a desktop application that is installed elsewhere than usual. */
const PROGRAM_VARIABLE = 'STRATA_DESKTOP';
/** Where the packages put it, by system. */
const PROGRAMS: Readonly<Partial<Record<NodeJS.Platform, readonly string[]>>> = {
  linux: ['/opt/Strata/strata'],
  darwin: ['/Applications/Strata.app/Contents/MacOS/Strata'],
  win32: [join(homedir(), 'AppData', 'Local', 'Programs', 'Strata', 'Strata.exe')],
};

interface WindowProgram {
  readonly path: string;
  readonly args: readonly string[];
}

export const open: Command = {
  name: 'open',
  usage: 'DIR|REPORT [--json]',
  summary: 'Opens the desktop window on a directory or a saved report',
  options: [`${PROGRAM_VARIABLE}  names the desktop application where it is not in its usual place`],
  async run(args, terminal) {
    const { values, positionals } = parseOptions(args, { json: { type: 'boolean' } });
    const directory = resolve(onlyDirectory(positionals));
    if (!existsSync(directory))
      throw new AppError('NOT_FOUND', `There is no ${directory}.`, { path: directory });
    const program = windowProgram();
    await started(program, directory);
    if (values.json) {
      await terminal.out(
        `${JSON.stringify({ schema: 'strata.open/1', directory, program: program.path })}\n`,
      );
    }
    return 0;
  },
};

/** @throws AppError NOT_FOUND where this machine has no desktop application */
function windowProgram(): WindowProgram {
  const start = resolve(import.meta.dirname, '../../build/start.mjs');
  const named = process.env[PROGRAM_VARIABLE];
  if (named !== undefined) return { path: named, args: [] };
  if (existsSync(start)) return { path: process.execPath, args: [start] };
  const path = PROGRAMS[process.platform]?.find((candidate) => existsSync(candidate));
  if (path !== undefined) return { path, args: [] };
  throw new AppError(
    'NOT_FOUND',
    `The desktop application is not installed here. If it is elsewhere, ${PROGRAM_VARIABLE} names its program.`,
  );
}

/** The window outlives the command; what its program says on the way up is still heard. */
function started({ path, args }: WindowProgram, directory: string): Promise<void> {
  return new Promise((done, reject) => {
    const child = spawn(path, [...args, directory], {
      detached: true,
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    child.once('error', (error) =>
      reject(new AppError('NOT_FOUND', `${path} cannot be started: ${error.message}`, { path })),
    );
    child.once('spawn', () => {
      child.unref();
      done();
    });
  });
}
