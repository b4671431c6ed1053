/**
 * Numbers as people read them: counts with thin spaces, sizes in KiB to TiB, times in the local zone, durations in words.
 *
 * A quantity keeps its unit apart, so that the unit can be drawn lighter. Pure; the time zone is the system's.
 */
const THIN_SPACE = '\u2009';
const SIZE_UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];
const STEP = 1024;
const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
/** Beyond it Date has no value; the digits are shown as they are. */
const DATE_MAX_MS = 8.64e15;

export interface Quantity {
  readonly number: string;
  readonly unit: string;
}

export function countText(count: number): string {
  const [whole = '', fraction] = String(count).split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, THIN_SPACE);
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}

/** One decimal from KiB on. */
export function sizeQuantity(bytes: number): Quantity {
  let value = bytes;
  let unit = 0;
  while (Math.abs(value) >= STEP && unit < SIZE_UNITS.length - 1) {
    value /= STEP;
    unit++;
  }
  // 1023.97 KiB would round to 1024.0 KiB.
  if (unit > 0 && unit < SIZE_UNITS.length - 1 && Math.abs(value).toFixed(1) === '1024.0') {
    value /= STEP;
    unit++;
  }
  // Means of bytes have fractions.
  const number = unit === 0 ? countText(Math.round(value * 10) / 10) : value.toFixed(1);
  return { number, unit: SIZE_UNITS[unit]! };
}

export function sizeText(bytes: number): string {
  const { number, unit } = sizeQuantity(bytes);
  return `${number} ${unit}`;
}

export function plural(count: number, one: string, many = `${one}s`): string {
  return `${countText(count)} ${count === 1 ? one : many}`;
}

const two = (value: number) => String(value).padStart(2, '0');

/** Local: 2026-11-24 09:41:07; with the milliseconds where they are not zero. */
export function timeText(ms: number): string {
  if (Math.abs(ms) > DATE_MAX_MS) return `${countText(ms)} ms`;
  const date = new Date(ms);
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  const rest = date.getMilliseconds();
  const clock = `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
  return `${day} ${clock}${rest === 0 ? '' : `.${String(rest).padStart(3, '0')}`}`;
}

export function utcText(ms: number): string {
  return Math.abs(ms) > DATE_MAX_MS ? `${countText(ms)} ms` : new Date(ms).toISOString();
}

/** The two largest units: 3 h 12 min, 4 d 2 h, 12 s, 250 ms. */
export function durationText(ms: number): string {
  const size = Math.abs(ms);
  const sign = ms < 0 ? '−' : '';
  if (size < SECOND_MS) return `${sign}${Math.round(size)} ms`;
  if (size < MINUTE_MS) return `${sign}${Math.round(size / SECOND_MS)} s`;
  if (size < HOUR_MS) return sign + pair(size, MINUTE_MS, 'min', SECOND_MS, 's');
  if (size < DAY_MS) return sign + pair(size, HOUR_MS, 'h', MINUTE_MS, 'min');
  return sign + pair(size, DAY_MS, 'd', HOUR_MS, 'h');
}

function pair(size: number, large: number, largeUnit: string, small: number, smallUnit: string): string {
  const wholes = Math.floor(size / large);
  const rest = Math.floor((size % large) / small);
  const first = `${countText(wholes)} ${largeUnit}`;
  return rest === 0 ? first : `${first} ${rest} ${smallUnit}`;
}
