/**
 * Limits as people type them and sliders hold them: times and sizes on a logarithmic scale, which may begin with zero
 * and end in "no limit" (-1), shares on a linear one. Pure.
 */
import { durationText, sizeText } from './quantities';

export interface LimitScale {
  /** linear: from 0 to 1, as a share. */
  readonly kind: 'logarithmic' | 'linear';
  /** Whether the first step of a logarithmic slider is 0, and its last step no limit. */
  readonly hasZero: boolean;
  readonly hasNoLimit: boolean;
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
  ...{ kind: 'logarithmic', hasZero: false, hasNoLimit: true },
  min: 60_000,
  max: 5 * 365 * DAY_MS,
  units: { ms: 1, s: 1_000, m: 60_000, min: 60_000, h: HOUR_MS, d: DAY_MS },
  text: durationText,
  presets: [HOUR_MS, DAY_MS, 7 * DAY_MS, 30 * DAY_MS, NO_LIMIT],
};

/** For how long something is left alone: from not at all on, always limited. */
export const LAG_SCALE: LimitScale = {
  ...TIME_SCALE,
  ...{ hasZero: true, hasNoLimit: false },
  presets: [0, HOUR_MS, DAY_MS, 7 * DAY_MS, 30 * DAY_MS],
};

export const SHARE_SCALE: LimitScale = {
  ...{ kind: 'linear', hasZero: true, hasNoLimit: false, min: 0, max: 1, units: {} },
  text: (share) => String(share),
  presets: [0, 0.1, 0.25, 0.5, 0.75],
};

export const SIZE_SCALE: LimitScale = {
  ...{ kind: 'logarithmic', hasZero: false, hasNoLimit: true },
  min: 1_024,
  max: 64 * 1024 ** 4,
  units: { b: 1, kib: 1024, mib: MIB, gib: 1024 ** 3, tib: 1024 ** 4 },
  text: sizeText,
  presets: [100 * MIB, 1024 * MIB, 10 * 1024 * MIB, 100 * 1024 * MIB, NO_LIMIT],
};

/** index.interval.bytes: 0 is an entry for every batch but the first. */
export const INTERVAL_SCALE: LimitScale = {
  ...SIZE_SCALE,
  ...{ hasZero: true, hasNoLimit: false, min: 64, max: 16 * MIB },
  presets: [0, 1_024, 4_096, 16_384, 65_536],
};

export function limitText({ text, hasNoLimit }: LimitScale, value: number): string {
  // Kafka's longest, 2^63-1 ms, is one that nothing reaches.
  return hasNoLimit && (value < 0 || value > Number.MAX_SAFE_INTEGER) ? 'no limit' : text(value);
}

/** null for what is no limit of this scale. A bare number is in ms, bytes, or a share; -1 and "no limit" are none. */
export function parseLimit({ kind, units, hasNoLimit }: LimitScale, text: string): number | null {
  const plain = text.trim().toLowerCase();
  if (plain === '-1' || plain === 'no limit') return hasNoLimit ? NO_LIMIT : null;
  if (kind === 'linear') return parseShare(plain);
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

function parseShare(plain: string): number | null {
  const [, number, percent] = /^(\d*\.?\d+)\s*(%?)$/.exec(plain) ?? [];
  if (number === undefined) return null;
  const share = percent === '%' ? Number(number) / 100 : Number(number);
  return share <= 1 ? share : null;
}

/** 0 to SLIDER_STEPS; where the scale has them, the first step is 0 and the last no limit. */
export function sliderOf(scale: LimitScale, value: number): number {
  const { kind, min, max, hasZero, hasNoLimit } = scale;
  if (kind === 'linear') return Math.round(value * SLIDER_STEPS);
  if (hasNoLimit && (value < 0 || value > Number.MAX_SAFE_INTEGER)) return SLIDER_STEPS;
  if (hasZero && value <= 0) return 0;
  const [first, last] = limitedSteps(scale);
  const share = Math.log(Math.max(value, min) / min) / Math.log(max / min);
  return Math.min(last, Math.round(first + share * (last - first)));
}

/** Rounded to two digits of its largest unit, so that a drag gives values that a person would type. */
export function limitOf(scale: LimitScale, slider: number): number {
  const { kind, min, max, units, hasZero, hasNoLimit } = scale;
  if (kind === 'linear') return Math.round((slider / SLIDER_STEPS) * 100) / 100;
  if (hasNoLimit && slider >= SLIDER_STEPS) return NO_LIMIT;
  if (hasZero && slider <= 0) return 0;
  const [first, last] = limitedSteps(scale);
  const exact = min * (max / min) ** ((slider - first) / (last - first));
  const unit = Object.values(units).reduce(
    (best, factor) => (factor <= exact && factor > best ? factor : best),
    1,
  );
  const count = exact / unit;
  const step = count < 10 ? 0.5 : count < 100 ? 1 : 10;
  return Math.round(Math.max(step, Math.round(count / step) * step) * unit);
}

/** The steps that stand for a value between the least and the greatest, both inclusive. */
function limitedSteps({ hasZero, hasNoLimit }: LimitScale): readonly [first: number, last: number] {
  return [hasZero ? 1 : 0, hasNoLimit ? SLIDER_STEPS - 1 : SLIDER_STEPS];
}
