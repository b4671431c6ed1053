/**
 * What is open compared with a directory or report that the user chooses. Read by a worker as a task; only the outcome is
 * kept here, until it is put away or another directory is opened.
 */
import type { DirectoryDiff } from '../../shared/report-diff';
import type { SliceContext } from './slice';
import { byteProgress } from './task-slice';

export type ComparedKind = 'directory' | 'report';

export interface ComparisonSlice {
  readonly comparison: DirectoryDiff | null;
  /** Asks for the other side, then compares, and shows what comes of it. */
  compareWith(kind: ComparedKind): Promise<void>;
  clearComparison(): void;
}

export const COMPARISON_KEY = 'comparison';

export function comparisonSlice({ api, get, set, latest }: SliceContext): ComparisonSlice {
  return {
    comparison: null,
    async compareWith(kind) {
      const directoryId = get().directory?.directoryId;
      if (directoryId === undefined) return;
      const place = await api.call('place.choose', {
        purpose: `compared-${kind}`,
      });
      if (place === null || get().directory?.directoryId !== directoryId) return;
      get().clearComparison();
      get().showScreen('report');
      await get().runTask({
        ...{ key: COMPARISON_KEY, title: `Compare with ${place.name}` },
        async run(signal, progress) {
          const options = { signal, onProgress: byteProgress(progress) };
          const sides = { directoryId, placeId: place.placeId };
          const comparison = await api.call('report.compare', sides, options);
          if (get().directory?.directoryId === directoryId) set({ comparison });
          const differing = comparison.logs.filter(({ change }) => change !== 'same').length;
          return differing === 0 ? 'no difference' : `${differing} of ${comparison.logs.length} logs differ`;
        },
      });
    },
    clearComparison() {
      latest.cancel(COMPARISON_KEY);
      set({ comparison: null });
    },
  };
}
