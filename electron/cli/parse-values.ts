/**
 * Values of options: whole numbers, times, sizes and durations as people and scripts write them.
 *
 * Times are ms since the epoch or ISO 8601; sizes take KiB, MiB, GiB, TiB; durations ms, s, m, h, d. All functions
 * throw AppError INVALID_ARGUMENT with the option's name for anything else, never guess.
 */
import { type ParseArgsConfig, parseArgs } from 'node:util';
import type { Bytes, Milliseconds, TimestampMs } from '../../shared/units';
import { usageError } from './command';

/**
 * Node's parseArgs, strict, with our errors. Options may stand before and behind the positionals.
 * @param mayBeEmpty Options to which an empty value means something
 */
export function parseOptions<const T extends NonNullable<ParseArgsConfig['options']>>(
  args: readonly string[],
  options: T,
  mayBeEmpty: readonly string[] = [],
): ReturnType<typeof parseArgs<{ options: T; allowPositionals: true; strict: true }>> {
  try {
    const parsed = parseArgs({
      args: withNegativeNumbers(args, options),
      options,
      allowPositionals: true,
      strict: true,
    });
    requireNoneEmpty(parsed.values, parsed.positionals, mayBeEmpty);
    return parsed;
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException;
    if (!code.startsWith('ERR_PARSE_ARGS')) throw error;
    const [, name] = /^Option '(?:-\w, )?(--[\w-]+)(?: <value>)?' argument/.exec(message) ?? [];
    throw usageError(
      name === undefined
        ? `${message.split('. ')[0]}.`
        : `${name} needs a value; one that begins with a dash is written ${name}=-…`,
    );
  }
}

/** `--retention-ms -1` means what it says; Node would take the number for another option. */
function withNegativeNumbers(
  args: readonly string[],
  options: NonNullable<ParseArgsConfig['options']>,
): string[] {
  const joined: string[] = [];
  for (const arg of args) {
    const name = joined.at(-1) ?? '';
    const takesIt = name.startsWith('--') && options[name.slice(2)]?.type === 'string';
    if (takesIt && /^-\d/.test(arg)) joined[joined.length - 1] = `${name}=${arg}`;
    else joined.push(arg);
  }
  return joined;
}

/** An empty argument is mostly an unset variable of a script, and no word for the current directory. */
function requireNoneEmpty(
  values: Readonly<Record<string, unknown>>,
  positionals: readonly string[],
  mayBeEmpty: readonly string[],
): void {
  if (positionals.includes(''))
    throw usageError('An argument is empty; the current directory is written . then.');
  for (const [name, value] of Object.entries(values))
    if (value === '' && !mayBeEmpty.includes(name)) throw usageError(`--${name} is empty.`);
}

/** undefined stays undefined, so that an option left out costs no condition. */
export function parseInteger(
  option: string,
  text: string | undefined,
  {
    min = Number.MIN_SAFE_INTEGER,
    max = Number.MAX_SAFE_INTEGER,
  }: { readonly min?: number; readonly max?: number } = {},
): number | undefined {
  if (text === undefined) return undefined;
  const value = /^[+-]?\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(value) || value < min || value > max) {
    const from = min > Number.MIN_SAFE_INTEGER ? ` from ${min}` : '';
    const to = max < Number.MAX_SAFE_INTEGER ? ` to ${max}` : '';
    throw usageError(`--${option} takes a whole number${from}${to}, not ${text}.`);
  }
  return value;
}

const ISO_TIME = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})?)?$/;

export function parseTime(option: string, text: string | undefined): TimestampMs | undefined {
  if (text === undefined) return undefined;
  if (/^-?\d+$/.test(text)) return parseInteger(option, text);
  const timestampMs = ISO_TIME.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(timestampMs))
    throw usageError(
      `--${option} takes ms since the epoch or a time such as 2026-05-01T12:00:00Z, not ${text}.`,
    );
  return timestampMs;
}

const BYTES_BY_UNIT: Readonly<Record<string, number>> = {
  '': 1,
  B: 1,
  KiB: 1024,
  MiB: 1024 ** 2,
  GiB: 1024 ** 3,
  TiB: 1024 ** 4,
};
const MS_BY_UNIT: Readonly<Record<string, number>> = {
  '': 1,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** -1 is Kafka's word for no limit and passes through. */
export function parseSize(option: string, text: string | undefined): Bytes | undefined {
  return parseQuantity(option, text, BYTES_BY_UNIT, 'bytes, or 10KiB, 512MiB, 1GiB');
}

/** -1 is Kafka's word for no limit and passes through. */
export function parseDuration(option: string, text: string | undefined): Milliseconds | undefined {
  return parseQuantity(option, text, MS_BY_UNIT, 'ms, or 30s, 5m, 12h, 7d');
}

function parseQuantity(
  option: string,
  text: string | undefined,
  units: Readonly<Record<string, number>>,
  expected: string,
): number | undefined {
  if (text === undefined) return undefined;
  if (text === '-1') return -1;
  const [, digits, unit] = /^(\d+(?:\.\d+)?)\s*([A-Za-z]*)$/.exec(text) ?? [];
  const factor = unit === undefined ? undefined : units[unit];
  const value = Math.round(Number(digits) * (factor ?? Number.NaN));
  if (!Number.isSafeInteger(value)) throw usageError(`--${option} takes ${expected}, not ${text}.`);
  return value;
}

/** A share between 0 and 1. */
export function parseRatio(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = /^\d*\.?\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= 0 && value <= 1)) throw usageError(`--${option} takes a number from 0 to 1, not ${text}.`);
  return value;
}
