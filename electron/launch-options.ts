/**
 * What the window was started with: a directory, and the options that make a picture of it.
 *
 * Chromium's and Electron's own switches stand between ours and are left alone. Pure: nothing is opened here.
 */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type Theme, ThemeSchema } from '../shared/contract';
import { AppError } from '../shared/errors';
import { FIRST_SCREENS, type FirstScreen } from '../shared/screens';

export interface LaunchOptions {
  /** Absolute, or null for the welcome screen. */
  readonly directory: string | null;
  readonly screenshot: ScreenshotOptions | null;
  readonly theme: Theme | null;
}

export interface ScreenshotOptions {
  /** PNG file to write. */
  readonly file: string;
  /** Screen of the page to show, or null for the first. */
  readonly screen: FirstScreen | null;
  readonly width: number;
  readonly height: number;
}

const DEFAULT_WIDTH = 1280;
const DEFAULT_HEIGHT = 800;
const SIZE_MIN = 200;
const SIZE_MAX = 8000;

export interface ArgumentContext {
  /** Directory that relative paths start from. */
  readonly workingDirectory: string;
  /** True where the first argument names the app itself: `electron . DIRECTORY`. */
  readonly startsWithAppPath: boolean;
}

/**
 * @param args The arguments after the executable.
 * @throws AppError INVALID_ARGUMENT
 */
export function parseLaunchOptions(args: readonly string[], context: ArgumentContext): LaunchOptions {
  const { values, positionals } = parseArgs({
    args: [...args],
    strict: false, // Chromium's switches are unknown to us
    allowPositionals: true,
    options: {
      screenshot: { type: 'string' },
      screen: { type: 'string' },
      theme: { type: 'string' },
      size: { type: 'string' },
    },
  });
  const directory = positionals[context.startsWithAppPath ? 1 : 0];
  const file = textOption('screenshot', values['screenshot']);
  const { width, height } = parseSize(textOption('size', values['size']));
  const screen = parseScreen(textOption('screen', values['screen']));
  return {
    directory: directory === undefined ? null : resolve(context.workingDirectory, directory),
    theme: parseTheme(textOption('theme', values['theme'])),
    screenshot:
      file === null ? null : { file: resolve(context.workingDirectory, file), screen, width, height },
  };
}

function textOption(name: string, value: unknown): string | null {
  if (value === undefined) return null;
  if (typeof value !== 'string' || value === '')
    throw new AppError('INVALID_ARGUMENT', `--${name} needs a value.`);
  return value;
}

function parseTheme(text: string | null): Theme | null {
  if (text === null) return null;
  const parsed = ThemeSchema.safeParse(text);
  if (parsed.success) return parsed.data;
  throw new AppError('INVALID_ARGUMENT', `--theme is ${ThemeSchema.options.join(', ')}; not ${text}.`);
}

function parseScreen(text: string | null): FirstScreen | null {
  if (text === null) return null;
  const name = FIRST_SCREENS.find((screen) => screen === text.toLowerCase());
  if (name !== undefined) return name;
  throw new AppError('INVALID_ARGUMENT', `--screen is ${FIRST_SCREENS.join(', ')}; not ${text}.`);
}

function parseSize(text: string | null): { width: number; height: number } {
  if (text === null) return { width: DEFAULT_WIDTH, height: DEFAULT_HEIGHT };
  const match = /^(\d+)x(\d+)$/.exec(text);
  const [width, height] = [Number(match?.[1]), Number(match?.[2])];
  const fits = (size: number) => size >= SIZE_MIN && size <= SIZE_MAX;
  if (fits(width) && fits(height)) return { width, height };
  throw new AppError(
    'INVALID_ARGUMENT',
    `--size is WIDTHxHEIGHT, each ${SIZE_MIN} to ${SIZE_MAX}; not ${text}.`,
  );
}
