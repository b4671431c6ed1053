/** Round places of an axis and their words: offsets in decimal steps, bytes in binary ones, times in steps of a clock. */

import type { CoreAxis, CoreWindow } from '../../shared/core/core-layout';
import { countText, sizeText, timeText } from '../text/quantities';

export interface Tick {
  readonly place: number;
  readonly text: string;
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const CLOCK_STEPS = [
  ...[1, 5, 10, 50, 100, 500, SECOND, 5 * SECOND, 15 * SECOND, 30 * SECOND],
  ...[MINUTE, 5 * MINUTE, 15 * MINUTE, 30 * MINUTE, HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR],
  ...[DAY, 2 * DAY, 7 * DAY, 14 * DAY, 30 * DAY, 90 * DAY, 365 * DAY],
];

/** At most `countMax` of them. */
export function coreTicks(axis: CoreAxis, window: CoreWindow, countMax: number): Tick[] {
  const length = window.to - window.from;
  const least = length / Math.max(1, countMax);
  const step = axis === 'time' ? clockStep(least) : axis === 'bytes' ? binaryStep(least) : decimalStep(least);
  const shift = axis === 'time' ? zoneShift(window.from) : 0;
  const ticks: Tick[] = [];
  for (let place = Math.ceil((window.from + shift) / step) * step - shift; place <= window.to; place += step)
    ticks.push({ place, text: tickText(axis, place, step) });
  return ticks;
}

function tickText(axis: CoreAxis, place: number, step: number): string {
  if (axis === 'offset') return countText(place);
  if (axis === 'bytes') return sizeText(place);
  const text = timeText(place);
  if (step >= DAY) return text.slice(0, 10);
  return step >= MINUTE ? text.slice(5, 16) : text.slice(11);
}

/** So that steps of a day fall on local midnight. */
function zoneShift(ms: number): number {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? 0 : -date.getTimezoneOffset() * MINUTE;
}

function decimalStep(least: number): number {
  const power = 10 ** Math.max(0, Math.floor(Math.log10(least)));
  return [1, 2, 5, 10].map((factor) => factor * power).find((step) => step >= least) ?? 10 * power;
}

function binaryStep(least: number): number {
  return 2 ** Math.max(0, Math.ceil(Math.log2(least)));
}

function clockStep(least: number): number {
  return CLOCK_STEPS.find((step) => step >= least) ?? Math.ceil(least / (365 * DAY)) * 365 * DAY;
}
