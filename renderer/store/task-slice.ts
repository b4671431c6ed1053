/**
 * Long calls, one list for all screens: what runs, how far it is, how it ended; each can be cancelled.
 *
 * Finished tasks stay until they are dismissed or ten newer ones came. Knows no call by name.
 */
import type { WireError } from '../../shared/errors';
import { failureOf, type SliceContext } from './slice';

const FINISHED_COUNT_MAX = 10;

export interface TaskProgress {
  readonly done: number;
  readonly total: number;
}

export interface Task {
  readonly taskId: number;
  /** Which kind of task: a screen finds its own by it. */
  readonly key: string;
  /** Id of the log or directory whose screen tells of it, too; null where none does. */
  readonly about: string | null;
  readonly title: string;
  readonly state: 'running' | 'done' | 'failed' | 'cancelled';
  /** Bytes; null until the first word of progress. */
  readonly progress: TaskProgress | null;
  readonly startedAtMs: number;
  readonly endedAtMs: number | null;
  /** What came out, in a few words. */
  readonly outcome: string | null;
  readonly error: WireError | null;
}

export interface TaskOptions {
  readonly title: string;
  readonly run: (signal: AbortSignal, progress: (value: TaskProgress) => void) => Promise<string>;
  /** Another one under the same key is cancelled first. */
  readonly key: string;
  readonly about?: string;
  /** Its end is not worth a line. */
  readonly isQuiet?: boolean;
}

/** From a call's progress in bytes to a task's. */
export function byteProgress(progress: (value: TaskProgress) => void) {
  return ({ bytesDone, bytesTotal }: { readonly bytesDone: number; readonly bytesTotal: number }) =>
    progress({ done: bytesDone, total: bytesTotal });
}

export interface TaskSlice {
  readonly tasks: readonly Task[];
  /** Never rejects: how it ended is in the list. True where it was done. */
  runTask(options: TaskOptions): Promise<boolean>;
  cancelTask(taskId: number): void;
  dismissTask(taskId: number): void;
  /** All that are finished. */
  dismissTasks(): void;
}

export function taskSlice({ get, set, latest, now }: SliceContext): TaskSlice {
  let lastTaskId = 0;

  const change = (taskId: number, part: Partial<Task>) =>
    set(({ tasks }) => ({
      tasks: tasks.map((task) => (task.taskId === taskId ? { ...task, ...part } : task)),
    }));

  return {
    tasks: [],
    async runTask({ title, run, key, about = null, isQuiet = false }) {
      const signal = latest.begin(key);
      const taskId = ++lastTaskId;
      const task: Task = {
        ...{ taskId, key, about, title, state: 'running', progress: null },
        ...{ startedAtMs: now(), endedAtMs: null, outcome: null, error: null },
      };
      set(({ tasks }) => ({ tasks: [task, ...trimmed(tasks)] }));
      let end: Partial<Task>;
      try {
        const outcome = await run(signal, (progress) => change(taskId, { progress }));
        end = { state: 'done', outcome };
      } catch (error) {
        const failure = failureOf(error);
        end =
          failure === null || signal.aborted ? { state: 'cancelled' } : { state: 'failed', error: failure };
      }
      change(taskId, { ...end, endedAtMs: now() });
      if (isQuiet && end.state !== 'failed')
        set(({ tasks }) => ({ tasks: tasks.filter((other) => other.taskId !== taskId) }));
      return end.state === 'done';
    },
    cancelTask(taskId) {
      const task = get().tasks.find((each) => each.taskId === taskId);
      if (task?.state === 'running') latest.cancel(task.key);
    },
    dismissTask: (taskId) => set({ tasks: get().tasks.filter((task) => task.taskId !== taskId) }),
    dismissTasks: () => set({ tasks: get().tasks.filter(({ state }) => state === 'running') }),
  };
}

function trimmed(tasks: readonly Task[]): Task[] {
  let finished = 0;
  return tasks.filter(({ state }) => state === 'running' || ++finished < FINISHED_COUNT_MAX);
}
