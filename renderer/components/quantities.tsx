/** Numbers on the screen: the unit lighter than the number, the exact value in the tooltip, an em dash for none. */
import { countText, sizeQuantity, timeText, utcText } from '../text/quantities';
import classes from './quantities.module.css';

const SECOND_MS = 1_000;

export function None() {
  return <span className={classes['none']}>–</span>;
}

export function Count({ value }: { readonly value: number | null }) {
  return value === null ? <None /> : <span className={classes['number']}>{countText(value)}</span>;
}

export function Size({ bytes }: { readonly bytes: number | null }) {
  if (bytes === null) return <None />;
  const { number, unit } = sizeQuantity(bytes);
  return (
    <span className={classes['number']} title={`${countText(Math.round(bytes))} bytes`}>
      {number} <span className={classes['unit']}>{unit}</span>
    </span>
  );
}

interface TimeProps {
  readonly ms: number | null;
  /** The milliseconds only in the tooltip, where there is little room. */
  readonly isToSecond?: boolean;
}

export function Time({ ms, isToSecond = false }: TimeProps) {
  if (ms === null || ms < 0) return <None />;
  return (
    <time className={classes['number']} title={`${utcText(ms)} · ${ms} ms`}>
      {timeText(isToSecond ? wholeSecond(ms) : ms)}
    </time>
  );
}

export function wholeSecond(ms: number): number {
  return Math.floor(ms / SECOND_MS) * SECOND_MS;
}
