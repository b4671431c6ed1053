/**
 * The display that a window can appear on: the user's own, or a virtual one that lives as long as its owner.
 * Linux only; elsewhere there always is one.
 */
import { spawn } from 'node:child_process';
import { connect } from 'node:net';

const LOCAL_DISPLAY = /^(?:unix)?:(\d+)/;
const SOCKET_DIRECTORY = '/tmp/.X11-unix';
/** The descriptor on which Xvfb tells the number it chose. */
const NUMBER_DESCRIPTOR = 3;
const COLOUR_BITS = 24;

/** @returns {Promise<boolean>} whether a window would be seen, or at least drawn */
export async function hasDisplay(env = process.env) {
  if (process.platform !== 'linux' || env['WAYLAND_DISPLAY']) return true;
  const display = env['DISPLAY'];
  if (!display) return false;
  const number = LOCAL_DISPLAY.exec(display)?.[1];
  // A display of another machine, over ssh as a rule, is believed.
  return (
    number === undefined ||
    (await answers(`${SOCKET_DIRECTORY}/X${number}`)) ||
    answers(`\0${SOCKET_DIRECTORY}/X${number}`)
  );
}

/** @returns {Promise<boolean>} */
function answers(path) {
  return new Promise((resolve) => {
    const socket = connect({ path });
    const settle = (isThere) => {
      socket.destroy();
      resolve(isThere);
    };
    socket.once('connect', () => settle(true));
    socket.once('error', () => settle(false));
  });
}

/**
 * Starts Xvfb under a free number.
 *
 * @param {{ width: number, height: number }} size in pixels
 * @returns {Promise<{ name: string, stop: () => void }>} `name` is what DISPLAY has to be
 */
export function startVirtualDisplay({ width, height }) {
  return new Promise((resolve, reject) => {
    const screen = `${width}x${height}x${COLOUR_BITS}`;
    // Without -noreset it starts anew after each last window, and refuses whoever comes meanwhile.
    const args = [
      '-displayfd',
      String(NUMBER_DESCRIPTOR),
      '-screen',
      '0',
      screen,
      '-nolisten',
      'tcp',
      '-noreset',
    ];
    const child = spawn('Xvfb', args, { stdio: ['ignore', 'ignore', 'pipe', 'pipe'] });
    const stop = () => void child.kill();
    let said = '';
    let number = '';
    child.stderr?.setEncoding('utf8').on('data', (chunk) => {
      said += chunk;
    });
    child.stdio[NUMBER_DESCRIPTOR]?.on('data', (chunk) => {
      number += chunk;
      if (!number.endsWith('\n')) return;
      process.once('exit', stop);
      resolve({ name: `:${number.trim()}`, stop });
    });
    child.on('error', reject);
    child.on('exit', (status) => reject(new Error(`Xvfb ended with status ${status}: ${said.trim()}`)));
  });
}
