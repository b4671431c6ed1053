/** Says on the root element when nothing is loading any more, so that pictures and tests need not guess. */
import { useLayoutEffect } from 'react';
import { useApp } from '../store/use-app';

export function useSettled(): void {
  const isSettled = useApp(({ isStarted, runningCallCount, directory }) => {
    const isPending = directory?.logs.some((log) => log.isPending === true) === true;
    return isStarted && runningCallCount === 0 && !isPending;
  });
  useLayoutEffect(() => {
    const say = () => {
      document.documentElement.dataset['settled'] = String(isSettled);
    };
    // That something loads is said with the click that began it; that nothing does, when the page shows it and asked no more.
    if (!isSettled) {
      say();
      return;
    }
    let frame = requestAnimationFrame(() => {
      frame = requestAnimationFrame(say);
    });
    return () => cancelAnimationFrame(frame);
  }, [isSettled]);
}
