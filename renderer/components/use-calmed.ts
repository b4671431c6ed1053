/**
 * A value that may change with every frame, followed a few times a second: for what is drawn from it but would take longer
 * than the frame. After a rest the first change is followed at once, and the last one always.
 */
import { startTransition, useEffect, useRef, useState } from 'react';

/** Often enough to look alive. */
const FOLLOWS_EVERY_MS = 200;

export function useCalmed<Value>(value: Value): Value {
  const [calmed, setCalmed] = useState(value);
  const latest = useRef(value);
  latest.current = value;
  const followedAt = useRef(Number.NEGATIVE_INFINITY);
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null);
  useEffect(() => {
    if (value === calmed || timer.current !== null) return;
    const waitMs = Math.max(0, followedAt.current + FOLLOWS_EVERY_MS - performance.now());
    timer.current = setTimeout(() => {
      timer.current = null;
      followedAt.current = performance.now();
      // Read here: a rendering that is broken off and begun anew would else find another value each time.
      const followed = latest.current;
      startTransition(() => setCalmed(() => followed));
    }, waitMs);
  }, [value, calmed]);
  useEffect(
    () => () => {
      if (timer.current !== null) clearTimeout(timer.current);
      timer.current = null;
    },
    [],
  );
  return calmed;
}
