/**
 * What is open compared with a directory or report that the user chooses. Read by a worker as a task; only the outcome is
 * kept here, until it is put away or another directory is opened.
 */
import { PAGE_LIMIT } from '../../shared/page-limits';
import type { Comparison, ComparisonRow } from '../../shared/report-diff';
import { allPages } from './all-pages';
import type { SliceContext } from './slice';
import { byteProgress } from './task-slice';

export type ComparedKind = 'directory' | 'report';

/** More are counted, not listed: nobody reads on. */
const ROW_COUNT_MAX = 50_000;

export interface ShownComparison extends Comparison {
  /** The first of them where there are very many. */
  readonly rows: readonly ComparisonRow[];
}

export interface ComparisonSlice {
  readonly comparison: ShownComparison | null;
  /** Whether the records of data directories are counted for it. */
  readonly comparisonCounts: boolean;
  setComparisonCounts(counts: boolean): void;
  /** Asks for the other side, then compares, and shows what comes of it. */
  compareWith(kind: ComparedKind): Promise<void>;
  clearComparison(): void;
}

export const COMPARISON_KEY = 'comparison';

export function comparisonSlice({ api, get, set, latest }: SliceContext): ComparisonSlice {
  return {
    comparison: null,
    comparisonCounts: false,
    setComparisonCounts: (comparisonCounts) => set({ comparisonCounts }),
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
          const sides = { directoryId, placeId: place.placeId, counts: get().comparisonCounts };
          const found = await api.call('report.compare', sides, options);
          const page = { directoryId, limit: PAGE_LIMIT };
          const { rows } = await allPages<ComparisonRow>(
            (from) => api.call('report.differences', { ...page, from }, { signal }),
            ROW_COUNT_MAX,
          );
          if (get().directory?.directoryId === directoryId) set({ comparison: { ...found, rows } });
          const { differingLogCount, logCount } = found;
          return differingLogCount === 0
            ? 'no difference'
            : `${differingLogCount} of ${logCount} logs differ`;
        },
      });
    },
    clearComparison() {
      latest.cancel(COMPARISON_KEY);
      set({ comparison: null });
    },
  };
}
