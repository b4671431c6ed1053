/**
 * The log on the screen: its segments, exact counts, verification, and what is selected in it.
 *
 * Segments are loaded whole, page by page. While a log changes, one reload runs at a time and a last one follows: a
 * steady writer neither starves the screen nor floods main.
 */

import type { CoreAxis } from '../../shared/core/core-layout';
import type { WireError } from '../../shared/errors';
import type { SegmentRow } from '../../shared/inspection';
import { PAGE_LIMIT } from '../../shared/page-limits';
import type { CoreColouring } from '../core/core-tones';
import { plural } from '../text/quantities';
import { allPages } from './all-pages';
import { failureOf, type SliceContext } from './slice';
import { byteProgress } from './task-slice';

/** Logs up to this size are counted without being asked: every header is read once. */
const AUTO_COUNT_BYTES_MAX = 2 * 1024 ** 3;

export interface LogSlice {
  readonly logId: string | null;
  readonly segments: readonly SegmentRow[];
  readonly segmentsState: 'none' | 'loading' | 'ready' | 'failed';
  readonly segmentsError: WireError | null;
  readonly isVerified: boolean;
  /** Base offset. */
  readonly selectedSegment: number | null;
  readonly coreAxis: CoreAxis;
  readonly coreColouring: CoreColouring;
  openLog(logId: string): void;
  closeLog(): void;
  reloadLog(): Promise<void>;
  countLog(): Promise<void>;
  verifyLog(): Promise<void>;
  selectSegment(baseOffset: number | null): void;
  setCoreAxis(axis: CoreAxis): void;
  setCoreColouring(colouring: CoreColouring): void;
}

const NO_LOG = {
  logId: null,
  segments: [],
  segmentsState: 'none',
  segmentsError: null,
  isVerified: false,
  selectedSegment: null,
} as const;

export function logSlice(context: SliceContext): LogSlice {
  const { api, get, set, latest } = context;
  let reloading: Promise<void> | null = null;
  let isReloadWanted = false;

  async function loadSegments(logId: string): Promise<void> {
    const signal = latest.begin('segments');
    try {
      let isVerified = false;
      const { rows } = await allPages<SegmentRow>(async (from) => {
        const page = await api.call('log.segments', { logId, from, limit: PAGE_LIMIT }, { signal });
        get().takeSummary(page.summary);
        isVerified = page.isVerified;
        return page;
      });
      if (get().logId === logId)
        set({ segments: rows, segmentsState: 'ready', segmentsError: null, isVerified });
    } catch (error) {
      const failure = failureOf(error);
      if (failure !== null && get().logId === logId) set({ segmentsState: 'failed', segmentsError: failure });
    }
  }

  async function loadAndCount(logId: string): Promise<void> {
    await loadSegments(logId);
    const { segments, segmentsState } = get();
    const isUncounted = segments.some(({ recordCount }) => recordCount === null);
    const sizeInBytes = segments.reduce((sum, segment) => sum + segment.sizeInBytes, 0);
    if (
      get().logId === logId &&
      segmentsState === 'ready' &&
      isUncounted &&
      savedDepth() === null &&
      sizeInBytes <= AUTO_COUNT_BYTES_MAX
    )
      await get().countLog();
  }

  /** How deep a saved report was looked at, which is all that can be had; null for a directory on this disk. */
  const savedDepth = () => get().directory?.savedReport?.depth ?? null;

  return {
    ...NO_LOG,
    coreAxis: 'offset',
    coreColouring: 'age',
    openLog(logId) {
      get().closeLog();
      set({ logId, segmentsState: 'loading', screen: 'segments', problemScope: 'log' });
      void loadAndCount(logId);
    },
    closeLog() {
      for (const key of ['segments', 'count', 'verify']) latest.cancel(key);
      set(NO_LOG);
      get().clearSegment();
      get().hideFileBytes();
      get().clearEngine();
      get().clearStatistics();
      get().clearProblems();
      get().clearStartup();
      get().clearSalvage();
      get().clearRecords();
      get().clearIndexes();
      get().clearRetention();
      get().clearCompaction();
      get().clearRuns();
    },
    async reloadLog() {
      isReloadWanted = true;
      reloading ??= (async () => {
        while (isReloadWanted) {
          isReloadWanted = false;
          const { logId } = get();
          if (logId === null) break;
          set({ isVerified: false });
          await loadAndCount(logId);
          get().refreshSegment();
          void get().refreshFileBytes();
          get().followRecords();
          await get().reloadScreen();
        }
      })().finally(() => {
        reloading = null;
      });
      await reloading;
    },
    async countLog() {
      const { logId } = get();
      if (logId === null || savedDepth() !== null) return;
      await get().runTask({
        key: 'count',
        title: `Count ${nameOf(context, logId)}`,
        isQuiet: true,
        async run(signal, progress) {
          await api.call('log.count', { logId }, { signal, onProgress: byteProgress(progress) });
          get().markDirectoryProblemsOutdated();
          await loadSegments(logId);
          // Reading the headers may have found more than was known when they were listed.
          if (get().problemsState !== 'none') await get().loadProblems();
          return 'counted';
        },
      });
    },
    async verifyLog() {
      const { logId } = get();
      if (logId === null || savedDepth() !== null) return;
      await get().runTask({
        key: 'verify',
        about: logId,
        title: `Verify ${nameOf(context, logId)}`,
        async run(signal, progress) {
          const found = await api.call(
            'log.verify',
            { logId },
            { signal, onProgress: byteProgress(progress) },
          );
          get().markDirectoryProblemsOutdated();
          await loadSegments(logId);
          await get().loadProblems();
          return found.problemCount === 0 ? 'no problems' : plural(found.problemCount, 'problem');
        },
      });
    },
    selectSegment(baseOffset) {
      if (get().selectedSegment === baseOffset) return;
      get().hideFileBytes();
      set({ selectedSegment: baseOffset });
      get().loadSegment();
    },
    setCoreAxis: (coreAxis) => set({ coreAxis }),
    setCoreColouring: (coreColouring) => set({ coreColouring }),
  };
}

function nameOf({ get }: SliceContext, logId: string): string {
  return get().directory?.logs.find((log) => log.logId === logId)?.name ?? 'the log';
}
