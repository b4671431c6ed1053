/**
 * Starts Java programs quickly and ends them for certain: nothing started here outlives this process.
 * Keeps the last lines a program wrote, to tell why it failed.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';

const QUICK_START = [
  '-Xmx512m',
  '-XX:+UseSerialGC',
  '-XX:TieredStopAtLevel=1',
  '-Djava.net.preferIPv4Stack=true',
];
const QUIET = ['-Dorg.slf4j.simpleLogger.defaultLogLevel=warn'];
const running = new Set();

process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** A started program: its child process, the tail of its output, and exited (resolves with code or signal). */
export function startJava({ classpath, main, args, options = [], stdio = ['ignore', 'pipe', 'pipe'] }) {
  const child = spawn('java', [...QUICK_START, ...QUIET, ...options, '-cp', classpath, main, ...args], {
    stdio,
  });
  const tail = [];
  const keep = (chunk) => {
    tail.push(chunk.toString());
    if (tail.length > 200) tail.shift();
  };
  child.stderr.on('data', keep);
  running.add(child);
  const exited = once(child, 'exit').then(([code, signal]) => {
    running.delete(child);
    return code ?? signal;
  });
  return { child, exited, keep, outputTail: () => tail.join('').slice(-6000) };
}

/** Runs a program to its end and returns its standard output; throws with its output where it fails. */
export async function runJava({ classpath, main, args, options }) {
  const program = startJava({ classpath, main, args, options });
  const output = [];
  program.child.stdout.on('data', (chunk) => output.push(chunk));
  const closed = once(program.child, 'close');
  const code = await program.exited;
  await closed;
  const text = Buffer.concat(output).toString('utf8');
  if (code !== 0)
    throw new Error(`${main} ended with ${code}\n${text.slice(-4000)}\n${program.outputTail()}`);
  return text;
}
