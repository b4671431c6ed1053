/** A field that gets the cursor when the menu's Find is chosen. */
import { type RefObject, useEffect, useRef } from 'react';
import { useApp } from '../store/use-app';

export function useFindRequest(): RefObject<HTMLInputElement | null> {
  const field = useRef<HTMLInputElement>(null);
  const count = useApp((state) => state.findRequestCount);
  const seen = useRef(count);
  useEffect(() => {
    if (seen.current === count) return;
    seen.current = count;
    field.current?.focus();
    field.current?.select();
  }, [count]);
  return field;
}
