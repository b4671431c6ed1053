/**
 * Runs a program to its end without showing what it says, and hands that over. A program that cannot even be
 * started counts as failed, with the system's reason as its text.
 */
import { spawn } from 'node:child_process';

/**
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv }} [options]
 * @returns {Promise<{ isDone: boolean, status: number | null, text: string }>} `text` is standard output and
 *   standard error, as they came; `status` is null where a signal ended it or it was not started
 */
export function runProgram(command, args, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    let text = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (chunk) => {
        text += chunk;
      });
    child.on('error', (error) => resolve({ isDone: false, status: null, text: error.message }));
    child.on('close', (status) => resolve({ isDone: status === 0, status, text }));
  });
}
