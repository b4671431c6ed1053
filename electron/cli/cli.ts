#!/usr/bin/env node
/**
 * The command line: finds the command, runs it, turns errors into one line and an exit status.
 *
 * Plain Node, no Electron. Each command has its own file; this one knows only their names and the process.
 */
import packageJson from '../../package.json';
import { AppError } from '../../shared/errors';
import { adopt } from './adopt';
import type { Command, ExitStatus, Terminal } from './command';
import { compact } from './compact';
import { diff } from './diff';
import { inspect, verify } from './inspect';
import { open } from './open';
import { rebuildIndex } from './rebuild-index';
import { records } from './records';
import { report } from './report';
import { retention } from './retention';
import { salvage } from './salvage';
import { sample } from './sample';
import { startup } from './startup';
import { stats } from './stats';
import { purge, undo } from './undo';

const COMMANDS: readonly Command[] = [
  inspect,
  verify,
  startup,
  records,
  stats,
  retention,
  compact,
  rebuildIndex,
  undo,
  purge,
  sample,
  adopt,
  salvage,
  report,
  diff,
  open,
];

const INTERRUPTED = 130;

function overview(): string {
  const width = Math.max(...COMMANDS.map(({ name }) => name.length));
  return [
    `strata ${packageJson.version}: an inspector for segmented commit logs in Kafka's format`,
    '',
    'strata COMMAND …',
    ...COMMANDS.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`),
    '',
    'strata COMMAND --help tells the options. Every command takes --json.',
    'Exit status: 0 fine, 1 problems found or nothing applied, 2 wrong use, not a log, empty or unreadable.',
    '',
  ].join('\n');
}

function helpOf({ name, usage, summary, options }: Command): string {
  return [`strata ${name} ${usage}`, `  ${summary}.`, '', ...options.map((line) => `  ${line}`), ''].join(
    '\n',
  );
}

async function main(args: readonly string[], terminal: Terminal): Promise<ExitStatus> {
  const [name, ...rest] = args;
  if (name === undefined || name === 'help' || name === '--help' || name === '-h') {
    await terminal.out(overview());
    return name === undefined ? 2 : 0;
  }
  if (name === '--version' || name === '-v') {
    await terminal.out(`${packageJson.version}\n`);
    return 0;
  }
  const command = COMMANDS.find((one) => one.name === name);
  if (command === undefined) {
    terminal.err(`strata: there is no command ${name}; strata --help lists them.\n`);
    return 2;
  }
  if (rest.includes('--help') || rest.includes('-h')) {
    await terminal.out(helpOf(command));
    return 0;
  }
  try {
    return await command.run(rest, terminal);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    terminal.err(`strata: ${error.message}\n`);
    if (error.code === 'INVALID_ARGUMENT') terminal.err(`usage: strata ${name} ${command.usage}\n`);
    return 2;
  }
}

/** The process as a terminal. A reader that goes away (`| head`) ends the command without an error. */
function processTerminal(abort: AbortController): Terminal {
  const { stdout, stderr } = process;
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    abort.abort(new Error('EPIPE'));
  });
  return {
    out: (text) =>
      new Promise((resolve, reject) => {
        abort.signal.throwIfAborted();
        stdout.write(text, (error) => (error && !abort.signal.aborted ? reject(error) : resolve()));
      }),
    err: (text) => void stderr.write(text),
    isInteractive: stderr.isTTY === true,
    now: Date.now,
    signal: abort.signal,
  };
}

const abort = new AbortController();
process.once('SIGINT', () => abort.abort(new Error('SIGINT')));
try {
  process.exitCode = await main(process.argv.slice(2), processTerminal(abort));
} catch (error) {
  if (!abort.signal.aborted) {
    process.stderr.write(`strata: a bug: ${error instanceof Error ? error.stack : String(error)}\n`);
    process.exitCode = 2;
  } else process.exitCode = (abort.signal.reason as Error).message === 'EPIPE' ? 0 : INTERRUPTED;
}
