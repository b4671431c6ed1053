/**
 * retention.ms and retention.bytes as people type them and sliders hold them: a logarithmic scale whose right end is
 * "no limit" (-1). Pure.
 */
import { durationText, sizeText } from './quantities';

export interface LimitScale {
  readonly min: number;
  readonly max: number;
  readonly units: Readonly<Record<string, number>>;
  readonly text: (value: number) => string;
  readonly presets: readonly number[];
}

export const NO_LIMIT = -1;
export const SLIDER_STEPS = 1_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const MIB = 1024 ** 2;

export const TIME_SCALE: LimitScale = {
  min: 60_000,
  max: 5 * 365 * DAY_MS,
  units: { ms: 1, s: 1_000, m: 60_000, min: 60_000, h: HOUR_MS, d: DAY_MS },
  text: durationText,
  presets: [HOUR_MS, DAY_MS, 7 * DAY_MS, 30 * DAY_MS, NO_LIMIT],
};

export const SIZE_SCALE: LimitScale = {
  min: 1_024,
  max: 64 * 1024 ** 4,
  units: { b: 1, kib: 1024, mib: MIB, gib: 1024 ** 3, tib: 1024 ** 4 },
  text: sizeText,
  presets: [100 * MIB, 1024 * MIB, 10 * 1024 * MIB, 100 * 1024 * MIB, NO_LIMIT],
};

export function limitText({ text }: LimitScale, value: number): string {
  return value < 0 || !Number.isFinite(value) ? 'no limit' : text(value);
}

/** null for what is no limit of this scale. A bare number is in ms or bytes; -1 and "no limit" are none. */
export function parseLimit({ units }: LimitScale, text: string): number | null {
  const plain = text.trim().toLowerCase();
  if (plain === '-1' || plain === 'no limit') return NO_LIMIT;
  const parts = [...plain.matchAll(/(\d+(?:\.\d+)?)\s*([a-z]*)\s*/g)];
  if (parts.length === 0 || parts.map(([all]) => all).join('') !== plain) return null;
  let value = 0;
  for (const [, number, unit = ''] of parts) {
    const factor = unit === '' ? 1 : units[unit];
    if (factor === undefined) return null;
    value += Number(number) * factor;
  }
  return Number.isSafeInteger(Math.round(value)) ? Math.round(value) : null;
}

/** 0 to SLIDER_STEPS; the last step is no limit. */
export function sliderOf({ min, max }: LimitScale, value: number): number {
  if (value < 0 || !Number.isFinite(value)) return SLIDER_STEPS;
  const share = Math.log(Math.max(value, min) / min) / Math.log(max / min);
  return Math.min(SLIDER_STEPS - 1, Math.round(share * (SLIDER_STEPS - 1)));
}

/** Rounded to two digits of its largest unit, so that a drag gives values that a person would type. */
export function limitOf({ min, max, units }: LimitScale, slider: number): number {
  if (slider >= SLIDER_STEPS) return NO_LIMIT;
  const exact = min * (max / min) ** (slider / (SLIDER_STEPS - 1));
  const unit = Object.values(units).reduce(
    (best, factor) => (factor <= exact && factor > best ? factor : best),
    1,
  );
  const count = exact / unit;
  const step = count < 10 ? 0.5 : count < 100 ? 1 : 10;
  return Math.round(Math.max(step, Math.round(count / step) * step) * unit);
}
