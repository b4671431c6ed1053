/** Says on the root element when nothing is loading any more, so that pictures and tests need not guess. */
import { useEffect } from 'react';
import { useApp } from '../store/use-app';

export function useSettled(): void {
  const isSettled = useApp((state) => {
    const isLoading =
      state.segmentsState === 'loading' ||
      state.problemsState === 'loading' ||
      state.recordsState === 'loading' ||
      state.retentionState === 'loading' ||
      state.indexState === 'loading' ||
      state.compactionState === 'loading' ||
      state.isLoadingSpans;
    const isPending = state.directory?.logs.some((log) => log.isPending === true) === true;
    const isRunning = state.tasks.some((task) => task.state === 'running');
    return state.isStarted && !state.isOpening && !isLoading && !isPending && !isRunning;
  });
  useEffect(() => {
    // One frame later the page also shows it.
    const frame = requestAnimationFrame(() => {
      document.documentElement.dataset['settled'] = String(isSettled);
    });
    return () => cancelAnimationFrame(frame);
  }, [isSettled]);
}
