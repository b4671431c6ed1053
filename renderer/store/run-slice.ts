/**
 * Runs on the log on the screen: those that can still be taken back, and the way every change of a log is made.
 *
 * What a run does, the slices of its screens know; here it is a task, and afterwards the log is looked at again.
 */
import type { Run } from '../../shared/retention';
import { sizeText } from '../text/quantities';
import type { SliceContext } from './slice';
import type { TaskProgress, TaskSlice } from './task-slice';

/** @returns what came out, in a few words */
export type LogChange = (
  logId: string,
  signal: AbortSignal,
  progress: (value: TaskProgress) => void,
) => Promise<string>;

export interface RunSlice {
  /** The latest first, undone and purged ones included. */
  readonly runs: readonly Run[];
  /** What the last change made here came to; null before the first. */
  readonly runResult: string | null;
  /** Rejects as the call does. */
  loadRuns(signal: AbortSignal): Promise<void>;
  clearRuns(): void;
  /** As a task; then the log is looked at again. True where it was done. */
  changeLog(title: string, change: LogChange): Promise<boolean>;
  undoRun(runId: string): Promise<void>;
  purgeRun(runId: string): Promise<void>;
}

/** Of whichever log: one change is made at a time. What only reads is in nobody's way. */
export const isChanging = ({ tasks }: Pick<TaskSlice, 'tasks'>): boolean =>
  tasks.some(({ key, state }) => key === 'run' && state === 'running');

export function runSlice({ api, get, set }: SliceContext): RunSlice {
  return {
    runs: [],
    runResult: null,
    async loadRuns(signal) {
      const { logId } = get();
      if (logId === null) return;
      const runs = await api.call('log.runs', { logId }, { signal });
      set({ runs });
    },
    clearRuns: () => set({ runs: [], runResult: null }),
    async changeLog(title, change) {
      const { logId } = get();
      if (logId === null) return false;
      set({ runResult: null });
      const isDone = await get().runTask({
        ...{ key: 'run', title, about: logId },
        async run(signal, progress) {
          const runResult = await change(logId, signal, progress);
          if (get().logId === logId) set({ runResult });
          return runResult;
        },
      });
      await get().reloadLog();
      return isDone;
    },
    async undoRun(runId) {
      await get().changeLog('Undo', async (logId) => {
        await api.call('log.undoRun', { logId, runId });
        return 'the log is as it was';
      });
    },
    async purgeRun(runId) {
      await get().changeLog('Purge', async (logId) => {
        const { freedBytes } = await api.call('log.purgeRun', { logId, runId });
        return `${sizeText(freedBytes)} freed`;
      });
    },
  };
}
