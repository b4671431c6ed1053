// @vitest-environment happy-dom
/** A value that changes faster than what is drawn from it. */
import { act, createElement } from 'react';
import { createRoot } from 'react-dom/client';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { useCalmed } from '../../../renderer/components/use-calmed';

beforeEach(() => {
  vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true);
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

it('follows the first change at once, those behind it a few times a second, and the last one always', () => {
  const drawn: number[] = [];
  const Drawn = ({ value }: { readonly value: number }) => {
    const calmed = useCalmed(value);
    if (drawn.at(-1) !== calmed) drawn.push(calmed);
    return null;
  };
  const root = createRoot(document.createElement('div'));
  const show = (value: number) => act(() => root.render(createElement(Drawn, { value })));
  const pass = (ms: number) => act(() => vi.advanceTimersByTime(ms));
  show(0);
  pass(1_000);
  for (let value = 1; value <= 20; value++) {
    show(value);
    pass(16);
  }
  expect(drawn.slice(0, 2)).toEqual([0, 1]);
  expect(drawn.length).toBe(3);
  pass(1_000);
  expect(drawn.at(-1)).toBe(20);
  expect(drawn.length).toBe(4);
  act(() => root.unmount());
  expect(vi.getTimerCount()).toBe(0);
});
