/**
 * Indexes of the log on the screen: figures from one pass over its batch headers, the index.interval.bytes being tried, and
 * what the indexes would be with it. That a worker computes; while it does, only the last move of the slider waits.
 */
import type { WireError } from '../../shared/errors';
import type { IndexFigures } from '../../shared/index-facts';
import type { IndexRebuildLogPlan } from '../../shared/index-rebuild';
import type { IndexOutcome } from '../../shared/plan/index-what-if';
import { settingNumber } from '../../shared/plan/topic-settings';
import { plural } from '../text/quantities';
import { failureOf, type SliceContext } from './slice';
import { byteProgress } from './task-slice';

/** Headers of logs up to this size are read without being asked. */
const AUTO_READ_BYTES_MAX = 512 * 1024 ** 2;

export interface TriedOutcome {
  readonly intervalBytes: number;
  readonly outcome: IndexOutcome;
}

export interface IndexSlice {
  readonly indexFigures: IndexFigures | null;
  readonly indexState: 'none' | 'loading' | 'ready' | 'failed';
  readonly indexError: WireError | null;
  /** null: the topic's own. */
  readonly triedIndexInterval: number | null;
  /** null until the first one is computed; of an interval that was tried before while the next one is. */
  readonly indexOutcome: TriedOutcome | null;
  /** For which interval it was made stands in its settings. */
  readonly indexRebuildPlan: IndexRebuildLogPlan | null;
  /** As the screen is shown: large logs wait for `readIndexes`. */
  loadIndexes(): Promise<void>;
  readIndexes(): Promise<void>;
  /** What a rebuild would write, for the topic's own interval or the one being tried. Reads every byte. */
  planIndexRebuild(): Promise<void>;
  rebuildIndexes(): Promise<void>;
  clearIndexes(): void;
  tryIndexInterval(bytes: number | null): void;
}

const NO_INDEXES = {
  indexFigures: null,
  indexState: 'none',
  indexError: null,
  triedIndexInterval: null,
  indexOutcome: null,
  indexRebuildPlan: null,
} as const;

