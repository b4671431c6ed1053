/**
 * Indexes of the log on the screen: what one pass over its batch headers found, and the index.interval.bytes being tried.
 *
 * What the indexes would be is derived by views/indexes/index-view.ts at every move of the slider; nothing is asked for it.
 */
import type { WireError } from '../../shared/errors';
import type { IndexFacts } from '../../shared/index-facts';
import type { SliceContext } from './slice';
import { byteProgress } from './task-slice';

/** Headers of logs up to this size are read without being asked. */
const AUTO_READ_BYTES_MAX = 512 * 1024 ** 2;

export interface IndexSlice {
  readonly indexFacts: IndexFacts | null;
  readonly indexState: 'none' | 'loading' | 'ready' | 'failed';
  readonly indexError: WireError | null;
  /** null: the topic's own. */
  readonly triedIndexInterval: number | null;
  /** As the screen is shown: large logs wait for `readIndexes`. */
  loadIndexes(): Promise<void>;
  readIndexes(): Promise<void>;
  clearIndexes(): void;
  tryIndexInterval(bytes: number | null): void;
}

const NO_INDEXES = {
  indexFacts: null,
  indexState: 'none',
  indexError: null,
  triedIndexInterval: null,
} as const;

export function indexSlice({ api, get, set, latest }: SliceContext): IndexSlice {
  return {
    ...NO_INDEXES,
    async loadIndexes() {
      const sizeInBytes = get().segments.reduce((sum, segment) => sum + segment.sizeInBytes, 0);
      // Mismatches are findings of the log: those of the headers are known by now, the rest once it was verified.
      await Promise.all([
        get().loadProblems(),
        sizeInBytes <= AUTO_READ_BYTES_MAX ? get().readIndexes() : undefined,
      ]);
    },
    async readIndexes() {
      const { logId } = get();
      if (logId === null) return;
      if (get().indexFacts === null) set({ indexState: 'loading' });
      await get()
        .runTask({
          ...{ key: 'indexes', title: 'Read indexes and batch headers', isQuiet: true },
          async run(signal, progress) {
            const onProgress = byteProgress(progress);
            const indexFacts = await api.call('log.indexFacts', { logId }, { signal, onProgress });
            if (get().logId === logId) set({ indexFacts, indexState: 'ready', indexError: null });
            return 'read';
          },
        })
        .then((isDone) => {
          if (isDone || get().logId !== logId) return;
          const failed = get().tasks.find(({ state }) => state === 'failed');
          if (failed !== undefined) set({ indexState: 'failed', indexError: failed.error });
          else if (get().indexFacts === null) set({ indexState: 'none' });
        });
    },
    clearIndexes() {
      latest.cancel('indexes');
      set(NO_INDEXES);
    },
    tryIndexInterval: (triedIndexInterval) => set({ triedIndexInterval }),
  };
}
