/**
 * Runs on the log on the screen: those that can still be taken back, and the way every change of a log is made.
 *
 * What a run does, the slices of its screens know; here it is a task, and afterwards the log is looked at again.
 */
import type { Run } from '../../shared/retention';
import type { SliceContext } from './slice';
import type { TaskProgress } from './task-slice';

/** @returns what came out, in a few words */
export type LogChange = (
  logId: string,
  signal: AbortSignal,
  progress: (value: TaskProgress) => void,
) => Promise<string>;

export interface RunSlice {
  /** The latest first; undone and purged ones are not among them. */
  readonly runs: readonly Run[];
  /** Rejects as the call does. */
  loadRuns(signal: AbortSignal): Promise<void>;
  clearRuns(): void;
  /** As a task; then the log is looked at again. True where it was done. */
  changeLog(title: string, change: LogChange): Promise<boolean>;
  undoRun(runId: string): Promise<void>;
  purgeRun(runId: string): Promise<void>;
}

export function runSlice({ api, get, set }: SliceContext): RunSlice {
  return {
    runs: [],
    async loadRuns(signal) {
      const { logId } = get();
      if (logId === null) return;
      const runs = await api.call('log.runs', { logId }, { signal });
      set({ runs: runs.filter(({ state }) => state === 'running' || state === 'done') });
    },
    clearRuns: () => set({ runs: [] }),
    async changeLog(title, change) {
      const { logId } = get();
      if (logId === null) return false;
      const isDone = await get().runTask({
        ...{ key: 'run', title },
        run: (signal, progress) => change(logId, signal, progress),
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
        await api.call('log.purgeRun', { logId, runId });
        return 'the space is free';
      });
    },
  };
}
