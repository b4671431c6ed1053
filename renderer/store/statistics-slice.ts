/**
 * Statistics of the log on the screen and of its segments, as they were measured; each scan reads every byte of its scope.
 *
 * What was measured stays when the log changes, and says of which state it is: a log that is written to would otherwise
 * never show any. What the figures mean is shared/statistics.ts's business.
 */
import type { WireError } from '../../shared/errors';
import type { Statistics } from '../../shared/statistics';
import { countText, plural } from '../text/quantities';
import { failureOf, type SliceContext } from './slice';
import { byteProgress } from './task-slice';

/** A whole log, or the base offset of a segment. */
export type StatisticsScope = 'log' | number;

/** Up to this size a scope is measured without being asked. */
const AUTO_MEASURE_BYTES_MAX = 64 * 1024 ** 2;

export interface Measured {
  readonly statistics: Statistics;
  /** State of the log's files that the figures are of. */
  readonly generation: number;
}

export interface StatisticsSlice {
  readonly measured: ReadonlyMap<StatisticsScope, Measured>;
  readonly measuringScope: StatisticsScope | null;
  readonly statisticsErrors: ReadonlyMap<StatisticsScope, WireError>;
  measure(scope: StatisticsScope): Promise<void>;
  /** As a scope comes on the screen: small ones are measured at once. */
  showStatistics(scope: StatisticsScope): Promise<void>;
  clearStatistics(): void;
}

export function statisticsSlice({ api, get, set, latest }: SliceContext): StatisticsSlice {
  const none = () => ({ measured: new Map(), measuringScope: null, statisticsErrors: new Map() });

  function sizeOf(scope: StatisticsScope): number {
    const { segments } = get();
    return segments
      .filter(({ baseOffset }) => scope === 'log' || baseOffset === scope)
      .reduce((sum, segment) => sum + segment.sizeInBytes, 0);
  }

  /** What a saved report holds costs nothing, and is no task. */
  async function showSaved(scope: StatisticsScope): Promise<void> {
    const { logId } = get();
    if (logId === null) return;
    try {
      const segmentBaseOffset = scope === 'log' ? null : scope;
      const statistics = await api.call('log.statistics', { logId, segmentBaseOffset });
      const found = { statistics, generation: 0 };
      if (get().logId === logId) set({ measured: new Map(get().measured).set(scope, found) });
    } catch (error) {
      const failure = failureOf(error);
      if (failure !== null && get().logId === logId)
        set({ statisticsErrors: new Map(get().statisticsErrors).set(scope, failure) });
    }
  }

  return {
    ...none(),
    async measure(scope) {
      const { logId, directory } = get();
      if (logId === null) return;
      const generation = directory?.logs.find((log) => log.logId === logId)?.generation ?? 0;
      const title = scope === 'log' ? 'Measure the log' : `Measure segment ${countText(scope)}`;
      let hasEnded = false;
      const running = get().runTask({
        ...{ key: 'statistics', title, isQuiet: true },
        async run(signal, progress) {
          const segmentBaseOffset = scope === 'log' ? null : scope;
          const onProgress = byteProgress(progress);
          const params = { logId, segmentBaseOffset };
          const statistics = await api.call('log.statistics', params, { signal, onProgress });
          hasEnded = true;
          if (get().logId === logId)
            set({ measured: new Map(get().measured).set(scope, { statistics, generation }) });
          return plural(statistics.counts.records, 'record');
        },
      });
      const errors = new Map(get().statisticsErrors);
      errors.delete(scope);
      set({ measuringScope: scope, statisticsErrors: errors });
      await running;
      if (get().logId !== logId || get().measuringScope !== scope) return;
      const failed = hasEnded
        ? undefined
        : get().tasks.find(({ key, error }) => key === 'statistics' && error !== null);
      if (failed?.error) errors.set(scope, failed.error);
      set({ measuringScope: null, statisticsErrors: new Map(errors) });
    },
    async showStatistics(scope) {
      const { measured, measuringScope, statisticsErrors } = get();
      if (measured.has(scope) || measuringScope === scope || statisticsErrors.has(scope)) return;
      if (get().directory?.savedReport !== undefined) await showSaved(scope);
      else if (sizeOf(scope) <= AUTO_MEASURE_BYTES_MAX) await get().measure(scope);
    },
    clearStatistics() {
      latest.cancel('statistics');
      set(none());
    },
  };
}
