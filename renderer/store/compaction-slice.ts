/**
 * Compaction of the log on the screen: what its sliders need, the settings being tried, the last analysis, the run.
 *
 * Eligibility is derived by views/compaction/compaction-view.ts at every move of a slider; only an analysis reads the
 * log, and only when asked to.
 */
import type { CompactionAnalysis, CompactionFacts, CompactionWish } from '../../shared/compaction';
import type { WireError } from '../../shared/errors';
import { plural, sizeText } from '../text/quantities';
import { failureOf, type SliceContext } from './slice';
import { byteProgress } from './task-slice';

/** An analysis and the settings that it was made with. */
export interface MadeAnalysis extends CompactionAnalysis {
  readonly wish: CompactionWish;
}

export interface CompactionSlice {
  readonly compactionFacts: CompactionFacts | null;
  readonly compactionState: 'none' | 'loading' | 'ready' | 'failed';
  readonly compactionError: WireError | null;
  /** When the facts were read: the time that eligibility is told for. */
  readonly compactionNowMs: number;
  /** What the user tries in place of the topic's own settings. */
  readonly givenCompaction: CompactionWish;
  readonly compactionAnalysis: MadeAnalysis | null;
  loadCompaction(): Promise<void>;
  clearCompaction(): void;
  /** null takes a value back to the topic's own. */
  giveCompaction(part: Partial<CompactionWish>): void;
  analyseCompaction(): Promise<void>;
  /** Runs the plan of the last analysis. */
  compactLog(): Promise<void>;
}

export const ANALYSIS_KEY = 'compaction-analysis';

const NO_WISH: CompactionWish = {
  cleanupPolicy: null,
  minCleanableDirtyRatio: null,
  minCompactionLagMs: null,
  maxCompactionLagMs: null,
  deleteRetentionMs: null,
};
const NO_COMPACTION = {
  compactionFacts: null,
  compactionState: 'none',
  compactionError: null,
  compactionNowMs: 0,
  givenCompaction: NO_WISH,
  compactionAnalysis: null,
} as const;
const PERCENT = 100;

export function compactionSlice({ api, get, set, latest, now }: SliceContext): CompactionSlice {
  return {
    ...NO_COMPACTION,
    async loadCompaction() {
      const { logId, givenCompaction, compactionState } = get();
      if (logId === null) return;
      const signal = latest.begin('compaction');
      if (compactionState === 'none') set({ compactionState: 'loading' });
      try {
        const [compactionFacts] = await Promise.all([
          api.call(
            'log.compactionFacts',
            { logId, cleanupPolicy: givenCompaction.cleanupPolicy },
            { signal },
          ),
          get().loadRuns(signal),
        ]);
        const found = { compactionFacts, compactionNowMs: now() };
        set({ ...found, compactionState: 'ready', compactionError: null });
      } catch (error) {
        const failure = failureOf(error);
        if (failure !== null) set({ compactionState: 'failed', compactionError: failure });
      }
    },
    clearCompaction() {
      for (const key of ['compaction', ANALYSIS_KEY]) latest.cancel(key);
      set(NO_COMPACTION);
    },
    giveCompaction(part) {
      set({ givenCompaction: { ...get().givenCompaction, ...part } });
      // Whether the policy may be applied is main's to say; the other settings change nothing there.
      if ('cleanupPolicy' in part) void get().loadCompaction();
    },
    async analyseCompaction() {
      const { logId, givenCompaction: wish } = get();
      if (logId === null) return;
      await get().runTask({
        ...{ key: ANALYSIS_KEY, title: 'Analyse compaction' },
        async run(signal, progress) {
          const options = { signal, onProgress: byteProgress(progress) };
          const analysis = await api.call('log.compaction', { logId, ...wish }, options);
          if (get().logId === logId) set({ compactionAnalysis: { ...analysis, wish } });
          return savedText(analysis);
        },
      });
    },
    async compactLog() {
      const { compactionAnalysis } = get();
      if (compactionAnalysis === null) return;
      const { nowMs, wish, plan } = compactionAnalysis;
      const { firstDirtyOffset, cleanableEndOffset, bytesBefore, recordsAfter } = plan;
      const confirmed = { nowMs, firstDirtyOffset, cleanableEndOffset, bytesBefore, recordsAfter };
      await get().changeLog('Compaction', async (logId, signal, progress) => {
        const options = { signal, onProgress: byteProgress(progress) };
        // The ratio only says whether the cleaner takes the log: the one being tried holds.
        const { minCleanableDirtyRatio, maxCompactionLagMs } = get().givenCompaction;
        const settings = { ...wish, minCleanableDirtyRatio, maxCompactionLagMs };
        const run = await api.call('log.compact', { logId, ...settings, ...confirmed }, options);
        return `${plural(run.deletedSegmentCount, 'segment')} rewritten, ${sizeText(run.freedBytes)} free once purged`;
      });
    },
  };
}

function savedText({ plan: { bytesBefore, bytesAfter } }: CompactionAnalysis): string {
  const share = bytesBefore === 0 ? 0 : (bytesBefore - bytesAfter) / bytesBefore;
  return `${(share * PERCENT).toFixed(1)} % would be freed, ${sizeText(bytesBefore - bytesAfter)}`;
}