export function indexSlice({ api, get, set, latest }: SliceContext): IndexSlice {
  async function loadRuns(): Promise<void> {
    try {
      await get().loadRuns(latest.begin('index-runs'));
    } catch (error) {
      const indexError = failureOf(error);
      if (indexError !== null) set({ indexError });
    }
  }

  let isComputing = false;
  let isWanted = false;

  /** What was tried last is computed in the end, also where an earlier one failed. */
  async function compute(): Promise<void> {
    isWanted = true;
    if (isComputing) return;
    isComputing = true;
    while (isWanted) {
      isWanted = false;
      await computeOnce();
    }
    isComputing = false;
  }

  async function computeOnce(): Promise<void> {
    const { logId, indexFigures, triedIndexInterval } = get();
    if (logId === null || indexFigures === null) return;
    const own = settingNumber(indexFigures.settings['index.interval.bytes']) ?? 0;
    const indexIntervalBytes = triedIndexInterval ?? own;
    // The figures of another log may be on the screen by then, or newer ones.
    const isOnScreen = () => get().indexFigures === indexFigures;
    try {
      const outcome = await api.call('log.indexWhatIf', { logId, indexIntervalBytes });
      if (isOnScreen())
        set({ indexOutcome: { intervalBytes: indexIntervalBytes, outcome }, indexError: null });
    } catch (error) {
      const indexError = failureOf(error);
      if (indexError !== null && isOnScreen()) set({ indexError });
    }
  }

  /** Of a saved report: what it holds, or nothing. */
  async function readSavedPlan(): Promise<void> {
    const { logId } = get();
    if (logId === null) return;
    try {
      const wish = { logId, indexIntervalBytes: null };
      const indexRebuildPlan = await api.call('log.indexRebuildPlan', wish);
      if (get().logId === logId) set({ indexRebuildPlan });
    } catch (error) {
      const indexError = failureOf(error);
      const isElsewhere = indexError === null || indexError.code === 'NOT_IN_REPORT';
      if (!isElsewhere && get().logId === logId) set({ indexError });
    }
  }

  /** What a saved report holds costs nothing, and is no task. */
  async function readSaved(): Promise<void> {
    const { logId } = get();
    if (logId === null) return;
    try {
      const indexFigures = await api.call('log.indexFigures', { logId });
      if (get().logId !== logId) return;
      set({ indexFigures, indexState: 'ready', indexError: null });
      await compute();
    } catch (error) {
      const indexError = failureOf(error);
      if (indexError !== null && get().logId === logId) set({ indexState: 'failed', indexError });
    }
  }

  return {
    ...NO_INDEXES,
    async loadIndexes() {
      if (get().directory?.savedReport !== undefined) {
        await Promise.all([get().loadProblems(), readSaved(), readSavedPlan(), loadRuns()]);
        return;
      }
      const sizeInBytes = get().segments.reduce((sum, segment) => sum + segment.sizeInBytes, 0);
      // Mismatches are findings of the log: those of the headers are known by now, the rest once it was verified.
      await Promise.all([
        get().loadProblems(),
        sizeInBytes <= AUTO_READ_BYTES_MAX ? get().readIndexes() : undefined,
        loadRuns(),
      ]);
    },
    async readIndexes() {
      const { logId } = get();
      if (logId === null) return;
      if (get().indexFigures === null) set({ indexState: 'loading' });
      await get()
        .runTask({
          ...{ key: 'indexes', title: 'Read indexes and batch headers', isQuiet: true },
          async run(signal, progress) {
            const onProgress = byteProgress(progress);
            const indexFigures = await api.call('log.indexFigures', { logId }, { signal, onProgress });
            // A plan of before may no longer be what a rebuild would do.
            const fresh = {
              indexFigures,
              indexState: 'ready',
              indexError: null,
              indexRebuildPlan: null,
            } as const;
            if (get().logId !== logId) return 'read';
            set(fresh);
            await compute();
            return 'read';
          },
        })
        .then((isDone) => {
          if (isDone || get().logId !== logId) return;
          const failed = get().tasks.find(({ key, state }) => key === 'indexes' && state === 'failed');
          if (failed !== undefined) set({ indexState: 'failed', indexError: failed.error });
          else if (get().indexFigures === null) set({ indexState: 'none' });
        });
    },
    async planIndexRebuild() {
      const { logId, triedIndexInterval } = get();
      if (logId === null) return;
      await get().runTask({
        ...{ key: 'indexes', title: 'Compare indexes with the log' },
        async run(signal, progress) {
          const wish = { logId, indexIntervalBytes: triedIndexInterval };
          const onProgress = byteProgress(progress);
          const plan = await api.call('log.indexRebuildPlan', wish, { signal, onProgress });
          if (get().logId === logId) set({ indexRebuildPlan: plan });
          return plan.files.length === 0
            ? 'nothing to rebuild'
            : `${plural(plan.files.length, 'file')} to rebuild`;
        },
      });
    },
    async rebuildIndexes() {
      const { indexRebuildPlan: plan } = get();
      if (plan === null) return;
      const { value, source } = plan.settings['index.interval.bytes'];
      await get().changeLog('Rebuild indexes', async (logId, signal, progress) => {
        await api.call(
          'log.rebuildIndexes',
          {
            ...{ logId, indexIntervalBytes: source === 'given' ? Number(value) : null },
            files: plan.files.map(({ name, bytesBefore, entriesAfter, bytesAfter }) => ({
              ...{ name, bytesBefore, entriesAfter, bytesAfter },
            })),
          },
          { signal, onProgress: byteProgress(progress) },
        );
        return `${plural(plan.files.length, 'index file')} rebuilt`;
      });
    },
    clearIndexes() {
      latest.cancel('indexes');
      set(NO_INDEXES);
    },
    tryIndexInterval(triedIndexInterval) {
      // A saved report has the plan of the topic's own interval, and no other.
      const isSaved = get().directory?.savedReport !== undefined;
      set({ triedIndexInterval, ...(isSaved ? {} : { indexRebuildPlan: null }) });
      void compute();
    },
  };
}
